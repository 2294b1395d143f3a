"""Feeds between real containers, in processes that are killed: on the embedded broker, and on RabbitMQ with PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection

from shared.bounds import FOLD_ATTEMPTS_MAX, FOLD_PAUSE_SECONDS
from shared.broker.topology import feed_queue
from shared.store import EventStore, open_database
from tests.support.databases import fresh_template
from tests.support.feed_process import Plan

BROKER = "COMMENDATION_TEST_BROKER_URL"
ROOT = Path(__file__).parents[3]


@dataclass
class Site:
    """A site whose processes are started one after the other; `name` keeps its queues apart."""

    name: str
    broker_url: str
    database_url: str

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

    def _run(self, plan: Plan) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "COMMENDATION_SITE": f"s{self.name}",
            "COMMENDATION_BROKER_URL": self.broker_url,
            "COMMENDATION_DATABASE_URL": self.database_url,
        }
        command = [sys.executable, "-m", "tests.support.feed_process", plan.to_json()]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    @property
    def distributed(self) -> bool:
        return not self.broker_url.startswith("embedded")

    def noted(self) -> dict[str, list[str]]:
        """What the producer's log holds, page by page."""
        plan = Plan(self.name)
        database = open_database(self.database_url.replace("{service}", plan.producer))
        store = EventStore(database, site=f"s{self.name}", service=plan.producer)
        found = {stream: [event.data["text"] for event in store.stream(stream)] for stream in "ab"}
        database.close()
        return found

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
        if self.distributed:
            with Connection(self.broker_url) as connection:
                for queue in (f"feed.s{self.name}.{Plan(self.name).subscriber}", f"feed.s{self.name}.{Plan(self.name).producer}"):
                    connection.channel().queue_delete(queue)


@pytest.fixture(params=["embedded", "rabbitmq"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    name = uuid.uuid4().hex[:8]
    broker_url = "embedded://"
    if request.param == "rabbitmq":
        found = os.environ.get(BROKER)
        if not found:
            pytest.skip(f"{BROKER} names no RabbitMQ; `make test` starts one")
        broker_url = found
    kind = "sqlite" if request.param == "embedded" else "postgresql"
    with fresh_template(kind, tmp_path, Plan(name).producer, Plan(name).subscriber) as database_url:
        made = Site(name, broker_url, database_url)
        yield made
        made.clear()


def _all_of(site: Site) -> dict[str, list[Any]]:
    return {page: [texts, len(texts)] for page, texts in site.noted().items() if texts}


def test_a_handler_that_fails_is_tried_again_with_pauses_and_an_event_that_keeps_failing_is_parked(site: Site) -> None:
    texts = [f"n{number}" for number in range(1, 9)]
    report = site.run(append=texts, refuse=2, spoilt={"n3": -1, "n4": 2}, garbage=True)
    assert report["cursor"] == report["relayed"] == 8
    # n1, n3, n5, n7 stand on page a: n3 is parked after its tries, what follows on its page waits
    assert report["parked"] == [[3, FOLD_ATTEMPTS_MAX], [5, 0], [7, 0]]
    assert report["pages"] == {"a": [["n1"], 1], "b": [["n2", "n4", "n6", "n8"], 4]}
    pauses = [later - earlier for earlier, later in pairwise(report["handled"][:3])]
    assert [pause >= FOLD_PAUSE_SECONDS * 2**turn for turn, pause in enumerate(pauses)] == [True, True], pauses
    tries = [at for position, at in report["folded"] if position == 3]
    last = [later - earlier for earlier, later in pairwise(tries)][-FOLD_ATTEMPTS_MAX + 1 :]
    assert all(pause >= FOLD_PAUSE_SECONDS * 2**turn for turn, pause in enumerate(last)), last


def test_a_process_that_is_killed_loses_and_doubles_nothing(site: Site) -> None:
    texts = [f"n{number}" for number in range(1, 41)]
    page = site.run_to_death(append=texts, die_in_fold=12)
    if site.distributed:
        assert page in site.under_way(), "a page was acked that was never committed"
    written = sum(map(len, site.noted().values()))
    assert written >= 12
    page = site.run_to_death(append=texts[:10], die_after=written + 5)
    if site.distributed:
        assert page in site.under_way(), "a page was acked before the handler was done"
    report = site.run(append=["last"])
    assert report["pages"] == _all_of(site)
    assert (report["cursor"], report["parked"]) == (report["head"], [])
    if site.distributed:
        assert site.waiting() == 0, "a page that was folded was not acked before the stop"
    assert site.run()["pages"] == report["pages"], "a start with nothing new changed rows"


def test_pages_that_were_lost_are_made_up_for_by_an_announcement(site: Site) -> None:
    texts = [f"n{number}" for number in range(1, 21)]
    if site.distributed:
        site.waiting()  # declares the queue, so that there is something to lose
    assert site.run(append=texts, reading=False)["relayed"] == 20
    if site.distributed:
        assert site.waiting(purge=True) > 0
    report = site.run()
    assert (report["cursor"], report["relayed"]) == (20, 20)
    assert report["pages"] == _all_of(site)
