"""`eventsourcing` on SQLite."""

from __future__ import annotations

import sqlite3
from typing import Any

from eventsourcing.sqlite import SQLiteConnectionPool, SQLiteFactory

from tests.benchmarks.databases import Place
from tests.benchmarks.sides.contestant import Appending
from tests.benchmarks.sides.peer import Peer


class FullSyncPool(SQLiteConnectionPool):
    """Durability as ours has it, whatever SQLite was built with."""

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=FULL")
        return connection


class FullSyncFactory(SQLiteFactory):
    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.datastore.pool.close()
        self.datastore.pool = FullSyncPool(db_name=self.datastore.pool.db_name)


class SqlitePeer(Peer, Appending):
    def __init__(self, place: Place) -> None:
        self._file = str(place.file)
        super().__init__({"PERSISTENCE_MODULE": f"{__name__}:{FullSyncFactory.__name__}", "SQLITE_DBNAME": self._file})

    def recorded(self) -> int:
        with sqlite3.connect(self._file) as connection:
            return int(connection.execute("SELECT count(*) FROM stored_events").fetchone()[0])
