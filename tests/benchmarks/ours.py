"""The event store and the projector of this network, used as its services use them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count

import sqlalchemy as sa

from services.rankings.views import MODEL, scores
from shared.event import Event, NewEvent
from shared.feed.page import Page
from shared.projection import Projector
from shared.store import Append, EventStore, open_database, tables
from tests.benchmarks.contestant import Place, Projecting
from tests.benchmarks.workload import CONTEXT, EVENT_TYPE, Decision

SITE, SERVICE = "central", "evaluations"


class Ours(Projecting):
    """Appends without a command id, as the peer has none; `with_command` records one for each append, as every service does."""

    def __init__(self, place: Place, *, with_command: bool = False) -> None:
        self._log = open_database(place.log.render_as_string(hide_password=False))
        self._views = open_database(place.views.render_as_string(hide_password=False))
        self._store = EventStore(self._log, site=SITE, service=SERVICE)
        self._store.prepare()
        self._projector = Projector(self._views, MODEL)
        self._commands = count() if with_command else None

    def append(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            write = Append(decision.stream, decision.version, [NewEvent(EVENT_TYPE, 1, data) for data in decision.facts])
            command = None if self._commands is None else f"0192f7a0-0000-7000-8000-{next(self._commands):012}"
            self._store.append(write, CONTEXT, command=command, digest="" if command is None else "0" * 64)

    def recorded(self) -> int:
        with self._log.read() as connection:
            found = int(connection.execute(sa.select(sa.func.count()).select_from(tables.events)).scalar_one())
        if found != self._store.head():
            raise AssertionError(f"The log holds {found} events and says that its head is {self._store.head()}.")
        return found

    def prepare_views(self) -> None:
        self._projector.prepare()

    def follow(self) -> None:
        """From log to rows by way of the wire: what the relay reads and writes, and what the subscriber reads and folds."""
        position = 0
        while events := self._store.feed(position):
            wire = json.dumps(Page.of(events).to_data())
            self._projector.receive(Page.from_data(json.loads(wire)), self._fetch)
            position = events[-1].position

    def rebuild(self) -> None:
        self._projector.rebuild(SITE, self._fetch)

    def rows(self) -> int:
        with self._projector.reading() as reading:
            return int(reading.connection.execute(sa.select(sa.func.count()).select_from(reading[scores])).scalar_one())

    def close(self) -> None:
        self._log.close()
        self._views.close()

    def _fetch(self, service: str, after: int) -> list[Event]:
        # the model follows the feeds of other services too; in this log they have said nothing
        return self._store.feed(after) if service == SERVICE else []
