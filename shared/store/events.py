"""The event store proper: append with optimistic concurrency, gapless positions in commit order, idempotent commands, and reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shared.bounds import APPEND_EVENTS_MAX, PAGE_BYTES_MAX, PAGE_EVENTS_MAX
from shared.calendar import legal_date, utc_now
from shared.errors import CommandReused, ConfigurationError, StaleVersion, ValidationFailed
from shared.event import Context, Event, NewEvent, check_size
from shared.ids import new_id
from shared.store import tables
from shared.store.database import Database

NONE = 0
"""Expected version of a stream that must not exist yet."""
ANY = -1
"""Expected version when the writer does not care."""
EXISTS = -2
"""Expected version of a stream that must exist, at whatever version."""


@dataclass(frozen=True, slots=True)
class Append:
    """Events for one stream, with the version that the writer saw: a number, or NONE, ANY, EXISTS."""

    stream: str
    expected_version: int
    events: Sequence[NewEvent]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to a command: the events it wrote, or those that its first coming wrote when it is repeated.

    position: of the last event written, 0 when none was; result: what the command's taker said about it (JSON data).
    """

    stream: str
    version: int
    position: int
    events: tuple[str, ...]
    repeated: bool = False

    def to_data(self) -> dict[str, Any]:
        return {
            "stream": self.stream,
            "version": self.version,
            "position": self.position,
            "events": list(self.events),
            "repeated": self.repeated,
        }


