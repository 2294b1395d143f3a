"""The append on PostgreSQL on its shortest way: one statement, one round trip."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from shared.event import instant_text
from shared.failpoints import reached
from shared.store.append import Batch, Recorded
from shared.store.database import Database

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


def append_at_once(database: Database, batch: Batch, clock: Callable[[], datetime]) -> list[Recorded] | None:
    """Write a certain batch; None when nothing was written, and why must be found out.

    The clock is read before the counter row is taken: of two writers that meet, the later position may be some
    milliseconds the earlier by the clock. Whoever writes after having read is later by both.
    """
    now = clock()
    rows, answers = batch.rows(batch.versions, 0, now)
    instant = instant_text(now)
    parameters = {
        "count": len(rows),
        "command": batch.command,
        "digest": batch.digest,
        "recorded_at": instant,
        "writes": json.dumps([{"stream": write.stream, "expected": write.expected_version} for write in batch.writes]),
        "answers": None if batch.command is None else json.dumps([answer.to_data() for answer in answers]),
        "events": json.dumps([{**row, "recorded_at": instant, "effective_on": row["effective_on"].isoformat()} for row in rows]),
    }
    reached("append.before_commit")  # the statement is the whole transaction: there is no nearer before
    with database.statement() as connection:
        statement = _WRITE_WITHOUT_COMMAND if batch.command is None else _WRITE_WITH_COMMAND
        base = connection.exec_driver_sql(statement, parameters).scalar_one_or_none()
    if base is None:
        return None
    return [replace(answer, position=answer.position + int(base)) for answer in answers]
