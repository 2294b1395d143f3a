"""Our own nameko entrypoint for feeds: ack after commit, bounded retries with a pause, drain on stop.

nameko's own handlers ack a message whose handler raised, and the event is gone. Here a page is acked when its rows are committed, or when
trying again has not helped for a while: a page is a hint, and what it held is read from the producer's feed at the next announcement.
"""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

import eventlet
from eventlet.event import Event as Green
from kombu import Connection
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from shared.bounds import (
    BROKER_HEARTBEAT_SECONDS,
    BROKER_RETRY_SECONDS,
    DRAIN_POLL_SECONDS,
    DRAIN_SECONDS_MAX,
    FOLD_ATTEMPTS_MAX,
    FOLD_PAUSE_SECONDS,
    PREFETCH,
)
from shared.broker.topology import feed_queue
from shared.failpoints import reached
from shared.feed.page import Page
from shared.ground import Ground, configuration
from shared.telemetry import logger

log = logger(__name__)


class FeedEntrypoint(Entrypoint):
    """Calls the service method with each page of the feeds that its read model follows, one after the other."""

    ground = Ground()

    def setup(self) -> None:
        self._stopping = False
        self._stopped = threading.Event()

    def start(self) -> None:
        self.container.spawn_managed_thread(self._run, identifier="feed")

    def stop(self) -> None:
        """Take no further page; the one under way is finished and acked."""
        self._stopping = True
        self._stopped.wait(timeout=DRAIN_SECONDS_MAX)

    def _run(self) -> None:
        try:
            while not self._stopping:
                try:
                    self._consume()
                except ContainerBeingKilled:
                    return
                except Exception as error:  # the broker is away or closed the channel: what was not acked comes again
                    log.warning("feed_waits_for_broker", service=self.container.service_name, error=repr(error))
                    self.ground.subscriber.says("waiting", repr(error))
                    eventlet.sleep(BROKER_RETRY_SECONDS)
        finally:
            self._stopped.set()

    def _consume(self) -> None:
        config = configuration()
        service = self.container.service_name
        feeds = self.container.service_cls.model.feeds
        with Connection(config.broker_url, heartbeat=BROKER_HEARTBEAT_SECONDS) as connection:
            channel = connection.channel()
            queue = feed_queue(config.site, service, feeds)(channel)
            queue.declare()
            channel.basic_qos(0, PREFETCH, False)
            consumer = connection.Consumer(
                queue,
                callbacks=[self._on_message],
                on_decode_error=self._on_unreadable,
                accept=["json"],
                channel=channel,
                auto_declare=False,
            )
            with consumer:
                self.ground.subscriber.says("active")
                while not self._stopping:
                    try:
                        connection.drain_events(timeout=DRAIN_POLL_SECONDS)
                    except (TimeoutError, socket.timeout):  # noqa: UP041 - eventlet's own is another class before Python 3.10
                        connection.heartbeat_check()

    def _on_message(self, body: Any, message: Any) -> None:
        if self._stopping:
            message.requeue()
            return
        try:
            page = Page.from_data(body if isinstance(body, dict) else json.loads(body))
        except Exception as error:
            self._on_unreadable(message, error)
            return
        pause = FOLD_PAUSE_SECONDS
        for attempt in range(1, FOLD_ATTEMPTS_MAX + 1):
            failure = self._work(page)
            if failure is None:
                if page.events:
                    reached("fold.after_commit")
                break
            log.warning("page_tried", service=page.service, first=page.first, last=page.last, attempt=attempt, error=repr(failure))
            if self._stopping:
                message.requeue()
                return
            eventlet.sleep(pause)
            pause *= 2
        message.ack()

    def _on_unreadable(self, message: Any, error: Exception) -> None:
        """Drop what is no page: left unacked it would come first again after every reconnect and keep all pages behind it."""
        log.error("page_unreadable", service=self.container.service_name, error=repr(error))
        message.ack()

    def _work(self, page: Page) -> BaseException | None:
        """Run the service's method on a page in a worker; the error that it raised, or None."""
        done = Green()

        def finished(_context: Any, result: Any, failure: Any) -> Any:
            done.send(failure[1] if failure else None)
            return result, None  # the failure is dealt with here

        self.container.spawn_worker(self, (page,), {}, context_data={}, handle_result=finished)
        failure: BaseException | None = done.wait()
        return failure


feed = FeedEntrypoint.decorator
