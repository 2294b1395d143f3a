"""A board of thousands of units: computed from all scores, changed by one sheet, read by page and by row, and read through the gateway.

Beside what one would take instead: a query over a plain table, and a pandas script over a CSV. They sum the same scores to the same
totals and ranks, which is checked, and know no ties, roundings, freezes or reasons.
"""

from __future__ import annotations

import http.client
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

import psycopg
import sqlalchemy as sa

from services.gateway.credentials import Credentials
from services.rankings import kept, parts, views
from services.rankings.boards import BoardName
from shared.bounds import BOARD_ROWS_PAGE, PAGE_EVENTS_MAX
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector
from shared.store import open_database
from tests.benchmarks.databases import Place
from tests.benchmarks.measure import NO_PAYLOAD, OURS, Bench, Goal, Job, Measure, Sides, account, timed
from tests.benchmarks.processes import COMMENDATION, Process, process
from tests.benchmarks.sides import large_campaign as campaign
from tests.benchmarks.sides import pandas_board
from tests.support.network import free_port

QUERY = "a query over a plain table"
PANDAS = "pandas, from a CSV"

FOLDED = Measure("rows from the log", "sheets/s")
COMPUTED = Measure("full computation", "scores/s")
CHANGED = Measure("one change to visible", "ms", places=1, more_is_better=False)
PAGE = Measure("a page of 50 rows", "ms", places=1, more_is_better=False)
EXPLAINED = Measure("explanation of a row", "ms", places=1, more_is_better=False)
READS = Measure("reads", "reads/s")
CONDITIONAL = Measure("conditional reads, nothing changed", "reads/s")

ASKED = 30
"""Questions of a kind in a round; the figure is their median."""

READERS = 16
"""Connections that read at the same time, each its next page when it has the one before."""

START_SECONDS_MAX = 60.0

_TABLE = "CREATE TABLE scores (unit text NOT NULL, item text NOT NULL, pass int NOT NULL, score numeric NOT NULL)"
_BOARD = (
    "SELECT unit, sum(score) AS total, rank() OVER (ORDER BY sum(score) DESC) AS rank"
    " FROM (SELECT DISTINCT ON (unit, item) unit, item, score FROM scores ORDER BY unit, item, pass DESC) AS last"
    " GROUP BY unit ORDER BY rank, unit"
)


class Ours:
    """The read model of rankings over the log of a large campaign, and boards as the service answers them."""

    def __init__(self, place: Place, units: int) -> None:
        self.units = units
        self.log = campaign.Log(units)
        self.projector = Projector(open_database(place.url), views.MODEL)
        self.projector.prepare()
        self._changes = 0
        events = self.log.events()
        begun = time.perf_counter()
        while page := list(islice(events, PAGE_EVENTS_MAX)):
            self.fold(*page)
        self.folded = units * len(campaign.PASSES) / (time.perf_counter() - begun)
        account(OURS, "parked events", len(self.projector.parked()), 0)

    def fold(self, *events: Event) -> None:
        for service in dict.fromkeys(event.service for event in events):
            self.projector.receive(Page.of([event for event in events if event.service == service]), lambda _service, _after: [])

    def page(self, after: int = 0) -> None:
        with self.projector.reading() as reading:
            parts.page(reading, campaign.CAMPAIGN, BoardName.STANDINGS, parts.Part(BOARD_ROWS_PAGE, after))

    def total(self, unit: str) -> str:
        with self.projector.reading() as reading:
            return str(parts.explanation(reading, campaign.CAMPAIGN, unit)["total"])

    def ranks(self) -> dict[str, tuple[int, float]]:
        """Rank by the total alone, and total, of every unit."""
        with self.projector.reading() as reading:
            found = views.particulars_of(reading, campaign.CAMPAIGN) or {}
            with kept.made(reading, found) as made:
                totals = {row.unit: float(row.total or 0) for row in made.ranking.rows()}
        ordered = sorted(totals.values(), reverse=True)
        first = {total: place for place, total in reversed([*enumerate(ordered, start=1)])}
        return {unit: (first[total], total) for unit, total in totals.items()}

    def change(self) -> float:
        """Milliseconds from when the page of a hand-in is here until a board has been read that shows it; of another unit each time."""
        self._changes += 1
        unit, last = f"unit-{self._changes * 91 % self.units:05}", campaign.PASSES[-1]
        saved, handed_in = self.log.sheet(unit, last, dict.fromkeys(campaign.ITEMS, f"9.{self._changes % 100:02}"))
        self.fold(saved)
        before = self.total(unit)
        begun = time.perf_counter()
        self.fold(handed_in)
        self.page()
        seconds = time.perf_counter() - begun
        account(OURS, "boards that show the change", int(self.total(unit) != before), 1)
        return seconds * 1_000


