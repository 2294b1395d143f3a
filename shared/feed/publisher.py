"""The running relay of a service: a nameko extension that keeps `Relay` going over one confirmed connection while it holds the lease."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import eventlet
from kombu import Connection, Producer
from nameko.extensions import DependencyProvider

from shared.bounds import (
    ANNOUNCE_SECONDS,
    DRAIN_SECONDS_MAX,
    PAGE_EVENTS_MAX,
    RELAY_GATHER_SECONDS,
    RELAY_LEASE_RETRY_SECONDS,
    RELAY_POLL_SECONDS,
)
from shared.broker.topology import FEEDS, feed_key
from shared.feed import wake
from shared.feed.lease import Fenced, Lease, contending
from shared.feed.page import Page
from shared.feed.relay import Relay
from shared.ground import Ground, configuration
from shared.telemetry import logger

log = logger(__name__)


class FeedRelay(DependencyProvider):
    """Publishes the log of this service from start to stop, or stands by for the process that does."""

    ground = Ground()

    def setup(self) -> None:
        self._woken = threading.Event()
        self._stopping = False
        self._stopped = threading.Event()

    def start(self) -> None:
        self.ground.store.on_append(self._woken.set)
        self.container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        """Publish no further page; the one under way is confirmed and the cursor moved."""
        self._stopping = True
        self._woken.set()
        self._stopped.wait(timeout=DRAIN_SECONDS_MAX)

    def _run(self) -> None:
        try:
            while not self._stopping:
                try:
                    with contending(self.ground.database) as take:
                        self._contend(take)
                except Exception as error:  # broker or database away: what is not published stays in the log
                    log.warning("relay_waits", service=self.ground.store.service, error=repr(error))
                    self.ground.relay.says("waiting", repr(error))
                    self._rest(RELAY_LEASE_RETRY_SECONDS)
        finally:
            self._stopped.set()

    def _contend(self, take: Callable[[], Lease | None]) -> None:
        while not self._stopping:
            held = take()
            if held is not None:
                try:
                    self._be_active(held)
                except Fenced as error:
                    log.warning("relay_stepped_down", service=self.ground.store.service, reason=str(error))
            if not self._stopping:
                self._stand_by()

    def _be_active(self, held: Lease) -> None:
        with (
            Connection(configuration().broker_url, transport_options={"confirm_publish": True}) as connection,
            self._listening(),
        ):
            producer = Producer(connection.channel(), exchange=FEEDS, serializer="json")
            producer.declare()
            relay = Relay(self.ground.store, held, lambda page: self._send(producer, page))
            log.info("relay_active", service=self.ground.store.service, fence=held.fence, position=held.position)
            self.ground.relay.says("active")
            announced = 0.0
            woken = True
            while not self._stopping:
                sent = relay.publish_next() if woken or held.renew() > held.position else 0
                if time.monotonic() - announced > ANNOUNCE_SECONDS:
                    relay.announce()
                    announced = time.monotonic()
                if sent:
                    woken = True
                    if sent < PAGE_EVENTS_MAX:
                        eventlet.sleep(RELAY_GATHER_SECONDS)
                else:
                    woken = self._rest(RELAY_POLL_SECONDS)

    def _stand_by(self) -> None:
        """Pass on to the active relay what is appended here, until it is time to try for the lease."""
        if self.ground.relay.state != "stand-by":
            log.info("relay_stands_by", service=self.ground.store.service)
            self.ground.relay.says("stand-by")
        until = time.monotonic() + RELAY_LEASE_RETRY_SECONDS
        while not self._stopping and (left := until - time.monotonic()) > 0:
            if self._rest(left) and not self._stopping:
                wake.tell(self.ground.database)
                eventlet.sleep(RELAY_GATHER_SECONDS)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Be woken by the relays that stand by, too. Where that fails one is woken by the clock, and nothing is lost."""
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    wake.listen(self.ground.database, self._woken.set, ended.is_set)
                    return
                except Exception as error:
                    log.warning("relay_does_not_listen", service=self.ground.store.service, error=repr(error))
                    eventlet.sleep(RELAY_LEASE_RETRY_SECONDS)

        eventlet.spawn_n(listen)
        try:
            yield
        finally:
            ended.set()

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

    def _rest(self, seconds: float) -> bool:
        """Wait until something is appended, but so long at most; whether something was."""
        woken = not self._stopping and self._woken.wait(timeout=seconds)
        self._woken.clear()
        return woken
