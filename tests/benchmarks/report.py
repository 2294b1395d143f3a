"""What is made of the samples: a line for each job, payload and side beside ours, with medians, spread, ratio, and the goal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from statistics import median

from tests.benchmarks.measure import Goal, Job, Measure, Sample

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Line:
    job: str
    payload: str
    beside: str
    ours: str
    theirs: str
    ratio: str
    goal: str
    reached: str


HEAD = Line("job", "bytes", "beside", "ours, median (spread)", "theirs", "ratio", "goal", "reached")


def lines(samples: Iterable[Sample], jobs: Sequence[Job]) -> list[Line]:
    """The lines in the order of the jobs."""
    values: dict[tuple[str, int, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        values[sample.job, sample.payload_bytes, sample.measure][sample.side].append(sample.value)
    return [
        line
        for job in jobs
        for payload in job.payloads
        for measure in job.measures
        if job.ours in (found := values.get((job.key, payload, measure.name), {}))
        for line in _lines(job, payload, measure, found)
    ]


def _lines(job: Job, payload: int, measure: Measure, found: dict[str, list[float]]) -> Iterator[Line]:
    title = job.title if len(job.measures) == 1 else f"{job.title}: {measure.name}"
    bytes_ = str(payload) if payload else NOTHING
    goals = {goal.beside: goal for goal in job.goals if goal.measure == measure}
    ours = found[job.ours]
    others = {name: theirs for name, theirs in found.items() if name != job.ours}
    if not others or None in goals:
        goal, reached = _bounded(goals.get(None), measure, ours)
        yield Line(title, bytes_, NOTHING, _spread(ours, measure), NOTHING, NOTHING, goal, reached)
    # those that a goal names first, then the rest by name
    for name in sorted(others, key=lambda name: ([*goals].index(name) if name in goals else len(goals), name)):
        ratio = median(ours) / median(others[name])
        goal, reached = _compared(goals.get(name), ratio)
        yield Line(title, bytes_, name, _spread(ours, measure), _spread(others[name], measure), f"{ratio:.2f}", goal, reached)


def _compared(goal: Goal | None, ratio: float) -> tuple[str, str]:
    return (NOTHING, NOTHING) if goal is None else (f"at least {goal.bound:g}", _yes(ratio >= goal.bound))


def _bounded(goal: Goal | None, measure: Measure, ours: list[float]) -> tuple[str, str]:
    if goal is None:
        return NOTHING, NOTHING
    if measure.more_is_better:
        return f"at least {goal.bound:g} {measure.unit}", _yes(median(ours) >= goal.bound)
    return f"under {goal.bound:g} {measure.unit}", _yes(median(ours) < goal.bound)


def _yes(reached: bool) -> str:
    return "yes" if reached else "no"


def _spread(found: Sequence[float], measure: Measure) -> str:
    middle, least, most = (f"{value:,.{measure.places}f}" for value in (median(found), min(found), max(found)))
    return f"{middle} ({least}..{most}) {measure.unit}"


def text(shown: Sequence[Line]) -> str:
    """As a table for the terminal."""
    table = [astuple(line) for line in (HEAD, *shown)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([rows[0], "-" * len(max(rows, key=len)), *rows[1:]])


def markdown(shown: Sequence[Line]) -> str:
    """As a table for a README."""
    table = [astuple(line) for line in (HEAD, *shown)]
    rows = [f"| {' | '.join(row)} |" for row in table]
    return "\n".join([rows[0], "|" + "---|" * len(table[0]), *rows[1:]])
