"""Questions about boards over real rows: they obey the freeze, say that they suppose, and keep nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from services.campaigns import domain as campaigns
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.evaluations import domain as evaluations
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.rankings import asked, boards, domain, hints, insights, kept, outlook, views
from services.rankings.boards import BoardName
from services.rankings.views import counting
from services.registry import domain as registry
from services.registry.schemas import EVENTS as REGISTRY
from shared.errors import NotFound
from shared.plain import plain
from shared.projection import Projector
from shared.store import Database
from tests.services.campaigns import given as the
from tests.services.rankings.given import without
from tests.services.rankings.given_insights import CONSENTED, DECLINED
from tests.support.feeds import MORNING, Feeds

DAY = date(2024, 11, 20)
DIGEST = "ab" * 32


def scored(
    unit: str, *scores: str, pass_key: str = "self", scorer: str | None = None, campaign: str = "c1", hand_in: bool = True
) -> list[Any]:
    key = {"campaign": campaign, "unit": unit, "pass_key": pass_key, "scorer": scorer or unit}
    given = tuple(evaluations.ItemScore(f"A{place}", Decimal(score)) for place, score in enumerate(scores, start=1))
    handed_in = evaluations.SheetSubmitted(**key, handed_in_on=DAY, late=False, within_grace=False)
    return [evaluations.ItemsScored(**key, scores=given), *([handed_in] if hand_in else [])]


class Season:
    """A campaign of three units of which two have handed in for themselves, folded into live rows."""

    def __init__(self, database: Database) -> None:
        projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
        projector.prepare()
        self.feeds = Feeds(projector, {"registry": REGISTRY, "campaigns": CAMPAIGNS, "evaluations": EVALUATIONS})
        self.feeds.tell("campaigns", the.PUBLISHED, the.launched(), the.opened("self"))
        self.hand_in("toa-an", "8", "15.5")
        self.hand_in("kiem-toan", "9", "12")

    def hand_in(self, unit: str, *scores: str, at: datetime = MORNING, **of: Any) -> None:
        pass_key = of.get("pass_key", "self")
        stream = f"sheet-{of.get('campaign', 'c1')}:{unit}:{pass_key}:{of.get('scorer', unit)}"
        self.feeds.tell("evaluations", *scored(unit, *scores, **of), stream=stream, at=at)

    def freeze(self) -> None:
        positions = tuple(campaigns.FeedPosition("vn", name, len(log)) for name, log in self.feeds.logs.items())
        self.feeds.tell("campaigns", campaigns.CampaignFrozen("c1", "Chờ bỏ phiếu", positions))

    def ask(self, question: Any, *asked: Any, **more: Any) -> Any:
        with self.feeds.projector.reading() as reading:
            return plain(question(reading, *asked, **more))


@pytest.fixture
def season(database: Database) -> Season:
    return Season(database)


def places(rows: Sequence[dict[str, Any]]) -> dict[str, tuple[Any, Any]]:
    return {row["unit"]: (row["best"], row["worst"]) for row in rows}


def test_what_if_stands_beside_what_is_and_changes_nothing(season: Season) -> None:
    before = season.ask(boards.board, "c1", BoardName.STANDINGS)
    found = season.ask(insights.what_if, insights.Supposition("c1", weights={"A2": Decimal("0.5")}))
    assert found["hypothetical"] is True
    ranks = {row["unit"]: (row["rank"], row["was"]["rank"]) for row in found["rows"]}
    assert (ranks["kiem-toan"], ranks["toa-an"]) == ((2, 2), (1, 1)), "15.75 against 15"
    found = season.ask(insights.what_if, insights.Supposition("c1", weights={"A2": Decimal(0)}))
    assert {row["unit"]: row["rank"] for row in found["rows"] if row["rank"]} == {"kiem-toan": 1, "toa-an": 2}
    assert found["changed"] == 2
    assert season.ask(boards.board, "c1", BoardName.STANDINGS) == before


def test_a_scorer_is_left_out_of_the_supposed_board_alone(season: Season) -> None:
    found = season.ask(insights.what_if, insights.Supposition("c1", without=("toa-an",)))
    assert next(row for row in found["rows"] if row["unit"] == "toa-an")["status"] == "no_scores"
    assert [one["scorer"] for one in found["scorers"]] == ["kiem-toan", "toa-an"]


def test_another_version_of_the_rules_is_one_of_the_family_and_marked(season: Season) -> None:
    own = season.ask(insights.what_if, insights.Supposition("c1"))["rubric"]
    content = {**the.PUBLISHED.content, "key": "other", "based_on": own, "total_rounding": {"places": 0, "mode": "down"}}
    season.feeds.tell("campaigns", replace(the.PUBLISHED, rubric="other", content=content), stream="rubric-other")
    stranger = {**the.PUBLISHED.content, "key": "stranger", "based_on": None}
    season.feeds.tell("campaigns", replace(the.PUBLISHED, rubric="stranger", content=stranger), stream="rubric-stranger")
    under = season.ask(insights.board_under, "c1", "other")
    assert (under["hypothetical"], under["rubric"], under["rows"][0]["total"]) == (True, "other", "23")
    with pytest.raises(domain.SuppositionRefused):
        season.ask(insights.board_under, "c1", "stranger")
    assert [one["rubric"] for one in season.ask(insights.what_if, insights.Supposition("c1"))["versions"]] == sorted([own, "other"])
    compared = season.ask(insights.compare, insights.Side("c1"), insights.Side("c1", rubric="other"))
    assert compared["hypothetical"] is True
    assert [one["field"] for one in compared["rules"]] == ["total_rounding"]


def test_who_can_still_win_follows_the_passes(season: Season) -> None:
    found = season.ask(outlook.prospects, "c1")
    assert found["passes"][0]["state"] == "open"
    assert {one["state"] for one in found["passes"][1:]} == {"waiting"}
    assert set(places(found["rows"]).values()) <= {(1, 3), (1, None)}
    season.feeds.tell("campaigns", *(campaigns.PassClosed("c1", key, False, None) for key in ("self",)))
    assert season.ask(outlook.prospects, "c1")["passes"][0]["state"] == "closed"


def test_only_sheets_that_are_still_owed_keep_items_open(season: Season) -> None:
    for key in ("cross_check", "cluster", "central"):
        season.feeds.tell("campaigns", the.opened(key), the.closed(key))
    rows = {row["unit"]: row["open_items"] for row in season.ask(outlook.prospects, "c1")["rows"]}
    assert rows == {"toa-an": [], "kiem-toan": [], "vien-kiem-sat": ["A1", "A2"]}
    recused = evaluations.ScorerRecused(
        "c1", "vien-kiem-sat", "self", "vien-kiem-sat", evaluations.ConflictGround.OWN_UNIT, reason="Đề nghị của đơn vị"
    )
    season.feeds.tell("evaluations", recused, stream="conflict")
    assert not any(row["open_items"] for row in season.ask(outlook.prospects, "c1")["rows"])


def test_of_a_final_result_nothing_is_open(season: Season) -> None:
    season.feeds.tell("campaigns", campaigns.PassClosed("c1", "self", False, None), the.FINAL[-1])
    found = season.ask(outlook.prospects, "c1")
    assert places(found["rows"])["toa-an"] == (1, 1)
    assert not any(row["open_items"] for row in found["rows"])


def test_what_came_after_the_freeze_is_in_no_answer(season: Season) -> None:
    season.freeze()
    asked: list[tuple[Any, tuple[Any, ...]]] = [
        (outlook.prospects, ("c1",)),
        (insights.what_if, (insights.Supposition("c1"),)),
        (outlook.firmness, ("c1", Decimal(10))),
        (insights.compare, (insights.Side("c1"), insights.Side("c1"))),
        (insights.history, ("vien-kiem-sat",)),
        (insights.proofs, ("c1", "vien-kiem-sat")),
        (insights.proofs, ("c1", "toa-an")),
    ]
    before = [season.ask(question, *said) for question, said in asked]
    for unit in ("vien-kiem-sat", "toa-an"):
        attached = evaluations.EvidenceAttached("c1", unit, "self", unit, "A1", DIGEST, "a.pdf", "application/pdf", 9)
        season.feeds.tell("evaluations", attached, stream=f"evidence-{unit}")
    season.hand_in("vien-kiem-sat", "10", "20")
    season.feeds.tell("campaigns", campaigns.PassClosed("c1", "self", False, None))
    assert [season.ask(question, *said) for question, said in asked] == before
    season.feeds.tell("campaigns", campaigns.CampaignThawed("c1", "Đã bỏ phiếu"))
    after = [season.ask(question, *said) for question, said in asked]
    assert all(new != old for new, old in zip(after, before, strict=True))


def test_evidence_is_shown_of_what_counts_and_no_longer_when_it_was_removed(season: Season) -> None:
    at = ("c1", "vien-kiem-sat", "self", "vien-kiem-sat", "A1", DIGEST)
    season.feeds.tell("evaluations", evaluations.EvidenceAttached(*at, "a.pdf", "application/pdf", 9), stream="evidence")
    assert season.ask(insights.proofs, "c1", "vien-kiem-sat") == []
    season.hand_in("vien-kiem-sat", "10", "20")
    (proof,) = season.ask(insights.proofs, "c1", "vien-kiem-sat")
    assert (proof["item"], proof["sha256"], proof["size"]) == ("A1", DIGEST, 9)
    assert "name" not in proof
    season.feeds.tell("evaluations", evaluations.EvidenceRemoved(*at, reason="Nhầm tệp"), stream="evidence")
    assert season.ask(insights.proofs, "c1", "vien-kiem-sat") == []
    earlier = MORNING - timedelta(days=1)
    assert season.ask(insights.proofs, "c1", "vien-kiem-sat", earlier) == []


def test_a_unit_is_told_over_its_seasons_and_those_of_whom_it_goes_on_from(season: Season) -> None:
    season.feeds.tell("campaigns", the.launched(campaign="c0", season=2023, audience=("an-ninh", "toa-an")), stream="campaign-c0")
    found = season.ask(insights.history, "toa-an", ("an-ninh",))
    assert [(one["season"], one["unit"], one["rank"]) for one in found["seasons"]] == [
        (2024, "toa-an", 1),
        (2023, "toa-an", None),
        (2023, "an-ninh", None),
    ]
    assert season.ask(insights.history, "nobody")["seasons"] == []


def test_hints_are_for_all_seasons_of_a_cluster_and_find_a_file_that_is_used_twice(season: Season) -> None:
    for unit in ("toa-an", "kiem-toan"):
        key = ("c1", unit, "self", unit, "A1", DIGEST)
        season.feeds.tell("evaluations", evaluations.EvidenceAttached(*key, "a.pdf", "application/pdf", 9), stream=f"evidence-{unit}")
    found = season.ask(hints.honesty, "noi-chinh", hints.Part())
    (twice,) = found["hints"]["proofs"]
    assert [place["unit"] for place in twice["places"]] == ["kiem-toan", "toa-an"]
    with pytest.raises(NotFound):
        season.ask(hints.honesty, "nowhere", hints.Part())


def test_consents_and_refusals_are_on_the_leader_board_and_designate_nobody(season: Season) -> None:
    season.feeds.tell("registry", CONSENTED, DECLINED)
    board = season.ask(boards.board, "c1", BoardName.LEADER)
    answers = {row["unit"]: (row["answer"] and row["answer"]["consents"], row["candidate"]) for row in board["rows"]}
    assert answers["kiem-toan"] == (True, True)
    assert answers["toa-an"] == (False, False)
    assert answers["vien-kiem-sat"] == (None, True)
    assert board["designated"] is None
    season.feeds.tell("registry", registry.LeadershipConsented("noi-chinh", 2025, "toa-an", date(2025, 1, 5)))
    (row,) = [row for row in season.ask(boards.board, "c1", BoardName.LEADER)["rows"] if row["unit"] == "toa-an"]
    assert (row["candidate"], row["answer"]["reason"]) == (True, None)


SUPPOSED = [
    {},
    {"weights": {"A2": Decimal("0.5")}},
    {"weights": {"A1": Decimal(3), "A2": Decimal(0)}},
    {"without": ("J1",)},
    {"without": ("toa-an", "J2")},
]


@pytest.mark.parametrize("supposed", SUPPOSED, ids=str)
def test_what_if_is_told_from_lines_as_the_engine_has_it_from_all_scores(season: Season, supposed: dict[str, Any]) -> None:
    for scorer, first, second in (("J1", "7", "15"), ("J2", "10", "20")):
        for unit in ("toa-an", "kiem-toan", "vien-kiem-sat"):
            season.hand_in(unit, first, second, pass_key="cross_check", scorer=scorer)
    told = season.ask(insights.what_if, insights.Supposition("c1", **supposed))
    with season.feeds.projector.reading() as reading:
        made_of = boards.inputs(reading, "c1")
    rubric = domain.reweighted(made_of.rubric, supposed.get("weights", {}))
    engine = replace(made_of, rubric=rubric, scores=without(made_of.scores, supposed.get("without", ()))).standings()
    names = ("unit", "status", "rank", "total", "content", "bonus", "penalty", "groups")
    assert [{name: row[name] for name in names} for row in told["rows"]] == [
        plain({name: getattr(row, name) for name in names}) for row in engine.rows
    ]
    was = {row.unit: row.rank for row in made_of.standings().rows}
    assert {row["unit"]: row["was"]["rank"] for row in told["rows"]} == was
    assert told["changed"] == sum(row.rank != was[row.unit] for row in engine.rows)
    assert [one["scorer"] for one in told["scorers"]] == ["J1", "J2", "kiem-toan", "toa-an"]


def test_scores_that_have_no_place_in_the_rules_supposed_are_counted(season: Season) -> None:
    content = {**the.PUBLISHED.content, "key": "other", "based_on": the.PUBLISHED.content["key"]}
    groups = [{**group, "maximum": "10", "items": group["items"][:1]} for group in content["groups"]]
    other = replace(the.PUBLISHED, rubric="other", content={**content, "groups": groups, "scale": "10"})
    season.feeds.tell("campaigns", other, stream="rubric-other")
    found = season.ask(insights.what_if, insights.Supposition("c1", rubric="other"))
    assert (found["ignored"], [row["total"] for row in found["rows"][:2]]) == (2, ["9", "8"])


def test_who_gave_no_score_cannot_be_left_out(season: Season) -> None:
    with pytest.raises(domain.SuppositionRefused, match="nobody gave no score on this board; it has kiem-toan, toa-an"):
        season.ask(insights.what_if, insights.Supposition("c1", without=("nobody",)))


def test_of_a_board_of_thousands_what_if_and_what_changed_are_told_in_parts(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    supposed = insights.Supposition("c1", weights={"A2": Decimal(0)})
    whole, sides = season.ask(insights.what_if, supposed), (insights.Side("c1", as_of=MORNING - timedelta(days=1)), insights.Side("c1"))
    moved = season.ask(insights.compare, *sides)
    for bound in ("INSIGHT_CELLS_MAX", "COMPARED_CELLS_MAX"):
        monkeypatch.setattr(insights, bound, 5)
    parts = [season.ask(insights.what_if, replace(supposed, limit=2, start=at)) for at in (0, 2)]
    assert [row for part in parts for row in part["rows"]] == whole["rows"]
    assert [(part["units"], part["next"], part["changed"]) for part in parts] == [(3, 2, whole["changed"]), (3, None, whole["changed"])]
    parts = [season.ask(insights.compare, *sides, start=at) for at in (0, 2)]
    assert [row for part in parts for row in part["rows"]] == moved["rows"], "of 5 cells two units of two items"
    assert [(part["units"], part["next"]) for part in parts] == [(3, 2), (3, None)]
    assert season.ask(insights.history, "toa-an")["seasons"][0]["rank"] == 1


def test_prospects_are_told_in_parts_and_of_who_is_searched_for(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("cross_check", "cluster", "central"):
        season.feeds.tell("campaigns", the.opened(key), the.closed(key))
    whole = season.ask(outlook.prospects, "c1")
    assert (whole["units"], whole["may_win"], whole["next"], len(whole["rows"])) == (3, 2, None, 3)
    kept.forget()
    monkeypatch.setattr(counting, "BOARD_UNITS_AT_ONCE", 1)
    parts = [season.ask(outlook.prospects, "c1", 2, at) for at in (0, 2)]
    assert [row for part in parts for row in part["rows"]] == whole["rows"], "read unit by unit"
    assert [(part["found"], part["next"], part["may_win"]) for part in parts] == [(3, 2, 2), (3, None, 2)]
    found = season.ask(outlook.prospects, "c1", 2, 0, "KIEM-toan")
    assert ([row["unit"] for row in found["rows"]], found["found"], found["units"]) == (["kiem-toan"], 1, 3)
    assert found["rows"][0]["worst"] == whole["rows"][1]["worst"], "a place among all"


def _noted(made: list[str], name: str, kind: Any, *given: Any) -> Any:
    made.append(name)
    return kind(*given)


def test_what_was_worked_out_is_kept_until_a_sheet_or_a_pass_of_the_campaign_changes(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    for name in ("Outlook", "Margins", "Season"):
        kind = getattr(domain, name)
        monkeypatch.setattr(domain, name, partial(_noted, made, name, kind))

    def asked_all() -> list[str]:
        made.clear()
        for start, percent in ((0, 10), (1, 5)):
            season.ask(outlook.prospects, "c1", 1, start)
            season.ask(outlook.firmness, "c1", Decimal(percent))
            season.ask(hints.honesty, "noi-chinh", hints.Part(1, start, hints.Kind.LEANINGS))
        return made

    assert asked_all() == ["Outlook", "Margins", "Season"]
    assert asked_all() == []
    season.feeds.tell("campaigns", the.launched(campaign="c0", season=2023, audience=("toa-an",)), stream="campaign-c0")
    season.hand_in("toa-an", "1", campaign="c0")
    assert asked_all() == ["Season"], "of the other campaign"
    season.feeds.tell("campaigns", campaigns.PassClosed("c1", "self", False, None))
    assert asked_all() == ["Outlook", "Season"]
    season.hand_in("vien-kiem-sat", "10", "20")
    assert asked_all() == ["Outlook", "Margins", "Season"]


def test_hints_are_told_in_parts_of_a_kind(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    for scorer, first, second in (("J1", "7", "15"), ("J2", "10", "20"), ("J3", "7", "15")):
        for unit in ("toa-an", "kiem-toan"):
            season.hand_in(unit, first, second, pass_key="central", scorer=scorer)
    whole = season.ask(hints.honesty, "noi-chinh", hints.Part())
    assert whole["counts"]["own"] == {"all": 2, "marked": None}
    assert [row["unit"] for row in whole["hints"]["own_by_item"]] == ["kiem-toan", "kiem-toan", "toa-an", "toa-an"]
    assert whole["hints"]["own_by_item"][0]["final"] == "8"
    monkeypatch.setattr(hints, "COMPARED_CELLS_MAX", 2)
    parts = [season.ask(hints.honesty, "noi-chinh", hints.Part(kind=hints.Kind.OWN, start=at)) for at in (0, 1)]
    assert [row for part in parts for row in part["hints"]["own"]] == whole["hints"]["own"]
    assert [row for part in parts for row in part["hints"]["own_by_item"]] == whole["hints"]["own_by_item"]
    assert [part["next"] for part in parts] == [{"own": 1}, {"own": None}]
    one = season.ask(hints.honesty, "noi-chinh", hints.Part(1, 2, hints.Kind.LEANINGS))
    assert ([row["scorer"] for row in one["hints"]["leanings"]], one["next"], one["names"]) == (["J3"], {"leanings": None}, {})
    marked = season.ask(hints.honesty, "noi-chinh", hints.Part(kind=hints.Kind.LEANINGS, marked=True))
    assert (marked["hints"]["leanings"], marked["counts"]["leanings"]) == ([], {"all": 3, "marked": 0})


def test_a_board_that_is_too_large_even_for_its_lines_is_refused(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "INSIGHT_LINES_CELLS_MAX", 5)
    for ask in (
        lambda: season.ask(insights.what_if, insights.Supposition("c1")),
        lambda: season.ask(insights.compare, *[insights.Side("c1")] * 2),
        lambda: season.ask(outlook.prospects, "c1"),
        lambda: season.ask(outlook.firmness, "c1", Decimal(10)),
        lambda: season.ask(hints.honesty, "noi-chinh", hints.Part()),
    ):
        with pytest.raises(asked.BoardTooLarge, match="answered up to 5 in all"):
            ask()


def test_a_board_of_every_score_that_is_too_large_is_refused_before_it_is_read(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insights, "INSIGHT_CELLS_MAX", 5)
    with pytest.raises(asked.BoardTooLarge, match="3 units of 2 items"):
        season.ask(insights.board_under, "c1", "R")
