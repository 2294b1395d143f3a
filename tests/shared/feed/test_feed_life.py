"""The life of a feed's consumer, step by step with no broker at the other end: how it consumes, what it says, and how it ends."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from nameko.exceptions import ContainerBeingKilled
from structlog.testing import capture_logs

from shared.bounds import (
    BROKER_HEARTBEAT_SECONDS,
    BROKER_RETRY_SECONDS,
    DRAIN_POLL_SECONDS,
    DRAIN_SECONDS_MAX,
    FOLD_ATTEMPTS_MAX,
    FOLD_PAUSE_SECONDS,
    PREFETCH,
)
from shared.feed import entrypoint
from shared.feed.entrypoint import FeedEntrypoint
from shared.feed.page import Page
from tests.shared.given import an_event


class Life:
    """A consumer whose container, pauses and words are written down in `notes`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.notes: list[Any] = []
        made: Any = FeedEntrypoint.__new__(FeedEntrypoint)
        self.feed = made
        subscriber = SimpleNamespace(says=lambda *said: self.notes.append(("says", *said)))
        self.feed.ground = SimpleNamespace(subscriber=subscriber)
        model = SimpleNamespace(feeds=["diary", "letters"])
        self.feed.container = SimpleNamespace(service_name="standings", service_cls=SimpleNamespace(model=model))
        self.feed.setup()
        monkeypatch.setattr(eventlet, "sleep", lambda seconds: self.notes.append(("sleep", seconds)))

    def message(self) -> Any:
        return SimpleNamespace(ack=lambda: self.notes.append("ack"), requeue=lambda: self.notes.append("requeue"))


@pytest.fixture
def life(monkeypatch: pytest.MonkeyPatch) -> Life:
    return Life(monkeypatch)


def test_it_runs_beside_the_requests_and_a_stop_waits_for_the_page_under_way(life: Life) -> None:
    spawned: list[Any] = []
    life.feed.container.spawn_managed_thread = lambda run, identifier: spawned.append((run, identifier))
    assert (life.feed._stopping, life.feed._stopped.is_set()) == (False, False)
    life.feed.start()
    assert spawned == [(life.feed._run, "feed")]
    life.feed._stopped = SimpleNamespace(wait=lambda timeout: life.notes.append((life.feed._stopping, timeout)))
    life.feed.stop()
    assert life.notes == [(True, DRAIN_SECONDS_MAX)]


def test_where_the_broker_is_away_it_says_so_waits_and_comes_back(life: Life) -> None:
    ends: list[Callable[[], None]] = []

    def away() -> None:
        raise ConnectionError("away")

    def killed() -> None:
        raise ContainerBeingKilled

    ends += [away, away, killed, away]
    life.feed._consume = lambda: ends.pop(0)()
    with capture_logs() as logs:
        life.feed._run()
    assert len(ends) == 1, "it went on in a container that is being killed"
    error = "ConnectionError('away')"
    assert life.notes == [("says", "waiting", error), ("sleep", BROKER_RETRY_SECONDS)] * 2
    assert logs == [{"event": "feed_waits_for_broker", "log_level": "warning", "service": "standings", "error": error}] * 2
    assert life.feed._stopped.is_set()


