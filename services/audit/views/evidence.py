"""The record as the audit keeps it: built anew only from logs that still say what was recorded, and completed from itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from services.audit.domain import EvidenceDiffers, digest_of, merkle
from services.audit.views import trees
from services.audit.views.finals import FINALISED, finals
from services.audit.views.record import entries, logs
from services.audit.views.verifications import latest_verification
from shared import access
from shared.bounds import PAGE_EVENTS_MAX
from shared.errors import ConfigurationError, Unavailable
from shared.event import Event
from shared.projection import Fetch, Projector
from shared.projection.flush import flush, gathering
from shared.projection.generations import BUILDING, LIVE
from shared.projection.tables import generations


class Evidence(Projector):
    """The record of the audit, which is built anew only from logs that still say what was recorded."""

    def prepare(self) -> None:
        """As of every projector; and what an earlier release did not have, from the record: the index by event, roles, finals, trees."""
        super().prepare()
        with self.database.write() as connection:
            self._generations.change(connection)
            kept = [row for row in self._generations.all(connection) if row.version == self.model.version and row.state in (LIVE, BUILDING)]
            for row in kept:
                self._complete(connection, row.generation)
        for row in kept:
            self._grow_trees(row.generation)

    def _complete(self, connection: sa.Connection, generation: int) -> None:
        tables = self._generations.tables(generation)
        standing = set(sa.inspect(connection).get_table_names())
        for index in tables[entries.name].indexes:
            index.create(connection, checkfirst=True)
        lacking = [name for name, table in tables.items() if table.name not in standing]
        for name in lacking:
            tables[name].create(connection)
        if not lacking:
            return
        if any(name in access.GRANTS.metadata.tables for name in lacking):
            self._carry_roles(connection, generation)
        if finals.name in lacking:
            self._carry_finals(connection, generation)
        here = (generations.c.model == self.model.name) & (generations.c.generation == generation)
        connection.execute(generations.update().where(here).values(tables=" ".join(self.model.metadata.tables)))

    def _carry_roles(self, connection: sa.Connection, generation: int) -> None:
        tables = self._generations.tables(generation)
        recorded, rows = tables[entries.name], gathering(connection, tables)
        query = sa.select(recorded.c.body).where(recorded.c.service == "registry", recorded.c.type.in_(access.GRANTS.folds))
        for body in connection.execute(query.order_by(recorded.c.site, recorded.c.position)).scalars():
            event = Event.from_cloudevent(json.loads(body))
            self.model.folds[event.type](rows, event)
        flush(self.database, connection, tables, rows)

    def _carry_finals(self, connection: sa.Connection, generation: int) -> None:
        tables = self._generations.tables(generation)
        recorded, target = tables[entries.name], tables[finals.name]
        names = list(target.columns.keys())
        found = sa.select(*[recorded.c[name] for name in names]).where(recorded.c.service == "campaigns", recorded.c.type == FINALISED)
        connection.execute(target.insert().from_select(names, found))

    def _grow_trees(self, generation: int) -> None:
        """Take into the trees what the release before recorded without them, a page in a transaction: a start that is killed goes on."""
        tables = self._generations.tables(generation)
        log, tree = tables[logs.name], tables[trees.trees.name]
        of_log = (log.c.site == tree.c.site) & (log.c.service == tree.c.service)
        short = sa.select(log.c.site, log.c.service).outerjoin(tree, of_log).where(sa.func.coalesce(tree.c.size, 0) < log.c.last)
        with self.database.read() as connection:
            behind = connection.execute(short).all()
        for site, service in behind:
            while self._grow_tree(generation, site, service):
                pass

    def _grow_tree(self, generation: int, site: str, service: str) -> int:
        tables = self._generations.tables(generation)
        recorded = tables[entries.name]
        with self.database.write() as connection:
            # whoever folds into these trees meanwhile waits
            self._cursors.hold(connection, generation)
            rows = gathering(connection, tables)
            tree = rows.get(trees.trees, site=site, service=service)
            following = sa.select(recorded.c.position, recorded.c.body).where(
                recorded.c.site == site, recorded.c.service == service, recorded.c.position > (0 if tree is None else tree["size"])
            )
            found = connection.execute(following.order_by(recorded.c.position).limit(PAGE_EVENTS_MAX)).all()
            leaves = {position: merkle.leaf_hash(body.encode()) for position, body in found}
            grown = trees.grow(rows, site, service, max(leaves, default=0), leaves.get)
            flush(self.database, connection, tables, rows)
        return grown

    def faults(self) -> list[str]:
        """What the latest verification found, where it found something."""
        try:
            with self.reading() as reading:
                latest = latest_verification(reading)
        except Unavailable:  # the record is being built, which its standing says
            return []
        if latest is None or not latest["found"]:
            return []
        at = f"{latest['ended_at']:%Y-%m-%d %H:%M} UTC"
        return [f"differences between logs and record, as verified at {at}: {latest['found']}; `commendation verify` names them"]

    def beside(self, versions: Collection[int]) -> None:
        """Raises ConfigurationError: another version is not folded from logs, which may say something else by now."""
        raise ConfigurationError(
            f"The audit's record is of version {max(versions)}, this release knows version {self.model.version}. It is evidence and is not "
            "made anew from the logs: a migration has to carry it over. Run the release that made it; the record is kept as it is."
        )

    def checked(self, site: str, fetch: Fetch) -> Fetch:
        """The feeds, as long as they give what is recorded.

        Where a service's log differs the fetch raises EvidenceDiffers, naming the position; the record stays as it is.
        """

        def unchanged(service: str, after: int) -> Sequence[Event]:
            events = fetch(service, after)
            given = {event.position: digest_of(event.canonical()) for event in events}
            with self.reading() as reading:
                table = reading[entries]
                query = sa.select(table.c.position, table.c.digest).where(
                    table.c.site == site, table.c.service == service, table.c.position > after
                )
                if events:
                    query = query.where(table.c.position <= events[-1].position)
                for row in reading.all(query.order_by(table.c.position).limit(PAGE_EVENTS_MAX)):
                    if given.get(row["position"]) != row["digest"]:
                        raise EvidenceDiffers(
                            f"{service} no longer gives the event that the audit recorded at position {row['position']}. The record is "
                            "kept as evidence and not built anew; verify, and find out who changed the log.",
                            service=service,
                            position=row["position"],
                        )
            return events

        return unchanged
