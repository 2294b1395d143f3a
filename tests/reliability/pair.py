"""A producer and a subscriber that live many short lives on the same databases and queues, and what is there after each, counted."""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import sqlalchemy as sa
from kombu import Connection

from shared.event import Event
from shared.failpoints import POINTS
from shared.projection import Projector
from shared.store import Database, EventStore, open_database
from tests.reliability.life import Life, model_of, producer_of, stream_of, subscriber_of
from tests.reliability.nursery import Nursery
from tests.support.accounting import Account
from tests.support.databases import VARIABLE as DATABASE
from tests.support.databases import fresh_template

BROKER = "COMMENDATION_TEST_BROKER_URL"
BACKENDS = {"embedded": "SQLite and embedded broker", "distributed": "PostgreSQL and RabbitMQ"}
ANYWHERE = "at a random moment"
DEATHS = (*POINTS, ANYWHERE)
"""Where a life can be made to end."""

NUMBERS_A_LIFE = 8
TIMES_MAX = 3
"""A life dies at the first to this time that it gets to a point: of eight appends it gets to each at least so often."""

ANYWHERE_SECONDS_MAX = 0.8
"""A life that nobody kills takes about so long."""


def available(backend: str) -> bool:
    """Whether there is what this backend needs."""
    return backend == "embedded" or bool(os.environ.get(DATABASE) and os.environ.get(BROKER))


@dataclass
class Pair:
    """Two services on one backend, with what their client knows.

    acknowledged: how many of the numbers 0, 1, 2, ... were confirmed to the client, which notes the next only then; faults: what was
    found wrong after a death.
    """

    name: str
    backend: str
    environment: dict[str, str]
    log: EventStore
    rows: Projector
    acknowledged: int = 0
    faults: list[str] = field(default_factory=list)

    def die(self, nursery: Nursery, death: str, chance: Random) -> bool:
        """Begin a life that is to end there; whether it did, or had done all its work before."""
        # the last that was confirmed comes again, as from a client whom the answer did not reach
        first = max(0, self.acknowledged - 1)
        life = Life(
            self.name,
            self.environment,
            list(range(first, self.acknowledged + NUMBERS_A_LIFE)),
            failpoint="" if death == ANYWHERE else f"{death}:{1 if death.startswith('rebuild.') else chance.randint(1, TIMES_MAX)}",
            rebuild=death.startswith("rebuild."),
        )
        return self._live(nursery, life, chance.uniform(0, ANYWHERE_SECONDS_MAX) if death == ANYWHERE else None)

    def live(self, nursery: Nursery, numbers: int, *, pause_seconds: float = 0.0, until: Path | None = None) -> None:
        """A life that nobody ends: it notes so many more numbers, or until the file is there."""
        following = list(range(self.acknowledged, self.acknowledged + numbers))
        ending = None if until is None else str(until)
        self._live(nursery, Life(self.name, self.environment, following, pause_seconds=pause_seconds, until=ending))

    def settle(self, nursery: Nursery) -> Account:
        """A last life that nobody ends, and what all of them come to."""
        self.live(nursery, 1)
        position = self.rows.cursor(self.log.site, self.log.service)
        if position != self.log.head():
            self.faults.append(f"the rows end at {position}, the log at {self.log.head()}")
        return Account.of(Counter(map(str, self._noted())), Counter(map(str, range(self.acknowledged))))

    def _live(self, nursery: Nursery, life: Life, kill_after: float | None = None) -> bool:
        ended = nursery.run(life, kill_after=kill_after)
        if ended.acknowledged:
            self.acknowledged = max(self.acknowledged, ended.acknowledged[-1] + 1)
        self.faults += [f"{self.backend}, after {life.failpoint or 'a life'}: {fault}" for fault in self._examined()]
        return ended.killed

    def _examined(self) -> Iterator[str]:
        """What must hold however a life has ended."""
        events = self.events()
        if [event.position for event in events] != list(range(1, len(events) + 1)):
            yield f"positions {[event.position for event in events]}"
        noted = [event.data["number"] for event in events]
        # the next number is noted when the one before is confirmed: at most one is there of which the client does not know
        if noted not in (list(range(self.acknowledged)), list(range(self.acknowledged + 1))):
            yield f"noted {noted}, confirmed {self.acknowledged}"
        cursor, found = self._folded_so_far()
        wanted = _folded(events[:cursor])
        if found != wanted:
            yield f"rows {found}, the log to their cursor {cursor} gives {wanted}"
        if parked := self.rows.parked():
            yield f"parked {parked}"

    def _noted(self) -> list[int]:
        return [event.data["number"] for event in self.events()]

    def events(self) -> list[Event]:
        """The producer's log."""
        events: list[Event] = []
        while page := self.log.feed(len(events)):
            events += page
        return events

    def _folded_so_far(self) -> tuple[int, dict[str, tuple[list[int], int]]]:
        """The cursor, and the rows that belong to it: what a killed process had asked to commit may be committed a moment later."""
        while True:
            cursor = self.rows.cursor(self.log.site, self.log.service)
            pages = self._pages()
            if self.rows.cursor(self.log.site, self.log.service) == cursor:
                return cursor, pages

    def _pages(self) -> dict[str, tuple[list[int], int]]:
        table = self.rows.model.metadata.tables["pages"]
        with self.rows.reading() as reading:
            rows = reading.all(sa.select(reading[table]))
        return {row["page"]: ([int(number) for number in row["numbers"].split()], row["count"]) for row in rows}


def _folded(events: Sequence[Event]) -> dict[str, tuple[list[int], int]]:
    pages: dict[str, list[int]] = {}
    for event in events:
        pages.setdefault(stream_of(event.data["number"]), []).append(event.data["number"])
    return {page: (numbers, len(numbers)) for page, numbers in pages.items()}


@contextmanager
def a_pair(backend: str, folder: Path, rabbitmq: str | None = None) -> Iterator[Pair]:
    """A pair with databases and queues of its own, which are removed afterwards; `rabbitmq`: on another than that of the tests."""
    name = uuid.uuid4().hex[:8]
    kind, broker = ("sqlite", "embedded://") if backend == "embedded" else ("postgresql", rabbitmq or os.environ[BROKER])
    site = f"s{name}"
    opened: list[Database] = []
    with fresh_template(kind, folder, producer_of(name), subscriber_of(name)) as template:
        try:
            log_at, rows_at = (
                open_database(template.replace("{service}", service)) for service in (producer_of(name), subscriber_of(name))
            )
            opened += [log_at, rows_at]
            log = EventStore(log_at, site=site, service=producer_of(name))
            log.prepare()
            EventStore(rows_at, site=site, service=subscriber_of(name)).prepare()
            rows = Projector(rows_at, model_of(name)[0])
            rows.prepare()
            environment = {"COMMENDATION_SITE": site, "COMMENDATION_BROKER_URL": broker, "COMMENDATION_DATABASE_URL": template}
            yield Pair(name, backend, environment, log, rows)
        finally:
            for database in opened:
                database.close()
            if backend == "distributed":
                with Connection(broker) as connection:
                    for service in (producer_of(name), subscriber_of(name)):
                        connection.channel().queue_delete(f"feed.{site}.{service}")
