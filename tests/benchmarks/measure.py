"""Jobs, goals and samples; rounds that take turns.

A job says what is measured, who does it, and what is to be reached. Each side of it does the same work once a round, in an order that
rotates, so that what the machine does meanwhile meets all alike.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.benchmarks.databases import Backend, PostgresServer, SqliteFiles
from tests.benchmarks.workload import PAYLOADS, SHEETS

OURS = "ours"
NO_PAYLOAD = 0
"""Payload of a job that has no events of a size of its own."""


class NotAccounted(AssertionError):
    """A side does not hold what it was given; its time means nothing."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a sample; `places` after the decimal point where it is shown."""

    name: str
    unit: str
    places: int = 0
    more_is_better: bool = True


RATE = Measure("rate", "events/s")


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a measure of ours: times what a side beside it reaches, or in the measure's own unit where there is none beside."""

    bound: float
    beside: str | None = None
    measure: Measure = RATE


@dataclass(frozen=True, slots=True)
class Volume:
    """How much a sample holds: events unless it says otherwise; sheets: those on which commands decide."""

    append_one: int
    append_many: int
    sheets: int
    commands: int
    replayed_streams: int
    peer_catch_up: int
    catch_up: int
    rebuild: int
    rebuild_long: int
    steady: int
    bulk: int
    growth_small: int
    growth_large: int
    growth_appends: int
    growth_catch_up: int
    import_communes: int
    as_of_units: int
    board_units: int
    board_seconds: float


FULL = Volume(
    append_one=2_000,
    append_many=20_000,
    sheets=SHEETS,
    commands=500,
    replayed_streams=200,
    peer_catch_up=3_000,
    catch_up=50_000,
    rebuild=100_000,
    rebuild_long=1_000_000,
    steady=3_000,
    bulk=50_000,
    growth_small=100_000,
    growth_large=10_000_000,
    growth_appends=2_000,
    growth_catch_up=20_000,
    import_communes=10_000,
    as_of_units=13_000,
    board_units=10_000,
    board_seconds=5.0,
)
QUICK = Volume(
    append_one=60,
    append_many=600,
    sheets=20,
    commands=30,
    replayed_streams=5,
    peer_catch_up=300,
    catch_up=1_200,
    rebuild=1_200,
    rebuild_long=1_500,
    steady=250,
    bulk=2_000,
    growth_small=600,
    growth_large=6_000,
    growth_appends=40,
    growth_catch_up=600,
    import_communes=90,
    as_of_units=200,
    board_units=120,
    board_seconds=0.3,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run has: folders, servers where there are any, and how much each sample holds."""

    sqlite: SqliteFiles
    postgres: PostgresServer | None
    broker_url: str | None
    volume: Volume

    @property
    def server(self) -> PostgresServer:
        """PostgreSQL, for jobs that need it and so run only where it is."""
        if self.postgres is None:
            raise RuntimeError("This job needs PostgreSQL; `Job.missing` says so before it is run.")
        return self.postgres

    @property
    def broker(self) -> str:
        """RabbitMQ, for jobs that need it and so run only where it is."""
        if self.broker_url is None:
            raise RuntimeError("This job needs RabbitMQ; `Job.missing` says so before it is run.")
        return self.broker_url


Act = Callable[[], Mapping[Measure, float]]
"""What a side does once a round: prepare, work under the clock, account; its figures."""

Sides = Mapping[str, Act]


@dataclass(frozen=True, slots=True)
class Job:
    """What is measured: by sides that are opened for a payload, hold what all rounds share, and are closed after the last one.

    ours: the side that the others stand beside; long: only in a full run.
    """

    key: str
    title: str
    sides: Callable[[Bench, int], AbstractContextManager[Sides]]
    goals: tuple[Goal, ...] = ()
    measures: tuple[Measure, ...] = (RATE,)
    ours: str = OURS
    payloads: tuple[int, ...] = PAYLOADS
    postgres: bool = True
    broker: bool = False
    long: bool = False

    def missing(self, bench: Bench) -> list[str]:
        """The servers that this job needs and the run does not have."""
        wanted = {"PostgreSQL": self.postgres and bench.postgres is None, "RabbitMQ": self.broker and bench.broker_url is None}
        return [name for name, absent in wanted.items() if absent]


@dataclass(frozen=True, slots=True)
class Sample:
    job: str
    payload_bytes: int
    side: str
    round: int
    measure: str
    value: float


def run(jobs: Iterable[Job], bench: Bench, rounds: int, tell: Callable[[str], None]) -> Iterator[Sample]:
    """Each side of each job once a round, in turn; every sample as soon as it is there.

    Raises NotAccounted when a side lost or doubled an event or a row.
    """
    for job in jobs:
        for payload in job.payloads:
            what = f"{job.key}, {payload} bytes" if payload else job.key
            tell(f"{what}: preparing")
            with job.sides(bench, payload) as sides:
                for number in range(1, rounds + 1):
                    tell(f"{what}: round {number} of {rounds}")
                    yield from _round(job, payload, sides, number)


def _round(job: Job, payload: int, sides: Sides, number: int) -> Iterator[Sample]:
    # who comes first changes with the round: the first finds another disk cache than the last
    first = number % len(sides)
    for name in [*sides][first:] + [*sides][:first]:
        for measure, value in sides[name]().items():
            yield Sample(job.key, payload, name, number, measure.name, value)


def timed(backend: Backend, act: Callable[[], None]) -> float:
    """Seconds that `act` takes on a machine that has nothing left to do from before.

    What is loaded by then is no matter of the garbage collector, for no side, as in our services (`services/console/process.py`).
    """
    gc.collect()
    gc.freeze()
    try:
        backend.quiet()
        start = time.perf_counter()
        act()
        return time.perf_counter() - start
    finally:
        gc.unfreeze()


def account(side: str, what: str, found: int, expected: int) -> None:
    if found != expected:
        raise NotAccounted(f"{side}: {found} {what}, expected {expected}.")


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that at least this share of them does not exceed."""
    return sorted(values)[math.ceil(len(values) * share) - 1]
