"""Initiatives with their authors as one asks for them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

initiatives = sa.Table(
    "initiatives",
    MODEL.metadata,
    sa.Column("initiative", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("submitted_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # submitted | recognised | refused | withdrawn
    sa.Column("examined", sa.JSON, nullable=False),
    sa.Column("recognised", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text),
)
authors = sa.Table(
    "initiative_authors",
    MODEL.metadata,
    sa.Column("initiative", sa.String(100), primary_key=True),
    sa.Column("person", sa.String(100), primary_key=True, index=True),
    sa.Column("place", sa.Integer, nullable=False),
)


@MODEL.on("evaluations.InitiativeSubmitted")
def _submitted(rows: Rows, event: Event) -> None:
    said = {name: value for name, value in event.data.items() if name != "authors"}
    said["submitted_on"] = date.fromisoformat(said["submitted_on"])
    rows.put(initiatives, **said, state="submitted", examined=[], recognised=[])
    for place, person in enumerate(event.data["authors"]):
        rows.put(authors, initiative=event.data["initiative"], person=person, place=place)


@MODEL.on("evaluations.InitiativeExamined")
def _examined(rows: Rows, event: Event) -> None:
    _add(rows, event, "examined")


@MODEL.on("evaluations.InitiativeRecognised")
def _recognised(rows: Rows, event: Event) -> None:
    _add(rows, event, "recognised", state="recognised")


@MODEL.on("evaluations.InitiativeRefused")
def _refused(rows: Rows, event: Event) -> None:
    rows.change(initiatives, {"initiative": event.data["initiative"]}, state="refused", reason=event.data["reason"])


@MODEL.on("evaluations.InitiativeWithdrawn")
def _withdrawn(rows: Rows, event: Event) -> None:
    rows.change(initiatives, {"initiative": event.data["initiative"]}, state="withdrawn", reason=event.data["reason"])


def _add(rows: Rows, event: Event, column: str, **values: Any) -> None:
    at = {"initiative": event.data["initiative"]}
    row = rows.get(initiatives, **at)
    if row is None:
        raise LookupError(f"initiative {at['initiative']} is not there")
    said = {name: value for name, value in event.data.items() if name != "initiative"}
    rows.put(initiatives, **{**row, **values, column: [*row[column], said]})


def all_initiatives(
    reading: Reading, *, unit: str | None = None, person: str | None = None, year: int | None = None
) -> list[dict[str, Any]]:
    """Initiatives with their `authors` in the order in which they were named, the latest year first."""
    table, named = reading[initiatives], reading[authors]
    asked = sa.select(table).order_by(table.c.year.desc(), table.c.submitted_on.desc(), table.c.initiative)
    for column, wanted in ((table.c.unit, unit), (table.c.year, year)):
        asked = asked if wanted is None else asked.where(column == wanted)
    if person is not None:
        asked = asked.where(table.c.initiative.in_(sa.select(named.c.initiative).where(named.c.person == person)))
    return _with_authors(reading, reading.all(asked))


def initiative_of(reading: Reading, initiative: str) -> dict[str, Any] | None:
    """An initiative with its `authors`, and what councils and authorities said, in the order in which they did."""
    table = reading[initiatives]
    found = _with_authors(reading, reading.all(sa.select(table).where(table.c.initiative == initiative)))
    return found[0] if found else None


def _with_authors(reading: Reading, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = reading[authors]
    wanted = [row["initiative"] for row in rows]
    of: dict[str, list[str]] = defaultdict(list)
    for row in reading.all(sa.select(named).where(named.c.initiative.in_(wanted)).order_by(named.c.initiative, named.c.place)):
        of[row["initiative"]].append(row["person"])
    return [{**row, "authors": of[row["initiative"]]} for row in rows]
