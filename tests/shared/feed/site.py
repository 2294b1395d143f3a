"""A site of two services, of which one notes and the other reads, in processes of their own on the servers of a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from kombu import Connection

from shared.broker.topology import feed_queue
from shared.store import EventStore, open_database
from tests.support.databases import fresh_template
from tests.support.feed_process import Plan

BROKER = "COMMENDATION_TEST_BROKER_URL"
ROOT = Path(__file__).parents[3]


class Process:
    """One that stays until it is told to stop, with what it has logged."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Its log lines of one event."""
        lines = [line for line in self._log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
        return [line for line in map(json.loads, lines) if line["event"] == event]

    def wait_for(self, event: str, *, times: int = 1, seconds: float = 60) -> None:
        eventually(lambda: len(self.logged(event)) >= times, seconds, lambda: f"no {event}:\n{self.text()}")

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self._process.terminate()
        return self._process.wait(timeout=30)

    def text(self) -> str:
        return self._log.read_text(encoding="utf-8")[-6000:]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def eventually(holds: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    """Fail unless something holds within this time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.05)


@dataclass
class Site:
    """A site whose processes are started one after the other; `name` keeps its queues apart."""

    name: str
    broker_url: str
    database_url: str
    folder: Path
    processes: list[Process] = field(default_factory=list)

    def run(self, **plan: Any) -> dict[str, Any]:
        """What the process reports; fails the test where it does not end well."""
        ended = self._run(Plan(self.name, **plan))
        assert ended.returncode == 0, ended.stderr[-3000:]
        report: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
        return report

    def run_to_death(self, **plan: Any) -> dict[str, int]:
        """Where the page that was under way began and ended."""
        ended = self._run(Plan(self.name, **plan))
        assert ended.returncode == -signal.SIGKILL, ended.stderr[-3000:]
        page: dict[str, int] = json.loads(ended.stdout.splitlines()[-1])
        return page

    def start(self, **plan: Any) -> Process:
        """A process that stays."""
        command = self._command(Plan(self.name, stay=True, **plan))
        process = Process(command, self._environment, self.folder / f"process{len(self.processes)}.log")
        self.processes.append(process)
        return process

    def _run(self, plan: Plan) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self._command(plan), cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=120)

    def _command(self, plan: Plan) -> list[str]:
        return [sys.executable, "-m", "tests.support.feed_process", plan.to_json()]

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "COMMENDATION_SITE": f"s{self.name}",
            "COMMENDATION_BROKER_URL": self.broker_url,
            "COMMENDATION_DATABASE_URL": self.database_url,
        }

    @property
    def distributed(self) -> bool:
        return not self.broker_url.startswith("embedded")

    def noted(self) -> dict[str, list[str]]:
        """What the producer's log holds, page by page."""
        with self.store() as store:
            return {stream: [event.data["text"] for event in store.stream(stream)] for stream in "ab"}

    @contextmanager
    def store(self) -> Iterator[EventStore]:
        """The producer's log, from here."""
        producer = Plan(self.name).producer
        database = open_database(self.database_url.replace("{service}", producer), wait_seconds=5)
        try:
            yield EventStore(database, site=f"s{self.name}", service=producer)
        finally:
            database.close()

    def read_up_to(self) -> int:
        """The position of the producer's log up to which the subscriber has folded."""
        database = open_database(self.database_url.replace("{service}", Plan(self.name).subscriber), wait_seconds=5)
        try:
            if not sa.inspect(database.engine).has_table("view_cursors"):
                return 0  # it has hardly started
            with database.read() as connection:
                return int(connection.execute(sa.text("SELECT max(position) FROM view_cursors")).scalar_one() or 0)
        finally:
            database.close()

    def waiting(self, *, purge: bool = False) -> int:
        """How many pages lie in the subscriber's queue on the broker; they are thrown away if so wished."""
        plan = Plan(self.name)
        with Connection(self.broker_url) as connection:
            queue = feed_queue(f"s{self.name}", plan.subscriber, [plan.producer])(connection.channel())
            count = int(queue.declare() and queue.queue_declare(passive=True).message_count)
            if purge:
                queue.purge()
            return count

    def under_way(self) -> list[dict[str, int]]:
        """Where the pages in the subscriber's queue begin and end; they are left there."""
        with Connection(self.broker_url) as connection:
            pages: list[dict[str, int]] = []
            queue = feed_queue(f"s{self.name}", Plan(self.name).subscriber, [Plan(self.name).producer])
            # RabbitMQ knows no basic.get on a queue with a single active consumer
            consumer = connection.Consumer(
                queue, callbacks=[lambda page, _message: pages.append({at: page[at] for at in ("first", "last")})]
            )
            with consumer, suppress(TimeoutError):
                while True:
                    connection.drain_events(timeout=1)
            return pages

    def clear(self) -> None:
        for process in self.processes:
            process.close()
        if self.distributed:
            with Connection(self.broker_url) as connection:
                for queue in (f"feed.s{self.name}.{Plan(self.name).subscriber}", f"feed.s{self.name}.{Plan(self.name).producer}"):
                    connection.channel().queue_delete(queue)


@contextmanager
def a_site(kind: str, folder: Path) -> Iterator[Site]:
    """`embedded` with SQLite, or `rabbitmq` with PostgreSQL; skips the test where there is no server."""
    name = uuid.uuid4().hex[:8]
    broker_url = "embedded://"
    if kind == "rabbitmq":
        found = os.environ.get(BROKER)
        if not found:
            pytest.skip(f"{BROKER} names no RabbitMQ; `make test` starts one")
        broker_url = found
    with fresh_template("sqlite" if kind == "embedded" else "postgresql", folder, Plan(name).producer, Plan(name).subscriber) as template:
        made = Site(name, broker_url, template, folder)
        try:
            yield made
        finally:
            made.clear()
