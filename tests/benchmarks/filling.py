"""Long logs, written straight into the store's tables: what comes before the clock need not be decided event by event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID

import psycopg

from tests.benchmarks.databases import Place, PostgresServer
from tests.benchmarks.sides.ours import open_store
from tests.benchmarks.workload import CONTEXT, EVENT_TYPE, Sheet, recorded

_BEGAN = datetime(2024, 11, 1, 1, tzinfo=UTC)
_COLUMNS = "position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation"
_PART = 200_000
"""Events a transaction."""


@contextmanager
def filled(server: PostgresServer, events: int, payload_bytes: int) -> Iterator[Place]:
    """An event store of ours that holds so many events."""
    with server.place() as log:
        fill(log, events, payload_bytes)
        yield log


def fill(log: Place, events: int, payload_bytes: int) -> None:
    """Make an event store and give it `events` events."""
    open_store(log.url).database.close()
    head = f"\t{EVENT_TYPE}\t1\t"
    tail = f"\t{date(2024, 11, 1)}\t{CONTEXT.actor}\t{CONTEXT.correlation}\t{CONTEXT.causation}\n"
    rows = recorded(events, payload_bytes)
    with psycopg.connect(log.conninfo, autocommit=True) as connection:
        for first in range(0, events, _PART):
            with connection.transaction(), connection.cursor() as cursor:
                with cursor.copy(f"COPY events ({_COLUMNS}) FROM STDIN") as copy:
                    for row in islice(rows, _PART):
                        at = _BEGAN + timedelta(milliseconds=row.position)
                        copy.write(f"{row.position}\t{_identity(row.position)}\t{row.stream}\t{row.version}{head}{row.data}\t{at}{tail}")
                cursor.execute("UPDATE log SET head = %s", (min(first + _PART, events),))
        connection.execute("VACUUM ANALYZE events")


def _identity(position: int) -> str:
    """A UUID of version 7 whose time goes with the position, as those of a log do."""
    return str(UUID(int=(position << 80) | (7 << 76) | (0b10 << 62) | position))


def spread(log: Place, sheets: int) -> dict[Sheet, int]:
    """At most so many sheets from all over a log, with the versions of their streams."""
    query = (
        "SELECT e.data::json->>'unit', e.data::json->>'pass_key', e.data::json->>'scorer', max(of_stream.version)"
        " FROM log, generate_series(1, %(sheets)s) AS number JOIN LATERAL"
        " (SELECT stream, data FROM events WHERE position = 1 + log.head * (number - 1) / %(sheets)s) AS e ON true"
        " JOIN events AS of_stream USING (stream) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    with psycopg.connect(log.conninfo) as connection:
        return {
            Sheet(unit, pass_key, scorer): version
            for unit, pass_key, scorer, version in connection.execute(query, {"sheets": sheets}).fetchall()
        }
