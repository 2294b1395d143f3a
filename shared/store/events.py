"""The event store proper: append with optimistic concurrency, gapless positions in commit order, idempotent commands, and reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shared.bounds import APPEND_EVENTS_MAX, PAGE_EVENTS_MAX
from shared.calendar import utc_now
from shared.errors import CommandReused, ConfigurationError, StaleVersion, ValidationFailed
from shared.event import Context, Event
from shared.failpoints import reached
from shared.store import migrations, postgres, sqlite, tables
from shared.store.append import ANY, EXISTS, NONE, Append, Batch, Recorded
from shared.store.canonical import canonical_text
from shared.store.database import Database
from shared.store.reading import EVERYTHING, LogReader, Sieve

# Built once: SQLAlchemy takes four times as long to build a statement anew as to run one that it knows.
_VERSION = sa.select(sa.func.coalesce(sa.func.max(tables.events.c.version), 0)).where(tables.events.c.stream == sa.bindparam("of_stream"))
_HOLD_POSITIONS = sa.select(tables.log.c.head).with_for_update()
_TAKE_POSITIONS = tables.log.update().values(head=tables.log.c.head + sa.bindparam("count")).returning(tables.log.c.head)
_INSERT_EVENTS = tables.events.insert()
_ANSWER = sa.select(tables.commands).where(tables.commands.c.command == sa.bindparam("of_command"))
_KEEP_COMMAND = tables.commands.insert()


class EventStore:
    """The log of one service of one site."""

    def __init__(self, database: Database, *, site: str, service: str, clock: Callable[[], datetime] = utc_now) -> None:
        self.database = database
        self.site = site
        self.service = service
        self._clock = clock
        self._reader = LogReader(database, site=site, service=service)
        self._append_at_once = postgres.append_at_once if database.dialect == "postgresql" else sqlite.append_at_once
        self._listeners: list[Callable[[], None]] = []

    def prepare(self) -> None:
        """Bring the database to this release's schema, and refuse one that belongs to another site or service."""
        migrations.upgrade(self.database)
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
        batch = Batch(writes, context, site=self.site, service=self.service, command=command, digest=digest)
        try:
            answers = self._append_at_once(self.database, batch, self._clock) if batch.certain else None
            if answers is None:
                answers = self._append(batch)
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
        if any(answer.events and not answer.repeated for answer in answers):
            reached("append.after_commit")
            for listener in self._listeners:
                listener()
        return answers

    def _append(self, batch: Batch) -> list[Recorded]:
        """The append in a transaction of several statements: for every kind of expectation, and to find out why one was not met."""
        with self.database.write() as connection:
            if batch.command is not None:
                first = self._answer(connection, batch.command, batch.digest)
                if first is not None:
                    return first
            answers = self._write(connection, batch)
            if batch.count:
                reached("append.before_commit")
        return answers

    def _write(self, connection: sa.Connection, batch: Batch) -> list[Recorded]:
        if any(write.expected_version in (ANY, EXISTS) for write in batch.writes):
            # who does not care for the version must not fail on one that another writer takes meanwhile: in turn, then
            connection.execute(_HOLD_POSITIONS)
        versions = [self._checked_version(connection, write) for write in batch.writes]
        now = self._clock()
        if batch.count == 0:
            self._keep(connection, batch, versions, 0, now)
            return batch.answers(versions, 0)
        # The counter row comes last before the insert and is held to the commit: positions are gapless and in
        # commit order, so no reader of the log ever passes an event that commits later.
        head = connection.execute(_TAKE_POSITIONS, {"count": batch.count}).scalar_one()
        base = head - batch.count
        rows = batch.rows(versions, base, now)
        if not batch.surely_fits():
            batch.check_sizes(rows)
        connection.execute(_INSERT_EVENTS, rows)
        self._keep(connection, batch, versions, base, now)
        return batch.answers(versions, base)

    def _keep(self, connection: sa.Connection, batch: Batch, versions: Sequence[int], base: int, now: datetime) -> None:
        if batch.command is not None:
            row = {"command": batch.command, "digest": batch.digest, "answers": batch.kept(versions), "recorded_at": now, "base": base}
            connection.execute(_KEEP_COMMAND, row)

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
        return [
            Recorded(kept["stream"], kept["version"], row.base + kept["position"] if kept["events"] else 0, tuple(kept["events"]), True)
            for kept in json.loads(row.answers)
        ]

    def stream(self, stream: str, *, after: int = 0) -> list[Event]:
        """The events of one stream in order, those after version `after`."""
        return self._reader.stream(stream, after)

    def feed(self, after: int, limit: int = PAGE_EVENTS_MAX, sieve: Sieve = EVERYTHING) -> list[Event]:
        """The next events of the log after a position that the sieve lets through: at most `limit`, at most PAGE_BYTES_MAX of data."""
        return self._reader.feed(after, limit, sieve)

    def head(self) -> int:
        """The position of the last event; 0 for an empty log."""
        return self._reader.head()


def digest_of(*parts: Any) -> str:
    """A digest of what a command says, to tell its repetition from another command under the same id."""
    try:
        return hashlib.sha256(canonical_text(list(parts)).encode()).hexdigest()
    except ValueError as error:  # half of a surrogate pair, an integer beyond 2^53
        raise ValidationFailed(f"The command holds what JSON cannot carry exactly: {error}") from error
