"""The event store proper: append with optimistic concurrency, gapless positions in commit order, idempotent commands, and reading."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import rfc8785
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.bounds import APPEND_EVENTS_MAX, EVENT_BYTES_MAX, PAGE_BYTES_MAX, PAGE_EVENTS_MAX
from shared.calendar import legal_date, utc_now
from shared.errors import CommandReused, ConfigurationError, StaleVersion, ValidationFailed
from shared.event import Context, Event, NewEvent, check_size, instant_text
from shared.failpoints import reached
from shared.ids import new_id
from shared.store import tables
from shared.store.canonical import canonical_text
from shared.store.database import Database

NONE = 0
"""Expected version of a stream that must not exist yet."""
ANY = -1
"""Expected version when the writer does not care."""
EXISTS = -2
"""Expected version of a stream that must exist, at whatever version."""

_FRAME_BYTES_MAX = 1_000
"""More than the canonical bytes of an event's own attribute names, id, times and numbers, which are under 500."""

_LETTER_BYTES_MAX = 6
"""Canonical bytes of one letter at most: an escaped control character."""

# Built once: SQLAlchemy takes four times as long to build a statement anew as to run one that it knows.
_VERSION = sa.select(sa.func.coalesce(sa.func.max(tables.events.c.version), 0)).where(tables.events.c.stream == sa.bindparam("of_stream"))
_HOLD_POSITIONS = sa.select(tables.log.c.head).with_for_update()
_TAKE_POSITIONS = tables.log.update().values(head=tables.log.c.head + sa.bindparam("count")).returning(tables.log.c.head)
_INSERT_EVENTS = tables.events.insert()
_ANSWER = sa.select(tables.commands).where(tables.commands.c.command == sa.bindparam("of_command"))
_KEEP_COMMAND = tables.commands.insert()

_INSERT_BY_DRIVER = (
    "INSERT INTO events (position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation) "
    "VALUES (:position, :id, :stream, :version, :type, :schema, :data, :recorded_at, :effective_on, :actor, :correlation, :causation)"
)