def _asked(bench: Bench, ours: Ours, figures: dict[Measure, float]) -> dict[Measure, float]:
    def compute() -> None:
        kept.forget()
        ours.page()

    seconds = timed(bench.server, compute)
    told = {
        COMPUTED: _scores(ours.units) / seconds,
        CHANGED: statistics.median(ours.change() for _ in range(ASKED)),
        PAGE: _median_ms(lambda number: ours.page(number * 53 % max(ours.units - BOARD_ROWS_PAGE, 1))),
        EXPLAINED: _median_ms(lambda number: ours.total(f"unit-{number * 37 % ours.units:05}")),
    }
    # what was measured once is a sample of the first round
    return told | {measure: figures.pop(measure) for measure in [*figures]}


def _queried(bench: Bench, place: Place) -> dict[Measure, float]:
    with psycopg.connect(place.conninfo) as connection:

        def ask(part: str = "") -> None:
            connection.execute(f"{_BOARD}{part}").fetchall()

        seconds = timed(bench.server, ask)
        page = timed(bench.server, lambda: ask(f" LIMIT {BOARD_ROWS_PAGE} OFFSET {BOARD_ROWS_PAGE}"))
    return {COMPUTED: _scores(bench.volume.board_units) / seconds, PAGE: page * 1_000}


def _analysed(bench: Bench, path: Path) -> dict[Measure, float]:
    seconds = timed(bench.server, lambda: pandas_board.board(str(path)))
    return {COMPUTED: _scores(bench.volume.board_units) / seconds}


def _scores(units: int) -> int:
    return units * len(campaign.PASSES) * len(campaign.ITEMS)


def _median_ms(ask: Callable[[int], object]) -> float:
    seconds = []
    for number in range(ASKED):
        begun = time.perf_counter()
        ask(number)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds) * 1_000


@contextmanager
def _computing(bench: Bench, _payload: int) -> Iterator[Sides]:
    units = bench.volume.board_units
    with bench.server.place() as views_place, bench.server.place() as plain, bench.sqlite.scratch() as folder:
        path = folder / "scores.csv"
        campaign.write_csv(path, units)
        with psycopg.connect(plain.conninfo, autocommit=True) as connection:
            connection.execute(_TABLE)
            with connection.cursor() as cursor, path.open("rb") as file, cursor.copy("COPY scores FROM STDIN (FORMAT csv, HEADER)") as copy:
                while block := file.read(1_000_000):
                    copy.write(block)
            connection.execute("CREATE INDEX ON scores (unit, item, pass DESC)")
            connection.execute("VACUUM ANALYZE scores")
            queried = {str(unit): (int(rank), float(total)) for unit, total, rank in connection.execute(_BOARD)}
        board = pandas_board.board(str(path))
        analysed = {str(unit): (int(row["rank"]), float(row["total"])) for unit, row in board.iterrows()}
        ours = Ours(views_place, units)
        try:
            found = ours.ranks()
            for name, other in ((QUERY, queried), (PANDAS, analysed)):
                account(name, "units with our rank and total", sum(found[unit] == other[unit] for unit in found), units)
            figures = {FOLDED: ours.folded}
            yield {
                OURS: partial(_asked, bench, ours, figures),
                QUERY: partial(_queried, bench, plain),
                PANDAS: partial(_analysed, bench, path),
            }
        finally:
            ours.projector.database.close()


