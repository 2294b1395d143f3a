"""Writers that are processes of their own race for the same versions, on both databases."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Barrier

from shared.errors import StaleVersion
from shared.store import Database, EventStore, open_database
from tests.shared.store.given import CONTEXT, a_store, texts, to

WRITERS = 4
STREAMS = 15
BATCH = 3
SECONDS_MAX = 60


def test_of_many_processes_at_one_version_one_wins_and_the_others_are_stale(database: Database) -> None:
    store = a_store(database)
    url = database.engine.url.render_as_string(hide_password=False)
    spawned = multiprocessing.get_context("spawn")  # a fork would share this process's connections
    start = spawned.Barrier(WRITERS)
    with spawned.Pool(WRITERS, _join, (start,)) as pool:
        outcomes = pool.starmap_async(_race, [(url, str(number)) for number in range(WRITERS)]).get(timeout=SECONDS_MAX)
    for stream in range(STREAMS):
        (winner,) = [number for number, outcome in enumerate(outcomes) if outcome[stream] is None]
        assert texts(store, f"s{stream}") == [str(winner)] * BATCH, "a batch was written in part or mixed with another"
        stale = [outcome[stream] for number, outcome in enumerate(outcomes) if number != winner]
        assert stale == ["StaleVersion"] * (WRITERS - 1)
    assert [event.position for event in store.feed(0)] == list(range(1, STREAMS * BATCH + 1)), "a loser burned a position"
    assert store.head() == STREAMS * BATCH


_start: Barrier | None = None


def _join(start: Barrier) -> None:
    global _start  # how a pool hands a barrier to its processes
    _start = start


def _race(url: str, word: str) -> list[str | None]:
    """Try to begin each stream, all writers in the same order; for each None, or the error of ours."""
    assert _start is not None
    database = open_database(url)
    store = EventStore(database, site="vn", service="diary")
    store.head()  # connected before the race begins
    _start.wait(SECONDS_MAX)
    outcome: list[str | None] = []
    for stream in range(STREAMS):
        try:
            store.append(to(f"s{stream}", 0, *[word] * BATCH), CONTEXT)
        except StaleVersion as stale:
            outcome.append(type(stale).__name__)
        else:
            outcome.append(None)
        if stream % 5 == 4:
            _start.wait(SECONDS_MAX)  # together again: one that ran ahead would win all
    database.close()
    return outcome
