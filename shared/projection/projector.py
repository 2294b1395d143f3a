"""One read model as a service uses it: follow, read, deal with what is parked, build anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.calendar import utc_now
from shared.errors import PageRefused
from shared.feed.page import Page
from shared.projection.cursors import Cursors
from shared.projection.folding import Fetch, Folding
from shared.projection.generations import BUILDING, LIVE, Generations
from shared.projection.model import ReadModel
from shared.projection.parked import Parked, Place
from shared.projection.reading import Reading
from shared.projection.rebuild import Progress, Rebuild, untold
from shared.store import migrations
from shared.store.database import Database


class Projector:
    """Keeps one read model in step with the feeds that it follows.

    rebuilds: the steps of building the model anew, each by itself.
    """

    def __init__(
        self,
        database: Database,
        model: ReadModel,
        *,
        clock: Callable[[], datetime] = utc_now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.database = database
        self.model = model
        self._generations = Generations(database, model, clock)
        self._cursors = Cursors(model.name)
        self._parked = Parked(database, model, self._generations, self._cursors, clock)
        self._folding = Folding(database, model, self._generations, self._cursors, self._parked, pause)
        self.rebuilds = Rebuild(database, model, self._generations, self._cursors, self._parked, self._folding, self.checked)
        self._left_at: dict[tuple[str, str], tuple[int, int]] = {}  # per site and service: generation, position

    def prepare(self) -> None:
        """Bring the bookkeeping to that of this release, and see that there is a generation of the model's version to follow.

        Beside the live generation of another version one is built first: its tables are empty, and to show them would be to show less
        than before. It follows the feeds and becomes live when it holds all that the other one shows.
        """
        migrations.upgrade(self.database)
        with self.database.write() as connection:
            self._generations.change(connection)
            found = {state: {row.version for row in self._generations.all(connection) if row.state == state} for state in (LIVE, BUILDING)}
            if self.model.version in found[LIVE] | found[BUILDING]:
                return
            if found[LIVE]:
                self.beside(found[LIVE])
            self._generations.begin(connection, BUILDING if found[LIVE] else LIVE)

    def beside(self, versions: Collection[int]) -> None:
        """Asked before a generation is begun beside live ones of other versions; may raise."""

    def checked(self, site: str, fetch: Fetch) -> Fetch:
        """The feeds as they are folded into a generation that will take the place of live rows; may refuse what they give."""
        return fetch

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A transaction over the live generation. Raises Unavailable while the first of this version is being built."""
        with self.database.read() as connection:
            generation, state = self._generations.followed(connection)
            if state != LIVE:
                raise self.rebuilds.not_live(connection)
            yield Reading(connection, generation, self._generations.tables(generation))

    def receive(self, page: Page, fetch: Fetch) -> int:
        """Fold what a page brings beyond the cursor, filling a gap first; the number of events folded.

        Raises Unavailable when the producer or the database does not answer: nothing is lost, the page or the next announcement
        starts it again.
        """
        generation, position = self._left_at.get((page.site, page.service), (0, -1))
        if page.events and position == page.first - 1:
            try:
                # to ask where the cursor stands takes as long as folding a small page, and its move finds out as well
                return self._advance(generation, position, page, fetch)
            except PageRefused:
                pass  # another process has moved it, or the generation is followed no more
        with self.database.read() as connection:
            generation, state = self._generations.followed(connection)
            position = self._cursors.position(connection, generation, page.site, page.service)
        if state == BUILDING:
            return self.rebuilds.follow(generation, page, fetch)
        return self._advance(generation, position, page, fetch)

    def _advance(self, generation: int, position: int, page: Page, fetch: Fetch) -> int:
        folded = self._folding.advance(generation, position, page, fetch)
        self._left_at[page.site, page.service] = generation, position + folded
        return folded

    def standing(self) -> dict[str, Any]:
        """What a service says of its model when asked for its health: see Rebuild.standing."""
        with self.database.read() as connection:
            return self.rebuilds.standing(connection)

    def cursor(self, site: str, service: str) -> int:
        """The last position of a feed that is in the rows."""
        with self.database.read() as connection:
            return self._cursors.position(connection, self._followed(connection), site, service)

    def cursors(self, home: str) -> list[dict[str, Any]]:
        """Where the model stands in each feed: rows of site, service, position; 0 for a feed of the home site not begun."""
        with self.database.read() as connection:
            begun = self._cursors.positions(connection, self._followed(connection))
        every = {(home, service): 0 for service in self.model.feeds} | begun
        return [{"site": site, "service": service, "position": at} for (site, service), at in sorted(every.items())]

    def parked(self) -> list[dict[str, Any]]:
        """The events that could not be folded, and those of their streams that wait behind them."""
        with self.database.read() as connection:
            return self._parked.all(connection, self._followed(connection))

    def faults(self) -> list[str]:
        """What an operator has to know of the rows beyond lag and parked events, in words; a model that knows more of its own says it."""
        return []

    def discarded(self) -> list[dict[str, Any]]:
        """The events that operators have left out of this model, with reason, actor and time."""
        with self.database.read() as connection:
            return self._parked.discarded(connection)

    def show(self, place: Place) -> dict[str, Any]:
        """One parked event with its CloudEvent (`event`), first and last error, and the trace of each.

        Raises NotFound.
        """
        with self.database.read() as connection:
            return self._parked.show(connection, self._followed(connection), place)

    def retry_parked(self, place: Place | None = None) -> int:
        """Fold the parked events again, in order; of a place, those of its stream. The number that is parked no more.

        An event that fails again counts one attempt more and keeps its stream waiting; its first error is kept beside the last one.
        Raises NotFound when nothing is parked at the place.
        """
        stream = None if place is None else (place.site, place.service, str(self.show(place)["stream"]))
        with self.database.read() as connection:
            generation = self._followed(connection)
        return self._parked.work_off(generation, stream)

    def discard(self, place: Place, *, reason: str, actor: str) -> dict[str, Any]:
        """Leave a parked event out of this model for good, then fold what waited behind it: {"freed": int, "repeated": bool}.

        It is recorded with reason and actor, and holds for every later rebuild; the log keeps the event. The second time it says
        that it is repeated, and only works off what still waits.
        Raises NotFound when nothing is parked at the place, ValidationFailed without a reason.
        """
        with self.database.write() as connection:
            stream, repeated = self._parked.discard(connection, place, reason, actor)
            generation = self._followed(connection)
        return {"freed": self._parked.work_off(generation, (place.site, place.service, stream)), "repeated": repeated}

    def rebuild(self, site: str, fetch: Fetch, progress: Progress = untold) -> int:
        """All steps in turn, from where the last rebuild stood: the number of the generation that is live then.

        Raises what the steps raise.
        """
        self.rebuilds.prepare()
        return self.rebuilds.go_live(site, fetch, progress)

    def _followed(self, connection: sa.Connection) -> int:
        generation, _ = self._generations.followed(connection)
        return generation