def test_it_takes_so_many_pages_at_a_time_from_the_queue_of_its_feeds_and_keeps_the_line_alive(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    drains: list[Any] = [None, TimeoutError(), socket.timeout(), None]  # noqa: UP041 - as the broker's library raises it

    class Line:
        def channel(self) -> Any:
            return SimpleNamespace(basic_qos=lambda *said: life.notes.append(("qos", *said)))

        @contextmanager
        def Consumer(self, queue: Any, **options: Any) -> Iterator[None]:  # noqa: N802 - kombu's name
            callbacks, on_decode_error = options.pop("callbacks"), options.pop("on_decode_error")
            assert (callbacks, on_decode_error) == ([life.feed._on_message], life.feed._on_unreadable)
            life.notes.append((queue.said, options.pop("channel") is queue.channel, options))
            yield

        def drain_events(self, timeout: float) -> None:
            life.notes.append(("drain", timeout))
            outcome = drains.pop(0)
            life.feed._stopping = not drains
            if outcome is not None:
                raise outcome

        def heartbeat_check(self) -> None:
            life.notes.append("alive")

    @contextmanager
    def connection(url: str, **options: Any) -> Iterator[Line]:
        life.notes.append((url, options))
        yield Line()

    def feed_queue(*said: Any) -> Callable[[Any], Any]:
        return lambda channel: SimpleNamespace(said=said, channel=channel, declare=lambda: life.notes.append("declared"))

    monkeypatch.setattr(entrypoint, "Connection", connection)
    monkeypatch.setattr(entrypoint, "feed_queue", feed_queue)
    monkeypatch.setattr(entrypoint, "configuration", lambda: SimpleNamespace(broker_url="amqp://here", site="vn"))
    life.feed._consume()
    drained = ("drain", DRAIN_POLL_SECONDS)
    assert life.notes == [
        ("amqp://here", {"heartbeat": BROKER_HEARTBEAT_SECONDS}),
        "declared",
        ("qos", 0, PREFETCH, False),
        (("vn", "standings", ["diary", "letters"]), True, {"accept": ["json"], "auto_declare": False}),
        ("says", "active"),
        *(drained, drained, "alive", drained, "alive", drained),
    ]


PAGE = Page.of([an_event(4), an_event(5)])


@pytest.mark.parametrize("body", [PAGE.to_data(), json.dumps(PAGE.to_data())])
def test_a_page_is_tried_with_growing_pauses_and_then_makes_room(life: Life, body: Any) -> None:
    def fails(page: Page) -> Exception:
        life.notes.append(page)
        return KeyError("a row")

    life.feed._work = fails
    with capture_logs() as logs:
        life.feed._on_message(body, life.message())
    pauses = [("sleep", FOLD_PAUSE_SECONDS * 2**attempt) for attempt in range(FOLD_ATTEMPTS_MAX)]
    assert life.notes == [note for pause in pauses for note in (PAGE, pause)] + ["ack"]
    said = {"event": "page_tried", "log_level": "warning", "service": PAGE.service, "first": 4, "last": 5, "error": "KeyError('a row')"}
    assert logs == [{**said, "attempt": attempt} for attempt in range(1, FOLD_ATTEMPTS_MAX + 1)]


def test_a_page_with_events_may_die_when_its_rows_stand_and_is_acked_once(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrypoint, "reached", life.notes.append)
    life.feed._work = lambda _page: None
    for page in (PAGE, Page.announcement("vn", "diary", 5)):
        life.feed._on_message(page.to_data(), life.message())
    assert life.notes == ["fold.after_commit", "ack", "ack"]


def test_in_a_stop_a_page_goes_back_whether_it_just_came_or_has_just_failed(life: Life) -> None:
    def stopped_meanwhile(_page: Page) -> Exception:
        life.feed._stopping = True
        return KeyError("a row")

    life.feed._work = stopped_meanwhile
    life.feed._on_message(PAGE.to_data(), life.message())
    life.feed._on_message(PAGE.to_data(), life.message())
    assert life.notes == ["requeue", "requeue"]


@pytest.mark.parametrize("body", [{"site": "vn"}, "{", "[]"])
def test_what_is_no_page_is_said_and_dropped(life: Life, body: Any) -> None:
    with capture_logs() as logs:
        life.feed._on_message(body, life.message())
    assert life.notes == ["ack"]
    (said,) = logs
    assert (said["event"], said["log_level"], said["service"]) == ("page_unreadable", "error", "standings")
    assert "(" in said["error"]


def test_a_page_is_worked_on_in_a_worker_whose_failure_comes_back(life: Life) -> None:
    told: list[Any] = []

    def spawn_worker(*given: Any, context_data: Any, handle_result: Callable[..., Any]) -> None:
        failure = (KeyError, KeyError("a row"), None) if told else None
        told.append((given, context_data))
        assert handle_result("context", "result", failure) == ("result", None)

    life.feed.container.spawn_worker = spawn_worker
    assert life.feed._work(PAGE) is None
    assert isinstance(life.feed._work(PAGE), KeyError)
    assert told == [((life.feed, (PAGE,), {}), {})] * 2
