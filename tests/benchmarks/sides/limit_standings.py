"""The standings by hand in bare psycopg: what one would write for this one table, if nothing else were ever to be folded.

It knows its events and its rows by heart: no versions of schemas, nothing parked or discarded, no second generation, no other feed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from shared.bounds import PAGE_EVENTS_MAX
from tests.benchmarks.databases import Place
from tests.benchmarks.sides import scores
from tests.benchmarks.sides.contestant import Projecting

CURSOR = "CREATE TABLE cursor (position bigint NOT NULL)"
_PAGE = (
    "SELECT position, id, version, data, recorded_at, correlation FROM events"
    f" WHERE position > %s ORDER BY position LIMIT {PAGE_EVENTS_MAX}"
)
_TYPES = ("varchar", "varchar", "varchar", "varchar", "int4", "json", "json", "timestamptz", "varchar", "varchar")
_INCOMING = "CREATE TEMPORARY TABLE incoming (LIKE scores) ON COMMIT DELETE ROWS"
# Of the ways to write a page of 1,000 rows the fastest of those tried: binary arrays take a quarter longer, json_to_recordset and
# executemany twice as long, one list of VALUES five times.
_MERGE = scores.upsert("scores", f"SELECT {', '.join(scores.COLUMNS)} FROM incoming")
_MOVE = "UPDATE cursor SET position = %s WHERE position = %s"

Rows = dict[tuple[Any, ...], scores.Row]
"""Rows by their key."""


def fold(rows: Rows, identity: str, version: int, data: dict[str, Any], recorded_at: datetime, correlation: str) -> None:
    """Put the row of one event among `rows`."""
    row = scores.row(identity, version, data, recorded_at, correlation)
    rows[row[: len(scores.KEY)]] = row


class Standings:
    """The table of what was saved and its cursor, empty at first."""

    def __init__(self, conninfo: str) -> None:
        self.connection = psycopg.connect(conninfo, autocommit=True)
        for statement in (scores.create("scores"), CURSOR, "INSERT INTO cursor VALUES (0)", _INCOMING):
            self.connection.execute(statement)

    def write(self, rows: Rows, position: int, last: int) -> None:
        """Rows and cursor of one page in one transaction. Raises RuntimeError when the cursor stood elsewhere."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(_MOVE, (last, position), prepare=True)
            if cursor.rowcount != 1:
                raise RuntimeError(f"The cursor did not stand at {position}.")
            copy_rows(cursor, "incoming", rows)
            cursor.execute(_MERGE, prepare=True)

    def count(self) -> int:
        found = self.connection.execute("SELECT count(*) FROM scores").fetchone()
        return int(found[0]) if found else 0


def copy_rows(cursor: psycopg.Cursor[TupleRow], table: str, rows: Rows) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(scores.COLUMNS)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(_TYPES)
        for row in rows.values():
            copy.write_row(row)


class StandingsLimit(Projecting):
    """Pages of the log, folded in memory, written one by one; and the whole log at once."""

    def __init__(self, log: Place, views: Place) -> None:
        self._log = psycopg.connect(log.conninfo, autocommit=True)
        self._standings = Standings(views.conninfo)

    def catch_up(self) -> None:
        position = 0
        for page in self._pages():
            rows: Rows = {}
            last = _fold_page(rows, page)
            self._standings.write(rows, position, last)
            position = last

    def rebuild(self) -> None:
        """The whole log into a table beside the live one, which then gets the other's name.

        The table has its key from the start: to add it to the full table takes longer.
        """
        rows: Rows = {}
        last = 0
        for page in self._pages():
            last = _fold_page(rows, page)
        connection = self._standings.connection
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(scores.create("scores_new"))
            copy_rows(cursor, "scores_new", rows)
            cursor.execute("DROP TABLE scores")
            cursor.execute("ALTER TABLE scores_new RENAME TO scores")
            cursor.execute("UPDATE cursor SET position = %s", (last,))

    def rows(self) -> int:
        return self._standings.count()

    def close(self) -> None:
        self._log.close()
        self._standings.connection.close()

    def _pages(self) -> Iterator[list[TupleRow]]:
        position = 0
        while page := self._log.execute(_PAGE, (position,), prepare=True).fetchall():
            yield page
            position = page[-1][0]


def _fold_page(rows: Rows, page: list[TupleRow]) -> int:
    """Fold a page of the log; its last position."""
    for _, identity, version, data, recorded_at, correlation in page:
        fold(rows, identity, version, json.loads(data), recorded_at, correlation)
    return int(page[-1][0])
