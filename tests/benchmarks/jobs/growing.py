"""Whether a long log is slower than a short one: the same appends and the same catch-up at the end of both.

Log and standings are as long as the other; they are filled once and written to in every round.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

import psycopg

from tests.benchmarks.databases import Place
from tests.benchmarks.filling import filled, spread
from tests.benchmarks.jobs.appends import WARM_UP_COMMITS
from tests.benchmarks.measure import Bench, Goal, Job, Measure, Sides, account, timed
from tests.benchmarks.sides.ours import OursAppending, OursProjecting
from tests.benchmarks.workload import PAYLOADS, SHEETS, decisions

LARGE = "ours, at 10,000,000 events"
SMALL = "ours, at 100,000 events"

APPEND = Measure("append, 1 event a commit", "events/s")
CATCH_UP = Measure("catch-up", "events/s")
WITHIN = 0.9


class Grown:
    """A log that holds many events, and standings that have folded them all."""

    def __init__(self, bench: Bench, name: str, log: Place, views: Place, payload: int) -> None:
        self._bench = bench
        self._name = name
        self._log = log
        self._payload = payload
        self.store = OursAppending(log)
        self.standings = OursProjecting(log, views)

    def build(self, views: Place) -> None:
        self.standings.rebuild()
        with psycopg.connect(views.conninfo, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def measure(self) -> dict[Measure, float]:
        """Appends to sheets all over the log, then the catch-up on these and more."""
        volume, payload = self._bench.volume, self._payload
        before = self.standings.rows()
        work = decisions(WARM_UP_COMMITS + volume.growth_appends, 1, payload, spread(self._log, SHEETS))
        self.store.append(work[:WARM_UP_COMMITS])
        appended = timed(self._bench.server, lambda: self.store.append(work[WARM_UP_COMMITS:]))
        self.store.append(decisions(volume.growth_catch_up, 100, payload, spread(self._log, SHEETS)))
        caught_up = timed(self._bench.server, self.standings.catch_up)
        events = len(work) + volume.growth_catch_up
        account(self._name, "new rows", self.standings.rows() - before, events)
        return {APPEND: volume.growth_appends / appended, CATCH_UP: events / caught_up}

    def close(self) -> None:
        self.store.close()
        self.standings.close()


@contextmanager
def _sides(bench: Bench, payload: int) -> Iterator[Sides]:
    with ExitStack() as stack:

        def grown(name: str, events: int) -> Grown:
            log = stack.enter_context(filled(bench.server, events, payload))
            views = stack.enter_context(bench.server.place())
            made = Grown(bench, name, log, views, payload)
            stack.callback(made.close)
            made.build(views)
            return made

        sizes = {LARGE: bench.volume.growth_large, SMALL: bench.volume.growth_small}
        yield {name: partial(Grown.measure, grown(name, events)) for name, events in sizes.items()}


JOBS = (
    Job(
        "growth",
        "growth, PostgreSQL",
        _sides,
        goals=(Goal(WITHIN, SMALL, APPEND), Goal(WITHIN, SMALL, CATCH_UP)),
        measures=(APPEND, CATCH_UP),
        ours=LARGE,
        payloads=PAYLOADS[:1],
        long=True,
    ),
)
