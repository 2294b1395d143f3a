"""Councils with their terms and members as one asks for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.registry.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

councils = sa.Table(
    "councils",
    MODEL.metadata,
    sa.Column("council", sa.String(100), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("organisation", sa.String(100), nullable=False),
    sa.Column("formed_on", sa.Date, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
terms = sa.Table(
    "council_terms",
    MODEL.metadata,
    sa.Column("council", sa.String(100), primary_key=True),
    sa.Column("term", sa.String(100), primary_key=True),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
seats = sa.Table(
    "council_seats",
    MODEL.metadata,
    sa.Column("council", sa.String(100), primary_key=True),
    sa.Column("term", sa.String(100), primary_key=True),
    sa.Column("person", sa.String(36), primary_key=True),
    sa.Column("from_on", sa.Date, primary_key=True),
    sa.Column("seat", sa.String(20), nullable=False),
    sa.Column("relieved_on", sa.Date),
    sa.Column("reason", sa.Text),
    sa.Column("appointed", sa.BigInteger, nullable=False),
)


@MODEL.on("registry.CouncilFormed")
def _formed(rows: Rows, event: Event) -> None:
    rows.put(councils, **{**event.data, "formed_on": date.fromisoformat(event.data["formed_on"])})


@MODEL.on("registry.CouncilTermOpened")
def _opened(rows: Rows, event: Event) -> None:
    days = {name: date.fromisoformat(event.data[name]) for name in ("from_on", "until_on")}
    rows.put(terms, **{**event.data, **days})


@MODEL.on("registry.CouncilMemberAppointed")
def _appointed(rows: Rows, event: Event) -> None:
    rows.put(seats, **{**event.data, "from_on": date.fromisoformat(event.data["from_on"]), "appointed": event.position})


@MODEL.on("registry.CouncilMemberRelieved")
def _relieved(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("council", "term", "person")} | {"from_on": date.fromisoformat(event.data["from_on"])}
    rows.change(seats, at, relieved_on=date.fromisoformat(event.data["until_on"]), reason=event.data["reason"])


def all_councils(reading: Reading) -> list[dict[str, Any]]:
    table = reading[councils]
    return reading.all(sa.select(table).order_by(table.c.name, table.c.council))


def council_of(reading: Reading, council: str) -> dict[str, Any] | None:
    """A council with its `terms`, the newest first, and the `members` of each by seat; relieved_on: the last day of one who was."""
    table, termed, seated = reading[councils], reading[terms], reading[seats]
    found = reading.one(sa.select(table).where(table.c.council == council))
    if found is None:
        return None
    order = sa.case({"chair": 0, "deputy_chair": 1, "standing": 2, "member": 3, "secretary": 4}, value=seated.c.seat)
    members = reading.all(sa.select(seated).where(seated.c.council == council).order_by(order, seated.c.from_on, seated.c.appointed))
    opened = reading.all(sa.select(termed).where(termed.c.council == council).order_by(termed.c.from_on.desc()))
    return {**found, "terms": [{**term, "members": [row for row in members if row["term"] == term["term"]]} for term in opened]}
