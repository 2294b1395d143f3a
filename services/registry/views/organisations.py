"""Organisations as they held on any day, as it was known on any day.

Of each organisation the facts are kept, and beside them what they come to: its life cut into periods, and who took over from whom. Each
row holds on days (`from_on` up to, not with, `until_on`) and was believed on days (`known_from` up to, not with, `known_until`). What is
believed on a day is what had been recorded by its end in Ha Noi: what was replaced on the day of its recording was never believed, and has
no row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

import sqlalchemy as sa

from services.registry.domain import codes
from services.registry.domain import organisations as facts
from services.registry.domain.history import EVER, Organisation, Period, evolve
from services.registry.views.model import MODEL
from shared.calendar import legal_date
from shared.event import Event
from shared.plain import reader_of
from shared.projection import Rows

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

organisations = sa.Table(
    "organisations",
    MODEL.metadata,
    sa.Column("organisation", sa.String(100), primary_key=True),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False, index=True),  # of the last of them
)
periods = sa.Table(
    "organisation_periods",
    MODEL.metadata,
    sa.Column("organisation", sa.String(100), primary_key=True),
    sa.Column("from_on", sa.Date, primary_key=True),
    sa.Column("known_from", sa.Date, primary_key=True),
    sa.Column("until_on", sa.Date, nullable=False),
    sa.Column("known_until", sa.Date, nullable=False),
    sa.Column("first", sa.Boolean, nullable=False),  # of its life
    sa.Column("opened_on", sa.Date),
    sa.Column("ended_on", sa.Date),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("code", sa.String(100)),
    sa.Column("statistics_code", sa.String(100), index=True),
    sa.Column("kind", sa.Text),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("parent", sa.String(100), index=True),
    sa.Column("sector_parent", sa.String(100), index=True),
    sa.Column("code_now", sa.String(100), index=True),  # as Decision 20/2020 writes it
    sa.Column("letters", sa.Text, nullable=False, index=True),  # of name, codes and key, without marks: what one searches in
)
heirs = sa.Table(
    "organisation_heirs",
    MODEL.metadata,
    sa.Column("organisation", sa.String(100), primary_key=True),
    sa.Column("heir", sa.String(100), primary_key=True, index=True),
    sa.Column("from_on", sa.Date, primary_key=True),
    sa.Column("known_from", sa.Date, primary_key=True),
    sa.Column("known_until", sa.Date, nullable=False),
    sa.Column("change", sa.String(20), nullable=False),  # merged | split
    sa.Column("share", sa.Text),
    sa.Column("note", sa.Text),
)

Beliefs = list[tuple[date, Organisation]]
"""An organisation as it was known at the end of each day on which something was recorded of it."""

_PREFIX = "registry.Organisation"
KINDS = {kind.__name__.removeprefix("Organisation").lower(): kind for kind in facts.Fact.__args__}
_READERS = {change: reader_of(kind) for change, kind in KINDS.items()}


@MODEL.on("registry.OrganisationRegistered", versions=(1, 2))
def _registered(rows: Rows, event: Event) -> None:
    # of version 1 what the newer one has besides is not known
    _tell(rows, event, {"kind": None, "sector_parent": None, **event.data})


@MODEL.on(*(f"registry.{kind.__name__}" for kind in facts.Fact.__args__ if kind is not facts.OrganisationRegistered))
def _changed(rows: Rows, event: Event) -> None:
    _tell(rows, event, event.data)


def _tell(rows: Rows, event: Event, data: Mapping[str, Any]) -> None:
    key = data["organisation"]
    row = rows.get(organisations, organisation=key)
    before: list[dict[str, Any]] = [] if row is None else row["facts"]
    day = legal_date(event.recorded_at)
    if before:
        # a clock that was put back lets nothing be known before what was recorded before it
        day = max(day, date.fromisoformat(before[-1]["known_on"]))
    told = {
        "change": event.type.removeprefix(_PREFIX).lower(),
        "data": data,
        "known_on": day.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "event": event.id,
    }
    after = [*before, told]
    rows.put(organisations, organisation=key, facts=after, position=event.position)
    known_before, known_after = believed(before), believed(after)
    for table, rows_of in ((periods, _period_rows), (heirs, _heir_rows)):
        old, new = rows_of(key, known_before), rows_of(key, known_after)
        for at in old.keys() - new.keys():
            rows.remove(table, **old[at])
        for at, values in new.items():
            if old.get(at) != values:
                rows.put(table, **values)


def _period_rows(key: str, beliefs: Beliefs) -> dict[Hashable, dict[str, Any]]:
    found = [(day, {period.from_on: _particulars(key, state, period) for period in state.periods()}) for day, state in beliefs]
    return {
        (from_on, known_from): {**values, "known_from": known_from, "known_until": known_until}
        for (from_on, known_from), (known_until, values) in _stretches(found).items()
    }


def _particulars(key: str, state: Organisation, period: Period) -> dict[str, Any]:
    return {
        "organisation": key,
        "first": period.from_on == state.life[0],
        "opened_on": state.opened_on,
        "ended_on": None if state.ending is None else state.ending.on,
        "code_now": period.code and codes.as_now_written(period.code),
        "letters": letters(" ".join(filter(None, (period.name, period.code, period.statistics_code, key)))),
        **{name: getattr(period, name) for name in Period.__slots__},
    }


def _heir_rows(key: str, beliefs: Beliefs) -> dict[Hashable, dict[str, Any]]:
    found = [
        (day, {(heir.organisation, one.on): (one.change, heir) for one in state.successions for heir in one.heirs})
        for day, state in beliefs
    ]
    return {
        (name, on, known_from): {
            "organisation": key,
            "heir": name,
            "from_on": on,
            "known_from": known_from,
            "known_until": known_until,
            "change": change,
            "share": None if heir.share is None else format(heir.share, "f"),
            "note": heir.note,
        }
        for ((name, on), known_from), (known_until, (change, heir)) in _stretches(found).items()
    }


def believed(told: Sequence[Mapping[str, Any]]) -> Beliefs:
    """The organisation as it was known at the end of each day on which something was recorded of it."""
    found = []
    state = Organisation()
    for day, group in groupby(told, key=lambda one: str(one["known_on"])):
        for one in group:
            state = evolve(state, _READERS[one["change"]](one["data"]))
        found.append((date.fromisoformat(day), state))
    return found


def _stretches(beliefs: Iterable[tuple[date, Mapping[K, V]]]) -> dict[tuple[K, date], tuple[date, V]]:
    """Since when, and until when, each thing was believed, of all that was believed at the end of each of these days."""
    found: dict[tuple[K, date], tuple[date, V]] = {}
    since: dict[K, date] = {}
    last: Mapping[K, V] = {}
    for day, now in beliefs:
        for key, value in last.items():
            if now.get(key) != value:
                found[key, since.pop(key)] = (day, value)
        for key in now:
            since.setdefault(key, day)
        last = now
    return found | {(key, day): (EVER, last[key]) for key, day in since.items()}


def letters(text: str) -> str:
    """Text as one searches in it: small letters without marks.

    >>> letters("Đặng Xá")
    'dang xa'
    """
    return unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
