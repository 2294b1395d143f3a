"""Target titles as one asks for them: people by their ids, never by name."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.campaigns.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

OF_THE_UNIT = ""
"""Stands for the person of a target of the unit itself."""

targets = sa.Table(
    "targets",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("title", sa.String(100), primary_key=True),
    sa.Column("registered_on", sa.Date, nullable=False),
)


@MODEL.on("campaigns.PersonTargetRegistered", "campaigns.UnitTargetRegistered")
def _registered(rows: Rows, event: Event) -> None:
    rows.put(targets, **_key(event), registered_on=event.effective_on)


@MODEL.on("campaigns.PersonTargetWithdrawn", "campaigns.UnitTargetWithdrawn")
def _withdrawn(rows: Rows, event: Event) -> None:
    rows.remove(targets, **_key(event))


def _key(event: Event) -> dict[str, Any]:
    return {"person": OF_THE_UNIT, **{name: event.data[name] for name in ("campaign", "unit", "person", "title") if name in event.data}}


def targets_of(reading: Reading, campaign: str, unit: str | None = None) -> list[dict[str, Any]]:
    """The targets of a campaign, of one unit where it is named; person: None where the unit itself strives for the title."""
    table = reading[targets]
    query = sa.select(table).where(table.c.campaign == campaign).order_by(table.c.unit, table.c.person, table.c.title)
    if unit is not None:
        query = query.where(table.c.unit == unit)
    return [{**row, "person": row["person"] or None} for row in reading.all(query)]
