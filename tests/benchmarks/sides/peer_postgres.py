"""`eventsourcing` on PostgreSQL, by its defaults or with its database functions (POSTGRES_ENABLE_DB_FUNCTIONS)."""

from __future__ import annotations

from threading import Event as Signal
from typing import Any, ClassVar

import psycopg
from eventsourcing.postgres import PostgresFactory, PostgresTrackingRecorder
from eventsourcing.projection import ProjectionRunner
from eventsourcing.utils import Environment
from psycopg.sql import SQL

from tests.benchmarks.databases import Place
from tests.benchmarks.sides import scores
from tests.benchmarks.sides.contestant import Appending, Deciding, Projecting
from tests.benchmarks.sides.peer import Peer, Sheets, Standings

_UPSERT = scores.upsert_one("scores")


class ScoresView(PostgresTrackingRecorder):
    # set by whoever waits: the package's own wait() polls every 100 to 800 ms, which would be counted as its work
    last: ClassVar[int] = 0
    done: ClassVar[Signal] = Signal()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sql_create_statements.append(SQL(scores.create("scores")).format())

    def put_scores(self, row: scores.Row, tracking: Any) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(_UPSERT, row)
        if tracking.notification_id >= self.last:
            self.done.set()


class PostgresPeer(Peer, Appending, Deciding, Projecting):
    """Log and rows in one database, as the package keeps them together."""

    def __init__(self, place: Place, *, with_functions: bool = False) -> None:
        self._conninfo = place.conninfo
        self._runner: Any = None
        super().__init__(
            {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": str(place.address.database),
                "POSTGRES_HOST": str(place.address.host),
                "POSTGRES_PORT": str(place.address.port),
                "POSTGRES_USER": str(place.address.username),
                "POSTGRES_PASSWORD": str(place.address.password),
                "POSTGRES_ENABLE_DB_FUNCTIONS": "yes" if with_functions else "no",
            }
        )

    def prepare_standings(self) -> None:
        with PostgresFactory(Environment(Standings.name, self.environment)) as factory:
            factory.tracking_recorder(ScoresView)

    def catch_up(self) -> None:
        ScoresView.last = self.app.recorder.max_notification_id()
        ScoresView.done.clear()
        self._runner = ProjectionRunner(application_class=Sheets, projection_class=Standings, view_class=ScoresView, env=self.environment)
        self._runner.__enter__()
        while not ScoresView.done.wait(timeout=0.5):
            self._runner.run_forever(timeout=0)  # raises what stopped the projection
            if self._runner.is_interrupted.is_set():
                raise RuntimeError("The projection stopped before the end of the log.")

    def settle(self) -> None:
        # its threads look up every 100 ms whether they should end
        if self._runner is not None:
            self._runner.__exit__(None, None, None)
            self._runner.view.datastore.close()
            self._runner = None

    def recorded(self) -> int:
        return self._count("sheets_events")

    def rows(self) -> int:
        return self._count("scores")

    def _count(self, table: str) -> int:
        with psycopg.connect(self._conninfo) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0
