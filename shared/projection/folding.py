"""Pages into rows: together where all goes well, in ever smaller parts where an event cannot be folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.exc import InterfaceError, OperationalError

from shared.bounds import FOLD_ATTEMPTS_MAX, FOLD_PAUSE_SECONDS
from shared.errors import PageRefused, Unavailable
from shared.event import Event
from shared.failpoints import reached
from shared.feed.page import Page
from shared.projection.cursors import Cursors
from shared.projection.errors import RebuildAborted
from shared.projection.flush import flush, gathering
from shared.projection.generations import Generations
from shared.projection.model import ReadModel
from shared.projection.parked import Parked
from shared.schema import SchemaUnknown
from shared.store.database import Database

Fetch = Callable[[str, int], Sequence[Event]]
"""fetch(service, after): the next events of a producer's feed, empty at its end; raises Unavailable."""

_REFUSALS = (PageRefused, RebuildAborted)
"""No fault of an event's."""


class Folding:
    """Folds pages into the tables of a generation, rows and cursor in one transaction."""

    def __init__(
        self,
        database: Database,
        model: ReadModel,
        generations: Generations,
        cursors: Cursors,
        parked: Parked,
        pause: Callable[[float], None],
    ) -> None:
        self._database = database
        self._model = model
        self._generations = generations
        self._cursors = cursors
        self._parked = parked
        self._pause = pause

    def advance(self, generation: int, position: int, page: Page, fetch: Fetch, *, building: bool = False) -> int:
        """Fold what a page brings beyond the position of its feed, filling a gap first; the number of events folded."""
        folded = 0
        while position < page.first - 1:
            missing = fetch(page.service, position)
            if not missing:
                return folded
            folded += self.fold(generation, Page.of(missing), building=building)
            position = missing[-1].position
        rest = page.after(position)
        if rest.events:
            folded += self.fold(generation, rest, building=building)
        return folded

    def fold(self, generation: int, page: Page, *, building: bool = False) -> int:
        """Fold a page that follows the cursor, parking what cannot be; the number of its events.

        building: into a generation that is not live yet, and may be aborted.
        Raises PageRefused where it does not follow, RebuildAborted, Unavailable when the database does not answer.
        """
        try:
            self._fold_apart(generation, page, building)
        except (OperationalError, InterfaceError) as error:
            raise Unavailable(f"The database of read model {self._model.name} does not answer: {error}") from error
        return len(page.events)

    def _fold_apart(self, generation: int, page: Page, building: bool) -> None:
        """Fold a page together; where one of its events cannot be, in halves, down to that event, so that only it waits."""
        if len(page.events) == 1:
            self._fold_or_park(generation, page, building)
            return
        try:
            self._fold_together(generation, page, building)
        except (OperationalError, InterfaceError, *_REFUSALS):
            raise
        except Exception:
            middle = len(page.events) // 2
            for half in (page.events[:middle], page.events[middle:]):
                self._fold_apart(generation, Page.of(half), building)

    def _fold_or_park(self, generation: int, page: Page, building: bool) -> None:
        pause = FOLD_PAUSE_SECONDS
        errors: list[Exception] = []
        while True:
            try:
                self._fold_together(generation, page, building)
                return
            except (OperationalError, InterfaceError, *_REFUSALS):
                raise
            except Exception as error:
                errors.append(error)
            # of an unknown version another try tells this release nothing new
            if len(errors) == FOLD_ATTEMPTS_MAX or isinstance(errors[-1], SchemaUnknown):
                self._park(generation, page, building, errors)
                return
            self._pause(pause)
            pause *= 2

    def _fold_together(self, generation: int, page: Page, building: bool) -> None:
        # a crash of the database's server may take back the last pages, rows and cursor together: they are fetched and folded again
        with self._database.write(flushed=self._model.evidence) as connection:
            if building:
                self._generations.hold_building(connection, generation)
            self._cursors.move(connection, generation, page)
            waiting, discarded = self._parked.exceptions(connection, generation, page)
            tables = self._generations.tables(generation)
            rows = gathering(connection, tables)
            for event in page.events:
                if event.position in discarded:
                    continue
                folds = self._model.folds_of(event)
                if not folds:
                    continue
                if event.stream in waiting:
                    self._parked.park_behind(connection, generation, event)
                else:
                    for fold in folds:
                        fold(rows, event)
            flush(self._database, connection, tables, rows)
            reached("fold.before_commit")

    def _park(self, generation: int, page: Page, building: bool, errors: Sequence[Exception]) -> None:
        (event,) = page.events
        with self._database.write() as connection:
            if building:
                self._generations.hold_building(connection, generation)
            self._cursors.move(connection, generation, page)
            self._parked.park(connection, generation, event, errors)
