"""A consumer that is told to stop takes nothing more, and ends when what it has handed out is acked; on the embedded broker."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import nameko
import nameko.rpc
import pytest
from amqp.exceptions import ConnectionForced
from kombu import Connection, Queue
from kombu.exceptions import OperationalError
from nameko.exceptions import ReplyQueueExpiredWithPendingReplies
from structlog.testing import capture_logs

from shared.bounds import BROKER_RETRY_SECONDS, DRAIN_POLL_SECONDS
from shared.broker import draining, embedded
from shared.broker.draining import DrainingConsumer, Ended, ReplyListener, RpcConsumer
from tests.shared.feed.site import eventually

URL = "embedded://"
SECONDS_MAX = 10


@pytest.fixture
def queue() -> Iterator[Queue]:
    embedded.register()
    with Connection(URL) as connection:
        made = Queue(f"draining.{uuid.uuid4().hex}")(connection.channel())
        made.declare()
        try:
            yield made
        finally:
            made.delete()


def publish(queue: Queue, *bodies: str) -> None:
    with Connection(URL) as connection:
        for body in bodies:
            connection.Producer().publish(body, routing_key=queue.name, serializer="json")


def left(queue: Queue) -> list[Any]:
    """The messages that lie in the queue; they are taken away."""
    return [message.payload for message in iter(lambda: queue.get(no_ack=True, accept=["json"]), None)]


class Consumed:
    """A consumer in a thread of its own, and the messages that it handed out."""

    def __init__(self, queue: Queue) -> None:
        self.messages: list[Any] = []
        self.consumer = DrainingConsumer(
            URL,
            queues=[Queue(queue.name)],
            callbacks=[lambda _body, message: self.messages.append(message)],
            prefetch_count=10,
            accept=["json"],
        )
        self.thread = threading.Thread(target=self.consumer.run, daemon=True)

    def handed(self, count: int) -> None:
        eventually(lambda: len(self.messages) >= count, SECONDS_MAX, lambda: f"{len(self.messages)} of {count} came")


@pytest.fixture
def consumed(queue: Queue) -> Iterator[Consumed]:
    made = Consumed(queue)
    made.thread.start()
    assert made.consumer.ready.wait(SECONDS_MAX)
    try:
        yield made
    finally:
        made.consumer.should_stop = True
        made.thread.join(SECONDS_MAX)


@contextmanager
def stopping(consumer: DrainingConsumer) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=consumer.stop, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(SECONDS_MAX)


def test_what_is_handed_out_is_acked_before_the_end_and_nothing_more_is_taken(
    consumed: Consumed, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "DRAIN_SECONDS_MAX", 3 * SECONDS_MAX)  # it ends by itself, and not because it took too long
    publish(queue, "one", "two")
    consumed.handed(2)
    with stopping(consumed.consumer) as stop:
        consumed.consumer.ack_message(consumed.messages[0])
        stop.join(3 * DRAIN_POLL_SECONDS)
        assert stop.is_alive(), "it ended with a message that nobody has acked"
        publish(queue, "three")
        consumed.consumer.ack_message(consumed.messages[1])
        stop.join(SECONDS_MAX)
        assert not stop.is_alive()
    consumed.thread.join(SECONDS_MAX)
    assert not consumed.thread.is_alive()
    assert len(consumed.messages) == 2
    assert left(queue) == ["three"]


def test_what_comes_in_the_moment_of_the_stop_goes_back(queue: Queue) -> None:
    handed: list[Any] = []
    consumer = DrainingConsumer(URL, callbacks=[lambda body, _message: handed.append(body)])
    publish(queue, "in time", "late")
    message = queue.get(accept=["json"])
    consumer.on_message(message.payload, message)
    consumer.stop()
    message = queue.get(accept=["json"])
    consumer.on_message(message.payload, message)
    assert handed == ["in time"]
    assert left(queue) == ["late"]


def test_one_that_nobody_ever_acks_is_not_waited_for_without_end(consumed: Consumed, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "DRAIN_SECONDS_MAX", 0.3)
    publish(queue, "one")
    consumed.handed(1)
    consumed.consumer.stop()
    consumed.thread.join(SECONDS_MAX)
    assert not consumed.thread.is_alive()


def test_one_that_never_ran_is_stopped_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "DRAIN_SECONDS_MAX", 60)
    with stopping(DrainingConsumer(URL)) as stop:
        stop.join(5)
        assert not stop.is_alive()


GONE = [ConnectionForced("closed"), OperationalError("timed out"), TimeoutError("timed out"), BrokenPipeError("gone")]
"""What a broker that is away or says nothing brings up: from the protocol, from kombu and from the socket."""


class Message:
    """One whose connection is broken, but not known to be."""

    class channel:  # noqa: N801 - kombu's name
        connection = "seems to be there"

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.tried: list[str] = []

    def ack(self) -> None:
        self.tried.append("ack")
        raise self.error

    def requeue(self) -> None:
        self.tried.append("requeue")
        raise self.error


@pytest.mark.parametrize("error", GONE)
def test_what_cannot_be_acked_or_given_back_holds_up_nothing_for_the_broker_takes_it_back_by_itself(error: Exception) -> None:
    consumer, message = DrainingConsumer(URL, callbacks=[lambda _body, _message: None]), Message(error)
    consumer.on_message("one", message)
    consumer.ack_message(message)
    consumer.requeue_message(message)
    assert message.tried == ["ack", "requeue"]
    consumer._draining = True
    consumer.on_iteration()
    assert consumer.should_stop, "it waits for the ack of what will never be acked"


class Answering:
    """A service of which one answers requests."""

    service_name = "diary"


class Acked:
    def __init__(self) -> None:
        self.messages: list[Any] = []

    def ack_message(self, message: Any) -> None:
        self.messages.append(message)


@pytest.mark.parametrize("error", [None, *GONE])
def test_a_request_whose_answer_the_broker_does_not_take_is_done_and_its_service_lives_on(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(_self: Any, result: Any, exc_info: Any) -> Any:
        if error is not None:
            raise error
        return result, exc_info

    monkeypatch.setattr(nameko.rpc.Responder, "send_response", sent)
    answering: Any = RpcConsumer.__new__(RpcConsumer)
    answering.container, answering.consumer = Answering, Acked()
    with nameko.config.patch({"AMQP_URI": URL}), capture_logs() as logs:
        assert answering.handle_result("request", {"result": 1}, None) == ({"result": 1}, None)
    assert answering.consumer.messages == ["request"]
    told = {"event": "answer_not_sent", "service": "diary", "error": repr(error), "log_level": "warning"}
    assert logs == ([] if error is None else [told])


def test_an_error_that_is_not_the_brokers_is_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def sent(_self: Any, _result: Any, _exc_info: Any) -> Any:
        raise TypeError("a defect of ours")

    monkeypatch.setattr(nameko.rpc.Responder, "send_response", sent)
    answering: Any = RpcConsumer.__new__(RpcConsumer)
    answering.container, answering.consumer = Answering, Acked()
    with nameko.config.patch({"AMQP_URI": URL}), pytest.raises(TypeError, match="a defect of ours"):
        answering.handle_result("request", None, None)


class Away:
    """A broker that is not there: kombu asks between its tries whether to go on."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.consumer: DrainingConsumer | None = None

    def ensure_connection(self, errback: Any, *, callback: Any, **pauses: Any) -> None:
        self.asked.append({"errback": errback, **pauses})
        callback()
        assert self.consumer is not None
        self.consumer.stop()  # between two tries
        callback()


def test_a_stop_ends_the_wait_for_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    away = Away()
    consumer = away.consumer = DrainingConsumer(URL)
    monkeypatch.setattr(consumer, "create_connection", lambda: away)
    with pytest.raises(Ended):
        consumer.establish_connection()
    pauses = {"interval_start": BROKER_RETRY_SECONDS, "interval_step": 0}
    assert away.asked == [{"errback": consumer.on_connection_error, **pauses}]


def test_whoever_waits_for_an_answer_whose_queue_is_lost_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_self: Any) -> None:
        raise ReplyQueueExpiredWithPendingReplies("the queue of answers is gone")

    class Waiting:
        told: Exception | None = None

        def send_exception(self, error: Exception) -> None:
            self.told = error

    monkeypatch.setattr(nameko.rpc.ReplyListener, "check_for_lost_replies", lost)
    listener, waiting = ReplyListener(), [Waiting(), Waiting()]
    listener.pending = dict(zip("ab", waiting, strict=True))
    listener.check_for_lost_replies()
    assert [(type(one.told), str(one.told)) for one in waiting] == [(ConnectionError, "the queue of answers is gone")] * 2
    assert listener.pending == {}
