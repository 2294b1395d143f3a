"""A broker that goes silent on a connection that stays open: every wait for its answer ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from kombu import Connection, Producer
from kombu.transport import TRANSPORT_ALIASES, _transport_cache, pyamqp, resolve_transport

from shared.bounds import BROKER_ANSWER_SECONDS
from shared.broker import bounded
from tests.support.proxy import Proxy

SECONDS = 0.4
"""Wait for the broker's answer here: shorter than that of an installation, by which the tests see that it is the one that ends."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    broker = os.environ.get("COMMENDATION_TEST_BROKER_URL")
    if not broker:
        pytest.skip("COMMENDATION_TEST_BROKER_URL names no RabbitMQ; `make test` starts one")
    for scheme in ("amqp", "pyamqp", "amqps"):
        monkeypatch.setitem(TRANSPORT_ALIASES, scheme, TRANSPORT_ALIASES[scheme])
        # as in a process that has used the broker before
        monkeypatch.setitem(_transport_cache, scheme, resolve_transport(scheme))
    monkeypatch.setattr(bounded, "BROKER_ANSWER_SECONDS", SECONDS)
    bounded.register()
    url = sa.make_url(broker)
    assert url.host is not None
    assert url.port is not None
    with Proxy(url.host, url.port) as made:
        yield made


def through(proxy: Proxy) -> Connection:
    url = sa.make_url(os.environ["COMMENDATION_TEST_BROKER_URL"]).set(host="127.0.0.1", port=proxy.port)
    return Connection(url.render_as_string(hide_password=False), transport_options={"confirm_publish": True}, connect_timeout=SECONDS)


def test_a_confirm_that_does_not_come_is_an_error_and_the_next_connection_works(proxy: Proxy) -> None:
    with through(proxy) as connection:
        producer = Producer(connection.channel())
        producer.publish("heard", routing_key="nobody")
        proxy.half_open()
        began = time.monotonic()
        with pytest.raises(connection.recoverable_connection_errors):
            producer.publish("unheard", routing_key="nobody")
        assert SECONDS <= time.monotonic() - began < BROKER_ANSWER_SECONDS
    proxy.heal()
    with through(proxy) as connection:
        Producer(connection.channel()).publish("heard again", routing_key="nobody")


def test_a_goodbye_without_answer_and_a_broker_that_says_nothing_do_not_hold_one_up(proxy: Proxy) -> None:
    connection = through(proxy)
    connection.connect()
    connection.channel()
    proxy.half_open()
    began = time.monotonic()
    connection.release()
    assert time.monotonic() - began < BROKER_ANSWER_SECONDS
    with pytest.raises(OSError), through(proxy) as other:  # noqa: PT011 - whichever of the system's errors says that nobody answers
        other.connect()
    assert time.monotonic() - began < 4 * BROKER_ANSWER_SECONDS, "kombu tries twice, two seconds apart"


def test_kombu_tries_again_on_a_new_connection_when_told_to(proxy: Proxy) -> None:
    with through(proxy) as connection:
        producer = Producer(connection.channel())
        producer.publish("heard", routing_key="nobody")
        proxy.half_open()
        policy = {
            "max_retries": 20,
            "interval_start": 0.1,
            "interval_max": 0.1,
            "errback": lambda _error, _interval: proxy.heal(),
        }
        producer.publish("heard at last", routing_key="nobody", retry=True, retry_policy=policy)


@pytest.mark.parametrize(("scheme", "ours"), [("amqp", "Transport"), ("pyamqp", "Transport"), ("amqps", "SSLTransport")])
def test_every_way_to_write_the_brokers_address_is_taken_over(scheme: str, ours: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "TRANSPORT_ALIASES", aliases := dict(TRANSPORT_ALIASES))
    monkeypatch.setattr(bounded, "_transport_cache", cache := {scheme: pyamqp.Transport})
    bounded.register()
    module, name = aliases[scheme].split(":")
    assert (module, name, cache) == (bounded.__name__, ours, {})
    bounded.register()  # where nothing was looked up yet


@pytest.mark.parametrize(("ours", "plain"), [(bounded.Channel, pyamqp.Channel), (bounded.Connection, pyamqp.Connection)])
def test_only_a_wait_without_an_end_is_given_one(ours: Any, plain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def answered(_self: Any, *said: Any) -> str:
        asked.append(said)
        return "answer"

    monkeypatch.setattr(plain, "wait", answered)
    waiting = ours.__new__(ours)
    assert (waiting.wait("m", len, 3, True), waiting.wait("m")) == ("answer", "answer")
    assert asked == [("m", len, 3, True), ("m", None, BROKER_ANSWER_SECONDS, False)]


def test_a_goodbye_is_said_as_one_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []

    def closed(_self: Any, *args: Any, **options: Any) -> str:
        said.append((args, options))
        return "closed"

    monkeypatch.setattr(pyamqp.Connection, "close", closed)
    leaving: Any = bounded.Connection.__new__(bounded.Connection)
    assert leaving.close(320, reply_text="bye") == "closed"
    assert said == [((320,), {"reply_text": "bye"})]
