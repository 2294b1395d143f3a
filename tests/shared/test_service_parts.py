"""What a service's methods are given, and what they all do alike: its log, its read model, other feeds, permissions, a long step's end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from structlog.testing import capture_logs

from shared import service
from shared.bounds import PAGE_EVENTS_MAX
from shared.errors import CommendationError, NotAllowed, NotFound
from shared.feed.page import Page
from shared.ground import configuration
from shared.permissions import read
from shared.projection import ReadModel
from shared.roles import Grant, Role
from shared.rpc import Request
from shared.schema import Catalogue
from shared.service import FactsProvider, Service, Views, ViewsProvider
from shared.store import Database
from tests.shared.diary import Diary, noted, nothing
from tests.shared.given import an_event
from tests.shared.store.given import a_store

TABLE = read("""
diary:
  commands:
    note: {office: (cluster), secretary: unit}
    keep: {office: network, holder: owner}
separation of duties: []
""")


@pytest.fixture(autouse=True)
def _no_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_failures", {})


def _bare(**parts: Any) -> Any:
    """A service without a container: what nameko would inject is put in by hand."""
    made: Any = Service.__new__(Service)
    made.__dict__ |= {"name": "diary", **parts}
    return made


# What is injected


def test_facts_are_of_the_services_own_log_and_let_others_work_between_two_tries(database: Database) -> None:
    catalogue, store = Catalogue("diary"), a_store(database)
    provider: Any = FactsProvider(catalogue)
    provider.ground = SimpleNamespace(store=store)
    facts = provider.get_dependency(None)
    assert (facts.store, facts.catalogue, facts._pause) == (store, catalogue, eventlet.sleep)


def test_views_are_one_projector_of_the_model_made_ready_at_the_start(database: Database) -> None:
    model = ReadModel(name="diary", version=1)
    provider: Any = ViewsProvider(model)
    provider.ground = SimpleNamespace(database=database)
    provider.setup()
    views = provider.get_dependency(None)
    assert views.projector is provider.get_dependency(None).projector
    found = views.projector.model, views.projector.database, views.projector._folding._pause
    assert found == (model, database, eventlet.sleep)
    with views.reading():
        assert views.projector.cursor("vn", "diary") == 0


def test_what_reached_the_rows_is_logged_by_the_courses_that_it_belongs_to(database: Database) -> None:
    diary = Diary()
    views = Views(diary.projector(database))
    page = Page.of([noted(position, f"n{position}") for position in (1, 2)])
    with capture_logs() as logs:
        views.follow(page, nothing)
        views.follow(page, nothing)
    courses = sorted({event.correlation for event in page.events})
    told = {"model": "diary", "producer": "diary", "last": 2, "folded": 2, "correlations": courses}
    assert logs == [{"event": "page_folded", "log_level": "info", **told}], "a page that was folded before reaches no row"


def test_what_is_missing_before_a_page_is_fetched(database: Database) -> None:
    diary, events = Diary(), [noted(position, f"n{position}") for position in (1, 2)]
    views = Views(diary.projector(database))
    views.follow(Page.of(events[1:]), lambda _service, after: events[after:])
    assert diary.notes(views.projector) == {"diary/a": "n1 n2"}


def test_a_page_names_so_many_courses_at_most(database: Database) -> None:
    views = Views(Diary().projector(database))
    page = Page.of([an_event(position, correlation=f"c{position:02}") for position in range(1, 31)])
    with capture_logs() as logs:
        views.follow(page, nothing)
    assert logs[0]["correlations"] == [f"c{position:02}" for position in range(1, 21)]


def test_roles_are_those_of_the_legal_day(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    projector = Diary().projector(database)
    monkeypatch.setattr(service, "utc_now", lambda: datetime(2025, 6, 30, 18, tzinfo=UTC))  # one in the morning in Ha Noi
    monkeypatch.setattr(service, "grants_of", lambda *asked: asked)
    asked: Any = Views(projector).grants("an")
    assert asked == (projector, "an", date(2025, 7, 1))


# What all services do alike


def test_ones_own_log_is_read_directly_and_that_of_another_is_asked_for() -> None:
    asked: list[Any] = []
    event = an_event(4)

    def feed(after: int, **sieve: Any) -> list[Any]:
        asked.append(("own", after))
        return [event]

    def ask(name: str, method: str, request: Request) -> dict[str, Any]:
        asked.append((name, method, request.actor, request.data))
        return {"events": [event.to_cloudevent()]}

    diary = _bare(facts=SimpleNamespace(store=SimpleNamespace(feed=feed)), network=SimpleNamespace(ask=ask))
    assert list(diary.fetch("diary", 3)) == [event]
    assert diary.fetch("letters", 3) == [event]
    assert asked == [("own", 3), ("letters", "read_feed", "system", {"after": 3, "limit": PAGE_EVENTS_MAX})]


def test_the_table_is_asked_about_this_method_this_account_and_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "table", lambda: TABLE)
    held = {"an": (Grant(Role.OFFICE, "c1"),), "binh": (Grant(Role.SECRETARY, "u1"),)}
    diary = _bare(views=SimpleNamespace(grants=lambda account: held.get(account, ())))
    for actor, unit, cluster in (("an", "u2", "c1"), ("binh", "u1", "c2")):
        diary.permit(Request(actor, {"unit": unit}, method="note"), cluster=cluster)
    for actor, unit, cluster in (("an", "u1", "c2"), ("binh", "u2", "c1"), ("chi", "u1", "c1")):
        with pytest.raises(NotAllowed):
            diary.permit(Request(actor, {"unit": unit}, method="note"), cluster=cluster)
    diary.permit(Request("chi", {"owner": "chi"}, method="keep"))
    with pytest.raises(NotAllowed):
        diary.permit(Request("chi", {"owner": "an"}, method="keep"))
    with pytest.raises(LookupError):
        diary.permit(Request("an", {}, method="tear"), cluster="c1")


def test_parked_events_and_rebuilds_are_those_of_the_services_own_model_and_site(database: Database) -> None:
    projector = Diary().projector(database)
    diary = _bare(views=SimpleNamespace(projector=projector), fetch=nothing)
    parking, rebuilding = diary._parking(), diary._rebuilding()
    assert (parking._projector, parking._home) == (projector, configuration().site)
    assert (rebuilding._rebuilds, rebuilding._home, rebuilding._fetch) == (projector.rebuilds, configuration().site, nothing)


# The end of a long step, which nobody waits for


class Step:
    """A rebuild whose step ends in this way; `said`: how it was asked for, and whether it let others work."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.said: list[Any] = []

    def take(self, step: str, *, anyway: bool, progress: Any) -> None:
        self.said = [step, anyway, progress("registry", 1)]
        if self.error is not None:
            raise self.error

    def status(self) -> dict[str, Any]:
        return {"live": 1}


