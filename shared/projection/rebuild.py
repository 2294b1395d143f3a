"""A read model built anew beside the live one: prepare, replay, catch up, go live, or abort.

Each step is asked for by itself or all are run in turn, by any process; what a step has done stands in the database, so that a rebuild that
was killed is gone on with, or aborted, from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from shared.errors import Unavailable
from shared.failpoints import reached
from shared.feed.page import Page
from shared.projection.cursors import Cursors, Positions
from shared.projection.errors import NothingBuilt, RebuildParked, RebuildShort, RebuildUnderWay
from shared.projection.exclusive import alone, under_way
from shared.projection.folding import Fetch, Folding
from shared.projection.generations import BUILDING, LIVE, RETIRED, Generation, Generations
from shared.projection.model import ReadModel
from shared.projection.parked import Parked
from shared.projection.replay import Replay
from shared.store.database import Database

Progress = Callable[[str, int], None]
"""Told the service and the position that is reached in its feed."""


def untold(_service: str, _position: int) -> None:
    """Progress that nobody wants to know."""


class Rebuild:
    """Builds a new generation of one read model and switches to it.

    checked: what looks at a producer's events before they are folded in place of those of the live rows.
    """

    def __init__(
        self,
        database: Database,
        model: ReadModel,
        generations: Generations,
        cursors: Cursors,
        parked: Parked,
        folding: Folding,
        checked: Callable[[str, Fetch], Fetch],
    ) -> None:
        self._database = database
        self._model = model
        self._generations = generations
        self._cursors = cursors
        self._parked = parked
        self._folding = folding
        self._checked = checked

    def prepare(self) -> int:
        """Make the tables of a new generation beside the live one; its number, or that of the one being built already.

        What an older release was building is dropped.
        """
        with self._database.write() as connection:
            self._generations.change(connection)
            for row in self._generations.all(connection):
                if row.state == BUILDING and row.version < self._model.version:
                    self._generations.drop(connection, row)
            found = self._generations.building(connection)
            return self._generations.begin(connection, BUILDING) if found is None else int(found.generation)

    def prepared(self) -> int:
        """The generation that is being built. Raises NothingBuilt."""
        with self._database.read() as connection:
            return int(self._built(connection).generation)

    def replay(self, site: str, fetch: Fetch, progress: Progress = untold) -> int:
        """Fold the feeds to their ends, from where the generation stands: from position 0, or where it was killed. The number of events.

        Raises NothingBuilt, RebuildUnderWay, RebuildAborted, Unavailable.
        """
        with alone(self._database, self._model.name):
            return self._replay(self.prepared(), site, fetch, progress)

    def catch_up(self, site: str, fetch: Fetch, progress: Progress = untold) -> None:
        """Replay until the generation holds all that the live rows hold, and what was discarded meanwhile is left out.

        Raises what `replay` raises, and RebuildShort when the feeds end before that.
        """
        with alone(self._database, self._model.name):
            self._catch_up(self.prepared(), site, fetch, progress)

    def go_live(self, site: str, fetch: Fetch, progress: Progress = untold, *, anyway: bool = False) -> int:
        """Catch up and switch, in one transaction, to the generation that was built; its number.

        Readers see the old rows until the switch, then the new ones, which hold no less.
        Raises what `catch_up` raises, and RebuildParked when the new generation could not fold what the live one has; `anyway` switches
        all the same.
        """
        with alone(self._database, self._model.name):
            generation = self.prepared()
            while True:
                self._catch_up(generation, site, fetch, progress)
                reached("rebuild.caught_up")
                if self._switch(generation, anyway):
                    reached("rebuild.after_go_live")
                    return generation

    def abort(self) -> int:
        """Drop what is being built, also under the hands of the process that builds it; its number.

        Where no generation of this version is live, another one is begun at once: the service has nothing else to follow.
        Raises NothingBuilt.
        """
        with self._database.write() as connection:
            self._generations.change(connection)
            built = self._built(connection)
            self._generations.drop(connection, built)
            if all(row.version != self._model.version for row in self._generations.living(connection)):
                self._generations.begin(connection, BUILDING)
            return int(built.generation)

    def retire(self) -> list[int]:
        """End the live generations of older versions, once no process of an older release is left; their numbers.

        Raises Unavailable while no generation of this version is live.
        """
        with self._database.write() as connection:
            self._generations.change(connection)
            self._generations.hold(connection)
            if self._generations.followed(connection)[1] != LIVE:
                raise self.not_live(connection)
            old = [row.generation for row in self._generations.all(connection) if row.state == LIVE and row.version < self._model.version]
            self._generations.retire(connection, old)
            self._generations.drop_retired(connection)
            return old

    def status(self, home: str) -> dict[str, Any]:
        """What there is: model, version, whether a process is building now (`under_way`), and `generations`, the oldest first.

        Of each: generation, version, state, since, `cursors` (site, service, position), the number `parked`.
        """
        with self._database.read() as connection:
            found = [self._shown(connection, row, home) for row in self._generations.all(connection)]
        return {
            "model": self._model.name,
            "version": self._model.version,
            "under_way": under_way(self._database, self._model.name),
            "generations": found,
        }

    def not_live(self, connection: sa.Connection) -> Unavailable:
        """What a reader is told while the first generation of a version is being built."""
        told = self.standing(connection)
        return Unavailable(
            f"Read model {told['name']} version {told['version']} is being built: position {told['position']} of {told['of']}. It answers "
            "when it has caught up with the version before.",
            **told,
        )

    def standing(self, connection: sa.Connection) -> dict[str, Any]:
        """Of this version: name, version, state (live | building), position, of.

        Positions are sums over the feeds: what is in the rows, and how much that is to be before the first generation of a version is
        live; of a live one both are the same.
        """
        generation, state = self._generations.followed(connection)
        own = self._cursors.positions(connection, generation)
        aim = own if state == LIVE else self.aim(connection)
        position = sum(min(own.get(feed, 0), at) for feed, at in aim.items())
        return {"name": self._model.name, "version": self._model.version, "state": state, "position": position, "of": sum(aim.values())}

    def aim(self, connection: sa.Connection, *, held: bool = False) -> Positions:
        """What a generation must have reached to show no less than the live rows, in the feeds that this version follows.

        held: the live rows stay there to the end of the transaction.
        """
        look = self._cursors.hold if held else self._cursors.positions
        aim: Positions = {}
        for row in self._generations.living(connection):
            for (site, service), at in look(connection, row.generation).items():
                if service in self._model.feeds:
                    aim[site, service] = max(at, aim.get((site, service), 0))
        return aim

    def follow(self, generation: int, page: Page, fetch: Fetch) -> int:
        """Fold a page into the first generation of a version, and make that live when it holds all that the version before shows.

        The number of events folded; 0 while another process builds it.
        """
        try:
            with alone(self._database, self._model.name, wait_seconds=0):
                with self._database.read() as connection:
                    position = self._cursors.position(connection, generation, page.site, page.service)
                folded = self._folding.advance(generation, position, page, self._checked(page.site, fetch), building=True)
                self._parked.work_off_discarded(generation)
                if not self._is_behind(generation):
                    self._switch(generation, anyway=True)
                return folded
        except RebuildUnderWay:
            return 0

    def _built(self, connection: sa.Connection) -> Generation:
        row = self._generations.building(connection)
        if row is None:
            raise NothingBuilt(
                f"No generation of read model {self._model.name} version {self._model.version} is being built; prepare one.",
                model=self._model.name,
            )
        return row

    def _replay(self, generation: int, site: str, fetch: Fetch, progress: Progress) -> int:
        folded = 0
        fetch = self._checked(site, fetch)
        replay = Replay(self._folding, generation)
        try:
            for service in self._model.feeds:
                with self._database.read() as connection:
                    position = self._cursors.position(connection, generation, site, service)
                while events := fetch(service, position):
                    folded += replay.take(Page.of(events))
                    position = events[-1].position
                    reached("rebuild.after_page")
                    progress(service, position)
        finally:
            # what was taken is kept, also where a producer has stopped answering
            replay.settle()
        return folded

    def _catch_up(self, generation: int, site: str, fetch: Fetch, progress: Progress) -> None:
        while True:
            folded = self._replay(generation, site, fetch, progress)
            self._parked.work_off_discarded(generation)
            if not self._is_behind(generation):
                return
            if not folded:
                raise RebuildShort(
                    f"The feeds of {', '.join(self._model.feeds)} at {site} end before what the live rows of {self._model.name} hold: a "
                    "service was restored to an earlier state, or another site's events are in them. The live rows stay; verify the "
                    "logs first.",
                    model=self._model.name,
                )

    def _is_behind(self, generation: int) -> bool:
        with self._database.read() as connection:
            return self._behind(connection, generation, self.aim(connection))

    def _behind(self, connection: sa.Connection, generation: int, aim: Positions) -> bool:
        own = self._cursors.positions(connection, generation)
        return any(own.get(feed, 0) < at for feed, at in aim.items())

    def _switch(self, generation: int, anyway: bool) -> bool:
        """Whether the generation is live now; it is not where the live rows have moved on."""
        with self._database.write() as connection:
            # from the comparison to the switch the live rows stand still: nothing slow belongs between here and the commit
            self._generations.hold(connection)
            self._generations.hold_building(connection, generation)
            aim = self.aim(connection, held=True)
            if self._behind(connection, generation, aim) or self._parked.discarded_streams(connection, generation):
                return False
            if not anyway:
                self._refuse_less(connection, generation, aim)
            self._generations.switch(connection, generation)
            reached("rebuild.before_go_live")
            return True

    def _refuse_less(self, connection: sa.Connection, generation: int, aim: Positions) -> None:
        for row in self._generations.living(connection):
            parked = self._parked.parked_only_by(connection, generation, row.generation)
            # what the live rows have not come to yet they do not hold
            if missing := [place for place in parked if place.position <= aim.get((place.site, place.service), 0)]:
                raise RebuildParked(
                    f"The new generation of {self._model.name} has parked {len(missing)} events that the live rows hold, {missing[0]} the "
                    "first: readers would see less. The live rows stay. Find out why, abort and build anew with a release that folds them; "
                    "or go live anyway, then retry or discard them.",
                    model=self._model.name,
                    parked=len(missing),
                )

    def _shown(self, connection: sa.Connection, row: Generation, home: str) -> dict[str, Any]:
        every = {(home, service): 0 for service in self._model.feeds} if row.state != RETIRED else {}
        every |= self._cursors.positions(connection, row.generation)
        return {
            "generation": row.generation,
            "version": row.version,
            "state": row.state,
            "since": row.since,
            "cursors": [{"site": site, "service": service, "position": at} for (site, service), at in sorted(every.items())],
            "parked": len(self._parked.all(connection, row.generation)),
        }
