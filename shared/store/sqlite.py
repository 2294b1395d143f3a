"""The append on SQLite on its shortest way: through the driver itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from shared.failpoints import reached
from shared.store.append import Batch, Recorded
from shared.store.database import Database

_INSERT = (
    "INSERT INTO events (position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation) "
    "VALUES (:position, :id, :stream, :version, :type, :schema, :data, :recorded_at, :effective_on, :actor, :correlation, :causation)"
)


def append_at_once(database: Database, batch: Batch, clock: Callable[[], datetime]) -> list[Recorded] | None:
    """Write a certain batch; None when nothing was written, and why must be found out."""
    # the write lock is held from the start: nothing can come between look and write
    with database.driver_write() as connection:
        if batch.command is not None and connection.execute("SELECT 1 FROM commands WHERE command = ?", (batch.command,)).fetchone():
            return None
        for write in batch.writes:
            found = connection.execute("SELECT coalesce(max(version), 0) FROM events WHERE stream = ?", (write.stream,)).fetchone()
            if found[0] != write.expected_version:
                return None
        (head,) = connection.execute("UPDATE log SET head = head + ? RETURNING head", (batch.count,)).fetchone()
        base = head - batch.count
        now = clock()
        rows = batch.rows(batch.versions, base, now)
        instant = _stored(now)
        for row in rows:
            row["recorded_at"] = instant
            row["effective_on"] = row["effective_on"].isoformat()
        connection.executemany(_INSERT, rows)
        if batch.command is not None:
            connection.execute(
                "INSERT INTO commands (command, digest, answers, recorded_at, base) VALUES (?, ?, ?, ?, ?)",
                (batch.command, batch.digest, batch.kept(batch.versions), instant, base),
            )
        reached("append.before_commit")
    return batch.answers(batch.versions, base)


def _stored(instant: datetime) -> str:
    """As the tables' column type stores it there: UTC without a zone, always with microseconds."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
