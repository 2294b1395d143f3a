"""Who is whose parent, by territory or by sector, as the registry's events say: units that may not check one another."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from services.campaigns.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

RELATIONS = ("parent", "sector_parent")
SINCE_EVER = date.min
"""From when a registration holds: what was before the unit opened is asked of nobody."""

units = sa.Table(
    "units",
    MODEL.metadata,
    sa.Column("unit", sa.String(100), primary_key=True),
)
parents = sa.Table(
    "parents",
    MODEL.metadata,
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("relation", sa.String(20), primary_key=True),
    sa.Column("from_on", sa.Date, primary_key=True),
    sa.Column("parent", sa.String(100)),
)
"""Statements that each hold until the next of their relation; said again for the same day, the later one holds."""


@MODEL.on("registry.OrganisationRegistered", versions=(1, 2))
def _registered(rows: Rows, event: Event) -> None:
    unit = event.data["organisation"]
    rows.put(units, unit=unit)
    for relation in RELATIONS:
        if event.data.get(relation) is not None:
            rows.put(parents, unit=unit, relation=relation, from_on=SINCE_EVER, parent=event.data[relation])


@MODEL.on("registry.OrganisationMoved")
def _moved(rows: Rows, event: Event) -> None:
    for relation in RELATIONS:
        said = {"unit": event.data["organisation"], "relation": relation, "parent": event.data[relation]}
        rows.put(parents, **said, from_on=date.fromisoformat(event.data["effective_on"]))


@MODEL.on("registry.OrganisationCorrected")
def _corrected(rows: Rows, event: Event) -> None:
    if event.data["attribute"] not in RELATIONS:
        return
    held_from = event.data["held_from"]
    from_on = date.fromisoformat(held_from) if held_from else SINCE_EVER
    said = {"unit": event.data["organisation"], "relation": event.data["attribute"], "parent": event.data["value"]}
    rows.put(parents, **said, from_on=from_on)


def is_unit(reading: Reading, unit: str) -> bool:
    """Whether the registry has such a unit."""
    return reading.one(sa.select(reading[units].c.unit).where(reading[units].c.unit == unit)) is not None


def kin_on(reading: Reading, among: tuple[str, ...], on: date) -> list[tuple[str, str]]:
    """Unit and parent among these units, by either relation, on a day."""
    table = reading[parents]
    said = reading.all(
        sa.select(table).where(table.c.unit.in_(among), table.c.from_on <= on).order_by(table.c.unit, table.c.relation, table.c.from_on)
    )
    latest = {(row["unit"], row["relation"]): row["parent"] for row in said}
    return sorted({(unit, parent) for (unit, _), parent in latest.items() if parent in among})
