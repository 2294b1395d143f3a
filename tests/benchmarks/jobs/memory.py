"""What the whole network takes of the machine's memory when it runs in one process, as by default."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.benchmarks.measure import NO_PAYLOAD, OURS, Bench, Goal, Job, Measure, Sides
from tests.support.network import RunningNetwork

RESIDENT = Measure("resident", "MB", places=1, more_is_better=False)
PROPORTIONAL = Measure("proportional", "MB", places=1, more_is_better=False)
PEAK = Measure("resident at most, while it loaded", "MB", places=1, more_is_better=False)
"""Of 1,000,000 bytes. What is shared with other processes counts whole in `resident`, by its share in `proportional`."""


def _loaded(bench: Bench) -> dict[Measure, float]:
    with bench.sqlite.scratch() as folder:
        network = RunningNetwork("embedded", folder)
        try:
            network.start(sample=True)
            network.settle()
            pid = network.processes["network"].pid
            rollup, status = _kilobytes(pid, "smaps_rollup"), _kilobytes(pid, "status")
        finally:
            network.close()
    return {RESIDENT: rollup["Rss"], PROPORTIONAL: rollup["Pss"], PEAK: status["VmHWM"]}


def _kilobytes(pid: int, file: str) -> dict[str, float]:
    """The lines of a file of /proc that count in kB, as MB by name."""
    found = {}
    for line in Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            found[name] = int(value.removesuffix(" kB")) * 1_024 / 1_000_000
    return found


@contextmanager
def _sides(bench: Bench, _payload: int) -> Iterator[Sides]:
    yield {OURS: partial(_loaded, bench)}


JOBS = (
    Job(
        "memory",
        "memory of the embedded network, sample season loaded",
        _sides,
        goals=(Goal(250, measure=RESIDENT),),
        measures=(RESIDENT, PROPORTIONAL, PEAK),
        payloads=(NO_PAYLOAD,),
        postgres=False,
    ),
)
