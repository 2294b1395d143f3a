"""The life of a running relay, step by step with nobody at the other end: what it says of itself, waits for, and hands to the broker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from structlog.testing import capture_logs

from shared.bounds import (
    ANNOUNCE_SECONDS,
    DRAIN_SECONDS_MAX,
    PAGE_EVENTS_MAX,
    RELAY_GATHER_SECONDS,
    RELAY_LEASE_RETRY_SECONDS,
    RELAY_POLL_SECONDS,
)
from shared.broker.topology import FEEDS, feed_key
from shared.feed import publisher, wake
from shared.feed.lease import Fenced
from shared.feed.page import Page
from shared.feed.publisher import FeedRelay
from tests.shared.given import an_event


class Life:
    """A relay whose ground, pauses and listeners are written down in `notes` in place of anything happening."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.notes: list[Any] = []
        made: Any = FeedRelay.__new__(FeedRelay)
        self.relay = made
        store = SimpleNamespace(service="diary", on_append=lambda told: self.notes.append(("on_append", told)))
        self.state = SimpleNamespace(state="", says=self._says)
        self.relay.ground = SimpleNamespace(store=store, database="the database", relay=self.state)
        self.relay.setup()
        monkeypatch.setattr(eventlet, "sleep", lambda seconds: self.notes.append(("sleep", seconds)))

    def _says(self, *said: str) -> None:
        self.state.state = said[0]
        self.notes.append(("says", *said))

    def resting(self, *woken: bool) -> None:
        """The relay's rests, each with whether it was woken; in the last it is stopped."""
        left = list(woken)

        def rest(seconds: float) -> bool:
            self.notes.append(("rest", seconds))
            if len(left) <= 1:
                self.relay._stopping = True
            return left.pop(0)

        self.relay._rest = rest


@pytest.fixture
def life(monkeypatch: pytest.MonkeyPatch) -> Life:
    return Life(monkeypatch)


# From start to stop


def test_it_runs_beside_the_requests_and_hears_of_every_append(life: Life) -> None:
    spawned: list[Any] = []
    life.relay.container = SimpleNamespace(spawn_managed_thread=lambda run, identifier: spawned.append((run, identifier)))
    life.relay.start()
    assert (life.relay._stopping, life.relay._stopped.is_set()) == (False, False)
    ((_, told),) = life.notes
    told()
    assert life.relay._woken.is_set()
    assert spawned == [(life.relay._run, "relay")]


def test_a_stop_waits_for_the_page_under_way_so_long_at_most(life: Life) -> None:
    waited: list[Any] = []
    life.relay._stopped = SimpleNamespace(wait=lambda timeout: waited.append((life.relay._stopping, life.relay._woken.is_set(), timeout)))
    life.relay.stop()
    assert waited == [(True, True, DRAIN_SECONDS_MAX)]


