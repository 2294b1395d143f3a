"""Adjustments (điểm thưởng, điểm trừ, loại) as boards know them: made, reversed, each until the day on which it expires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from services.rankings.domain import Adjustment, AdjustmentKind
from services.rankings.views.cuts import WHOLE, Cut
from services.rankings.views.model import MODEL
from services.rankings.views.sheets import SERVICE, touch
from shared.event import Event
from shared.projection import Reading, Rows
from shared.store.database import Exact, Instant

adjustments = sa.Table(
    "adjustments",
    MODEL.metadata,
    sa.Column("adjustment", sa.String(100), primary_key=True),
    sa.Column("campaign", sa.String(100), nullable=False),
    sa.Column("unit", sa.String(100), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("points", Exact),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("expires_on", sa.Date),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("site", sa.String(31), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("reversed_position", sa.BigInteger),
    sa.Column("reversed_at", Instant),
)


@MODEL.on("evaluations.AdjustmentMade")
def _made(rows: Rows, event: Event) -> None:
    said = event.data
    rows.put(
        adjustments,
        **{name: said[name] for name in ("adjustment", "campaign", "unit", "kind", "title", "reason", "authority", "document")},
        points=None if said["points"] is None else Decimal(said["points"]),
        effective_on=date.fromisoformat(said["effective_on"]),
        expires_on=None if said["expires_on"] is None else date.fromisoformat(said["expires_on"]),
        event=event.id,
        site=event.site,
        position=event.position,
        recorded_at=event.recorded_at,
    )
    touch(rows, event)


@MODEL.on("evaluations.AdjustmentReversed")
def _reversed(rows: Rows, event: Event) -> None:
    made = rows.get(adjustments, adjustment=event.data["adjustment"])
    if made is not None:
        rows.put(adjustments, **{**made, "reversed_position": event.position, "reversed_at": event.recorded_at})
    touch(rows, event)


def standing(
    reading: Reading, campaign: str, cut: Cut = WHOLE, on: date | None = None, units: Collection[str] | None = None
) -> dict[str, list[Adjustment]]:
    """By unit the adjustments that stand at this cut and have not expired before the day `on`, in the order of recording.

    units: of these alone.
    """
    table = reading[adjustments]
    ended = cut.within(SERVICE, table.c.reversed_at, table.c.site, table.c.reversed_position)
    query = sa.select(table).where(
        table.c.campaign == campaign,
        cut.within(SERVICE, table.c.recorded_at, table.c.site, table.c.position),
        sa.or_(table.c.reversed_at.is_(None), sa.not_(ended)),
    )
    if on is not None:
        query = query.where(sa.or_(table.c.expires_on.is_(None), table.c.expires_on >= on))
    if units is not None:
        query = query.where(reading.among(table.c.unit, units))
    found: dict[str, list[Adjustment]] = defaultdict(list)
    for row in reading.all(query.order_by(table.c.recorded_at, table.c.adjustment)):
        found[row["unit"]].append(_adjustment(row))
    return found


def expiring(reading: Reading, campaign: str) -> set[str]:
    """The units some of whose adjustments hold up to a day."""
    table = reading[adjustments]
    query = sa.select(table.c.unit).where(table.c.campaign == campaign, table.c.expires_on.is_not(None))
    return {row.unit for row in reading.connection.execute(query)}


def after(reading: Reading, campaign: str, cut: Cut) -> int:
    """How many adjustments and reversals are beyond a cut."""
    table = reading[adjustments]
    made = cut.within(SERVICE, table.c.recorded_at, table.c.site, table.c.position)
    undone = sa.or_(table.c.reversed_at.is_(None), cut.within(SERVICE, table.c.reversed_at, table.c.site, table.c.reversed_position))
    counts = [sa.select(sa.func.count()).select_from(table).where(table.c.campaign == campaign, ~within) for within in (made, undone)]
    return sum(int(reading.connection.execute(query).scalar_one()) for query in counts)


def _adjustment(row: dict[str, Any]) -> Adjustment:
    names = ("adjustment", "unit", "points", "title", "reason", "authority", "document", "effective_on", "expires_on", "recorded_at")
    return Adjustment(kind=AdjustmentKind(row["kind"]), event=row["event"], **{name: row[name] for name in names})
