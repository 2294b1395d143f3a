"""The kernel as the machine drives it: producers with relays, a queue that may lose anything, a reader; each may die and start again."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import ExitStack

from shared.errors import Unavailable
from shared.event import Event
from shared.feed.lease import contending
from shared.feed.page import Page
from shared.feed.relay import Relay
from shared.projection import Projector
from shared.store import Database, EventStore, open_database
from tests.shared.diary import Diary
from tests.shared.machine.grounds import PRODUCERS, READER, SITE

FETCHED_MAX = 3
"""Events that a producer gives at once, so that a gap takes several turns to fill."""

LEASE_SECONDS_MAX = 10.0


class Kernel:
    """Services on their databases. queue: the pages on the broker; cut_off: producers that do not answer the reader."""

    def __init__(self, urls: dict[str, str]) -> None:
        self._urls = urls
        self._alive = {service: ExitStack() for service in (*PRODUCERS, READER)}
        self.stores: dict[str, EventStore] = {}
        self.relays: dict[str, Relay] = {}
        self.queue: list[Page] = []
        self.cut_off: set[str] = set()
        self.diary = Diary()
        self.reader: Projector
        for service in self._alive:
            self.start(service)

    def start(self, service: str) -> None:
        """Start a service, ended before if it runs."""
        self._alive[service].close()
        database = self._open(service)
        if service == READER:
            self.reader = self.diary.projector(database)
            return
        store = EventStore(database, site=SITE, service=service)
        store.prepare()
        take = self._alive[service].enter_context(contending(database))
        deadline = time.monotonic() + LEASE_SECONDS_MAX
        while (lease := take()) is None:
            assert time.monotonic() < deadline, f"the lease of {service} is still held by a process that is gone"
            time.sleep(0.01)
        self.stores[service] = store
        self.relays[service] = Relay(store, lease, self._publish)

    def stop(self) -> None:
        for stack in self._alive.values():
            stack.close()

    def fetch(self, service: str, after: int) -> Sequence[Event]:
        """The producer's feed as the reader gets it."""
        if service in self.cut_off:
            raise Unavailable(f"{service} does not answer")
        return [Event.from_cloudevent(json.loads(event.canonical())) for event in self.stores[service].feed(after, FETCHED_MAX)]

    def _publish(self, page: Page) -> None:
        self.queue.append(Page.from_data(json.loads(json.dumps(page.to_data()))))

    def _open(self, service: str) -> Database:
        database = open_database(self._urls[service])
        self._alive[service].callback(database.close)
        return database
