"""The pages of a rebuild on their way into the generation that is built: many in one transaction, the next read meanwhile."""

from __future__ import annotations

import threading

from shared.bounds import REPLAY_PAGES_MAX
from shared.event import Event
from shared.feed.page import Page
from shared.projection.folding import Folding


class Replay:
    """Takes pages in the order of each feed, holds up to REPLAY_PAGES_MAX of them and folds those as one.

    While the database takes what was folded, the next pages are taken: two such batches are in memory at most. After `settle` all are
    in the tables, with the cursors.
    """

    def __init__(self, folding: Folding, generation: int) -> None:
        self._folding = folding
        self._generation = generation
        self._held: list[Page] = []
        self._under_way: _Batch | None = None

    def take(self, page: Page) -> int:
        """The number of events that the page brings. Raises what folding those before it raised: RebuildAborted, Unavailable."""
        if self._held and (self._held[0].site, self._held[0].service) != (page.site, page.service):
            self._hand_over()
        self._held.append(page)
        if len(self._held) == REPLAY_PAGES_MAX:
            self._hand_over()
        return len(page.events)

    def settle(self) -> None:
        """Fold what is held, and wait for all that is under way. Raises as `take` does."""
        self._hand_over()
        self._wait()

    def _hand_over(self) -> None:
        self._wait()
        if self._held:
            events = [event for page in self._held for event in page.events]
            self._held = []
            self._under_way = _Batch(self._folding, self._generation, events)
            self._under_way.start()

    def _wait(self) -> None:
        batch, self._under_way = self._under_way, None
        if batch is not None:
            batch.join()
            if batch.error is not None:
                self._held = []  # it does not follow any more
                raise batch.error


class _Batch(threading.Thread):
    """Folds events of one feed, beside the thread that takes the next. Its end is bounded by those of the database's waits."""

    def __init__(self, folding: Folding, generation: int, events: list[Event]) -> None:
        super().__init__(name="replay")
        self._folding = folding
        self._generation = generation
        self._events = events
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._folding.fold(self._generation, Page.of(self._events), building=True)
        except BaseException as error:
            self.error = error
