"""Ratings and initiatives through their entrypoints: who approves is another account, and what one asks shows what was recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.evaluations import schemas, views
from services.evaluations.service import EvaluationsService
from services.registry import domain as registry
from services.registry.schemas import EVENTS as REGISTRY
from shared.errors import CommendationError, NotAllowed
from shared.facts import Facts
from shared.permissions import OwnWork
from shared.plain import plain
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import Database
from tests.services.evaluations import given_ratings as the
from tests.shared.store.given import a_store
from tests.support.feeds import Feeds

YEAR = {"unit": "btp", "year": 2026, "scheme": "nd-335-2025"}


class Evaluations:
    """The service with roles told; what it recorded reaches its views at once. `actor`: whoever asks through the pages."""

    def __init__(self, database: Database) -> None:
        made: Any = EvaluationsService
        self.service = made()
        self.store = a_store(database, service="evaluations")
        self.service.facts = Facts(self.store, schemas.EVENTS)
        projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
        projector.prepare()
        self.service.views = Views(projector)
        self.feeds = Feeds(projector, {"registry": REGISTRY, "evaluations": schemas.EVENTS})
        for account, role in (("clerk", "secretary"), ("head", "office"), ("deputy", "office")):
            self.feeds.tell("registry", registry.RoleGranted(account, role, "*" if role == "office" else "btp", None, None, None))
        self.actor = "head"
        self._told = 0

    def ask(self, actor: str, method: str, **data: Any) -> Any:
        answer = getattr(self.service, method)(Request(actor, plain(data)).to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        for event in self.store.feed(self._told):
            self.feeds.tell("evaluations", schemas.EVENTS.decode(event), stream=event.stream)
            self._told = event.position
        return answer["result"]

    def approved(self, period: str, *rows: Any) -> None:
        at = {**the.AT, "period": period}
        self.ask("clerk", "enter_ratings", **at, rows=rows)
        self.ask("clerk", "submit_ratings", **at)
        self.ask("head", "approve_ratings", **at, effective_on=date(2026, 4, 2))


@pytest.fixture
def evaluations(database: Database) -> Evaluations:
    return Evaluations(database)


def test_a_month_is_entered_by_one_and_approved_by_another(evaluations: Evaluations) -> None:
    evaluations.ask("head", "enter_ratings", **the.AT, rows=[the.a_row("p1", delays=1), the.a_row_of("65", "p2")])
    evaluations.ask("clerk", "submit_ratings", **the.AT)
    with pytest.raises(OwnWork):
        evaluations.ask("head", "approve_ratings", **the.AT, effective_on=the.TODAY)
    with pytest.raises(NotAllowed):
        evaluations.ask("clerk", "approve_ratings", **the.AT, effective_on=the.TODAY)
    evaluations.ask("deputy", "approve_ratings", **the.AT, effective_on=the.TODAY, document="12/QĐ-BTP")
    told = evaluations.ask("clerk", "ratings", **the.AT)
    assert (told["state"], told["version"], told["scheme"]["version"]) == ("approved", 3, 1)
    graded = [(row["subject"], row["points"]["total"], row["grade"]) for row in told["rows"]]
    assert graded == [("p1", "99.41", "HTXS"), ("p2", "65.00", "HT")]
    (period,) = evaluations.ask("clerk", "rating_periods", unit="btp")
    assert (period["period"], period["state"], period["approved_on"], period["document"]) == (
        "2026-03",
        "approved",
        "2026-04-02",
        "12/QĐ-BTP",
    )
    evaluations.ask("deputy", "correct_rating", **the.AT, row=the.a_row("p1"), reason="Không chậm")
    (period,) = evaluations.ask("clerk", "rating_periods", unit="btp")
    assert (period["state"], period["reason"]) == ("submitted", "Không chậm")
    with pytest.raises(OwnWork):
        evaluations.ask("deputy", "approve_ratings", **the.AT, effective_on=the.TODAY)


def test_a_rehearsal_says_what_rows_come_to_and_what_is_wrong_and_records_nothing(evaluations: Evaluations) -> None:
    rows = [the.a_row("p1", delays=1), the.a_row("p2", completed=11)]
    told = evaluations.ask("clerk", "rehearse_ratings", **the.AT, rows=rows)
    assert [(error["at"], error["code"]) for error in told["errors"]] == [("p2.completed", "above_other")]
    assert [(row["subject"], row["grade"]) for row in told["rows"]] == [("p1", "HTXS")]
    assert evaluations.ask("clerk", "ratings", **the.AT)["rows"] == []


def test_a_year_of_months_is_graded_lowered_and_recognised(evaluations: Evaluations) -> None:
    rows = [the.a_row_of("95", "x0"), the.a_row_of("95", "p1"), *(the.a_row_of("80", f"g{one}") for one in range(8))]
    for period in ("2026-01", "2026-02"):
        evaluations.approved(period, *rows)
    told = evaluations.ask("clerk", "year_ratings", **YEAR)
    (unit, _group) = told["quotas"]
    assert (unit["used"], unit["base"], unit["exact"], unit["allowed"], unit["left"]) == (2, 8, "1.6", 1, -1)
    with pytest.raises(CommendationError) as refused:
        evaluations.ask("deputy", "recognise_year", **YEAR, document="99/QĐ-BTP", effective_on="2026-04-30")
    assert refused.value.code == "evaluations.quota_exceeded"
    evaluations.ask("head", "decide_year_grade", **YEAR, subject="p1", grade="HTT", reason="Hết chỉ tiêu")
    with pytest.raises(OwnWork):
        evaluations.ask("head", "recognise_year", **YEAR, document="99/QĐ-BTP", effective_on="2026-04-30")
    evaluations.ask("deputy", "recognise_year", **YEAR, document="99/QĐ-BTP", effective_on="2026-04-30")
    told = evaluations.ask("clerk", "year_ratings", **YEAR)
    assert told["by"] == {"document": "99/QĐ-BTP", "on": "2026-04-30", "variant": None}
    assert [told["recognised"][subject]["grade"] for subject in ("x0", "p1", "g0")] == ["HTXS", "HTT", "HTT"]
    (grade,) = evaluations.ask("clerk", "year_grades", unit="btp", subject="p1")
    assert (grade["year"], grade["grade"], grade["document"], grade["recognised_on"]) == (2026, "HTT", "99/QĐ-BTP", "2026-04-30")
    assert len(evaluations.ask("clerk", "year_grades", unit="btp")) == len(rows)


def test_an_initiative_is_examined_recognised_by_another_and_counts_in_its_year(evaluations: Evaluations) -> None:
    said = {"initiative": "sk-1", "unit": "btp", "authors": ["p1", "p2"], "title": "Số hoá hồ sơ", "summary": "Nhanh hơn", "year": 2026}
    evaluations.ask("clerk", "submit_initiative", **said, submitted_on="2026-02-01")
    examined = {"council": "hd", "scope": "ministry_or_province", "finding": "passed", "minutes": "BB 3", "effective_on": "2026-02-20"}
    evaluations.ask("head", "examine_initiative", initiative="sk-1", **examined)
    recognised = {"scope": "ministry_or_province", "authority": "btp", "certificate": "Mẫu 13 số 7", "effective_on": "2026-03-01"}
    with pytest.raises(OwnWork):
        evaluations.ask("head", "recognise_initiative", initiative="sk-1", **recognised)
    evaluations.ask("deputy", "recognise_initiative", initiative="sk-1", **recognised)
    found = evaluations.ask("clerk", "initiative", initiative="sk-1")
    assert (found["authors"], found["state"]) == (["p1", "p2"], "recognised")
    assert (found["examined"][0]["minutes"], found["recognised"][0]["certificate"]) == ("BB 3", "Mẫu 13 số 7")
    usable = []
    for asked in [(2026, "p2", "grassroots"), (2026, "p2", "nationwide"), (2027, "p2", "grassroots"), (2026, "p3", "grassroots")]:
        year, person, scope = asked
        told = evaluations.ask("clerk", "usable_initiatives", unit="btp", year=year, person=person, scope=scope)
        usable += [(asked, row["rule"]["window_years"]) for row in told["initiatives"]]
    assert usable == [((2026, "p2", "grassroots"), 0)]
    (row,) = evaluations.ask("head", "initiatives", unit="btp", year=2026, person="p1")
    assert row["title"] == "Số hoá hồ sơ"
    assert evaluations.ask("head", "initiatives", person="p3") == []
