"""The running relay of a service: a nameko extension that keeps `Relay` going over one confirmed connection."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from kombu import Connection, Producer
from nameko.extensions import DependencyProvider

from shared.bounds import ANNOUNCE_SECONDS, RELAY_LEASE_RETRY_SECONDS, RELAY_POLL_SECONDS
from shared.broker.topology import FEEDS, feed_key
from shared.feed.page import Page
from shared.feed.relay import Relay
from shared.ground import Ground, configuration
from shared.store.database import Database
from shared.telemetry import logger

log = logger(__name__)

LEASE = 727_275
"""Key of the advisory lock that makes one relay of a service the active one."""


class FeedRelay(DependencyProvider):
    """Publishes the log of this service from start to stop; wakes on append, polls for other processes' appends."""

    ground = Ground()

    def setup(self) -> None:
        self._wake = threading.Event()
        self._stopping = False
        self._stopped = threading.Event()

    def start(self) -> None:
        self.ground.store.on_append(self._wake.set)
        self.container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._stopped.wait(timeout=5)

    def _run(self) -> None:
        try:
            while not self._stopping:
                try:
                    with lease(self.ground.database) as active:
                        if active:
                            self._publish_for_ever()
                        else:
                            self._rest(RELAY_LEASE_RETRY_SECONDS)
                except Exception as error:  # broker or database away: what is not published stays in the log
                    log.warning("relay_waits", service=self.ground.store.service, error=repr(error))
                    self._rest(RELAY_LEASE_RETRY_SECONDS)
        finally:
            self._stopped.set()

    def _publish_for_ever(self) -> None:
        with Connection(configuration().broker_url, transport_options={"confirm_publish": True}) as connection:
            producer = Producer(connection.channel(), exchange=FEEDS, serializer="json")
            producer.declare()
            relay = Relay(self.ground.store, lambda page: self._send(producer, page))
            announced = 0.0
            while not self._stopping:
                self._wake.clear()
                sent = relay.publish_next()
                if time.monotonic() - announced > ANNOUNCE_SECONDS:
                    relay.announce()
                    announced = time.monotonic()
                if not sent:
                    self._rest(RELAY_POLL_SECONDS)

    def _send(self, producer: Producer, page: Page) -> None:
        # an announcement that nobody took before the next one is worth nothing
        options: dict[str, Any] = {} if page.events else {"expiration": ANNOUNCE_SECONDS}
        producer.publish(
            json.dumps(page.to_data(), ensure_ascii=False, separators=(",", ":")),
            content_type="application/json",
            content_encoding="utf-8",
            routing_key=feed_key(page.site, page.service),
            delivery_mode=2 if page.events else 1,
            **options,
        )
        if page.events:
            log.info(
                "page_published",
                service=page.service,
                first=page.first,
                last=page.last,
                correlations=sorted({event.correlation for event in page.events})[:20],
            )

    def _rest(self, seconds: float) -> None:
        if not self._stopping:
            self._wake.wait(timeout=seconds)


@contextmanager
def lease(database: Database) -> Iterator[bool]:
    """Whether this process may relay: on PostgreSQL one session holds an advisory lock; SQLite has one process by its folder's lock."""
    if database.dialect == "sqlite":
        yield True
        return
    with database.engine.connect() as connection:
        held = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(LEASE))).scalar_one())
        connection.commit()
        try:
            yield held
        finally:
            if held:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(LEASE)))
                connection.commit()