# The whole append of the common case as one statement, which PostgreSQL runs as a transaction of its own. It writes only
# if the command is new and no stream has moved on; the counter row is taken after that and held to the commit. A writer
# that commits in between is met by the unique keys of events and commands, as in the transaction of several statements.
# json, not jsonb, and data as text within it: nothing on the way may reorder or renumber canonical bytes.
_STALE_COUNTER_WRITTEN = """
stale AS (
    SELECT FROM json_to_recordset(%(writes)s::json) AS w(stream text, expected integer)
    WHERE w.expected <> (SELECT coalesce(max(e.version), 0) FROM events e WHERE e.stream = w.stream)
),
counter AS (
    UPDATE log SET head = head + %(count)s
    WHERE NOT EXISTS (SELECT FROM known) AND NOT EXISTS (SELECT FROM stale)
    RETURNING head - %(count)s AS base
),
written AS (
    INSERT INTO events (position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation)
    SELECT counter.base + e.position, e.id, e.stream, e.version, e.type, e.schema, e.data, e.recorded_at, e.effective_on, e.actor,
        e.correlation, e.causation
    FROM counter, json_to_recordset(%(events)s::json) AS e(position integer, id text, stream text, version integer, type text,
        schema integer, data text, recorded_at timestamptz, effective_on date, actor text, correlation text, causation text)
)"""
_KEPT = """,
kept AS (
    INSERT INTO commands (command, digest, answers, recorded_at)
    SELECT %(command)s, %(digest)s, (
        SELECT json_agg(json_build_object('stream', a.stream, 'version', a.version, 'position', counter.base + a.position,
            'events', a.events, 'repeated', false) ORDER BY a.position)
        FROM json_to_recordset(%(answers)s::json) AS a(stream text, version integer, position integer, events json)
    )::text, %(recorded_at)s::timestamptz
    FROM counter
)"""
_BASE = """
SELECT base FROM counter
"""
# Two texts, not one that asks whether there is a command: PostgreSQL would find it cheaper to plan that anew for each
# append without one, and planning takes as long as writing.
_WRITE_WITH_COMMAND = "WITH known AS (SELECT FROM commands WHERE command = %(command)s)," + _STALE_COUNTER_WRITTEN + _KEPT + _BASE
_WRITE_WITHOUT_COMMAND = "WITH known AS (SELECT WHERE false)," + _STALE_COUNTER_WRITTEN + _BASE


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
        # outside the transaction: whoever holds the counter row keeps all other writers waiting
        texts = [[canonical_text(new.data) for new in write.events] for write in writes]
        try:
            answers = self._write_at_once(writes, texts, context, command, digest)
            if answers is None:
                with self.database.write() as connection:
                    if command is not None:
                        first = self._answer(connection, command, digest)
                        if first is not None:
                            return first
                    answers = self._write(connection, writes, texts, context)
                    if command is not None:
                        connection.execute(
                            _KEEP_COMMAND,
                            {
                                "command": command,
                                "digest": digest,
                                "answers": json.dumps([answer.to_data() for answer in answers]),
                                "recorded_at": self._clock(),
                            },
                        )
                    if count:
                        reached("append.before_commit")
        except (IntegrityError, StaleVersion) as error:
            # Another writer was between our look and our check or insert: either the same command, or the same version.
            if command is not None and (first := self.answer(command, digest)) is not None:
                return first
            if isinstance(error, StaleVersion):
                raise
            raise StaleVersion(
                f"Another writer changed {', '.join(write.stream for write in writes)} at the same moment; read it again.",
                streams=[write.stream for write in writes],
            ) from error
        if count:
            reached("append.after_commit")
            for listener in self._listeners:
                listener()
        return answers

    def _write_at_once(
        self, writes: Sequence[Append], texts: Sequence[Sequence[str]], context: Context, command: str | None, digest: str
    ) -> list[Recorded] | None:
        """What `append_all` does, on the shortest way; None when nothing was written, and why must be found out.

        It takes what is certain before the database is asked: versions as numbers, and events well below their bound.
        """
        if any(write.expected_version < 0 or not write.events for write in writes) or not self._surely_fit(writes, texts, context):
            return None
        if self.database.dialect == "postgresql":
            return self._write_in_one_statement(writes, texts, context, command, digest)
        try:
            return self._write_by_driver(writes, texts, context, command, digest)
        except sqlite3.Error as error:
            # what callers look for is SQLAlchemy's error of the same name
            raise DBAPIError.instance("append", None, error, sqlite3.Error, dialect=self.database.engine.dialect) from error

    def _write_in_one_statement(
        self, writes: Sequence[Append], texts: Sequence[Sequence[str]], context: Context, command: str | None, digest: str
    ) -> list[Recorded] | None:
        """One round trip to PostgreSQL.

        The clock is read before the counter row is taken: of two writers that meet, the later position may be some
        milliseconds the earlier by the clock. Whoever writes after having read is later by both.
        """
        now = self._clock()
        rows, answers = self._rows(writes, texts, [write.expected_version for write in writes], 0, now, context)
        instant = instant_text(now)
        parameters = {
            "count": len(rows),
            "command": command,
            "digest": digest,
            "recorded_at": instant,
            "writes": json.dumps([{"stream": write.stream, "expected": write.expected_version} for write in writes]),
            "answers": None if command is None else json.dumps([answer.to_data() for answer in answers]),
            "events": json.dumps([{**row, "recorded_at": instant, "effective_on": row["effective_on"].isoformat()} for row in rows]),
        }
        reached("append.before_commit")  # the statement is the whole transaction: there is no nearer before
        with self.database.statement() as connection:
            statement = _WRITE_WITHOUT_COMMAND if command is None else _WRITE_WITH_COMMAND
            base = connection.exec_driver_sql(statement, parameters).scalar_one_or_none()
        if base is None:
            return None
        return [replace(answer, position=answer.position + int(base)) for answer in answers]

    def _write_by_driver(
        self, writes: Sequence[Append], texts: Sequence[Sequence[str]], context: Context, command: str | None, digest: str
    ) -> list[Recorded] | None:
        """SQLite, whose write lock is held from the start: nothing can come between. SQLAlchemy would take longer than the commit."""
        with self.database.write() as connection:
            cursor = connection.connection.cursor()
            if command is not None and cursor.execute("SELECT 1 FROM commands WHERE command = ?", (command,)).fetchone():
                return None
            for write in writes:
                found = cursor.execute("SELECT coalesce(max(version), 0) FROM events WHERE stream = ?", (write.stream,)).fetchone()
                if found[0] != write.expected_version:
                    return None
            count = sum(len(write.events) for write in writes)
            (head,) = cursor.execute("UPDATE log SET head = head + ? RETURNING head", (count,)).fetchone()
            now = self._clock()
            instant = _sqlite_instant(now)
            rows, answers = self._rows(writes, texts, [write.expected_version for write in writes], head - count, now, context)
            for row in rows:
                row["recorded_at"] = instant
                row["effective_on"] = row["effective_on"].isoformat()
            cursor.executemany(_INSERT_BY_DRIVER, rows)
            if command is not None:
                kept = json.dumps([answer.to_data() for answer in answers])
                cursor.execute(
                    "INSERT INTO commands (command, digest, answers, recorded_at) VALUES (?, ?, ?, ?)", (command, digest, kept, instant)
                )
            cursor.close()
            reached("append.before_commit")
        return answers

    def _write(
        self, connection: sa.Connection, writes: Sequence[Append], texts: Sequence[Sequence[str]], context: Context
    ) -> list[Recorded]:
        if any(write.expected_version in (ANY, EXISTS) for write in writes):
            # who does not care for the version must not fail on one that another writer takes meanwhile: in turn, then
            connection.execute(_HOLD_POSITIONS)
        versions = [self._checked_version(connection, write) for write in writes]
        count = sum(len(write.events) for write in writes)
        if count == 0:
            return [Recorded(write.stream, version, 0, ()) for write, version in zip(writes, versions, strict=True)]
        # The counter row comes last before the insert and is held to the commit: positions are gapless and in
        # commit order, so no reader of the log ever passes an event that commits later.
        head = connection.execute(_TAKE_POSITIONS, {"count": count}).scalar_one()
        rows, answers = self._rows(writes, texts, versions, head - count, self._clock(), context)
        if not self._surely_fit(writes, texts, context):
            for row, new in zip(rows, (new for write in writes for new in write.events), strict=True):
                check_size(Event(**{**row, "data": new.data}, site=self.site, service=self.service))
        connection.execute(_INSERT_EVENTS, rows)
        return answers

    def _rows(
        self,
        writes: Sequence[Append],
        texts: Sequence[Sequence[str]],
        versions: Sequence[int],
        position: int,
        now: datetime,
        context: Context,
    ) -> tuple[list[dict[str, Any]], list[Recorded]]:
        """The rows of these events from the one after `position` on, and the answer for each write."""
        today = legal_date(now)
        rows: list[dict[str, Any]] = []
        answers: list[Recorded] = []
        for write, of_write, version in zip(writes, texts, versions, strict=True):
            first = len(rows)
            for offset, (new, text) in enumerate(zip(write.events, of_write, strict=True), start=1):
                position += 1
                row: dict[str, Any] = {
                    "position": position,
                    "id": new_id(),
                    "stream": write.stream,
                    "version": version + offset,
                    "type": new.type,
                    "schema": new.schema,
                    "data": text,
                    "recorded_at": now,
                    "effective_on": new.effective_on or today,
                    "actor": context.actor,
                    "correlation": context.correlation,
                    "causation": context.causation,
                }
                rows.append(row)
            ids = tuple(row["id"] for row in rows[first:])
            answers.append(Recorded(write.stream, version + len(ids), position if ids else 0, ids))
        return rows, answers

    def _surely_fit(self, writes: Sequence[Append], texts: Sequence[Sequence[str]], context: Context) -> bool:
        """Whether every event is within its bound at any position and version, its other attributes taken at their longest."""
        common = (self.site, self.service, context.actor, context.correlation, context.causation)
        frame = _FRAME_BYTES_MAX + _LETTER_BYTES_MAX * sum(map(len, common))
        return all(
            frame + _LETTER_BYTES_MAX * (len(write.stream) + len(new.type)) + len(text.encode()) <= EVENT_BYTES_MAX
            for write, of_write in zip(writes, texts, strict=True)
            for new, text in zip(write.events, of_write, strict=True)
        )

    def _checked_version(self, connection: sa.Connection, write: Append) -> int:
        version = connection.execute(_VERSION, {"of_stream": write.stream}).scalar_one()
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

    def answer(self, command: str, digest: str) -> list[Recorded] | None:
        """What the command was answered when it first came; None when it never did."""
        with self.database.read() as connection:
            return self._answer(connection, command, digest)

    def _answer(self, connection: sa.Connection, command: str, digest: str) -> list[Recorded] | None:
        row = connection.execute(_ANSWER, {"of_command": command}).one_or_none()
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
                size += len(row.data.encode())
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


def _sqlite_instant(instant: datetime) -> str:
    """As the tables' column type stores it there: UTC without a zone, always with microseconds."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def digest_of(*parts: Any) -> str:
    """A digest of what a command says, to tell its repetition from another command under the same id."""
    try:
        return hashlib.sha256(rfc8785.dumps(list(parts))).hexdigest()
    except ValueError as error:  # half of a surrogate pair, an integer beyond 2^53
        raise ValidationFailed(f"The command holds what JSON cannot carry exactly: {error}") from error
