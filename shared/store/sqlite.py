"""The append on SQLite on its shortest way: through the driver itself.

SQLAlchemy takes longer over the statements than the disk over the commit.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from shared.failpoints import reached
from shared.store.append import Batch, Recorded
from shared.store.database import Database

_INSERT_BY_DRIVER = (
    "INSERT INTO events (position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation) "
    "VALUES (:position, :id, :stream, :version, :type, :schema, :data, :recorded_at, :effective_on, :actor, :correlation, :causation)"
)


def append_at_once(database: Database, batch: Batch, clock: Callable[[], datetime]) -> list[Recorded] | None:
    """Write a certain batch; None when nothing was written, and why must be found out."""
    try:
        return _append(database, batch, clock)
    except sqlite3.Error as error:
        # what callers look for is SQLAlchemy's error of the same name
        raise DBAPIError.instance("append", None, error, sqlite3.Error, dialect=database.engine.dialect) from error


def _append(database: Database, batch: Batch, clock: Callable[[], datetime]) -> list[Recorded] | None:
    # the write lock is held from the start: nothing can come between look and write
    with database.write() as connection:
        cursor = connection.connection.cursor()
        if batch.command is not None and cursor.execute("SELECT 1 FROM commands WHERE command = ?", (batch.command,)).fetchone():
            return None
        for write in batch.writes:
            found = cursor.execute("SELECT coalesce(max(version), 0) FROM events WHERE stream = ?", (write.stream,)).fetchone()
            if found[0] != write.expected_version:
                return None
        (head,) = cursor.execute("UPDATE log SET head = head + ? RETURNING head", (batch.count,)).fetchone()
        now = clock()
        instant = _stored(now)
        rows, answers = batch.rows(batch.versions, head - batch.count, now)
        for row in rows:
            row["recorded_at"] = instant
            row["effective_on"] = row["effective_on"].isoformat()
        cursor.executemany(_INSERT_BY_DRIVER, rows)
        if batch.command is not None:
            kept = json.dumps([answer.to_data() for answer in answers])
            cursor.execute(
                "INSERT INTO commands (command, digest, answers, recorded_at) VALUES (?, ?, ?, ?)",
                (batch.command, batch.digest, kept, instant),
            )
        cursor.close()
        reached("append.before_commit")
    return answers


def _stored(instant: datetime) -> str:
    """As the tables' column type stores it there: UTC without a zone, always with microseconds."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
