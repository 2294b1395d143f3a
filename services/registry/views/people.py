"""People with their posts and transfers as one asks for them. Rows hold personal data sealed: there is nothing here to forget."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.registry.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows
from shared.sealed import Sealed

people = sa.Table(
    "people",
    MODEL.metadata,
    sa.Column("person", sa.String(36), primary_key=True),
    sa.Column("sealed_by", sa.String(36), nullable=False),
    sa.Column("nonce", sa.Text, nullable=False),
    sa.Column("ciphertext", sa.Text, nullable=False),
    sa.Column("commitment", sa.String(64), nullable=False),
    sa.Column("forgotten_on", sa.Date),
    sa.Column("ground", sa.Text),
)
posts = sa.Table(
    "posts",
    MODEL.metadata,
    sa.Column("person", sa.String(36), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True, index=True),
    sa.Column("post", sa.String(300), primary_key=True),
    sa.Column("from_on", sa.Date, primary_key=True),
    sa.Column("until_on", sa.Date),
    sa.Column("document", sa.Text),
)
transfers = sa.Table(
    "transfers",
    MODEL.metadata,
    sa.Column("transfer", sa.String(100), primary_key=True),
    sa.Column("person", sa.String(36), primary_key=True),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("from_unit", sa.String(100), nullable=False),
    sa.Column("to_unit", sa.String(100), nullable=False),
    sa.Column("moves_on", sa.Date, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("into_post", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("offered", sa.BigInteger, nullable=False),
)


@MODEL.on("registry.PersonRegistered")
def _registered(rows: Rows, event: Event) -> None:
    rows.put(people, person=event.data["person"], **_columns(event))


@MODEL.on("registry.PersonDetailsCorrected")
def _corrected(rows: Rows, event: Event) -> None:
    rows.change(people, {"person": event.data["person"]}, **_columns(event))


def _columns(event: Event) -> dict[str, Any]:
    sealed = event.data["sealed"]
    return {"sealed_by": sealed["key"], **{name: sealed[name] for name in ("nonce", "ciphertext", "commitment")}}


@MODEL.on("registry.PersonForgotten")
def _forgotten(rows: Rows, event: Event) -> None:
    on = date.fromisoformat(event.data["requested_on"])
    rows.change(people, {"person": event.data["person"]}, forgotten_on=on, ground=event.data["ground"])


@MODEL.on("registry.PostTaken")
def _taken(rows: Rows, event: Event) -> None:
    rows.put(posts, **{**event.data, "from_on": date.fromisoformat(event.data["from_on"])})


@MODEL.on("registry.PostLeft")
def _left(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("person", "unit", "post")} | {"from_on": date.fromisoformat(event.data["from_on"])}
    rows.change(posts, at, until_on=date.fromisoformat(event.data["until_on"]))


@MODEL.on("registry.TransferOffered")
def _offered(rows: Rows, event: Event) -> None:
    data = {name: value for name, value in event.data.items() if name != "offered_by"}
    moves_on = date.fromisoformat(data["moves_on"])
    rows.put(transfers, **{**data, "moves_on": moves_on, "state": "offered", "offered": event.position})


@MODEL.on("registry.TransferAccepted")
def _accepted(rows: Rows, event: Event) -> None:
    _settle(rows, event, "accepted", into_post=event.data["post"])


@MODEL.on("registry.TransferRefused")
def _refused(rows: Rows, event: Event) -> None:
    _settle(rows, event, "refused", reason=event.data["reason"])


@MODEL.on("registry.TransferWithdrawn")
def _withdrawn(rows: Rows, event: Event) -> None:
    _settle(rows, event, "withdrawn", reason=event.data["reason"])


def _settle(rows: Rows, event: Event, state: str, **values: Any) -> None:
    rows.change(transfers, {"transfer": event.data["transfer"], "person": event.data["person"]}, state=state, **values)


def people_of(reading: Reading, unit: str, on: date | None = None) -> list[dict[str, Any]]:
    """The periods in posts of a unit, those that last first, each with `sealed` of the person, None of one who is forgotten.

    on: only those that hold on this day.
    """
    table, held = reading[people], reading[posts]
    holds = sa.true() if on is None else sa.and_(held.c.from_on <= on, sa.or_(held.c.until_on.is_(None), held.c.until_on >= on))
    rows = reading.all(
        sa.select(held, *_sealed(table))
        .join(table, table.c.person == held.c.person)
        .where(held.c.unit == unit, holds)
        .order_by(held.c.until_on.is_not(None), held.c.post, held.c.from_on, held.c.person)
    )
    return [_with_sealed(row) for row in rows]


def people_in(reading: Reading, units: Collection[str], on: date, most: int) -> list[dict[str, Any]]:
    """The periods of a day in posts of these units, `most` at most, each with `sealed` of the person; nobody who is forgotten."""
    table, held = reading[people], reading[posts]
    holds = sa.and_(held.c.from_on <= on, sa.or_(held.c.until_on.is_(None), held.c.until_on >= on))
    rows = reading.all(
        sa.select(held, *_sealed(table))
        .join(table, table.c.person == held.c.person)
        .where(reading.among(held.c.unit, units), holds, table.c.forgotten_on.is_(None))
        .order_by(held.c.unit, held.c.post, held.c.person, held.c.from_on)
        .limit(most)
    )
    return [_with_sealed(row) for row in rows]


def person_of(reading: Reading, person: str) -> dict[str, Any] | None:
    """A person with `posts` and `transfers` in the order of their days."""
    table, held, moved = reading[people], reading[posts], reading[transfers]
    found = reading.one(sa.select(table.c.person, table.c.ground, *_sealed(table)).where(table.c.person == person))
    if found is None:
        return None
    return {
        **_with_sealed(found),
        "posts": reading.all(
            sa.select(held.c.unit, held.c.post, held.c.from_on, held.c.until_on, held.c.document)
            .where(held.c.person == person)
            .order_by(held.c.from_on, held.c.unit, held.c.post)
        ),
        "transfers": reading.all(sa.select(moved).where(moved.c.person == person).order_by(moved.c.offered)),
    }


def open_transfers(reading: Reading, unit: str) -> list[dict[str, Any]]:
    """The transfers from and to a unit that wait for an answer, each with `sealed` of the person."""
    table, moved = reading[people], reading[transfers]
    rows = reading.all(
        sa.select(moved, *_sealed(table))
        .join(table, table.c.person == moved.c.person)
        .where(moved.c.state == "offered", sa.or_(moved.c.from_unit == unit, moved.c.to_unit == unit))
        .order_by(moved.c.moves_on, moved.c.offered)
    )
    return [_with_sealed(row) for row in rows]


def sealed_of(reading: Reading, wanted: set[str]) -> dict[str, Sealed | None]:
    """Of these people what is sealed; None of those who are forgotten."""
    table = reading[people]
    rows = reading.all(sa.select(table.c.person, *_sealed(table)).where(table.c.person.in_(wanted)))
    return {row["person"]: row["sealed"] for row in map(_with_sealed, rows)}


_SEALED = ("sealed_by", "nonce", "ciphertext", "commitment")


def _sealed(table: sa.Table) -> list[sa.Column[Any]]:
    return [table.c[name] for name in (*_SEALED, "forgotten_on")]


def _with_sealed(row: dict[str, Any]) -> dict[str, Any]:
    sealed = Sealed(*(row.pop(name) for name in _SEALED))
    return {**row, "sealed": None if row["forgotten_on"] else sealed}
