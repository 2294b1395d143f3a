"""Questions about thousands of organisations on a day, as they were known on a day."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial

from services.registry import domain, views
from services.registry.domain.organisations import Fact
from services.registry.schemas import EVENTS
from shared.bounds import ORGANISATIONS_PAGE, PAGE_EVENTS_MAX
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector, Reading
from shared.store import open_database
from tests.benchmarks.databases import Backend, Place
from tests.benchmarks.measure import NO_PAYLOAD, OURS, Bench, Goal, Job, Measure, Sides, account, timed

PAGE = Measure("a page of the list", "ms", places=1, more_is_better=False)
WHOLE = Measure("the whole list", "ms", places=1, more_is_better=False)
FOUND = Measure("a search and its count", "ms", places=1, more_is_better=False)
LINEAGE = Measure("lineage of an heir", "ms", places=1, more_is_better=False)
"""Of each the median of ASKED, every time for other days."""

ASKED = 20
PROVINCES = 34
RECORDED = [date(2025, month, 1) for month in (1, 2, 3, 4)]
REORGANISED_ON = date(2025, 7, 1)
PAPER = "NQ 1656/NQ-UBTVQH15"


def _facts(units: int) -> Iterator[tuple[date, Fact]]:
    """Units that were registered, renamed, reorganised four into one, and corrected, each on a day of its own."""
    registered, renamed, reorganised, corrected = RECORDED
    keys = [f"xa-{number:05}" for number in range(units)]
    for province in range(PROVINCES):
        yield registered, domain.OrganisationRegistered(f"tinh-{province}", f"Tỉnh {province}", "Tỉnh", None, None, None, None, None)
    for number, key in enumerate(keys):
        parent = f"tinh-{number % PROVINCES}"
        opened_on = date(1976, 1, 1) + timedelta(days=number % 10_000)
        yield registered, domain.OrganisationRegistered(key, f"Xã số {number}", "Xã", opened_on, f"{number:05}", parent, "xã", None)
    for key in keys[::3]:
        yield renamed, domain.OrganisationRenamed(key, f"Phường của {key}", date(2010, 6, 1), PAPER)
    for number, key in enumerate(keys):
        if number % 4:
            yield reorganised, domain.OrganisationMerged(key, keys[number - number % 4], REORGANISED_ON, PAPER)
    for key in keys[::10]:
        yield corrected, domain.OrganisationCorrected(key, domain.Attribute.KIND, date(2000, 1, 1), "thị trấn", "ghi nhầm")


def _filled(place: Place, units: int) -> Projector:
    projector = Projector(open_database(place.url), views.MODEL)
    projector.prepare()
    events = [_event(position, day, fact) for position, (day, fact) in enumerate(_facts(units), start=1)]
    for first in range(0, len(events), PAGE_EVENTS_MAX):
        projector.receive(Page.of(events[first : first + PAGE_EVENTS_MAX]), lambda _service, _after: [])
    account(OURS, "parked events", len(projector.parked()), 0)
    return projector


def _event(position: int, day: date, fact: Fact) -> Event:
    stored = EVENTS.encode(fact)
    identity = f"{position:036}"
    return Event(
        identity,
        "vn",
        "registry",
        position,
        f"organisation-{fact.organisation}",
        1,
        stored.type,
        stored.schema,
        stored.data,
        datetime(day.year, day.month, day.day, 5, tzinfo=UTC),
        stored.effective_on or day,
        "office",
        "course",
        "command",
    )


def _asked(backend: Backend, projector: Projector, units: int) -> dict[Measure, float]:
    days = [REORGANISED_ON - timedelta(days=37 * number) for number in range(ASKED)]
    wanted = [views.Wanted(REORGANISED_ON, day, RECORDED[number % len(RECORDED)]) for number, day in enumerate(days)]
    with projector.reading() as reading:
        before = views.count_on(reading, views.Wanted(REORGANISED_ON, REORGANISED_ON - timedelta(days=1)))
        after = views.count_on(reading, views.Wanted(REORGANISED_ON, REORGANISED_ON))
    account(OURS, "units the day before", before, units + PROVINCES)
    account(OURS, "units the day after", after, -(-units // 4) + PROVINCES)

    def page(reading: Reading, number: int) -> None:
        rows = views.organisations_on(reading, wanted[number], 1 + number)
        account(OURS, "rows of a page", len(rows), min(ORGANISATIONS_PAGE, max(0, units + PROVINCES - number * ORGANISATIONS_PAGE)))

    def search(reading: Reading, number: int) -> None:
        asked = views.Wanted(REORGANISED_ON, days[number], None, f"so {number}")
        views.organisations_on(reading, asked, 1)
        views.count_on(reading, asked)

    def lineage(reading: Reading, number: int) -> None:
        steps = views.lineage_of(reading, f"xa-{number % (units // 4) * 4:05}")["ancestors"]
        account(OURS, "steps", len(steps), 3)

    questions: dict[Measure, Callable[[Reading, int], object]] = {
        PAGE: page,
        WHOLE: lambda reading, number: views.organisations_on(reading, wanted[number]),
        FOUND: search,
        LINEAGE: lineage,
    }
    return {measure: _median_ms(backend, projector, question) for measure, question in questions.items()}


def _median_ms(backend: Backend, projector: Projector, question: Callable[[Reading, int], object]) -> float:
    seconds: list[float] = []

    def ask() -> None:
        for number in range(ASKED):
            start = time.perf_counter()
            with projector.reading() as reading:
                question(reading, number)
            seconds.append(time.perf_counter() - start)

    timed(backend, ask)
    return statistics.median(seconds) * 1_000


@contextmanager
def _sides(server: Callable[[Bench], Backend], bench: Bench, _payload: int) -> Iterator[Sides]:
    backend, units = server(bench), bench.volume.as_of_units
    with backend.place() as place:
        projector = _filled(place, units)
        try:
            yield {OURS: partial(_asked, backend, projector, units)}
        finally:
            projector.database.close()


def _job(key: str, title: str, server: Callable[[Bench], Backend], *, postgres: bool) -> Job:
    measures: Sequence[Measure] = (PAGE, WHOLE, FOUND, LINEAGE)
    goals = (Goal(50, measure=PAGE), Goal(50, measure=FOUND))
    return Job(key, title, partial(_sides, server), goals, tuple(measures), payloads=(NO_PAYLOAD,), postgres=postgres)


JOBS = (
    _job("as-of-sqlite", "as-of questions on 13,000 units, SQLite", lambda bench: bench.sqlite, postgres=False),
    _job("as-of", "as-of questions on 13,000 units, PostgreSQL", lambda bench: bench.server, postgres=True),
)
