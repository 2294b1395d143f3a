"""Writers that race and a reader that tails: one wins, nothing is half written, nobody passes an event that commits later."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.bounds import EVENT_BYTES_MAX
from shared.errors import StaleVersion
from shared.event import EventTooLarge
from shared.store import ANY, EXISTS, NONE, Database, EventStore, Recorded
from tests.shared.store.given import CONTEXT, a_store, at_once, texts, to
from tests.support.longer import LONGER

WRITERS = 4
APPENDS = 40 * LONGER


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


# A commit that takes a while and may fail, whatever the append is made of: the database itself waits and refuses.
SLOW = {
    "postgresql": (
        """CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_sleep(random() * 0.004);
            IF random() < 0.05 THEN RAISE EXCEPTION 'refused by chance'; END IF;
            RETURN NULL;
        END $$""",
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()",
    ),
    "sqlite": ("CREATE TRIGGER slow AFTER INSERT ON events BEGIN SELECT slow(); END",),
}
REFUSED = re.compile("refused by chance|user-defined function raised exception")


@pytest.mark.parametrize("commits", ["fast", "slow"])
def test_a_reader_that_tails_the_log_sees_every_committed_event_once_and_in_order(database: Database, commits: str) -> None:
    store = a_store(database)
    if commits == "slow":
        _make_slow(database)
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
            committed = [answer for writer in writing for answer in writer.result(timeout=60 * LONGER)]
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
    refused = WRITERS * APPENDS - len(committed)
    assert refused > WRITERS * APPENDS // 4 if commits == "slow" else refused == WRITERS * APPENDS // 4


def _make_slow(database: Database) -> None:
    if database.dialect == "sqlite":
        database.engine.dispose()  # so that every connection gets the function
        sa.event.listen(database.engine, "connect", lambda connection, _record: connection.create_function("slow", 0, _nap))
    with database.write() as connection:
        for statement in SLOW[database.dialect]:
            connection.exec_driver_sql(statement)


def _nap() -> None:
    time.sleep(random.random() * 0.002)
    if random.random() < 0.05:
        raise ArithmeticError("refused by chance")


def _write(store: EventStore, number: int) -> list[Recorded]:
    """Appends of several sizes to a stream of one's own and one that all share; every fourth is too large, others fail by chance."""
    chance = random.Random(number)
    answers = []
    for turn in range(APPENDS):
        words = ["x"] * chance.randint(1, 5)
        if turn % 4 == 3:
            with pytest.raises(EventTooLarge):
                store.append(to(f"own-{number}", ANY, *words, "x" * EVENT_BYTES_MAX), CONTEXT)
            continue
        stream = "shared" if turn % 2 else f"own-{number}"
        try:
            answers.append(store.append(to(stream, ANY, *words), CONTEXT))
        except DBAPIError as error:
            assert REFUSED.search(str(error))  # noqa: PT017 - most appends do not fail
    return answers
