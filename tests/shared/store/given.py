"""Logs and events for the tests of the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import TypeVar

from shared.errors import CommendationError
from shared.event import Context, NewEvent
from shared.store import Append, Database, EventStore

T = TypeVar("T")
CONTEXT = Context(actor="office", correlation="course", causation="command")
NIGHT = datetime(2025, 3, 1, 18, 30, tzinfo=UTC)
"""An evening in UTC that is the next day in Viet Nam."""


def a_store(database: Database, *, site: str = "vn", service: str = "diary") -> EventStore:
    store = EventStore(database, site=site, service=service)
    store.prepare()
    return store


def noted(*words: str, effective_on: date | None = None) -> list[NewEvent]:
    return [NewEvent("diary.Noted", 1, {"text": word}, effective_on) for word in words]


def to(stream: str, expected: int, *words: str) -> Append:
    return Append(stream, expected, noted(*words))


def texts(store: EventStore, stream: str) -> list[str]:
    return [event.data["text"] for event in store.stream(stream)]


def at_once(tasks: Sequence[Callable[[], T]]) -> list[T | CommendationError]:
    """Run all tasks at the same moment, each in a thread; what each gave or which error of ours it raised."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T | CommendationError:
        barrier.wait()
        try:
            return task()
        except CommendationError as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))
