"""nameko's consumers of requests and replies, made to end by themselves.

nameko's own are killed at a stop, with a warning: acks that wait to be sent are lost with them, and after the broker was away they wait up
to half a minute before they look again. And an answer that a broker does not take ends nameko's whole process, with all that it has under
way.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import nameko.rpc
from amqp.exceptions import AMQPError
from kombu.exceptions import OperationalError
from nameko.amqp.consume import Consumer
from nameko.exceptions import ReplyQueueExpiredWithPendingReplies

from shared.bounds import BROKER_RETRY_SECONDS, DRAIN_POLL_SECONDS, DRAIN_SECONDS_MAX
from shared.telemetry import logger

log = logger(__name__)

BROKER_ERRORS = (AMQPError, OperationalError, OSError)
"""What comes of a broker that is away or says nothing: from the protocol, from kombu and from the socket."""


class Ended(Exception):
    """Leaves the wait for a broker that is away."""


class DrainingConsumer(Consumer):
    """Told to stop, takes nothing more, stays until what it has handed out is acked, and closes its connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._draining = False
        self._under_way = 0
        self._consumers: list[Any] = []
        self._ended = threading.Event()
        self._ended.set()

    def run(self) -> None:
        self._ended.clear()
        try:
            super().run(safety_interval=DRAIN_POLL_SECONDS)
        except Ended:
            pass
        finally:
            self._ended.set()

    def stop(self) -> None:
        """Returns when all is acked and the connection closed, or after DRAIN_SECONDS_MAX."""
        self._draining = True
        if not self._ended.wait(timeout=DRAIN_SECONDS_MAX):
            self.should_stop = True

    def establish_connection(self) -> Any:
        connection = self.create_connection()
        connection.ensure_connection(
            self.on_connection_error, interval_start=BROKER_RETRY_SECONDS, interval_step=0, callback=self._leave_if_draining
        )
        return connection

    def _leave_if_draining(self) -> None:
        if self._draining:
            raise Ended

    def get_consumers(self, consumer_cls: Any, channel: Any) -> list[Any]:
        self._consumers = super().get_consumers(consumer_cls, channel)
        return self._consumers

    def on_iteration(self) -> None:
        # in the consumer's own thread: no other may read from its connection
        if self._draining:
            for consumer in self._consumers:
                consumer.cancel()
            self.should_stop = not self._under_way

    def on_message(self, body: Any, message: Any) -> None:
        if self._draining:
            self.requeue_message(message)
            return
        self._under_way += 1
        super().on_message(body, message)

    def ack_message(self, message: Any) -> None:
        self._under_way -= 1
        with suppress(*BROKER_ERRORS):  # of a connection that is gone: the broker takes the message back, and hands it out again
            super().ack_message(message)

    def requeue_message(self, message: Any) -> None:
        with suppress(*BROKER_ERRORS):
            super().requeue_message(message)


class RpcConsumer(nameko.rpc.RpcConsumer):
    consumer_cls = DrainingConsumer

    def handle_result(self, message: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Send the answer and ack the request, also where the broker does not take the answer: who waits for it asks again in time."""
        try:
            return super().handle_result(message, result, exc_info)
        except BROKER_ERRORS as error:
            log.warning("answer_not_sent", service=self.container.service_name, error=repr(error))
            self.consumer.ack_message(message)
            return result, exc_info


class Rpc(nameko.rpc.Rpc):
    """An RPC entrypoint whose requests are answered and acked before its service stops."""

    rpc_consumer = RpcConsumer()


class ReplyConsumer(nameko.rpc.ReplyListener.ReplyConsumer, DrainingConsumer):
    pass


class ReplyListener(nameko.rpc.ReplyListener):
    """Waits for answers; where a broker came back without the queue of answers, whoever waits for one is told so."""

    consumer_cls = ReplyConsumer

    def check_for_lost_replies(self) -> None:
        try:
            super().check_for_lost_replies()
        except ReplyQueueExpiredWithPendingReplies as error:
            for correlation in list(self.pending):
                self.pending.pop(correlation).send_exception(ConnectionError(str(error)))
