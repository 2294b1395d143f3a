"""Writers that race and a reader that tails: one wins, nothing is half written, nobody passes an event that commits later."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.bounds import EVENT_BYTES_MAX
from shared.errors import StaleVersion
from shared.event import EventTooLarge
from shared.store import ANY, EXISTS, NONE, Database, EventStore, Recorded
from tests.shared.store.given import CONTEXT, a_store, at_once, texts, to

WRITERS = 4
APPENDS = 40


def test_of_many_writers_at_one_version_one_wins_and_the_others_are_stale(database: Database) -> None:
    store = a_store(database)
    for turn in range(5):
        stream = f"s{turn}"
        answers = at_once([_writer(store, stream, number) for number in range(8)])
        (won,) = [answer for answer in answers if isinstance(answer, Recorded)]
        assert sum(isinstance(answer, StaleVersion) for answer in answers) == 7
        assert len(set(texts(store, stream))) == 1, "a batch was written in part or mixed with another"
        assert [event.id for event in store.stream(stream)] == list(won.events)
        assert store.head() == 3 * (turn + 1), "a loser burned a position"


def _writer(store: EventStore, stream: str, number: int) -> Callable[[], Recorded]:
    return lambda: store.append(to(stream, NONE, *[str(number)] * 3), CONTEXT)


@pytest.mark.parametrize("expected", [ANY, EXISTS])
def test_writers_that_do_not_care_for_the_version_are_all_taken(database: Database, expected: int) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "first"), CONTEXT)
    answers = at_once([lambda: store.append(to("a", expected, "x", "y"), CONTEXT)] * 8)
    assert all(isinstance(answer, Recorded) for answer in answers), answers
    assert [event.version for event in store.stream("a")] == list(range(1, 18))


def test_two_streams_in_opposite_order_never_lock_each_other_out(database: Database) -> None:
    store = a_store(database)

    def both(first: str, second: str) -> Callable[[], list[Recorded]]:
        return lambda: store.append_all([to(first, ANY, "x"), to(second, ANY, "x")], CONTEXT)

    answers = at_once([both("a", "b"), both("b", "a")] * 3)
    assert all(isinstance(answer, list) for answer in answers), answers
    assert store.head() == 12


def test_a_reader_that_tails_the_log_sees_every_committed_event_once_and_in_order(database: Database) -> None:
    store = a_store(database)
    tailed: list[tuple[int, str]] = []
    done: list[bool] = []

    def tail() -> None:
        reader = a_store(database)
        position = 0
        while True:
            finished = bool(done)
            page = reader.feed(position, 17)
            tailed.extend((event.position, event.id) for event in page)
            if page:
                position = page[-1].position
            elif finished:
                return
            else:
                time.sleep(0.001)

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(tail)
        writing = [pool.submit(_write, store, number) for number in range(WRITERS)]
        try:
            committed = [answer for writer in writing for answer in writer.result(timeout=60)]
        finally:
            done.append(True)
        reading.result(timeout=60)

    assert [position for position, _ in tailed] == list(range(1, len(tailed) + 1))
    by_position = dict(tailed)
    assert set(by_position.values()) == {event for answer in committed for event in answer.events}
    assert len(tailed) == sum(len(answer.events) for answer in committed) == store.head()
    for answer in committed:
        last = answer.position
        assert [by_position[at] for at in range(last - len(answer.events) + 1, last + 1)] == list(answer.events)


def _write(store: EventStore, number: int) -> list[Recorded]:
    """Appends of several sizes to a stream of one's own and one that all share; every fourth is rolled back after it took positions."""
    chance = random.Random(number)
    answers = []
    for turn in range(APPENDS):
        words = ["x"] * chance.randint(1, 5)
        if turn % 4 == 3:
            with pytest.raises(EventTooLarge):
                store.append(to(f"own-{number}", ANY, *words, "x" * EVENT_BYTES_MAX), CONTEXT)
            continue
        stream = "shared" if turn % 2 else f"own-{number}"
        answers.append(store.append(to(stream, ANY, *words), CONTEXT))
    return answers
