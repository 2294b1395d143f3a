"""The bare driver on a table of the same shape and indexes: what is left when nothing is promised but the commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import psycopg

from shared.ids import new_id
from tests.benchmarks.contestant import Contestant, Place
from tests.benchmarks.workload import CONTEXT, EVENT_TYPE, Decision

_COLUMNS = "position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation"


def _table(instant: str) -> str:
    return (
        "CREATE TABLE events (position bigint PRIMARY KEY, id varchar(36) NOT NULL UNIQUE, stream varchar(450) NOT NULL,"
        " version integer NOT NULL, type varchar(100) NOT NULL, schema integer NOT NULL, data text NOT NULL,"
        f" recorded_at {instant} NOT NULL, effective_on date NOT NULL, actor varchar(100) NOT NULL,"
        " correlation varchar(100) NOT NULL, causation varchar(100) NOT NULL, UNIQUE (stream, version))"
    )


class Limit(Contestant):
    """One client that numbers its events itself, checks nothing and takes no lock."""

    def __init__(self) -> None:
        self._positions = count(1)

    def _rows(self, decision: Decision, now: Any, today: Any) -> Iterator[tuple[Any, ...]]:
        for version, data in enumerate(decision.facts, start=decision.version + 1):
            text = json.dumps(data, separators=(",", ":"), sort_keys=True)
            identity = (next(self._positions), new_id(), decision.stream, version, EVENT_TYPE, 1, text, now, today)
            yield (*identity, CONTEXT.actor, CONTEXT.correlation, CONTEXT.causation)


class PostgresLimit(Limit):
    """INSERT for one event, COPY for many."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._connection = psycopg.connect(place.log_conninfo, autocommit=True)
        self._connection.execute(_table("timestamptz"))

    def append(self, decisions: Sequence[Decision]) -> None:
        marks = ", ".join(["%s"] * 12)
        with self._connection.cursor() as cursor:
            for decision in decisions:
                now = datetime.now(UTC)
                rows = self._rows(decision, now, now.date())
                if len(decision.facts) == 1:
                    cursor.execute(f"INSERT INTO events ({_COLUMNS}) VALUES ({marks})", next(rows), prepare=True)
                    continue
                with cursor.copy(f"COPY events ({_COLUMNS}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)

    def recorded(self) -> int:
        found = self._connection.execute("SELECT count(*) FROM events").fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        self._connection.close()


class SqliteLimit(Limit):
    """BEGIN IMMEDIATE, executemany, COMMIT."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._connection = sqlite3.connect(place.log_file, isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _table("datetime")):
            self._connection.execute(statement)

    def append(self, decisions: Sequence[Decision]) -> None:
        statement = f"INSERT INTO events ({_COLUMNS}) VALUES ({', '.join('?' * 12)})"
        cursor = self._connection.cursor()
        for decision in decisions:
            now = datetime.now(UTC)
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(statement, self._rows(decision, now.isoformat(" "), now.date().isoformat()))
            cursor.execute("COMMIT")

    def recorded(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM events").fetchone()[0])

    def close(self) -> None:
        self._connection.close()
