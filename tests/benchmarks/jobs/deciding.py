"""Commands on score sheets: load, decide, append; and loading alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from tests.benchmarks.databases import Place
from tests.benchmarks.measure import OURS, RATE, Bench, Goal, Job, Measure, Sides, account, timed
from tests.benchmarks.sides.contestant import Deciding
from tests.benchmarks.sides.ours import OursDeciding
from tests.benchmarks.sides.peer_postgres import PostgresPeer
from tests.benchmarks.workload import commands, histories

PEER = "eventsourcing, database functions"
WITH_COMMAND = "ours, with a command id"
EVENTS_MIN, EVENTS_MAX = 10, 30
"""Events of a sheet before the first command."""

REPLAYED_EVENTS = 100
WARM_UP_COMMANDS = 20

COMMANDS = Measure("rate", "commands/s")

Open = Callable[[Place], Deciding]
_OPEN: dict[str, Open] = {OURS: OursDeciding, PEER: partial(PostgresPeer, with_functions=True)}


@contextmanager
def _deciding(bench: Bench, payload: int) -> Iterator[Sides]:
    known = histories(bench.volume.sheets, EVENTS_MIN, EVENTS_MAX, payload)
    given = commands(WARM_UP_COMMANDS + bench.volume.commands, known, payload)

    def decide(name: str, open_side: Open) -> dict[Measure, float]:
        with bench.server.place() as place:
            side = open_side(place)
            try:
                side.begin(known)
                side.decide(given[:WARM_UP_COMMANDS])
                seconds = timed(bench.server, lambda: side.decide(given[WARM_UP_COMMANDS:]))
                account(name, "events in the log", side.recorded(), sum(len(history.facts) for history in known) + len(given))
            finally:
                side.close()
        return {COMMANDS: bench.volume.commands / seconds}

    opened: dict[str, Open] = {**_OPEN, WITH_COMMAND: partial(OursDeciding, with_command=True)}
    yield {name: partial(decide, name, open_side) for name, open_side in opened.items()}


@contextmanager
def _replaying(bench: Bench, payload: int) -> Iterator[Sides]:
    known = histories(bench.volume.replayed_streams, REPLAYED_EVENTS, REPLAYED_EVENTS, payload)
    sheets = [history.sheet for history in known]
    with ExitStack() as stack:

        def opened(open_side: Open) -> Deciding:
            # nothing is written under the clock: one log serves all rounds
            side = open_side(stack.enter_context(bench.server.place()))
            stack.callback(side.close)
            side.begin(known)
            return side

        def replay(name: str, side: Deciding) -> dict[Measure, float]:
            folded = 0

            def work() -> None:
                nonlocal folded
                folded = side.replay(sheets)

            side.replay(sheets[:1])
            seconds = timed(bench.server, work)
            account(name, "events replayed", folded, len(sheets) * REPLAYED_EVENTS)
            return {RATE: folded / seconds}

        yield {name: partial(replay, name, opened(open_side)) for name, open_side in _OPEN.items()}


JOBS = (
    Job(
        "decide",
        "load, decide, append, PostgreSQL",
        _deciding,
        goals=(Goal(1.2, PEER, COMMANDS),),
        measures=(COMMANDS,),
    ),
    Job("replay", f"replay of a stream of {REPLAYED_EVENTS}, PostgreSQL", _replaying, goals=(Goal(2.0, PEER),)),
)
