"""The transport inside the process, as kombu sees it: it wakes, keeps properties, routes by topic and holds to the prefetch."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Exchange, Producer, Queue, binding

from shared.broker import embedded
from shared.broker.topology import feed_key, feed_queue

POLLS = 20
SLOW_SECONDS = 10
"""More than any of these waits takes on a busy machine."""


@pytest.fixture
def connection() -> Iterator[Connection]:
    embedded.register()
    with Connection("embedded://") as opened:
        yield opened


@pytest.fixture
def exchange() -> Exchange:
    return Exchange(f"topic-{uuid.uuid4()}", type="topic", durable=True)


def a_queue(exchange: Exchange, *keys: str) -> Queue:
    return Queue(f"queue-{uuid.uuid4()}", bindings=[binding(exchange, routing_key=key) for key in keys or ("#",)])


class Consumer:
    """What arrives at queues of one connection; messages are acked only where a test does it."""

    def __init__(self, connection: Connection, *queues: Queue, prefetch: int = 0) -> None:
        self.connection = connection
        self.messages: list[Any] = []
        channel = connection.channel()
        channel.basic_qos(0, prefetch, False)
        self._consumer = connection.Consumer(queues, callbacks=[self._take], accept=["json", "text/plain"], channel=channel)
        self._consumer.consume()

    def _take(self, _body: Any, message: Any) -> None:
        self.messages.append(message)

    def drain(self, seconds: float = 0.05) -> list[Any]:
        """The bodies that have come when nothing more comes."""
        while True:
            try:
                self.connection.drain_events(timeout=seconds)
            except TimeoutError:
                return [message.payload for message in self.messages]


def publish(connection: Connection, exchange: Exchange, key: str, *bodies: Any, **options: Any) -> None:
    producer = Producer(connection.channel(), exchange=exchange)
    for body in bodies:
        producer.publish(body, routing_key=key, **options)


def test_messages_come_in_the_order_in_which_they_were_put(connection: Connection, exchange: Exchange) -> None:
    consumer = Consumer(connection, a_queue(exchange))
    publish(connection, exchange, "vn.diary", *range(20))
    assert consumer.drain() == list(range(20))


def test_a_put_wakes_whoever_waits(connection: Connection, exchange: Exchange) -> None:
    consumer = Consumer(connection, a_queue(exchange))
    begun = time.monotonic()
    with Connection("embedded://") as other:
        for number in range(POLLS):
            timer = threading.Timer(0.05, publish, (other, exchange, "vn.diary", number))
            timer.start()
            connection.drain_events(timeout=5)
            timer.join()
    assert [message.payload for message in consumer.messages] == list(range(POLLS))
    assert time.monotonic() - begun < POLLS / 2, "kombu's own transport in memory polls once a second"


def test_waiting_ends_when_its_time_is_over(connection: Connection, exchange: Exchange) -> None:
    Consumer(connection, a_queue(exchange))
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.2)
    assert 0.15 < time.monotonic() - begun < SLOW_SECONDS


def test_waiting_ends_in_time_though_others_get_messages(connection: Connection, exchange: Exchange) -> None:
    Consumer(connection, a_queue(exchange, "vn.mine"))
    stop = threading.Event()

    def chatter() -> None:
        with Connection("embedded://") as other:
            a_queue(exchange, "vn.other")(other.channel()).declare()
            while not stop.wait(0.01):
                publish(other, exchange, "vn.other", "noise")

    thread = threading.Thread(target=chatter)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.3)
    stop.set()
    thread.join()
    assert time.monotonic() - begun < SLOW_SECONDS


def test_a_message_keeps_its_properties(connection: Connection, exchange: Exchange) -> None:
    consumer = Consumer(connection, a_queue(exchange))
    options = {"content_type": "application/json", "content_encoding": "utf-8", "reply_to": "me", "correlation_id": "c1"}
    publish(connection, exchange, "vn.diary", '{"tên": "Khối"}', headers={"nameko.call_id": "x"}, **options)
    consumer.drain()
    (message,) = consumer.messages
    assert message.payload == {"tên": "Khối"}
    assert (message.content_type, message.content_encoding, message.headers) == ("application/json", "utf-8", {"nameko.call_id": "x"})
    assert {name: message.properties[name] for name in options} == options
    assert message.delivery_info["routing_key"] == "vn.diary"


@pytest.mark.parametrize(
    ("bound", "taken"),
    [("vn.diary", ["vn.diary"]), ("vn.*", ["vn.diary", "vn.letters"]), ("#", ["vn.diary", "vn.letters", "hue.diary"]), ("*.x", [])],
)
def test_a_topic_goes_to_the_queues_bound_to_it(connection: Connection, exchange: Exchange, bound: str, taken: list[str]) -> None:
    consumer = Consumer(connection, a_queue(exchange, bound))
    for key in ("vn.diary", "vn.letters", "hue.diary"):
        publish(connection, exchange, key, key)
    assert consumer.drain() == taken


def test_the_feeds_go_to_the_subscribers_of_their_site_and_service(connection: Connection) -> None:
    site = f"s{uuid.uuid4().hex[:8]}"
    both, one = feed_queue(site, "both", ["diary", "letters"]), feed_queue(site, "one", ["letters"])
    consumers = [Consumer(connection, both), Consumer(connection, one)]
    for key in (feed_key(site, "diary"), feed_key(site, "letters"), feed_key("elsewhere", "diary")):
        publish(connection, both.bindings.copy().pop().exchange, key, key)
    assert [consumer.drain() for consumer in consumers] == [[f"{site}.diary", f"{site}.letters"], [f"{site}.letters"]]


def test_what_a_consumer_gives_back_is_next_in_line(connection: Connection, exchange: Exchange) -> None:
    consumer = Consumer(connection, a_queue(exchange), prefetch=1)
    publish(connection, exchange, "vn.diary", 1, 2, 3)
    connection.drain_events(timeout=1)
    consumer.messages.pop().requeue()
    for expected in (1, 2, 3):
        connection.drain_events(timeout=1)
        assert consumer.messages[-1].payload == expected
        consumer.messages[-1].ack()


def test_what_one_subscriber_gives_back_comes_to_no_other(connection: Connection, exchange: Exchange) -> None:
    first, second = Consumer(connection, a_queue(exchange)), Consumer(connection, a_queue(exchange))
    publish(connection, exchange, "vn.diary", "page")
    assert (first.drain(), second.drain()) == (["page"], ["page"])
    first.messages.pop().requeue()
    assert (first.drain(), second.drain()) == (["page"], ["page"])


def test_no_more_messages_are_under_way_than_the_prefetch_allows(connection: Connection, exchange: Exchange) -> None:
    consumer = Consumer(connection, a_queue(exchange), prefetch=2)
    publish(connection, exchange, "vn.diary", *range(5))
    assert consumer.drain() == [0, 1]
    consumer.messages[0].ack()
    assert consumer.drain() == [0, 1, 2]
    for message in consumer.messages[1:]:
        message.ack()
    assert consumer.drain() == [0, 1, 2, 3, 4]


def test_a_queue_that_was_declared_keeps_what_comes_before_its_consumer(connection: Connection, exchange: Exchange) -> None:
    queue = a_queue(exchange)
    queue(connection.channel()).declare()
    publish(connection, exchange, "vn.diary", "early")
    assert Consumer(connection, queue).drain() == ["early"]


def test_a_purged_queue_is_empty_and_a_deleted_one_takes_nothing(connection: Connection, exchange: Exchange) -> None:
    queue = a_queue(exchange)(connection.channel())
    queue.declare()
    publish(connection, exchange, "vn.diary", 1, 2)
    assert queue.purge() == 2
    assert queue.get() is None
    queue.delete()
    publish(connection, exchange, "vn.diary", "into the void")
    queue.declare()
    assert queue.get() is None
