"""Appending what was decided: one event a commit and a hundred, one client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from tests.benchmarks.databases import Backend, Place
from tests.benchmarks.measure import OURS, RATE, Goal, Job, Measure, Sides, account, timed
from tests.benchmarks.sides.contestant import Appending
from tests.benchmarks.sides.limit_log import PostgresLimit, SqliteLimit
from tests.benchmarks.sides.ours import OursAppending
from tests.benchmarks.sides.peer_postgres import PostgresPeer
from tests.benchmarks.sides.peer_sqlite import SqlitePeer
from tests.benchmarks.workload import Decision, count_of, decisions

WARM_UP_COMMITS = 20
"""Untimed commits before each sample: connections are open and statements prepared, as in a service that runs."""

PEER = "eventsourcing"
PEER_DEFAULT = "eventsourcing, default"
PEER_BEST = "eventsourcing, database functions"
WITH_COMMAND = "ours, with a command id"
INSERT = "limit: bare psycopg INSERT"
COPY = "limit: COPY"
DRIVER = "limit: bare sqlite3"

Open = Callable[[Place], Appending]


def _on_postgres(limit: str) -> dict[str, Open]:
    return {
        OURS: OursAppending,
        PEER_DEFAULT: PostgresPeer,
        PEER_BEST: partial(PostgresPeer, with_functions=True),
        limit: PostgresLimit,
        WITH_COMMAND: partial(OursAppending, with_command=True),
    }


def _on_sqlite() -> dict[str, Open]:
    return {OURS: OursAppending, PEER: SqlitePeer, DRIVER: SqliteLimit, WITH_COMMAND: partial(OursAppending, with_command=True)}


@contextmanager
def sides(backend: Backend, opened: Mapping[str, Open], events: int, per_commit: int, payload: int) -> Iterator[Sides]:
    work = decisions(events + WARM_UP_COMMITS * per_commit, per_commit, payload)
    yield {name: partial(_append, backend, name, open_side, work) for name, open_side in opened.items()}


def _append(backend: Backend, name: str, open_side: Open, work: list[Decision]) -> dict[Measure, float]:
    warm_up, rest = work[:WARM_UP_COMMITS], work[WARM_UP_COMMITS:]
    with backend.place() as place:
        side = open_side(place)
        try:
            side.append(warm_up)
            seconds = timed(backend, lambda: side.append(rest))
            account(name, "events in the log", side.recorded(), count_of(work))
        finally:
            side.close()
    return {RATE: count_of(rest) / seconds}


JOBS = (
    Job(
        "append-one",
        "append 1 event a commit, PostgreSQL",
        lambda bench, payload: sides(bench.server, _on_postgres(INSERT), bench.volume.append_one, 1, payload),
        goals=(Goal(2.5, PEER_DEFAULT), Goal(1.2, PEER_BEST), Goal(0.8, INSERT)),
    ),
    Job(
        "append-many",
        "append 100 events a commit, PostgreSQL",
        lambda bench, payload: sides(bench.server, _on_postgres(COPY), bench.volume.append_many, 100, payload),
        goals=(Goal(1.7, PEER_BEST), Goal(0.8, COPY)),
    ),
    Job(
        "append-one-sqlite",
        "append 1 event a commit, SQLite",
        lambda bench, payload: sides(bench.sqlite, _on_sqlite(), bench.volume.append_one, 1, payload),
        goals=(Goal(1.2, PEER),),
        postgres=False,
    ),
    Job(
        "append-many-sqlite",
        "append 100 events a commit, SQLite",
        lambda bench, payload: sides(bench.sqlite, _on_sqlite(), bench.volume.append_many, 100, payload),
        postgres=False,
    ),
)
