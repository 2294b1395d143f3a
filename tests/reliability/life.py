"""One life of a pair, a producer and its subscriber in real containers.

It notes numbers until it is killed, or until all is relayed and folded.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from shared.event import Event
    from shared.projection import ReadModel, Rows


@dataclass(frozen=True)
class Life:
    """What one process does.

    name: ends the names of its services, so that pairs share no queue; numbers: to note, in this order, each under a command of its own;
    failpoint: "point:times" at which it dies; rebuild: build the read model anew after that; environment: site, broker and databases.
    pause_seconds: after each number, so that there are several pages, not one; until: a file whose existence ends the noting early;
    seconds_max: for all to be relayed and folded in the end.
    """

    name: str
    environment: dict[str, str]
    numbers: list[int]
    failpoint: str = ""
    rebuild: bool = False
    pause_seconds: float = 0.01
    until: str | None = None
    seconds_max: float = 30.0

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def producer_of(name: str) -> str:
    return f"diary_{name}"


def subscriber_of(name: str) -> str:
    return f"reader_{name}"


def stream_of(number: int) -> str:
    return "abc"[number % 3]


def model_of(name: str) -> tuple[ReadModel, sa.Table]:
    """The subscriber's read model and its one table: the numbers on each page in the order of their events, and how many they are."""
    from shared.projection import ReadModel

    model = ReadModel(name="reader", version=1)
    pages = sa.Table(
        "pages",
        model.metadata,
        sa.Column("page", sa.String(50), primary_key=True),
        sa.Column("numbers", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )

    @model.on(f"{producer_of(name)}.Noted")
    def _noted(rows: Rows, event: Event) -> None:
        row = rows.get(pages, page=event.stream) or {"numbers": "", "count": 0}
        rows.put(pages, page=event.stream, numbers=f"{row['numbers']}{event.data['number']} ", count=row["count"] + 1)

    return model, pages


def tell(**what: Any) -> None:
    """A line for whoever watches this life."""
    print(json.dumps(what), flush=True)


def live(life: Life) -> None:
    """Live it, in a process of greenlets that has imported nothing of ours: the failpoint is read from the environment then."""
    os.environ.update(life.environment | {"COMMENDATION_FAILPOINT": life.failpoint})

    import eventlet
    import nameko
    from nameko.runners import ServiceRunner

    from shared.broker import bounded, embedded
    from shared.config import load
    from shared.event import Context, NewEvent
    from shared.feed.publisher import FeedRelay
    from shared.ground import CONFIG_KEY
    from shared.projection import ReadModel
    from shared.schema import Catalogue
    from shared.service import FactsProvider, Service, ViewsProvider
    from shared.store import ANY, Append, tables
    from shared.telemetry import configure

    configure("ERROR")
    embedded.register()
    bounded.register()
    config = load()
    nameko.config.setup({"AMQP_URI": config.broker_url, CONFIG_KEY: config})
    reader_model, _ = model_of(life.name)

    class Diary(Service):
        name = producer_of(life.name)
        model = ReadModel(name="nothing", version=1)
        facts = FactsProvider(Catalogue(name))
        views = ViewsProvider(model)

    class Reader(Service):
        name = subscriber_of(life.name)
        model = reader_model
        facts = FactsProvider(Catalogue(name))
        views = ViewsProvider(model)

    runner = ServiceRunner()
    runner.add_service(Diary)
    runner.add_service(Reader)
    runner.start()
    store = next(one for one in runner.service_map[Diary.name].dependencies if isinstance(one, FeedRelay)).ground.store
    projector = next(one for one in runner.service_map[Reader.name].dependencies if isinstance(one, ViewsProvider)).projector
    context = Context("office", "course", "command")
    for number in life.numbers:
        if life.until is not None and os.path.exists(life.until):
            break
        stream = stream_of(number)
        # in turn a writer that names the version it saw, and one that does not care: each database writes the two in another way
        expected = ANY if number % 2 else len(store.stream(stream))
        event = NewEvent(f"{Diary.name}.Noted", 1, {"number": number})
        store.append(Append(stream, expected, [event]), context, command=f"note-{number}", digest=str(number))
        tell(acknowledged=number)
        eventlet.sleep(life.pause_seconds)
    if life.rebuild:
        projector.rebuild(config.site, lambda _service, after: store.feed(after))
    head = store.head()

    def behind() -> bool:
        with store.database.read() as connection:
            relayed = connection.execute(sa.select(tables.relay.c.position)).scalar_one()
        return bool(relayed < head or projector.cursor(config.site, Diary.name) < head)

    deadline = time.monotonic() + life.seconds_max
    while behind():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not all of {head} events is relayed and folded after {life.seconds_max} s")
        eventlet.sleep(0.02)
    runner.stop()
