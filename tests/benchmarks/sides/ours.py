"""The event store, the facts of a service and the projector of this network, used as its services use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import sqlalchemy as sa

from services.evaluations import domain
from services.evaluations.schemas import EVENTS
from services.rankings.views import MODEL, sheets
from shared.event import Event, NewEvent
from shared.facts import Facts
from shared.feed.page import Page
from shared.plain import plain
from shared.projection import Projector
from shared.rpc import Request
from shared.store import NONE, Append, EventStore, open_database, tables
from tests.benchmarks.databases import Place
from tests.benchmarks.sides.contestant import Appending, Deciding, Projecting
from tests.benchmarks.workload import CONTEXT, EVENT_TYPE, Decision, History, Sheet, ground

SITE, SERVICE = "central", "evaluations"


def open_store(url: str, site: str = SITE) -> EventStore:
    """The store of the service whose events the standings fold."""
    store = EventStore(open_database(url), site=site, service=SERVICE)
    store.prepare()
    return store


def recorded_in(store: EventStore) -> int:
    """Events in the log, which must be as many as its head says."""
    with store.database.read() as connection:
        found = int(connection.execute(sa.select(sa.func.count()).select_from(tables.events)).scalar_one())
    if found != store.head():
        raise AssertionError(f"The log holds {found} events and says that its head is {store.head()}.")
    return found


def saved_rows(views: Place) -> int:
    """Rows of what was saved on sheets, in the standings of a database, by the way that the service reads them."""
    database = open_database(views.url)
    try:
        with Projector(database, MODEL).reading() as reading:
            return int(reading.connection.execute(sa.select(sa.func.count()).select_from(reading[sheets.saves])).scalar_one())
    finally:
        database.close()


class OursAppending(Appending):
    """Appends without a command id, as the peer has none; `with_command` records one for each append, as every service does."""

    def __init__(self, place: Place, *, with_command: bool = False) -> None:
        self._store = open_store(place.url)
        self._commands = count() if with_command else None

    def append(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            write = Append(decision.stream, decision.version, [NewEvent(EVENT_TYPE, 1, data) for data in decision.facts])
            command = None if self._commands is None else f"0192f7a0-0000-7000-8000-{next(self._commands):012}"
            self._store.append(write, CONTEXT, command=command, digest="" if command is None else "0" * 64)

    def recorded(self) -> int:
        return recorded_in(self._store)

    def close(self) -> None:
        self._store.database.close()


class OursDeciding(Deciding):
    """A sheet as a decider over its stream; `with_command` is `Facts.execute`, which also answers a repeated command."""

    def __init__(self, place: Place, *, with_command: bool = False) -> None:
        self._store = open_store(place.url)
        self._facts = Facts(self._store, EVENTS)
        self._execute: Callable[[domain.ScoreItems, str], Any] = self._with_command if with_command else self._without_command

    def begin(self, histories: Sequence[History]) -> None:
        for history in histories:
            facts = [NewEvent(EVENT_TYPE, 1, data) for data in history.facts]
            self._store.append(Append(history.sheet.stream, NONE, facts), CONTEXT)

    def decide(self, commands: Sequence[domain.ScoreItems]) -> None:
        for command in commands:
            self._execute(command, Sheet(command.unit, command.pass_key, command.scorer, command.campaign).stream)

    def _with_command(self, command: domain.ScoreItems, stream: str) -> None:
        self._facts.execute(Request(CONTEXT.actor, plain(command)), domain.sheet(ground(command.pass_key)), stream, command)

    def _without_command(self, command: domain.ScoreItems, stream: str) -> None:
        decider = domain.sheet(ground(command.pass_key))
        state, version = self._facts.load(decider, stream)
        events = [EVENTS.encode(event) for event in decider.decide(state, command)]
        self._store.append(Append(stream, version, events), CONTEXT)

    def replay(self, sheets: Sequence[Sheet]) -> int:
        return sum(self._facts.load(domain.READ, sheet.stream)[0].version for sheet in sheets)

    def recorded(self) -> int:
        return recorded_in(self._store)

    def close(self) -> None:
        self._store.database.close()


class OursProjecting(Projecting):
    """The read model of rankings. It reads the log as the log is: broker and wire belong to jobs of their own."""

    def __init__(self, log: Place, views: Place) -> None:
        self._store = open_store(log.url)
        self._views = views
        self.projector = Projector(open_database(views.url), MODEL)
        self.projector.prepare()

    def catch_up(self, events: int | None = None) -> None:
        """Up to the head, or the page in which so many are reached."""
        position = self.projector.cursor(SITE, SERVICE)
        while (events is None or position < events) and (page := self._store.feed(position)):
            self.projector.receive(Page.of(page), self._fetch)
            position = page[-1].position

    def rebuild(self) -> None:
        """The whole log again, beside the live rows."""
        self.projector.rebuild(SITE, self._fetch)

    def rows(self) -> int:
        return saved_rows(self._views)

    def close(self) -> None:
        self._store.database.close()
        self.projector.database.close()

    def _fetch(self, service: str, after: int) -> list[Event]:
        # the model follows the feeds of other services too; in this network they have said nothing
        return list(self._store.feed(after)) if service == SERVICE else []
