"""Adjustments of units as one asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.frozen import is_shown
from services.evaluations.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows
from shared.store.database import Exact

adjustments = sa.Table(
    "adjustments",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("adjustment", sa.String(100), primary_key=True),
    sa.Column("rule", sa.String(100)),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("points", Exact),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("expires_on", sa.Date),
    sa.Column("reversed", sa.JSON),  # {on, reason, authority} once it was reversed
    sa.Column("site", sa.String(100), nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("reversed_at", sa.BigInteger),
)
"""made_at, reversed_at: positions in the log of the site."""

_SHOWN = (
    "unit",
    "adjustment",
    "rule",
    "kind",
    "points",
    "title",
    "reason",
    "authority",
    "document",
    "evidence",
    "effective_on",
    "expires_on",
)


@MODEL.on("evaluations.AdjustmentMade")
def _made(rows: Rows, event: Event) -> None:
    data = event.data
    said = {**data, "effective_on": date.fromisoformat(data["effective_on"])}
    said["expires_on"] = data["expires_on"] and date.fromisoformat(data["expires_on"])
    said["points"] = data["points"] and Decimal(data["points"])
    rows.put(adjustments, **said, site=event.site, made_at=event.position)


@MODEL.on("evaluations.AdjustmentReversed")
def _reversed(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("campaign", "unit", "adjustment")}
    words = {"on": event.effective_on.isoformat(), **{name: event.data[name] for name in ("reason", "authority")}}
    rows.change(adjustments, at, reversed=words, reversed_at=event.position)


def adjustments_of(
    reading: Reading, campaign: str, unit: str | None = None, frozen: Sequence[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """The adjustments of a campaign, or of one of its units, in the order in which they were made.

    Each with `reversed`: {on, reason, authority} or None. frozen: the positions of a freeze, for whoever does not see what is pending.
    """
    table = reading[adjustments]
    asked = sa.select(table).where(table.c.campaign == campaign).order_by(table.c.unit, table.c.made_at)
    rows = reading.all(asked if unit is None else asked.where(table.c.unit == unit))
    return [
        {
            **{name: row[name] for name in _SHOWN},
            "reversed": row["reversed"] if is_shown(frozen, row["site"], row["reversed_at"]) else None,
        }
        for row in rows
        if is_shown(frozen, row["site"], row["made_at"])
    ]


def adjustment_elsewhere(reading: Reading, adjustment: str, campaign: str, unit: str) -> bool:
    """Whether the id stands for an adjustment of another unit or campaign: boards tell adjustments by it alone."""
    table = reading[adjustments]
    other = sa.or_(table.c.campaign != campaign, table.c.unit != unit)
    return reading.one(sa.select(table.c.unit).where(table.c.adjustment == adjustment, other)) is not None
