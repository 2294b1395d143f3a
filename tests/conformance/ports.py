"""The ports of the `eventsource-py` package over our event store and a read model of ours.

Only public ways in: `EventStore.append_all`, `stream`, `feed`, `head`, and `Projector.receive`, `cursor`, `cursors`, `reading`. The ports
are asynchronous and ours are not: each method does its work before it first could wait.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa
from eventsource.domain import StreamId
from eventsource.domain.event import DomainEvent
from eventsource.domain.exceptions import DuplicateEventError, OptimisticLockError
from eventsource.ports import (
    AppendResult,
    EventEnvelope,
    ExpectedVersion,
    FeedReadOptions,
    Position,
    ReadDirection,
    StreamReadOptions,
)
from eventsource.ports.checkpoints import CheckpointData, LagMetrics

from shared.bounds import APPEND_EVENTS_MAX
from shared.errors import StaleVersion
from shared.event import Context, Event, NewEvent
from shared.feed.page import Page
from shared.projection import Projector, ReadModel, Rows
from shared.store import ANY, EXISTS, NONE, Append, Database, EventStore
from tests.shared.given import an_event

CONTEXT = Context(actor="conformance", correlation="port", causation="port")
CLAIMED = "conformance.Claimed"
"""Type of the event by which an id of the package's own is taken, once; none of the package's events."""
SITE = an_event().site


class StorePorts:
    """Appender, stream reader, event lookup and global feed on one log of ours.

    Their writer gives an event its id, our store does. So theirs is claimed as one claims any name with us: by a stream that must not
    exist, written together with the event.
    """

    max_append_batch: int | None = APPEND_EVENTS_MAX // 2

    def __init__(self, store: EventStore) -> None:
        self.store = store
        self._classes: dict[str, type[DomainEvent]] = {}

    async def append(self, stream: StreamId, events: Sequence[DomainEvent], expected: ExpectedVersion) -> AppendResult:
        if not events:
            raise ValueError("An append of theirs is never empty.")
        self._classes |= {event.event_type: type(event) for event in events}
        claims = [Append(_claim(event.event_id), NONE, [NewEvent(CLAIMED, 1, {})]) for event in events]
        written = Append(stream.render(), _version(expected), [_new_event(event) for event in events])
        try:
            answer = self.store.append_all([*claims, written], CONTEXT)[-1]
        except StaleVersion as stale:
            if stale.details["stream"] == written.stream:
                raise OptimisticLockError(stream.aggregate_id, stale.details["expected"], stale.details["version"]) from stale
            raise DuplicateEventError(stale.message) from stale
        return AppendResult(stream, answer.version, self._position(answer.position - len(events) + 1))

    async def read_stream(self, stream: StreamId, options: StreamReadOptions | None = None) -> AsyncIterator[EventEnvelope]:
        asked = options or StreamReadOptions()
        found = [
            event
            for event in self.store.stream(stream.render(), after=(asked.from_version or 1) - 1)
            if asked.to_version is None or event.version <= asked.to_version
        ]
        for event in (found[::-1] if asked.direction is ReadDirection.BACKWARD else found)[: asked.limit]:
            yield self._envelope(event)

    async def get_stream_version(self, stream: StreamId) -> int:
        return len(self.store.stream(stream.render()))

    async def event_exists(self, event_id: UUID) -> bool:
        return bool(self.store.stream(_claim(event_id)))

    async def read_all(self, from_position: Position | None = None, options: FeedReadOptions | None = None) -> AsyncIterator[EventEnvelope]:
        left = None if options is None else options.limit
        for event in self._log(0 if from_position is None else int(from_position.key[0])):
            if left == 0:
                return
            left = None if left is None else left - 1
            yield self._envelope(event)

    async def current_position(self) -> Position | None:
        head = self.store.head()
        return self._position(head) if head else None

    def _log(self, after: int) -> Iterator[Event]:
        while page := self.store.feed(after):
            yield from (event for event in page if event.type != CLAIMED)
            after = page[-1].position

    def _position(self, position: int) -> Position:
        return Position(f"{self.store.site}/{self.store.service}", (position,))

    def _envelope(self, event: Event) -> EventEnvelope:
        theirs = self._classes[event.type].model_validate(event.data)
        return EventEnvelope(theirs, StreamId.parse(event.stream), event.version, self._position(event.position), event.recorded_at)


class CheckpointPorts:
    """Their checkpoint of a projection as our cursor in a feed of its name, with a row that is folded from the feed's last event.

    Their update says which event was processed; ours is that event's page, whose rows and cursor are written together. The number of
    events processed is the cursor.
    """

    def __init__(self, database: Database) -> None:
        self._model = ReadModel("checkpoints", 1)
        self._rows = sa.Table(
            "checkpoints",
            self._model.metadata,
            sa.Column("projection", sa.String(50), primary_key=True),
            sa.Column("event", sa.String(36), nullable=False),
            sa.Column("type", sa.String(50), nullable=False),
            sa.Column("position", sa.Text),
        )
        self._projector = Projector(database, self._model)
        self._projector.prepare()

    async def update_checkpoint(self, projection_name: str, event_id: UUID, event_type: str) -> None:
        self._process(projection_name, {"event": str(event_id), "type": event_type})

    async def save_position(self, subscription_id: str, position: Position, event_id: UUID, event_type: str) -> None:
        self._process(subscription_id, {"event": str(event_id), "type": event_type, "position": position.to_str()})

    async def get_checkpoint(self, projection_name: str) -> UUID | None:
        return next((one.last_event_id for one in self._all() if one.projection_name == projection_name), None)

    async def get_position(self, subscription_id: str) -> Position | None:
        return next((one.position for one in self._all() if one.projection_name == subscription_id), None)

    async def get_all_checkpoints(self) -> list[CheckpointData]:
        return self._all()

    async def get_lag_metrics(self, projection_name: str, event_types: list[str] | None = None) -> LagMetrics | None:
        return next(
            (
                LagMetrics(one.projection_name, last_event_id=str(one.last_event_id), events_processed=one.events_processed)
                for one in self._all()
                if one.projection_name == projection_name
            ),
            None,
        )

    def _process(self, projection: str, said: dict[str, str]) -> None:
        self._model.on_every(projection)(self._fold)
        position = self._projector.cursor(SITE, projection) + 1
        event = an_event(position, service=projection, type=f"{projection}.Processed", data=said)
        self._projector.receive(Page.of([event]), lambda _service, _after: [])

    def _fold(self, rows: Rows, event: Event) -> None:
        rows.change(self._rows, {"projection": event.service}, **event.data)

    def _all(self) -> list[CheckpointData]:
        begun = {row["service"]: row["position"] for row in self._projector.cursors(SITE) if row["position"]}
        with self._projector.reading() as reading:
            rows = {row["projection"]: row for row in reading.all(sa.select(reading[self._rows]))}
        return [
            CheckpointData(
                projection,
                last_event_id=UUID(rows[projection]["event"]),
                last_event_type=rows[projection]["type"],
                events_processed=processed,
                position=None if rows[projection]["position"] is None else Position.from_str(rows[projection]["position"]),
            )
            for projection, processed in begun.items()
        ]


def _version(expected: ExpectedVersion) -> int:
    if expected.version is not None:
        return expected.version
    return {"any": ANY, "no_stream": NONE, "stream_exists": EXISTS}[expected.kind]


def _claim(event_id: UUID) -> str:
    return f"claim:{event_id}"


def _new_event(event: DomainEvent) -> NewEvent:
    return NewEvent(event.event_type, event.event_version, event.model_dump(mode="json"))
