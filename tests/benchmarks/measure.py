"""Samples in rounds that take turns, and what is made of them: medians with their spread, side by side."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from tests.benchmarks.contestant import Contestant, NotAccounted, Place, Projecting
from tests.benchmarks.databases import Backend
from tests.benchmarks.workload import SCORES_PER_EVENT, count_of, decisions

Open = Callable[[Place], Contestant]


class Job(StrEnum):
    APPEND_ONE = "append, 1 event a commit"
    APPEND_MANY = "append, 100 events a commit"
    FEED = "feed into standings"
    REBUILD = "rebuild of standings"


PER_COMMIT = {Job.APPEND_ONE: 1, Job.APPEND_MANY: 100}
WARM_UP_COMMITS = 20
"""Untimed commits before each sample: connections are open and statements prepared, as in a service that runs."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Events a sample."""

    append_one: int
    append_many: int
    feed: int


FULL = Volume(append_one=2_000, append_many=20_000, feed=5_000)
QUICK = Volume(append_one=60, append_many=600, feed=700)


@dataclass(frozen=True, slots=True)
class Sample:
    backend: str
    job: Job
    contestant: str
    round: int
    events: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.events / self.seconds


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant with the jobs that it takes part in."""

    name: str
    open: Open
    jobs: frozenset[Job]


def run(backend: Backend, entries: Sequence[Entry], rounds: int, volume: Volume, tell: Callable[[str], None]) -> list[Sample]:
    """Every contestant once a round, in turn, so that what the machine does meanwhile meets all alike.

    Raises NotAccounted when a contestant lost or doubled an event or a row.
    """
    samples: list[Sample] = []
    for number in range(1, rounds + 1):
        # who comes first changes with the round: the first finds another disk cache than the last
        first = number % len(entries)
        entries = [*entries[first:], *entries[:first]]
        for job in PER_COMMIT:
            samples.extend(_appended(backend, entry, job, number, volume) for entry in entries if job in entry.jobs)
        for entry in entries:
            if Job.FEED in entry.jobs:
                samples.extend(_projected(backend, entry, number, volume))
        tell(f"{backend.name}: round {number} of {rounds}")
    return samples


def _appended(backend: Backend, entry: Entry, job: Job, number: int, volume: Volume) -> Sample:
    size = PER_COMMIT[job]
    warm = WARM_UP_COMMITS * size
    events = volume.append_one if job is Job.APPEND_ONE else volume.append_many
    work = decisions(warm + events, size)
    with backend.place() as place:
        contestant = entry.open(place)
        try:
            contestant.append(work[:WARM_UP_COMMITS])
            seconds = _timed(backend, lambda: contestant.append(work[WARM_UP_COMMITS:]))
            _account(entry, "events in the log", contestant.recorded(), count_of(work))
        finally:
            contestant.close()
    return Sample(backend.name, job, entry.name, number, events, seconds)


def _projected(backend: Backend, entry: Entry, number: int, volume: Volume) -> list[Sample]:
    work = decisions(volume.feed, PER_COMMIT[Job.APPEND_MANY])
    with backend.place() as place:
        contestant = entry.open(place)
        if not isinstance(contestant, Projecting):
            raise TypeError(f"{entry.name} has no projection; take it out of {Job.FEED} and {Job.REBUILD}.")
        made = []
        try:
            contestant.append(work)
            contestant.prepare_views()
            for job, act in ((Job.FEED, contestant.follow), (Job.REBUILD, contestant.rebuild)):
                seconds = _timed(backend, act)
                contestant.settle()
                _account(entry, f"rows after {job}", contestant.rows(), volume.feed * SCORES_PER_EVENT)
                made.append(Sample(backend.name, job, entry.name, number, volume.feed, seconds))
        finally:
            contestant.close()
    return made


def _timed(backend: Backend, act: Callable[[], None]) -> float:
    gc.collect()
    backend.quiet()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _account(entry: Entry, what: str, found: int, expected: int) -> None:
    if found != expected:
        raise NotAccounted(f"{entry.name}: {found} {what}, expected {expected}.")


def table(samples: Sequence[Sample], ours: str) -> str:
    """One database's samples: per job and rival, events a second of both as median (least..most), and ours divided by theirs."""
    lines = [("job", ours, "beside", "its rate", "ratio")]
    for job in Job:
        rates: dict[str, list[float]] = {}
        for sample in samples:
            if sample.job is job:
                rates.setdefault(sample.contestant, []).append(sample.rate)
        own = rates.pop(ours, None)
        if own is None:
            continue
        lines += [(str(job), _spread(own), name, _spread(theirs), f"{median(own) / median(theirs):.2f}") for name, theirs in rates.items()]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    shown = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([shown[0], "-" * len(max(shown, key=len)), *shown[1:]])


def _spread(rates: Sequence[float]) -> str:
    return f"{median(rates):,.0f} ({min(rates):,.0f}..{max(rates):,.0f})"