def test_where_broker_or_database_are_away_it_says_so_waits_and_tries_again(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    @contextmanager
    def contending(database: Any) -> Iterator[Any]:
        asked.append(database)
        yield "take"

    monkeypatch.setattr(publisher, "contending", contending)

    def contend(take: Any) -> None:
        asked.append(take)
        raise ConnectionError("away")

    life.relay._contend = contend
    life.resting(False, False)
    with capture_logs() as logs:
        life.relay._run()
    error = "ConnectionError('away')"
    assert logs == [{"event": "relay_waits", "log_level": "warning", "service": "diary", "error": error}] * 2
    assert life.notes == [("says", "waiting", error), ("rest", RELAY_LEASE_RETRY_SECONDS)] * 2
    assert asked == ["the database", "take"] * 2
    assert life.relay._stopped.is_set()


# Standing by and being active


def test_who_does_not_get_the_lease_stands_by_and_who_loses_it_steps_down(life: Life) -> None:
    held = [None, "lease", "lease"]
    done: list[Any] = []

    def be_active(lease: Any) -> None:
        done.append(("active", lease))
        if len(held) == 1:
            raise Fenced("another took it")
        life.relay._stopping = not held

    life.relay._be_active = be_active
    life.relay._stand_by = lambda: done.append("stands by")
    with capture_logs() as logs:
        life.relay._contend(lambda: held.pop(0))
    assert done == ["stands by", ("active", "lease"), "stands by", ("active", "lease")]
    assert logs == [{"event": "relay_stepped_down", "log_level": "warning", "service": "diary", "reason": "another took it"}]


def test_who_stands_by_says_so_once_and_passes_on_what_wakes_it(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    quarter = RELAY_LEASE_RETRY_SECONDS / 4
    times = iter([0.0, quarter, RELAY_LEASE_RETRY_SECONDS, 64.0, 64.0 + quarter])
    monkeypatch.setattr(publisher, "time", SimpleNamespace(monotonic=lambda: next(times)))
    monkeypatch.setattr(wake, "tell", lambda database: life.notes.append(("tell", database)))
    life.resting(True, True, True)
    with capture_logs() as logs:
        life.relay._stand_by()
        told = [("tell", "the database"), ("sleep", RELAY_GATHER_SECONDS)]
        assert life.notes == [("says", "stand-by"), ("rest", 3 * quarter), *told]
        life.notes.clear()
        life.resting(True)  # it is stopped while it rests: nobody is told any more
        life.relay._stand_by()
    assert life.notes == [("rest", 3 * quarter)]
    assert logs == [{"event": "relay_stands_by", "log_level": "info", "service": "diary"}]


class Broker:
    """What the relay finds in place of a broker: connection, producer and the relay of pages, each noting how it is used."""

    def __init__(self, life: Life, monkeypatch: pytest.MonkeyPatch, sent: list[int]) -> None:
        self.life, self.sent = life, sent
        monkeypatch.setattr(publisher, "Connection", self.connection)
        monkeypatch.setattr(publisher, "Producer", self.producer)
        monkeypatch.setattr(publisher, "Relay", self.relay)
        monkeypatch.setattr(publisher, "configuration", lambda: SimpleNamespace(broker_url="amqp://here"))
        life.relay._listening = self.listening
        life.relay._send = lambda producer, page: life.notes.append(("send", producer, page))

    @contextmanager
    def listening(self) -> Iterator[None]:
        self.life.notes.append("listens")
        yield
        self.life.notes.append("listens no more")

    @contextmanager
    def connection(self, url: str, **options: Any) -> Iterator[Any]:
        self.life.notes.append((url, options))
        yield SimpleNamespace(channel=lambda: "channel")

    def producer(self, channel: Any, **options: Any) -> Any:
        self.life.notes.append((channel, options))
        self.made = SimpleNamespace(declare=lambda: self.life.notes.append("declared"))
        return self.made

    def relay(self, store: Any, held: Any, publish: Callable[[Any], None]) -> Any:
        assert (store, held.fence) == (self.life.relay.ground.store, 3)
        publish("a page")

        def publish_next() -> int:
            self.life.notes.append("next")
            return self.sent.pop(0)

        return SimpleNamespace(publish_next=publish_next, announce=lambda: self.life.notes.append("announces"))


def test_who_is_active_publishes_what_there_is_announces_and_rests(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    later = 100.0 + ANNOUNCE_SECONDS
    now = iter([100.0, 100.0, 100.5, 101.0, later, later + 0.5, later + 0.5, later + 1.0])
    monkeypatch.setattr(publisher, "time", SimpleNamespace(monotonic=lambda: next(now)))
    broker = Broker(life, monkeypatch, [PAGE_EVENTS_MAX, 2, 0, 1, 0])
    renewed = iter([9, 8])  # something was appended that nobody was woken for; then nothing
    life.resting(False, False, False)
    with capture_logs() as logs:
        life.relay._be_active(SimpleNamespace(fence=3, position=8, renew=lambda: next(renewed)))
    assert life.notes == [
        ("amqp://here", {"transport_options": {"confirm_publish": True}}),
        "listens",
        ("channel", {"exchange": FEEDS, "serializer": "json"}),
        "declared",
        ("send", broker.made, "a page"),
        ("says", "active"),
        *("next", "announces"),  # a full page: the next one at once
        *("next", ("sleep", RELAY_GATHER_SECONDS)),  # one that is not full: more may be coming
        *("next", ("rest", RELAY_POLL_SECONDS)),
        *("next", ("sleep", RELAY_GATHER_SECONDS)),  # the lease, when it is renewed, says that there is more
        *("next", "announces", ("rest", RELAY_POLL_SECONDS)),
        ("rest", RELAY_POLL_SECONDS),
        "listens no more",
    ]
    assert logs == [{"event": "relay_active", "log_level": "info", "service": "diary", "fence": 3, "position": 8}]


# What wakes it, and what the broker is given


def test_who_cannot_listen_says_so_and_tries_again_until_it_is_not_active_any_more(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[Any] = []
    spawned: list[Callable[[], None]] = []

    def listen(database: Any, woken: Callable[[], None], ended: Callable[[], bool]) -> None:
        woken()
        tries.append((database, ended()))
        if len(tries) == 1:
            raise ConnectionError("away")

    monkeypatch.setattr(wake, "listen", listen)
    monkeypatch.setattr(eventlet, "spawn_n", spawned.append)
    with capture_logs() as logs, life.relay._listening():
        spawned[0]()
    assert tries == [("the database", False)] * 2
    assert life.relay._woken.is_set()
    error = {"service": "diary", "error": "ConnectionError('away')"}
    assert logs == [{"event": "relay_does_not_listen", "log_level": "warning", **error}]
    assert life.notes == [("sleep", RELAY_LEASE_RETRY_SECONDS)]
    spawned[0]()
    assert len(tries) == 2, "it has been active long enough"


def given(life: Life, page: Page) -> tuple[Any, dict[str, Any]]:
    """What the broker is given for a page."""
    published: list[Any] = []
    life.relay._send(SimpleNamespace(publish=lambda body, **options: published.append((body, options))), page)
    ((body, options),) = published
    assert body == json.dumps(page.to_data(), ensure_ascii=False, separators=(",", ":")), "every byte is carried for every subscriber"
    return json.loads(body), options


def test_a_page_is_kept_by_the_broker_and_an_announcement_until_the_next_one(life: Life) -> None:
    page = Page.of([an_event(position, correlation=f"Việc {position:02}") for position in range(1, 31)])
    form = {"content_type": "application/json", "content_encoding": "utf-8", "routing_key": feed_key(page.site, page.service)}
    with capture_logs() as logs:
        assert given(life, page) == (page.to_data(), {**form, "delivery_mode": 2})
        announced = Page.announcement(page.site, page.service, 30)
        assert given(life, announced) == (announced.to_data(), {**form, "delivery_mode": 1, "expiration": ANNOUNCE_SECONDS})
    courses = [f"Việc {position:02}" for position in range(1, 21)]
    told = {"service": page.service, "first": 1, "last": 30, "correlations": courses}
    assert logs == [{"event": "page_published", "log_level": "info", **told}]


def test_a_rest_ends_when_something_is_appended_and_there_is_none_in_a_stop(life: Life) -> None:
    life.relay._woken.set()
    assert life.relay._rest(60) is True
    assert life.relay._rest(0) is False, "it was woken once"
    asked: list[Any] = []
    life.relay._woken = SimpleNamespace(wait=lambda timeout: asked.append(timeout), clear=lambda: asked.append("clear"))
    assert not life.relay._rest(0.25)
    life.relay._stopping = True
    assert life.relay._rest(60) is False
    assert asked == [0.25, "clear", "clear"]
