"""`eventsourcing` on SQLite. Its SQLite recorder has no subscription, so its log is read by its own paging call, 500 a page."""

from __future__ import annotations

import sqlite3
from typing import Any

from eventsourcing.sqlite import SQLiteConnectionPool, SQLiteFactory, SQLiteTrackingRecorder

from tests.benchmarks.contestant import Place
from tests.benchmarks.peer import Peer, Standings, scores_table, tracked, upsert

PAGE_EVENTS = 500


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


class ScoresView(SQLiteTrackingRecorder):
    def construct_create_table_statements(self) -> list[str]:
        return [*super().construct_create_table_statements(), scores_table("scores", "text")]

    def put_scores(self, rows: list[tuple[Any, ...]], tracking: Any) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            # row 8 is the instant, for which SQLite has no type
            cursor.executemany(upsert("scores", "?"), [(*row[:8], row[8].isoformat(), *row[9:]) for row in rows])


class SqlitePeer(Peer):
    def __init__(self, place: Place) -> None:
        self._file = str(place.log_file)
        super().__init__({"PERSISTENCE_MODULE": "tests.benchmarks.peer_sqlite:FullSyncFactory", "SQLITE_DBNAME": self._file})

    def prepare_views(self) -> None:
        self._view = self._app.factory.tracking_recorder(ScoresView)

    def follow(self) -> None:
        projection = Standings(view=self._view)
        last = self._view.max_tracking_id(self._app.name)
        while notifications := self._app.recorder.select_notifications(start=last, limit=PAGE_EVENTS, inclusive_of_start=False):
            for notification in notifications:
                projection.process_event(*tracked(self._app, notification))
            last = notifications[-1].id

    def forget(self) -> None:
        with self._view.datastore.transaction(commit=True) as cursor:
            cursor.execute("DROP TABLE scores")
            cursor.execute(scores_table("scores", "text"))
            cursor.execute("DELETE FROM tracking WHERE application_name = ?", (self._app.name,))

    def recorded(self) -> int:
        return self._count("stored_events")

    def rows(self) -> int:
        return self._count("scores")

    def _count(self, table: str) -> int:
        with sqlite3.connect(self._file) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
