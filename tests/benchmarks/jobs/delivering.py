"""From append to visible: a producer and a subscriber in processes of their own, RabbitMQ between them, and somebody who looks.

Who looks is this process. It asks the database of the standings again and again how far they are; rows and cursor move in one transaction,
so what the cursor has passed can be read. The moment counted is that at which the answer was here.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import psycopg
import sqlalchemy as sa
from kombu import Connection
from kombu.exceptions import ChannelError

from services.rankings.views import MODEL
from shared.broker.topology import feed_queue
from tests.benchmarks.databases import Place
from tests.benchmarks.measure import OURS, RATE, Bench, Goal, Job, Measure, Sides, account, percentile
from tests.benchmarks.processes import COMMENDATION, Process, module, process
from tests.benchmarks.sides import limit_feed
from tests.benchmarks.sides.ours import SERVICE, saved_rows
from tests.benchmarks.sides.plan import Plan

LIMIT = "limit: plain kombu and psycopg"
SUBSCRIBER = "rankings"

PER_SECOND = 500
PACE_MIN = 0.99 * PER_SECOND
"""Below it the producer could not keep the pace, and the delays are those of another load."""

WARM_UP_SECONDS = 1
"""Of a steady load, before what counts."""

PER_COMMIT_IN_BULK = 100

LOOK_SECONDS = 0.001
"""Pause between two looks under a steady load."""

LOOK_SECONDS_IN_BULK = 0.01
"""The same in bulk, where looking often would take the processor from those who are looked at."""

START_SECONDS_MAX = 60.0
DELIVER_SECONDS_MAX = 120.0

PACE = Measure("pace that was held", "events/s")
MEDIAN = Measure("median", "ms", places=1, more_is_better=False)
P99 = Measure("99th percentile", "ms", places=1, more_is_better=False)
MEDIAN_DUE = Measure("median, from when due", "ms", places=1, more_is_better=False)
P99_DUE = Measure("99th percentile, from when due", "ms", places=1, more_is_better=False)

_OUR_POSITION = f"SELECT coalesce(max(position), 0) FROM view_cursors WHERE model = '{MODEL.name}' AND service = '{SERVICE}'"
_LIMIT_POSITION = "SELECT position FROM cursor"


class Onlooker(threading.Thread):
    """Looks how far a read model is, until it is there: (moment, position) each time it has moved."""

    def __init__(self, conninfo: str, question: str, until: int, pause: float) -> None:
        super().__init__(daemon=True)
        self._conninfo = conninfo
        self._question = question
        self._until = until
        self._pause = pause
        self._moments: list[float] = []
        self._positions: list[int] = [0]
        self._deadline = time.monotonic() + DELIVER_SECONDS_MAX
        self._failure: psycopg.Error | None = None

    def run(self) -> None:
        try:
            self._look()
        except psycopg.Error as error:
            self._failure = error

    def _look(self) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            while self._positions[-1] < self._until and time.monotonic() < self._deadline:
                found = connection.execute(self._question, prepare=True).fetchone()
                position = int(found[0]) if found else 0
                if position > self._positions[-1]:
                    self._moments.append(time.monotonic())
                    self._positions.append(position)
                time.sleep(self._pause)

    def wait(self, *watched: Process) -> None:
        """Until the read model is there.

        Raises ProcessFailed when one of the processes ends before, TimeoutError when it takes too long, psycopg.Error when the database
        does not answer.
        """
        while self.is_alive():
            for one in watched:
                one.check()
            self.join(0.1)
        if self._failure is not None:
            raise self._failure
        if self._positions[-1] < self._until:
            raise TimeoutError(f"After {DELIVER_SECONDS_MAX:.0f} s position {self._positions[-1]} of {self._until} was visible.")

    def seen(self, position: int) -> float:
        """When this position could be read."""
        return self._moments[bisect_left(self._positions, position) - 1]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Moments of every commit by this machine's monotonic clock, in seconds.

    due: when it was to be appended, where a pace was set; called: when the append began; seen: when its last event was visible.
    """

    due: list[float]
    called: list[float]
    seen: list[float]


def _ours(bench: Bench, plan: Plan, pause: float) -> Delivered:
    name = uuid.uuid4().hex[:8]
    site = f"bench-{name}"
    queue = feed_queue(site, SUBSCRIBER, MODEL.feeds)
    with bench.server.places(name, SERVICE, SUBSCRIBER) as template, bench.sqlite.scratch() as folder:
        views = Place(sa.make_url(template.replace("{service}", SUBSCRIBER)))
        env = {"COMMENDATION_SITE": site, "COMMENDATION_BROKER_URL": bench.broker, "COMMENDATION_DATABASE_URL": template}
        with (
            _removed_afterwards(bench.broker, queue.name),
            process(SUBSCRIBER, [COMMENDATION, "run", "--service", SUBSCRIBER], env, folder) as subscriber,
        ):
            _wait_for_consumer(bench.broker, queue.name, subscriber)
            producer = module("tests.benchmarks.sides.ours_producer", plan.to_argument())
            with process("evaluations", producer, env, folder) as evaluations:
                delivered = _delivered(Onlooker(views.conninfo, _OUR_POSITION, plan.events, pause), plan, evaluations, subscriber)
        account(OURS, "rows", saved_rows(views), plan.events)
    return delivered