class Readers:
    """Connections to the gateway that read boards as fast as they are answered, for some seconds."""

    def __init__(self, port: int, token: str, units: int) -> None:
        self._port = port
        self._token = token
        self._units = units
        self._failures: list[str] = []

    def rate(self, seconds: float, *, conditional: bool) -> float:
        """Answers a second. Raises AssertionError for one that is not as it should be."""
        counts: list[int] = []
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=self._read, args=(number, until, conditional, counts)) for number in range(READERS)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        account(OURS, f"readers that were answered {self._failures[:1]}", len(counts), READERS)
        return sum(counts) / (time.perf_counter() - begun)

    def _read(self, number: int, until: float, conditional: bool, counts: list[int]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Authorization": f"Bearer {self._token}"}
        after = number % 4 * BOARD_ROWS_PAGE % max(self._units - BOARD_ROWS_PAGE, 1)
        path = f"/api/v1/campaigns/{campaign.CAMPAIGN}/boards/standings?limit={BOARD_ROWS_PAGE}&after={after}"
        answered = 0
        while time.perf_counter() < until:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != (304 if "If-None-Match" in headers else 200):
                self._failures.append(f"{answer.status} {body[:200]!r}")
                return
            if conditional and answer.status == 200:
                headers["If-None-Match"] = str(answer.headers["ETag"])
            answered += 1
        counts.append(answered)


@contextmanager
def _reading(bench: Bench, _payload: int) -> Iterator[Sides]:
    name, port, units = uuid.uuid4().hex[:8], free_port(), bench.volume.board_units
    with bench.server.places(name, "rankings", "gateway") as template, bench.sqlite.scratch() as folder:
        ours = Ours(Place(sa.make_url(template.replace("{service}", "rankings"))), units)
        ours.projector.database.close()
        credentials = Credentials(open_database(template.replace("{service}", "gateway")))
        credentials.prepare()
        token = credentials.open_session("account", "reader").token
        env = {
            "COMMENDATION_SITE": campaign.SITE,
            "COMMENDATION_BROKER_URL": bench.broker,
            "COMMENDATION_DATABASE_URL": template,
            "COMMENDATION_HTTP_PORT": str(port),
        }
        with (
            process("rankings", [COMMENDATION, "run", "--service", "rankings"], env, folder) as rankings,
            process("gateway", [COMMENDATION, "run", "--service", "gateway"], env, folder) as gateway,
        ):
            readers = Readers(port, token, units)
            _wait_for(port, token, rankings, gateway)
            readers.rate(bench.volume.board_seconds / 5, conditional=False)
            yield {
                OURS: lambda: {
                    READS: readers.rate(bench.volume.board_seconds, conditional=False),
                    CONDITIONAL: readers.rate(bench.volume.board_seconds, conditional=True),
                }
            }
        credentials.database.close()


def _wait_for(port: int, token: str, *watched: Process) -> None:
    """Until a board is answered. Raises TimeoutError, ProcessFailed."""
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        for one in watched:
            one.check()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            path = f"/api/v1/campaigns/{campaign.CAMPAIGN}/boards/standings?limit=1"
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"No board was answered within {START_SECONDS_MAX:.0f} s.")


JOBS = (
    Job(
        "board",
        "board of 10,000 units x 100 items x 4 passes, PostgreSQL",
        _computing,
        goals=(Goal(1, PANDAS, COMPUTED), Goal(20, measure=CHANGED), Goal(20, measure=PAGE), Goal(20, measure=EXPLAINED)),
        measures=(FOLDED, COMPUTED, CHANGED, PAGE, EXPLAINED),
        payloads=(NO_PAYLOAD,),
    ),
    Job(
        "board-reads",
        "pages of that board through the gateway, RabbitMQ",
        _reading,
        goals=(Goal(1_000, measure=READS),),
        measures=(READS, CONDITIONAL),
        payloads=(NO_PAYLOAD,),
        broker=True,
    ),
)
