"""The bare driver on a table of the same shape and indexes: what is left of an append when nothing is promised but the commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from shared.ids import new_id
from tests.benchmarks.databases import Place
from tests.benchmarks.sides.contestant import Appending
from tests.benchmarks.workload import CONTEXT, EVENT_TYPE, Decision

_COLUMNS = "position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation"
_COPY = f"COPY events ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
_TYPES = ("int8", "text", "text", "int4", "text", "int4", "text", "timestamptz", "date", "text", "text", "text")

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False).encode


def create(instant: str = "timestamptz") -> str:
    return (
        "CREATE TABLE events (position bigint PRIMARY KEY, id varchar(36) NOT NULL UNIQUE, stream varchar(450) NOT NULL,"
        " version integer NOT NULL, type varchar(100) NOT NULL, schema integer NOT NULL, data text NOT NULL,"
        f" recorded_at {instant} NOT NULL, effective_on date NOT NULL, actor varchar(100) NOT NULL,"
        " correlation varchar(100) NOT NULL, causation varchar(100) NOT NULL, UNIQUE (stream, version))"
    )


def rows_of(decision: Decision, positions: Iterator[int], now: Any, today: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a decision in the order of the columns, at the next positions."""
    for version, data in enumerate(decision.facts, start=decision.version + 1):
        identity = (next(positions), new_id(), decision.stream, version, EVENT_TYPE, 1, _encode(data), now, today)
        yield (*identity, CONTEXT.actor, CONTEXT.correlation, CONTEXT.causation)


def copy_decision(cursor: psycopg.Cursor[TupleRow], decision: Decision, positions: Iterator[int]) -> list[tuple[Any, ...]]:
    """Write a decision by COPY, in binary form, which psycopg makes faster than text; the rows."""
    now = datetime.now(UTC)
    rows = [*rows_of(decision, positions, now, now.date())]
    with cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for row in rows:
            copy.write_row(row)
    return rows


class PostgresLimit(Appending):
    """One client that numbers its events itself, checks nothing and takes no lock: INSERT for one event, COPY for many."""

    def __init__(self, place: Place) -> None:
        self._positions = count(1)
        self._connection = psycopg.connect(place.conninfo, autocommit=True)
        self._connection.execute(create())

    def append(self, decisions: Sequence[Decision]) -> None:
        insert = f"INSERT INTO events ({_COLUMNS}) VALUES ({', '.join(['%s'] * 12)})"
        with self._connection.cursor() as cursor:
            for decision in decisions:
                if len(decision.facts) == 1:
                    now = datetime.now(UTC)
                    cursor.execute(insert, next(rows_of(decision, self._positions, now, now.date())), prepare=True)
                else:
                    copy_decision(cursor, decision, self._positions)

    def recorded(self) -> int:
        found = self._connection.execute("SELECT count(*) FROM events").fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        self._connection.close()


class SqliteLimit(Appending):
    """BEGIN IMMEDIATE, executemany, COMMIT."""

    def __init__(self, place: Place) -> None:
        self._positions = count(1)
        self._connection = sqlite3.connect(place.file, isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", create("datetime")):
            self._connection.execute(statement)

    def append(self, decisions: Sequence[Decision]) -> None:
        statement = f"INSERT INTO events ({_COLUMNS}) VALUES ({', '.join('?' * 12)})"
        cursor = self._connection.cursor()
        for decision in decisions:
            now = datetime.now(UTC)
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(statement, rows_of(decision, self._positions, now.isoformat(" "), now.date().isoformat()))
            cursor.execute("COMMIT")

    def recorded(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM events").fetchone()[0])

    def close(self) -> None:
        self._connection.close()