@pytest.mark.parametrize("anyway", [True, False])
def test_a_step_that_does_what_it_should_leaves_no_failure(monkeypatch: pytest.MonkeyPatch, anyway: bool) -> None:
    let: list[float] = []
    monkeypatch.setattr(eventlet, "sleep", let.append)
    step: Any = Step()
    service._take("diary", "run", step, "replay", anyway)
    assert (step.said, let) == (["replay", anyway, None], [0])
    assert _bare()._told(step) == {"live": 1, "failure": None}


def test_a_step_that_is_refused_says_why() -> None:
    step: Any = Step(NotFound("Nothing is built.", model="diary"))
    with capture_logs() as logs:
        service._take("diary", "run", step, "catch_up", False)
    failure = {**NotFound("Nothing is built.", model="diary").to_data(), "run": "run"}
    assert _bare()._told(step) == {"live": 1, "failure": failure}
    ended = {"service": "diary", "step": "catch_up", "error": "Nothing is built."}
    assert logs == [{"event": "rebuild_ended", "log_level": "warning", **ended}]


def test_a_step_that_fails_otherwise_sends_the_operator_to_the_log() -> None:
    step: Any = Step(KeyError("a row"))
    with capture_logs() as logs:
        service._take("diary", "run", step, "go_live", False)
    failure = {**CommendationError("KeyError('a row'); the log of diary says more").to_data(), "run": "run"}
    assert _bare()._told(step)["failure"] == failure
    assert logs == [{"event": "rebuild_failed", "log_level": "error", "exc_info": True, "service": "diary", "step": "go_live"}]
