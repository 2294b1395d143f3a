"""The generations of one read model: their states and their tables.

Each version of a model follows and reads a live generation of its own, so that two releases run side by side on one database: that of the
older one stays live for the processes of the older release until an operator retires it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from shared.bounds import RETIRED_SECONDS
from shared.errors import Unavailable
from shared.projection.errors import RebuildAborted
from shared.projection.flush import Tables
from shared.projection.model import ReadModel
from shared.projection.tables import cursors, generations, parked
from shared.store.database import Database
from shared.telemetry import logger

log = logger(__name__)

BUILDING, LIVE, RETIRED, DROPPED = "building", "live", "retired", "dropped"
"""Of a dropped generation the row is kept, so that no other gets its number: a stalled process may still think that it builds it."""

Generation = sa.Row[int, int, str, datetime | None, str | None]
"""generation, version, state, since, tables."""


class Generations:
    """Begins, switches and drops the generations of a model; each has tables of its own, named with its number."""

    def __init__(self, database: Database, model: ReadModel, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._model = model
        self._clock = clock
        self._copies: dict[int, dict[str, sa.Table]] = {}
        # built once, for each look and each page asks it; of the states the live one comes last in the alphabet
        self._followed = (
            sa.select(generations.c.generation, generations.c.state)
            .where(
                generations.c.model == model.name,
                generations.c.version == model.version,
                generations.c.state.in_((LIVE, BUILDING)),
            )
            .order_by(generations.c.state.desc())
        )

    def tables(self, generation: int) -> Tables:
        if generation not in self._copies:
            metadata = sa.MetaData()
            self._copies[generation] = {
                name: table.to_metadata(metadata, name=f"{name}__{generation}") for name, table in self._model.metadata.tables.items()
            }
        return self._copies[generation]

    def all(self, connection: sa.Connection) -> list[Generation]:
        """Every generation that has tables, the oldest first."""
        told = [generations.c[name] for name in ("generation", "version", "state", "since", "tables")]
        query = sa.select(*told).where(generations.c.model == self._model.name, generations.c.state != DROPPED)
        return list(connection.execute(query.order_by(generations.c.generation)).all())

    def followed(self, connection: sa.Connection) -> tuple[int, str]:
        """The generation of this version that follows the feeds, and its state: the live one, or, before there is any, the first.

        Raises Unavailable where there is none, or none any more.
        """
        row = connection.execute(self._followed).first()
        if row is None:
            raise Unavailable(
                f"Read model {self._model.name} version {self._model.version} has no generation here: it was retired for a newer release. "
                "End this process and start that release, or start this one again to have its version built anew."
            )
        return row.generation, row.state

    def living(self, connection: sa.Connection) -> list[Generation]:
        """What a generation that is built must have reached: the live one of this version, or, before there is any, those of others."""
        live = [row for row in self.all(connection) if row.state == LIVE]
        return [row for row in live if row.version == self._model.version] or live

    def building(self, connection: sa.Connection) -> Generation | None:
        """The generation of this version that is being built."""
        return next((row for row in self.all(connection) if (row.state, row.version) == (BUILDING, self._model.version)), None)

    def change(self, connection: sa.Connection) -> None:
        """Keep other processes from beginning a generation of this model to the end of the transaction."""
        if self._database.dialect == "postgresql":
            connection.execute(
                sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"view_generations {self._model.name}", 0)))
            )

    def hold(self, connection: sa.Connection) -> None:
        """Keep the states of all generations, and the feeds that they follow, to the end of the transaction."""
        query = sa.select(generations.c.generation).where(generations.c.model == self._model.name)
        connection.execute(query.order_by(generations.c.generation).with_for_update()).all()

    def hold_building(self, connection: sa.Connection, generation: int) -> None:
        """Keep a generation from being aborted or switched to until the end of the transaction.

        Raises RebuildAborted where it is built no more.
        """
        query = sa.select(generations.c.generation).where(
            generations.c.model == self._model.name, generations.c.generation == generation, generations.c.state == BUILDING
        )
        if connection.execute(query.with_for_update(read=True)).first() is None:
            raise RebuildAborted(
                f"Generation {generation} of {self._model.name} is built no more: an operator has aborted it, or it was made live from "
                "elsewhere. What was folded into it just now is undone; `commendation rebuild status` shows what there is.",
                model=self._model.name,
                generation=generation,
            )

    def begin(self, connection: sa.Connection, state: str) -> int:
        """A new generation of this release's version, its tables empty; what was retired long ago is dropped."""
        self.drop_retired(connection)
        last = connection.execute(
            sa.select(sa.func.coalesce(sa.func.max(generations.c.generation), 0)).where(generations.c.model == self._model.name)
        ).scalar_one()
        generation = int(last) + 1
        for table in self.tables(generation).values():
            table.create(connection, checkfirst=True)
        connection.execute(
            generations.insert().values(
                model=self._model.name,
                generation=generation,
                version=self._model.version,
                state=state,
                since=self._clock(),
                tables=" ".join(self._model.metadata.tables),
            )
        )
        return generation

    def switch(self, connection: sa.Connection, generation: int) -> None:
        """Make a generation live in place of that of its version; one that takes such a place ends those of older versions, too.

        The first of its version leaves the older ones to the processes of the older release.
        """
        live = [row for row in self.all(connection) if row.state == LIVE]
        if any(row.version == self._model.version for row in live):
            self.retire(connection, (row.generation for row in live if row.version <= self._model.version))
        self._set_state(connection, generation, LIVE)

    def retire(self, connection: sa.Connection, ended: Iterable[int]) -> None:
        """Fold into generations no more. Their tables stay for a while, for whoever is reading them now."""
        for generation in ended:
            self._set_state(connection, generation, RETIRED)
            self._forget(connection, generation)

    def drop_retired(self, connection: sa.Connection) -> None:
        """Drop what was retired a while ago, unless somebody is reading it even now."""
        before = self._clock() - timedelta(seconds=RETIRED_SECONDS)
        for row in self.all(connection):
            if row.state == RETIRED and (row.since is None or row.since <= before):
                try:
                    with connection.begin_nested():
                        self.drop(connection, row, unread=True)
                except OperationalError as error:
                    log.warning("retired_rows_are_still_read", model=self._model.name, generation=row.generation, error=repr(error.orig))

    def drop(self, connection: sa.Connection, row: Generation, *, unread: bool = False) -> None:
        """Drop the tables of a generation, which may be of another version.

        unread: only if nobody reads them; raises OperationalError at once where somebody does. SQLite lets who reads them finish.
        """
        # the state first: whoever folds into it now holds that, and is waited for
        self._set_state(connection, row.generation, DROPPED)
        self._forget(connection, row.generation)
        # the release before this did not write down the names
        names = {f"{name}__{row.generation}" for name in (row.tables or " ".join(self._model.metadata.tables)).split()}
        for name in sorted(names & set(sa.inspect(connection).get_table_names())):
            if unread and self._database.dialect == "postgresql":
                connection.execute(sa.text(f'LOCK TABLE "{name}" IN ACCESS EXCLUSIVE MODE NOWAIT'))
            connection.execute(sa.text(f'DROP TABLE "{name}"'))

    def _forget(self, connection: sa.Connection, generation: int) -> None:
        for table in (cursors, parked):
            connection.execute(table.delete().where(table.c.model == self._model.name, table.c.generation == generation))

    def _set_state(self, connection: sa.Connection, generation: int, state: str) -> None:
        here = (generations.c.model == self._model.name) & (generations.c.generation == generation)
        connection.execute(generations.update().where(here).values(state=state, since=self._clock()))