class EventStore:
    """The log of one service of one site."""

    def __init__(self, database: Database, *, site: str, service: str, clock: Callable[[], datetime] = utc_now) -> None:
        self.database = database
        self.site = site
        self.service = service
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []

    def prepare(self) -> None:
        """Create the tables where they are missing, and refuse a database that belongs to another site or service."""
        self.database.create(tables.metadata)
        with self.database.write() as connection:
            owner = connection.execute(sa.select(tables.log.c.site, tables.log.c.service)).one_or_none()
            if owner is None:
                connection.execute(tables.log.insert().values(id=1, site=self.site, service=self.service, head=0))
                connection.execute(tables.relay.insert().values(id=1, position=0))
            elif tuple(owner) != (self.site, self.service):
                raise ConfigurationError(
                    f"The database holds the log of {owner.service} at site {owner.site!r}, not of {self.service} at "
                    f"{self.site!r}. Set COMMENDATION_SITE and COMMENDATION_DATABASE_URL as they were, or choose an empty database."
                )

    def on_append(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit that wrote events; it must only signal, not work."""
        self._listeners.append(listener)

    def append(self, write: Append, context: Context, *, command: str | None = None, digest: str = "") -> Recorded:
        """Write the events of one decision, all or none, in one transaction.

        command: the command's id; a second coming of it with the same digest gives the first answer and writes nothing.
        Raises StaleVersion when the stream is not at the expected version, CommandReused, EventTooLarge.
        """
        return self.append_all([write], context, command=command, digest=digest)[0]

    def append_all(self, writes: Sequence[Append], context: Context, *, command: str | None = None, digest: str = "") -> list[Recorded]:
        """Like `append`, for several streams of this service in one transaction."""
        count = sum(len(write.events) for write in writes)
        if count > APPEND_EVENTS_MAX:
            raise ValidationFailed(f"One append takes at most {APPEND_EVENTS_MAX} events, not {count}; send several.")
        try:
            with self.database.write() as connection:
                if command is not None:
                    first = self._answer(connection, command, digest)
                    if first is not None:
                        return first
                answers = self._write(connection, writes, context)
                if command is not None:
                    connection.execute(
                        tables.commands.insert().values(
                            command=command,
                            digest=digest,
                            answers=json.dumps([answer.to_data() for answer in answers]),
                            recorded_at=self._clock(),
                        )
                    )
        except IntegrityError as error:
            # Another writer was between our check and our insert: either the same command, or the same version.
            if command is not None and (first := self.answer(command, digest)) is not None:
                return first
            raise StaleVersion(
                f"Another writer changed {', '.join(write.stream for write in writes)} at the same moment; read it again.",
                streams=[write.stream for write in writes],
            ) from error
        if count:
            for listener in self._listeners:
                listener()
        return answers

    def _write(self, connection: sa.Connection, writes: Sequence[Append], context: Context) -> list[Recorded]:
        versions = [self._checked_version(connection, write) for write in writes]
        count = sum(len(write.events) for write in writes)
        if count == 0:
            return [Recorded(write.stream, version, 0, ()) for write, version in zip(writes, versions, strict=True)]
        # The counter row comes last before the insert and is held to the commit: positions are gapless and in
        # commit order, so no reader of the log ever passes an event that commits later.
        head = connection.execute(tables.log.update().values(head=tables.log.c.head + count).returning(tables.log.c.head)).scalar_one()
        position = head - count
        now = self._clock()
        rows: list[dict[str, Any]] = []
        answers: list[Recorded] = []
        for write, version in zip(writes, versions, strict=True):
            ids: list[str] = []
            for offset, new in enumerate(write.events, start=1):
                position += 1
                event = self._event(new, write.stream, version + offset, position, now, context)
                check_size(event)
                ids.append(event.id)
                rows.append(_row(event))
            answers.append(Recorded(write.stream, version + len(write.events), position if write.events else 0, tuple(ids)))
        connection.execute(tables.events.insert(), rows)
        return answers

    def _checked_version(self, connection: sa.Connection, write: Append) -> int:
        version = connection.execute(
            sa.select(sa.func.coalesce(sa.func.max(tables.events.c.version), 0)).where(tables.events.c.stream == write.stream)
        ).scalar_one()
        expected = write.expected_version
        fits = expected == ANY or (version > 0 if expected == EXISTS else version == expected)
        if not fits:
            wanted = {EXISTS: "that it exists", NONE: "that it does not exist"}.get(expected, f"version {expected}")
            raise StaleVersion(
                f"{write.stream} is at version {version}; the writer expected {wanted}. Read it again.",
                stream=write.stream,
                version=version,
                expected=expected,
            )
        return int(version)

    def _event(self, new: NewEvent, stream: str, version: int, position: int, now: datetime, context: Context) -> Event:
        return Event(
            id=new_id(),
            site=self.site,
            service=self.service,
            position=position,
            stream=stream,
            version=version,
            type=new.type,
            schema=new.schema,
            data=new.data,
            recorded_at=now,
            effective_on=new.effective_on or legal_date(now),
            actor=context.actor,
            correlation=context.correlation,
            causation=context.causation,
        )

    def answer(self, command: str, digest: str) -> list[Recorded] | None:
        """What the command was answered when it first came; None when it never did."""
        with self.database.read() as connection:
            return self._answer(connection, command, digest)

    def _answer(self, connection: sa.Connection, command: str, digest: str) -> list[Recorded] | None:
        row = connection.execute(sa.select(tables.commands).where(tables.commands.c.command == command)).one_or_none()
        if row is None:
            return None
        if row.digest != digest:
            raise CommandReused(
                f"Command {command} was sent before with another content. Give each new request an id of its own.",
                command=command,
            )
        return [Recorded(**dict(data, events=tuple(data["events"]), repeated=True)) for data in json.loads(row.answers)]

    def stream(self, stream: str, *, after: int = 0) -> list[Event]:
        """The events of one stream in order, those after version `after`."""
        query = (
            sa.select(tables.events)
            .where(tables.events.c.stream == stream, tables.events.c.version > after)
            .order_by(tables.events.c.version)
        )
        with self.database.read() as connection:
            return [self._read(row) for row in connection.execute(query)]

    def feed(self, after: int, limit: int = PAGE_EVENTS_MAX) -> list[Event]:
        """The next events of the log after a position: at most `limit`, and at most PAGE_BYTES_MAX of data."""
        query = (
            sa.select(tables.events)
            .where(tables.events.c.position > after)
            .order_by(tables.events.c.position)
            .limit(min(limit, PAGE_EVENTS_MAX))
        )
        page: list[Event] = []
        size = 0
        with self.database.read() as connection:
            for row in connection.execute(query):
                size += len(row.data)
                if page and size > PAGE_BYTES_MAX:
                    break
                page.append(self._read(row))
        return page

    def head(self) -> int:
        """The position of the last event; 0 for an empty log."""
        with self.database.read() as connection:
            return int(connection.execute(sa.select(tables.log.c.head)).scalar_one())

    def _read(self, row: Any) -> Event:
        return Event(
            id=row.id,
            site=self.site,
            service=self.service,
            position=row.position,
            stream=row.stream,
            version=row.version,
            type=row.type,
            schema=row.schema,
            data=json.loads(row.data),
            recorded_at=row.recorded_at,
            effective_on=row.effective_on,
            actor=row.actor,
            correlation=row.correlation,
            causation=row.causation,
        )


def digest_of(*parts: Any) -> str:
    """A digest of what a command says, to tell its repetition from another command under the same id."""
    return hashlib.sha256(rfc8785.dumps(list(parts))).hexdigest()


def _row(event: Event) -> dict[str, Any]:
    return {
        "position": event.position,
        "id": event.id,
        "stream": event.stream,
        "version": event.version,
        "type": event.type,
        "schema": event.schema,
        "data": rfc8785.dumps(event.data).decode(),
        "recorded_at": event.recorded_at,
        "effective_on": event.effective_on,
        "actor": event.actor,
        "correlation": event.correlation,
        "causation": event.causation,
    }
