"""Organisations as one asks for them: on a day (`on`), as it was known on a day (`known_on`), both today where none is named."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from services.registry.domain.codes import as_now_written
from services.registry.domain.history import BEGINNING, CODES, EVER, Organisation
from services.registry.domain.organisations import Attribute
from services.registry.views.organisations import believed, heirs, letters, organisations, periods
from shared.bounds import ORGANISATIONS_PAGE
from shared.projection import Reading

LINKS_MAX = 2_000
"""Links of a lineage that are followed; the whole past of a province's communes is under a thousand."""

_SHOWN = ("organisation", "name", "level", "kind", "code", "statistics_code", "parent", "sector_parent", "opened_on", "ended_on")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which organisations.

    on: open on that day; None: not ended `today`, those that open later as they will open. text: words of name, codes or key, marks
    left out. parent, sector_parent: those directly under it.
    """

    today: date
    on: date | None = None
    known_on: date | None = None
    text: str = ""
    parent: str | None = None
    sector_parent: str | None = None


def organisations_on(reading: Reading, wanted: Wanted, page: int | None = None) -> list[dict[str, Any]]:
    """The organisations wanted, by name; page: ORGANISATIONS_PAGE of them, counted from 1."""
    table = reading[periods]
    query = sa.select(*(table.c[name] for name in _SHOWN)).where(*_conditions(table, wanted))
    if page is None:
        # an index would lead through thousands of rows one by one: they are put in order when they are there
        return reading.all(query.order_by(sa.func.lower(table.c.letters), table.c.organisation))
    query = query.order_by(table.c.letters, table.c.organisation)
    return reading.all(query.limit(ORGANISATIONS_PAGE).offset((page - 1) * ORGANISATIONS_PAGE))


def count_on(reading: Reading, wanted: Wanted) -> int:
    """How many organisations are wanted."""
    table = reading[periods]
    return int(reading.connection.execute(sa.select(sa.func.count()).where(*_conditions(table, wanted))).scalar_one())


def _conditions(table: sa.Table, wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    yield _known(table, wanted.known_on)
    if wanted.on is None:
        yield table.c.until_on > wanted.today
        yield sa.or_(table.c.from_on <= wanted.today, table.c.first)
    else:
        yield table.c.from_on <= wanted.on
        yield table.c.until_on > wanted.on
    for word in letters(wanted.text).split():
        yield table.c.letters.contains(word, autoescape=True)
    for name in ("parent", "sector_parent"):
        if (above := getattr(wanted, name)) is not None:
            yield table.c[name] == above


def _known(table: sa.Table, known_on: date | None) -> sa.ColumnElement[bool]:
    if known_on is None:
        return table.c.known_until == EVER
    return sa.and_(table.c.known_from <= known_on, table.c.known_until > known_on)


def at_and_below(reading: Reading, unit: str, today: date, most: int) -> list[str] | None:
    """A unit and all that are under it today, by territory or sector; None where they are more than `most`."""
    table = reading[periods]
    found, under = [unit], {unit}
    while under:
        parents = sa.or_(reading.among(table.c.parent, under), reading.among(table.c.sector_parent, under))
        query = sa.select(table.c.organisation).where(*_conditions(table, Wanted(today, on=today)), parents).distinct().limit(most + 1)
        under = {row["organisation"] for row in reading.all(query)}.difference(found)
        found += sorted(under)
        if len(found) > most:
            return None
    return found


def names_since(reading: Reading, position: int, today: date) -> dict[str, Any]:
    """The names today of the organisations that something was recorded of after a position of the log, of ended ones the last.

    {"position": of the last fact, "names": {organisation: name}}; after 0, of all.
    """
    facts, table = reading[organisations], reading[periods]
    query = sa.select(table.c.organisation, table.c.name, table.c.from_on).where(_known(table, None))
    if position:
        query = query.join(facts, facts.c.organisation == table.c.organisation).where(facts.c.position > position)
    found: dict[str, str] = {}
    for key, name, from_on in reading.connection.execute(query.order_by(table.c.organisation, table.c.from_on)):
        if from_on <= today or key not in found:
            found[key] = name
    last = reading.connection.execute(sa.select(sa.func.max(facts.c.position))).scalar_one()
    return {"position": last or 0, "names": found}


def terms_used(reading: Reading) -> dict[str, list[str]]:
    """The levels and kinds that organisations are known to have or have had, in order."""
    table = reading[periods]

    def used(column: sa.Column[Any]) -> list[str]:
        query = sa.select(column).distinct().where(_known(table, None), column.is_not(None))
        return sorted(row[0] for row in reading.connection.execute(query))

    return {"levels": used(table.c.level), "kinds": used(table.c.kind)}


def organisation_on(reading: Reading, key: str, on: date, known_on: date | None) -> dict[str, Any] | None:
    """An organisation with its particulars on a day; on one outside its life those of the nearest day within.

    open: whether it is there on that day; `names` and `codes`, each with the days it was used on; `successions`; `facts` in the order in
    which they were recorded, each with what it says. None where nothing was known of it.
    """
    row = reading.one(sa.select(reading[organisations]).where(reading[organisations].c.organisation == key))
    told = [one for one in (row["facts"] if row else []) if known_on is None or date.fromisoformat(one["known_on"]) <= known_on]
    if not told:
        return None
    _, state = believed(told)[-1]
    first, until = state.life
    day = max(min(on, until - timedelta(days=1)), first)
    particulars: dict[str, Any] = {attribute.value: state.value_on(attribute, day) for attribute in Attribute if attribute.value in _SHOWN}
    return {
        "organisation": key,
        "on": on,
        "known_on": known_on,
        "open": state.open_on(on),
        **particulars,
        "opened_on": state.opened_on,
        "ended_on": None if state.ending is None else state.ending.on,
        "names": _used(state, Attribute.NAME),
        "codes": [used for attribute in CODES for used in _used(state, attribute)],
        "successions": state.successions,
        "facts": told,
    }


def _used(state: Organisation, attribute: Attribute) -> list[dict[str, Any]]:
    """The values of an attribute, with the first day of each where it is known, and the last where it has passed."""
    return [
        {"value": value, "from_on": None if first == BEGINNING else first, "until_on": None if until == EVER else until - timedelta(days=1)}
        for first, until, value in state.spans(attribute)
        if value is not None
    ]


def with_codes(reading: Reading, wanted: Collection[str], known_on: date | None = None) -> list[dict[str, Any]]:
    """Who has or had one of these codes, in whichever form it is written, the latest first.

    {"organisation", "code", "from_on", "until_on"}; until_on: the first day on which it has it no more.
    """
    table = reading[periods]
    now = {as_now_written(code) for code in wanted}
    query = sa.select(table.c.organisation, table.c.code_now, table.c.statistics_code, table.c.from_on, table.c.until_on).where(
        _known(table, known_on), sa.or_(table.c.code_now.in_(now), table.c.statistics_code.in_(now))
    )
    rows = reading.all(query.order_by(table.c.from_on.desc(), table.c.organisation))
    return [
        {"organisation": row["organisation"], "code": code, "from_on": row["from_on"], "until_on": row["until_on"]}
        for row in rows
        for code in (row["code_now"], row["statistics_code"])
        if code in now
    ]


def lineage_of(reading: Reading, key: str, known_on: date | None = None) -> dict[str, Any]:
    """Whom an organisation came from, and who went on with it, to any depth: {"ancestors", "heirs", "complete"}.

    Each a list of steps, the nearest first: `organisation` reached, `next_to` the one before it on the way, `on` the first day on which the
    heir held, `change` (merged, split), `share` and `note` where they are known, `depth` from 1, and the `path` from the organisation
    asked for. A step leads on only to what happened later (heirs) or earlier (ancestors). Not complete: more than LINKS_MAX steps.
    """
    after = _walk(reading, key, known_on, forward=True)
    before = _walk(reading, key, known_on, forward=False)
    return {"ancestors": before[:LINKS_MAX], "heirs": after[:LINKS_MAX], "complete": max(len(before), len(after)) <= LINKS_MAX}


def _walk(reading: Reading, key: str, known_on: date | None, *, forward: bool) -> list[dict[str, Any]]:
    table = reading[heirs]
    here, there = (table.c.organisation, table.c.heir) if forward else (table.c.heir, table.c.organisation)
    steps: list[dict[str, Any]] = []
    seen: set[tuple[str, str, date]] = set()
    reached = {key: [(BEGINNING if forward else EVER, [key])]}
    while reached and len(steps) <= LINKS_MAX:
        query = sa.select(table).where(_known(table, known_on), here.in_(reached), here != there)
        next_reached: dict[str, list[tuple[date, list[str]]]] = {}
        for row in reading.all(query.order_by(table.c.from_on if forward else table.c.from_on.desc(), there)):
            near, far, on = row[here.name], row[there.name], row["from_on"]
            path = next((path for day, path in reached[near] if (day <= on if forward else on <= day)), None)
            if path is None or (near, far, on) in seen:
                continue
            seen.add((near, far, on))
            told = {name: row[name] for name in ("change", "share", "note")}
            steps.append({"organisation": far, "next_to": near, "on": on, **told, "depth": len(path), "path": [*path, far]})
            next_reached.setdefault(far, []).append((on, [*path, far]))
        reached = next_reached
    return steps
