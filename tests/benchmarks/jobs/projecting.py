"""The standings from a log: catching up page by page, and building them anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa

from tests.benchmarks.databases import Place
from tests.benchmarks.filling import filled
from tests.benchmarks.measure import OURS, RATE, Bench, Goal, Job, Measure, Sides, account, timed
from tests.benchmarks.sides.contestant import Projecting
from tests.benchmarks.sides.limit_standings import StandingsLimit
from tests.benchmarks.sides.ours import OursProjecting
from tests.benchmarks.sides.peer_postgres import PostgresPeer
from tests.benchmarks.workload import PAYLOADS, decisions

PEER = "eventsourcing, its projection"
UPSERT = "limit: fold and upsert, bare psycopg"
COPY = "limit: fold in memory, COPY"

SWITCH = Measure("switch", "ms", places=1, more_is_better=False)
"""How long the transaction took in which the new rows became the live ones, and so the longest that it can have held a lock."""

LIVE_EVENTS = 5_000
"""Events whose rows stand live when a rebuild begins."""


@contextmanager
def _catching_up(bench: Bench, payload: int) -> Iterator[Sides]:
    events = bench.volume.catch_up
    with filled(bench.server, events, payload) as log:

        def catch_up(name: str, open_side: Callable[[Place, Place], Projecting]) -> dict[Measure, float]:
            with bench.server.place() as views:
                return {RATE: _caught_up(bench, name, open_side(log, views), events)}

        yield {
            OURS: partial(catch_up, OURS, OursProjecting),
            PEER: partial(_peer_catch_up, bench, payload),
            UPSERT: partial(catch_up, UPSERT, StandingsLimit),
        }


def _peer_catch_up(bench: Bench, payload: int) -> dict[Measure, float]:
    events = bench.volume.peer_catch_up
    with bench.server.place() as place:
        peer = PostgresPeer(place)
        peer.append(decisions(events, 100, payload))
        peer.prepare_standings()
        return {RATE: _caught_up(bench, PEER, peer, events)}


def _caught_up(bench: Bench, name: str, side: Projecting, events: int) -> float:
    try:
        seconds = timed(bench.server, side.catch_up)
        side.settle()
        account(name, "rows", side.rows(), events)
    finally:
        side.close()
    return events / seconds


@contextmanager
def _rebuilding(events: int, bench: Bench, payload: int) -> Iterator[Sides]:
    with filled(bench.server, events, payload) as log:

        def ours() -> dict[Measure, float]:
            with bench.server.place() as views:
                side = OursProjecting(log, views)
                try:
                    side.catch_up(LIVE_EVENTS)
                    with switch_watched(side.projector.database.engine) as switch:
                        seconds = timed(bench.server, side.rebuild)
                    account(OURS, "rows", side.rows(), events)
                finally:
                    side.close()
            return {RATE: events / seconds, SWITCH: switch["seconds"] * 1_000}

        def limit() -> dict[Measure, float]:
            with bench.server.place() as views:
                side = StandingsLimit(log, views)
                try:
                    seconds = timed(bench.server, side.rebuild)
                    account(COPY, "rows", side.rows(), events)
                finally:
                    side.close()
            return {RATE: events / seconds}

        yield {OURS: ours, COPY: limit}


@contextmanager
def switch_watched(engine: sa.Engine) -> Iterator[Mapping[str, float]]:
    """Sees the transaction that makes a generation live; its `seconds` are there afterwards.

    From before its BEGIN until its connection is given back, which is more than any lock in it was held.
    Raises LookupError when no such transaction came by.
    """
    found: dict[str, float] = {}

    def begun(connection: sa.Connection) -> None:
        connection.info["began"] = time.perf_counter()

    def executed(connection: sa.Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("UPDATE view_generations") and "live" in parameters.values():
            connection.info["switches"] = True

    def given_back(_connection: Any, record: Any) -> None:
        if record.info.pop("switches", False):
            found["seconds"] = time.perf_counter() - record.info["began"]

    listeners = ((engine, "begin", begun), (engine, "before_cursor_execute", executed), (engine.pool, "checkin", given_back))
    for target, event, listener in listeners:
        sa.event.listen(target, event, listener)
    try:
        yield found
        if not found:
            raise LookupError("No transaction was seen that makes a generation live; see how a rebuild switches now.")
    finally:
        for target, event, listener in listeners:
            sa.event.remove(target, event, listener)


def _rebuild(key: str, events_of: Callable[[Bench], int], shown: str, *, long: bool = False) -> Job:
    return Job(
        key,
        f"rebuild of standings from {shown} events, PostgreSQL",
        lambda bench, payload: _rebuilding(events_of(bench), bench, payload),
        goals=(Goal(0.7, COPY), Goal(50, measure=SWITCH)),
        measures=(RATE, SWITCH),
        payloads=PAYLOADS[:1] if long else PAYLOADS,
        long=long,
    )


JOBS = (
    Job(
        "catch-up",
        "catch-up of standings, PostgreSQL",
        _catching_up,
        goals=(Goal(40, PEER), Goal(0.8, UPSERT)),
    ),
    _rebuild("rebuild", lambda bench: bench.volume.rebuild, "100,000"),
    _rebuild("rebuild-long", lambda bench: bench.volume.rebuild_long, "1,000,000", long=True),
)
