"""A campaign of thousands of units frozen and made final by the whole network: how long it takes, and whether rankings answers meanwhile.

Beside it a script that hashes the same standings from an export, once, with nobody to answer and nothing to compare.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from shared.bounds import RECOMPUTE_SECONDS_MAX
from shared.config import SERVICES
from tests.benchmarks.measure import NO_PAYLOAD, OURS, Bench, Goal, Job, Measure, Sides, account, timed
from tests.benchmarks.processes import COMMENDATION, module, process
from tests.benchmarks.sides import plain_digest, sealed_campaign
from tests.benchmarks.sides.large_campaign import SITE

SCRIPT = "a script that hashes an export"
SEAL_SECONDS_MAX = 1_500.0
"""Until all is told: the read models of the network are caught up before, from logs that were written behind their backs."""

FROZEN = Measure("freeze", "s", places=2, more_is_better=False)
SEALED = Measure("finalise", "s", places=1, more_is_better=False)
WORKED = Measure("processor time of rankings for both", "s", places=1, more_is_better=False)
SILENT = Measure("longest wait for rankings' health meanwhile", "ms", more_is_better=False)
PEAK = Measure("rankings in memory at most", "MB", more_is_better=False)
ADDED = Measure("of that, taken by it", "MB", more_is_better=False)

NETWORK = tuple(service for service in SERVICES if service != "gateway")


def _sealed(bench: Bench, template: str, folder: Path, done: list[bool]) -> dict[Measure, float]:
    """Once: what is final stays so."""
    if done:
        return {}
    done.append(True)
    env = {"COMMENDATION_SITE": SITE, "COMMENDATION_BROKER_URL": bench.broker, "COMMENDATION_DATABASE_URL": template}
    env |= {"COMMENDATION_VAR": str(folder)}
    with ExitStack() as stack:
        network = {name: stack.enter_context(process(name, [COMMENDATION, "run", "--service", name], env, folder)) for name in NETWORK}
        office = module("tests.benchmarks.sides.seal_office", str(network["rankings"].pid))
        told = json.loads(stack.enter_context(process("office", office, env, folder)).line(SEAL_SECONDS_MAX))
    account(OURS, "figures of the office", len(told), 6)
    return {
        FROZEN: told["freeze"],
        SEALED: told["finalise"],
        WORKED: told["worked"],
        SILENT: told["silence"] * 1_000,
        PEAK: told["peak"],
        ADDED: told["added"],
    }


def _hashed(bench: Bench, export: Path) -> dict[Measure, float]:
    found: list[int] = []
    seconds = timed(bench.server, lambda: found.append(plain_digest.digest(export)[1]))
    account(SCRIPT, "units", found[0], bench.volume.board_units)
    return {SEALED: seconds}


@contextmanager
def _sides(bench: Bench, _payload: int) -> Iterator[Sides]:
    name, units = uuid.uuid4().hex[:8], bench.volume.board_units
    with bench.server.places(name, *NETWORK) as template, bench.sqlite.scratch() as folder:
        export = folder / "events.jsonl"
        events = sealed_campaign.fill(template, units, export)
        account(OURS, "events", events, 3 + 3 * units + 9 + 2 * 4 * units)
        yield {OURS: partial(_sealed, bench, template, folder, []), SCRIPT: partial(_hashed, bench, export)}


JOBS = (
    Job(
        "seal",
        "a campaign of 10,000 units x 100 items x 4 passes frozen and made final, RabbitMQ",
        _sides,
        goals=(Goal(RECOMPUTE_SECONDS_MAX / 2, measure=SEALED), Goal(500, measure=SILENT)),
        measures=(FROZEN, SEALED, WORKED, SILENT, PEAK, ADDED),
        payloads=(NO_PAYLOAD,),
        broker=True,
        long=True,
    ),
)
