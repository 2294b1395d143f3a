"""`embedded://`: a kombu transport inside the process, for a network that runs without RabbitMQ.

kombu's own `memory://` polls once a second and loses `content_type`, which nameko's RPC answer needs. Here a put wakes whoever drains,
and a message keeps its properties as AMQP would. Messages live as long as the process: what is lost with it is read again from the
producer's feed, as after any other loss.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from queue import Empty
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, virtual

SCHEME = "embedded"

_arrival = threading.Condition()
_queues: defaultdict[str, deque[Any]] = defaultdict(deque)


class Channel(virtual.Channel):
    """Queues shared by every connection of the process."""

    do_restore = False
    supports_fanout = False

    def _new_queue(self, queue: str, **_: Any) -> None:
        _queues[queue]  # a defaultdict makes it

    def _has_queue(self, queue: str, **_: Any) -> bool:
        return queue in _queues

    def _put(self, queue: str, message: Any, **_: Any) -> None:
        with _arrival:
            if queue in _queues:  # a deleted queue takes nothing, though the exchange still knows its binding
                _queues[queue].append(message)
                _arrival.notify_all()

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        if not _queues.get(queue):
            raise Empty
        message = _queues[queue].popleft()
        # one message lies in every queue that it was routed to; what is handed out knows from which it came
        properties = message["properties"]
        return {**message, "properties": {**properties, "delivery_info": {**properties["delivery_info"], "queue": queue}}}

    def _restore_at_beginning(self, message: Any) -> None:
        # what a consumer gives back is next in line again, in that queue only, as with AMQP
        with _arrival:
            queue = message.delivery_info["queue"]
            if queue in _queues:
                _queues[queue].appendleft(message.serializable())
                _arrival.notify_all()

    def _restore(self, message: Any) -> None:
        self._restore_at_beginning(message)

    def _size(self, queue: str) -> int:
        return len(_queues.get(queue, ()))

    def _delete(self, queue: str, *_: Any, **__: Any) -> None:
        _queues.pop(queue, None)

    def _purge(self, queue: str) -> int:
        with _arrival:
            size = self._size(queue)
            if size:
                _queues[queue].clear()
        return size

    def prepare_message(
        self,
        body: Any,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """As AMQP has it: content type and encoding are properties of the message."""
        kept = dict(properties or {}, content_type=content_type, content_encoding=content_encoding)
        prepared: dict[str, Any] = super().prepare_message(body, priority, content_type, content_encoding, headers, properties=kept)
        return prepared


class Transport(virtual.Transport):
    """One broker state for the process; draining waits for an arrival in place of polling."""

    Channel = Channel
    driver_type = SCHEME
    driver_name = SCHEME
    global_state = virtual.BrokerState()
    implements = virtual.Transport.implements.extend(exchange_type=frozenset(["direct", "topic"]))

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        self.state = self.global_state

    def driver_version(self) -> str:
        return "1"

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Deliver one message, waiting up to `timeout` seconds for it; TimeoutError when none came."""
        deadline = None if timeout is None else monotonic() + timeout
        while True:
            with _arrival:
                waiting = not self._anything_waiting()
                if waiting:
                    left = None if deadline is None else deadline - monotonic()
                    if left is not None and left <= 0:
                        raise TimeoutError
                    _arrival.wait(left)
                    continue
            try:
                self.cycle.get(self._deliver)
            except Empty:
                # waiting messages that no channel may take now: prefetch is used up until an ack
                with _arrival:
                    _arrival.wait(0.01)
                if deadline is not None and monotonic() >= deadline:
                    raise TimeoutError from None
            else:
                return

    def _anything_waiting(self) -> bool:
        return any(_queues.get(queue) for channel in self.channels for queue in channel._active_queues)


def register() -> None:
    """Make `embedded://` known to kombu."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