def _limit(bench: Bench, plan: Plan, pause: float) -> Delivered:
    queue = limit_feed.QUEUE.name
    with bench.server.place() as log, bench.server.place() as views, bench.sqlite.scratch() as folder:
        env = {
            limit_feed.BROKER_VARIABLE: bench.broker,
            limit_feed.LOG_VARIABLE: log.conninfo,
            limit_feed.VIEWS_VARIABLE: views.conninfo,
        }
        with (
            _removed_afterwards(bench.broker, queue),
            process("subscriber", module("tests.benchmarks.sides.limit_subscriber"), env, folder) as subscriber,
        ):
            _wait_for_consumer(bench.broker, queue, subscriber)
            arguments = module("tests.benchmarks.sides.limit_producer", plan.to_argument())
            with process("producer", arguments, env, folder) as producer:
                delivered = _delivered(Onlooker(views.conninfo, _LIMIT_POSITION, plan.events, pause), plan, producer, subscriber)
        with psycopg.connect(views.conninfo) as connection:
            found = connection.execute("SELECT count(*) FROM scores").fetchone()
        account(LIMIT, "rows", int(found[0]) if found else 0, plan.events)
    return delivered


def _delivered(onlooker: Onlooker, plan: Plan, producer: Process, subscriber: Process) -> Delivered:
    onlooker.start()
    told: dict[str, Any] = json.loads(producer.line(DELIVER_SECONDS_MAX))
    onlooker.wait(subscriber)
    ends = [min(first + plan.per_commit, plan.events) for first in range(0, plan.events, plan.per_commit)]
    account(producer.name, "commits", len(told["called"]), len(ends))
    return Delivered(told["due"], told["called"], [onlooker.seen(position) for position in ends])


def _steady(bench: Bench, payload: int) -> dict[Measure, float]:
    warm_up = WARM_UP_SECONDS * PER_SECOND
    plan = Plan(warm_up + bench.volume.steady, 1, payload, PER_SECOND)
    delivered = _ours(bench, plan, LOOK_SECONDS)
    since_call = _milliseconds(delivered.called[warm_up:], delivered.seen[warm_up:])
    since_due = _milliseconds(delivered.due[warm_up:], delivered.seen[warm_up:])
    return {
        PACE: (len(since_call) - 1) / (delivered.called[-1] - delivered.called[warm_up]),
        MEDIAN: median(since_call),
        P99: percentile(since_call, 0.99),
        MEDIAN_DUE: median(since_due),
        P99_DUE: percentile(since_due, 0.99),
    }


def _milliseconds(begins: list[float], ends: list[float]) -> list[float]:
    return [(end - begin) * 1_000 for begin, end in zip(begins, ends, strict=True)]


@contextmanager
def _steadily(bench: Bench, payload: int) -> Iterator[Sides]:
    yield {OURS: partial(_steady, bench, payload)}


@contextmanager
def _in_bulk(bench: Bench, payload: int) -> Iterator[Sides]:
    plan = Plan(bench.volume.bulk, PER_COMMIT_IN_BULK, payload)

    def rate(delivered: Delivered) -> dict[Measure, float]:
        return {RATE: plan.events / (delivered.seen[-1] - delivered.called[0])}

    yield {
        OURS: lambda: rate(_ours(bench, plan, LOOK_SECONDS_IN_BULK)),
        LIMIT: lambda: rate(_limit(bench, plan, LOOK_SECONDS_IN_BULK)),
    }


def _wait_for_consumer(broker: str, queue: str, subscriber: Process) -> None:
    """Raises ProcessFailed when the subscriber ends, TimeoutError when its queue has no consumer in time."""
    deadline = time.monotonic() + START_SECONDS_MAX
    with Connection(broker) as connection:
        while time.monotonic() < deadline:
            subscriber.check()
            try:
                with connection.channel() as channel:
                    if channel.queue_declare(queue, passive=True).consumer_count:
                        return
            except ChannelError:
                pass  # it is not declared yet
            time.sleep(0.1)
    raise TimeoutError(f"Nobody takes from {queue} after {START_SECONDS_MAX:.0f} s.")


@contextmanager
def _removed_afterwards(broker: str, queue: str) -> Iterator[None]:
    """Leaves no queue behind for the next sample."""
    try:
        yield
    finally:
        with Connection(broker) as connection, connection.channel() as channel:
            channel.queue_delete(queue)


JOBS = (
    Job(
        "visible",
        f"append to visible at {PER_SECOND} events/s, RabbitMQ",
        _steadily,
        goals=(Goal(PACE_MIN, measure=PACE), Goal(20, measure=MEDIAN), Goal(100, measure=P99)),
        measures=(PACE, MEDIAN, P99, MEDIAN_DUE, P99_DUE),
        broker=True,
    ),
    Job(
        "visible-bulk",
        "append to visible in bulk, RabbitMQ",
        _in_bulk,
        goals=(Goal(0.6, LIMIT),),
        broker=True,
    ),
)
