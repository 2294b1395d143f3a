"""The rows of one campaign made of its events anew, from none, beside the live ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from services.rankings import views
from shared.event import Event
from shared.projection import Reading, Rows
from shared.projection.flush import flush, gathering
from shared.store import Database

ENDS = (
    "registry.OrganisationRegistered",
    "registry.OrganisationMerged",
    "registry.OrganisationSplit",
    "registry.OrganisationDissolved",
    "registry.OrganisationCorrected",
)
"""By which a unit may have ended before the season did, so that no flag goes to it."""

EVENTS_AT_ONCE = 40
"""Events that are folded in memory before their rows are written out: some megabytes of sheets, some hundredths of a second of work."""

Place = tuple[str, str, int]
"""Site, service and position of an event."""


class Replay:
    """Folds events of one campaign, of each service in the order of its log; those of other campaigns are passed over.

    The rows are in a file that only this connection knows and that is gone with it: of a large campaign they are too many for memory.
    """

    def __init__(self, connection: sa.Connection, campaign: str, left_out: Collection[Place] = ()) -> None:
        """left_out: what operators discarded."""
        self._connection = connection
        self._campaign = campaign
        self._left_out = left_out
        self._database = Database(connection.engine)
        self._tables = views.MODEL.metadata.tables
        self._waiting: list[Event] = []
        self._written: set[int] = set()  # hashes of keys, of which a large campaign has too many to hold
        views.MODEL.metadata.create_all(connection)

    def take(self, event: Event) -> None:
        """Raises SchemaUnknown, and what a fold raises on an event that it cannot fold; so does `reading`."""
        bears = event.data.get("campaign") == self._campaign or event.type in ("campaigns.RubricPublished", *ENDS)
        if bears and event.type in views.MODEL.folds and (event.site, event.service, event.position) not in self._left_out:
            self._waiting.append(event)
            if len(self._waiting) == EVENTS_AT_ONCE:
                self._fold()

    def reading(self) -> Reading:
        """The rows of all that was taken."""
        self._fold()
        return Reading(self._connection, 0, self._tables)

    def _fold(self) -> None:
        rows = Rows(self._load)
        for event in self._waiting:
            for fold in views.MODEL.folds_of(event):
                fold(rows, event)
        for table, written, _ in rows.changes():
            names = [column.name for column in table.primary_key]
            self._written.update(hash((table.name, *(row[name] for name in names))) for row in written)
        flush(self._database, self._connection, self._tables, rows)
        self._waiting = []

    def _load(self, table: sa.Table, key: dict[str, Any]) -> dict[str, Any] | None:
        """What was written before; of most keys nothing was, and to ask the database takes longer than the rest of a fold.

        Which units changed last is asked of the live rows alone, whose lines are kept.
        """
        if table is views.sheets.changes or hash((table.name, *key.values())) not in self._written:
            return None
        return gathering(self._connection, self._tables).get(table, **key)


@contextmanager
def replaying(campaign: str, left_out: Collection[Place] = ()) -> Iterator[Replay]:
    """A replay that holds nothing yet; its rows go with the block."""
    # without a name SQLite keeps the database in a file of its own, and nothing of it is worth a journal
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect("", check_same_thread=False), poolclass=sa.StaticPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=OFF")
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            yield Replay(connection, campaign, left_out)
    finally:
        engine.dispose()


@contextmanager
def replayed(events: Iterable[Event], campaign: str, left_out: Collection[Place] = ()) -> Iterator[Reading]:
    """The rows that these events make of one campaign. Raises what a Replay raises."""
    with replaying(campaign, left_out) as replay:
        for event in events:
            replay.take(event)
        yield replay.reading()
