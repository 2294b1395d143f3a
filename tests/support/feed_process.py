"""A producer and a subscriber in real containers, as a process of its own that can be killed: `python -m tests.support.feed_process PLAN`.

The broker and databases are those of COMMENDATION_*. The process appends, waits until everything is folded, prints a report as one line
of JSON and stops; or it does to itself what the plan says.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any
from unittest import mock

HOUR = 3600.0


@dataclass
class Plan:
    """What happens in one run.

    name: ends the names of the services, so that runs share no queue; append: texts to note, in turn on two pages; die_in_fold: from
    this position on a fold kills the process; die_after: kill it once a page up to there is committed and before it is acked (both
    print first which page was under way, and neither strikes at an announcement); spoilt: how often the fold of a text fails, -1 for
    always; refuse: how often the handler raises before it folds; garbage: publish what is no page first; producing, reading: whether the
    producer and the subscriber run; stay: run until SIGTERM, and log what happens in place of a report; seconds: how long all may take;
    asleep: the relay looks by itself once an hour only and keeps its lease for as long, so that nothing is published but what it is woken
    for; apart: each text is noted when the one before is published, the first when the relay is at rest.
    """

    name: str
    append: list[str] = field(default_factory=list)
    die_in_fold: int | None = None
    die_after: int | None = None
    spoilt: dict[str, int] = field(default_factory=dict)
    refuse: int = 0
    garbage: bool = False
    producing: bool = True
    reading: bool = True
    stay: bool = False
    seconds: float = 60.0
    asleep: bool = False
    apart: bool = False

    @property
    def producer(self) -> str:
        return f"diary_{self.name}"

    @property
    def subscriber(self) -> str:
        return f"reader_{self.name}"

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def run(plan: Plan) -> dict[str, Any]:
    """Run the plan in this process, which must be one of greenlets; the report."""
    with ExitStack() as patches:
        if plan.asleep:
            for name in ("publisher.RELAY_POLL_SECONDS", "wake.RELAY_POLL_SECONDS", "lease.RELAY_LEASE_SECONDS"):
                patches.enter_context(mock.patch(f"shared.feed.{name}", HOUR))
        return _run(plan)


def _run(plan: Plan) -> dict[str, Any]:
    import eventlet
    import nameko
    import sqlalchemy as sa
    from kombu import Connection, Producer
    from nameko.runners import ServiceRunner

    from services.console.process import Running
    from shared.broker import bounded, embedded
    from shared.broker.topology import FEEDS, feed_key
    from shared.config import load
    from shared.errors import Unavailable
    from shared.event import Context, Event, NewEvent
    from shared.feed.entrypoint import feed
    from shared.feed.page import Page
    from shared.feed.publisher import FeedRelay
    from shared.ground import CONFIG_KEY
    from shared.projection import ReadModel, Rows
    from shared.schema import Catalogue
    from shared.service import FactsProvider, Service, ViewsProvider
    from shared.store import ANY, Append
    from shared.telemetry import configure
    from tests.support.relayed import cursor

    configure("INFO" if plan.stay else "ERROR")
    embedded.register()
    bounded.register()
    config = load()
    nameko.config.setup({"AMQP_URI": config.broker_url, CONFIG_KEY: config})

    folded: list[tuple[int, float]] = []
    handled: list[float] = []
    under_way: list[Page] = []

    def die() -> None:
        print(json.dumps({"first": under_way[-1].first, "last": under_way[-1].last}), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    model = ReadModel(name="reader", version=1)
    pages = sa.Table(
        "pages",
        model.metadata,
        sa.Column("page", sa.String(50), primary_key=True),
        sa.Column("notes", sa.Text),
        sa.Column("count", sa.Integer),
    )

    @model.on(f"{plan.producer}.Noted")
    def _noted(rows: Rows, event: Event) -> None:
        folded.append((event.position, time.monotonic()))
        if plan.die_in_fold is not None and event.position >= plan.die_in_fold and under_way[-1].events:
            die()
        text = event.data["text"]
        if plan.spoilt.get(text, 0):
            plan.spoilt[text] -= 1
            raise ValueError(f"{text} is spoilt")
        row = rows.get(pages, page=event.stream) or {"notes": "", "count": 0}
        rows.put(pages, page=event.stream, notes=f"{row['notes']}{text} ", count=row["count"] + 1)

    class Diary(Service):
        name = plan.producer
        model = ReadModel(name="nothing", version=1)
        facts = FactsProvider(Catalogue(plan.producer))
        views = ViewsProvider(model)

    reader_model = model

    class Reader(Service):
        name = plan.subscriber
        model = reader_model
        facts = FactsProvider(Catalogue(plan.subscriber))
        views = ViewsProvider(reader_model)

        @feed
        def follow(self, page: Page) -> None:
            handled.append(time.monotonic())
            under_way.append(page)
            if plan.refuse:
                plan.refuse -= 1
                raise Unavailable("not now")
            self.views.follow(page, self.fetch)
            if plan.die_after is not None and page.last >= plan.die_after and page.events:
                die()

    def throw_garbage() -> None:
        with Connection(config.broker_url) as connection:
            producer = Producer(connection.channel(), exchange=FEEDS)
            for content_type, body in (
                ("application/json", "no page"),
                ("application/json", '{"site": "vn"}'),
                ("application/json", "[1, 2]"),
                ("application/x-python-serialize", b"cos\nsystem\n(S'false'\ntR."),
            ):
                producer.publish(
                    body, routing_key=feed_key(config.site, plan.producer), content_type=content_type, content_encoding="utf-8"
                )

    runner = ServiceRunner()
    if plan.producing:
        runner.add_service(Diary)
    if plan.reading:
        runner.add_service(Reader)
    runner.start()
    if plan.stay:
        Running(runner, None).wait()
        runner.stop()
        return {}
    deadline = time.monotonic() + plan.seconds
    diary = runner.service_map[plan.producer]
    ground = next(one for one in diary.dependencies if isinstance(one, FeedRelay)).ground
    store = ground.store

    def wait_until(holds: Callable[[], bool]) -> None:
        while not holds() and time.monotonic() < deadline:
            eventlet.sleep(0.05)

    def published() -> bool:
        return ground.relay.state in ("active", "stand-by") and cursor(store.database) >= store.head()

    if plan.garbage:
        eventlet.sleep(0.5)  # until the subscriber's queue is there to take it
        throw_garbage()
    context = Context("office", "course", "command")
    for number, text in enumerate(plan.append):
        if plan.apart:
            wait_until(published)
            eventlet.sleep(0.1)  # until the relay has seen that there is no more
        store.append(Append("ab"[number % 2], ANY, [NewEvent(f"{plan.producer}.Noted", 1, {"text": text})]), context)
        eventlet.sleep(0.02 if number % 5 == 0 else 0)
    head = store.head()
    report: dict[str, Any] = {"head": head}
    if plan.reading:
        reader = runner.service_map[plan.subscriber]
        projector = next(one for one in reader.dependencies if isinstance(one, ViewsProvider)).projector
        wait_until(lambda: projector.cursor(config.site, plan.producer) >= head)
        with projector.reading() as reading:
            report["pages"] = {row["page"]: [row["notes"].split(), row["count"]] for row in reading.all(sa.select(reading[pages]))}
        report["cursor"] = projector.cursor(config.site, plan.producer)
        report["parked"] = [[row["position"], row["attempts"]] for row in projector.parked()]
    wait_until(lambda: cursor(store.database) >= head)
    folds = Counter(position for position, _ in folded)
    report |= {"relay": ground.relay.state, "relayed": cursor(store.database), "folds": folds, "folded": folded, "handled": handled}
    runner.stop()
    return report


if __name__ == "__main__":
    from services.console.process import patch

    patch()
    print(json.dumps(run(Plan(**json.loads(sys.argv[1])))))
