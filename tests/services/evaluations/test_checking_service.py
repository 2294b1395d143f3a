"""Conflicts of interest, adjustments and appeals where their commands are taken: the entrypoints over a store and views of their own."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.campaigns import domain as campaigns
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.evaluations import schemas, views
from services.evaluations.domain import AppealLate, ConflictOfInterest, OwnUnit, RecusalStays, ScorerIsRecused
from services.evaluations.service import EvaluationsService
from services.registry import domain as registry
from services.registry.schemas import EVENTS as REGISTRY
from shared.blobs import FolderBlobs
from shared.calendar import legal_date, utc_now
from shared.errors import CommendationError, NotAllowed
from shared.facts import Facts
from shared.feed.page import Page
from shared.permissions import OwnWork
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import Database
from shared.workdays import add_working_days
from tests.services.campaigns import given as campaign
from tests.services.evaluations import given_checking as the
from tests.shared.given_files import PDF
from tests.shared.store.given import a_store
from tests.support.feeds import Feeds

TODAY = legal_date(utc_now())
DUE = TODAY + timedelta(days=10)
AT = {"campaign": "c1", "unit": "kiem-toan"}
SHEET = {**AT, "pass_key": "cluster", "scorer": "toa-an"}
SCORES = [{"item": "A1", "score": "5", "reason": "đã kiểm tra"}, {"item": "A2", "score": "10", "reason": "đã kiểm tra"}]
PAPER = {"campaign": "c1", "pass_key": "cluster", "sheets": [{"unit": "kiem-toan", "scorer": "toa-an", "scores": SCORES}]}
WORKBOOK = {
    **{name: SHEET[name] for name in ("campaign", "pass_key", "scorer")},
    "sheets": [{"unit": "kiem-toan", "scores": [{**SCORES[0], "score": "7"}], "version": 1}],
}
POSTS = {"office": "ban-tdkt", "head": "ban-tdkt", "inspector": "ban-tdkt", "leader": "toa-an", "unit": "kiem-toan", "lent": "kiem-toan"}
"""Where each account has its post."""

ROLES = (
    ("office", "office", "*"),
    ("head", "office", "*"),
    ("inspector", "inspector", "*"),
    ("leader", "leader", "noi-chinh"),
    ("leader", "secretary", "toa-an"),
    ("unit", "secretary", "kiem-toan"),
    ("lent", "secretary", "toa-an"),
)


class Evaluations:
    """The service, and feeds that tell it of campaigns, roles and organisations. Kiểm toán is checked by Toà án, the cluster's leader."""

    def __init__(self, database: Database) -> None:
        made: Any = EvaluationsService
        self.service = made()
        self.service.facts = Facts(a_store(database, service="evaluations"), schemas.EVENTS)
        self.projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
        self.projector.prepare()
        self.service.views = Views(self.projector)
        self.feeds = Feeds(self.projector, {"campaigns": CAMPAIGNS, "registry": REGISTRY})
        granted = [registry.RoleGranted(account, role, scope, None, None, None) for account, role, scope in ROLES]
        opened = [registry.AccountOpened(account, account, "Chức danh", unit) for account, unit in POSTS.items()]
        self.feeds.tell("registry", *opened, *granted)
        called = [("self", "kiem-toan"), ("cluster", "toa-an")]
        passes = [campaigns.PassOpened("c1", key, DUE, (campaigns.Assignment("kiem-toan", (scorer,)),)) for key, scorer in called]
        self.feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched(), *passes)

    def close(self, *pass_keys: str, on: date = TODAY) -> None:
        self.feeds.tell("campaigns", *map(campaign.closed, pass_keys), on=on)

    def tell(self, actor: str, method: str, data: dict[str, Any], command: str | None = None) -> Any:
        request = Request(actor, data) if command is None else Request(actor, data, command)
        answer = getattr(self.service, method)(request.to_data())
        store = self.service.facts.store
        self.projector.receive(Page.announcement("vn", "evaluations", store.head()), lambda _service, after: store.feed(after))
        assert self.projector.parked() == []
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]


@pytest.fixture
def evaluations(database: Database) -> Evaluations:
    return Evaluations(database)


DECLARE = {**AT, "scorer": "toa-an", "ground": "interest", "note": "Cùng một đề án"}


def test_a_declared_conflict_is_checked_where_scores_are_taken(evaluations: Evaluations) -> None:
    evaluations.tell("leader", "score_items", {**SHEET, "scores": SCORES}, "before")
    evaluations.tell("unit", "declare_conflict", DECLARE)
    for actor, method, data in (
        ("leader", "score_items", {**SHEET, "scores": [{**SCORES[0], "score": "6"}]}),
        ("leader", "submit_sheet", SHEET),
        ("leader", "score_sheets", WORKBOOK),
        ("office", "import_sheets", PAPER),
    ):
        with pytest.raises(ConflictOfInterest, match="interest"):
            evaluations.tell(actor, method, data)
    (refused,) = evaluations.tell("leader", "rehearse_sheets", WORKBOOK)["refused"]
    assert refused["error"]["code"] == ConflictOfInterest.code, "said before it is recorded, too"
    again = evaluations.tell("leader", "score_items", {**SHEET, "scores": SCORES}, "before")
    assert again["repeated"], "what was done before the conflict arose was done"
    (line,) = [one for one in evaluations.tell("office", "conflicts", {"campaign": "c1"}) if one["source"] == "declared"]
    assert (line["state"], line["effect"], line["declared_by"], line["words"]) == ("standing", "blocks", "kiem-toan", "Cùng một đề án")
    assert line["pass_key"] == "cluster", "the sheet to which the scorer is called"
    evaluations.tell("head", "deny_conflict", {**AT, "scorer": "toa-an", "ground": "interest", "reason": the.LONG})
    evaluations.tell("leader", "submit_sheet", SHEET)


def test_who_declares_a_conflict_does_not_deny_it(evaluations: Evaluations) -> None:
    evaluations.tell("office", "declare_conflict", DECLARE)
    denial = {**AT, "scorer": "toa-an", "ground": "interest", "reason": the.LONG}
    with pytest.raises(OwnWork):
        evaluations.tell("office", "deny_conflict", denial)
    evaluations.tell("head", "deny_conflict", denial)


def test_conflicts_are_derived_from_what_the_registry_says(evaluations: Evaluations) -> None:
    register = registry.OrganisationRegistered("kiem-toan", "Kiểm toán", "TW", None, None, "toa-an", None, None)
    evaluations.feeds.tell("registry", register)
    with pytest.raises(ConflictOfInterest, match="parent"):
        evaluations.tell("leader", "score_items", {**SHEET, "scores": SCORES})
    told = evaluations.tell("leader", "check_conflicts", {"campaign": "c1", "pass_key": "cluster", "scorer": "toa-an"})
    assert {(line["unit"], line["ground"], line["effect"]) for line in told} == {
        ("kiem-toan", "parent", "blocks"),
        ("toa-an", "own_unit", "blocks"),
    }
    moved = registry.OrganisationMoved("kiem-toan", None, None, date(2023, 12, 31), "QĐ 1")
    evaluations.feeds.tell("registry", moved)
    evaluations.tell("leader", "score_items", {**SHEET, "scores": SCORES})


def test_who_has_their_post_in_the_unit_or_entered_its_nomination_does_not_judge_it(evaluations: Evaluations) -> None:
    with pytest.raises(ConflictOfInterest, match="account"):
        evaluations.tell("lent", "score_items", {**SHEET, "scores": SCORES})
    assert {line["ground"] for line in evaluations.tell("office", "conflicts", {"campaign": "c1"})} == {"account"}
    evaluations.feeds.tell("campaigns", campaigns.UnitTargetRegistered("c1", "kiem-toan", "CTDB", TODAY))  # by account "office"
    with pytest.raises(ConflictOfInterest, match="nomination"):
        evaluations.tell("office", "score_items", {**SHEET, "scores": SCORES})
    evaluations.tell("office", "import_sheets", PAPER)


def test_who_may_not_score_a_unit_shows_no_files_for_it_and_says_nothing_on_its_sheet(evaluations: Evaluations, tmp_path: Path) -> None:
    evaluations.service.blobs = FolderBlobs(tmp_path)
    file = {**SHEET, "item": "A1", "sha256": evaluations.service.blobs.put(b"%PDF-1.4"), "name": "a.pdf"}
    evaluations.tell("leader", "attach_evidence", file)
    evaluations.tell("unit", "declare_conflict", DECLARE)
    for method, data in (
        ("attach_evidence", {**file, "item": "A2"}),
        ("remove_evidence", {**SHEET, "item": "A1", "sha256": file["sha256"], "reason": "nhầm"}),
        ("comment_item", {**SHEET, "item": "A1", "comment": "Chưa rõ"}),
    ):
        with pytest.raises(ConflictOfInterest, match="interest"):
            evaluations.tell("leader", method, data)


def test_nobody_gives_back_or_looks_through_a_sheet_on_their_own_unit(evaluations: Evaluations) -> None:
    """A cluster's leader is a member of it: what others found about its own unit is not its to send back."""
    evaluations.tell("office", "import_sheets", PAPER)
    evaluations.feeds.tell("registry", registry.RoleGranted("unit", "leader", "noi-chinh", None, None, None))
    giving_back = {**SHEET, "reason": "Đề nghị xem xét lại điểm của đơn vị"}
    for method, data in (("return_sheet", giving_back), ("review_item", {**SHEET, "item": "A1", "comment": "Điểm thấp"})):
        with pytest.raises(OwnUnit):
            evaluations.tell("unit", method, data)
    evaluations.tell("leader", "return_sheet", giving_back)


def test_a_recused_scorer_owes_nothing_and_hands_in_nothing(evaluations: Evaluations) -> None:
    recuse = {**SHEET, "ground": "interest", "reason": "Cùng một đề án"}
    evaluations.tell("leader", "recuse_scorer", recuse)
    with pytest.raises(ScorerIsRecused):
        evaluations.tell("office", "import_sheets", PAPER)
    assert evaluations.tell("leader", "tasks", {"units": ["toa-an"]}) == []
    assert [one["at"] for one in evaluations.tell("office", "open_matters", {"campaign": "c1"})] == ["self"]
    (line,) = evaluations.tell("inspector", "conflicts", {"campaign": "c1"})
    assert (line["state"], line["pass_key"], line["words"]) == ("recused", "cluster", "Cùng một đề án")
    for account in ("leader", "office", "inspector"):
        told = evaluations.tell(account, "sheet", SHEET)
        assert (told["editable"], told["recused"]) == (False, {"ground": "interest", "reason": "Cùng một đề án"})
    told = evaluations.tell("unit", "sheet", SHEET)
    assert (told["editable"], told["recused"]) == (True, None), "to others nothing tells of it before the boards do"


def test_a_recusal_after_the_freeze_is_in_no_list_of_others_before_the_thaw(evaluations: Evaluations) -> None:
    recuse = {**SHEET, "ground": "interest", "reason": "Cùng một đề án"}

    def seen(actor: str) -> set[str]:
        return {row["pass_key"] for row in evaluations.tell(actor, "sheets", {"campaign": "c1"})}

    _freeze(evaluations)
    evaluations.tell("leader", "recuse_scorer", recuse)
    assert (seen("unit"), seen("leader"), seen("office")) == ({"self", "cluster"}, {"self"}, {"self"})
    evaluations.feeds.tell("campaigns", campaigns.CampaignThawed("c1", "Đã công bố"))
    assert seen("unit") == {"self"}
    _freeze(evaluations)
    evaluations.tell("leader", "withdraw_recusal", {**SHEET, "reason": "Đề án đã kết thúc"})
    assert (seen("unit"), seen("leader"), seen("office")) == ({"self"}, {"self", "cluster"}, {"self", "cluster"})
    evaluations.tell("leader", "recuse_scorer", {**recuse, "reason": "Lại cùng một đề án"})
    assert seen("unit") == {"self"}


def test_a_recusal_that_is_taken_back_makes_the_sheet_owed_again(evaluations: Evaluations) -> None:
    evaluations.tell("leader", "recuse_scorer", {**SHEET, "ground": "interest", "reason": "Cùng một đề án"})
    asked = {"campaign": "c1", "pass_key": "cluster", "scorer": "toa-an"}
    assert "recused" in {line["state"] for line in evaluations.tell("leader", "check_conflicts", asked)}, "seen by who stepped back"
    with pytest.raises(NotAllowed):
        evaluations.tell("unit", "withdraw_recusal", {**SHEET, "reason": "Đề án đã kết thúc"})
    evaluations.tell("leader", "withdraw_recusal", {**SHEET, "reason": "Đề án đã kết thúc"})
    assert "recused" not in {line["state"] for line in evaluations.tell("leader", "check_conflicts", asked)}
    assert [one["unit"] for one in evaluations.tell("leader", "tasks", {"units": ["toa-an"]})] == ["kiem-toan"]
    derived, taken_back = evaluations.tell("inspector", "conflicts", {"campaign": "c1"})
    assert (derived["ground"], derived["state"]) == ("account", "standing"), "what is derived is there again"
    assert (taken_back["state"], taken_back["words"], taken_back["deniable"]) == ("taken_back", "Đề án đã kết thúc", False)
    evaluations.tell("office", "import_sheets", PAPER)


def test_a_recusal_of_a_closed_pass_is_not_taken_back(evaluations: Evaluations) -> None:
    evaluations.tell("leader", "recuse_scorer", {**SHEET, "ground": "interest", "reason": "Cùng một đề án"})
    evaluations.close("cluster")
    with pytest.raises(RecusalStays):
        evaluations.tell("office", "withdraw_recusal", {**SHEET, "reason": "Đề án đã kết thúc"})


def test_a_sheet_that_was_handed_in_is_not_recused(evaluations: Evaluations) -> None:
    evaluations.tell("office", "import_sheets", PAPER)
    with pytest.raises(CommendationError, match="returned first"):
        evaluations.tell("leader", "recuse_scorer", {**SHEET, "ground": "interest", "reason": "Cùng một đề án"})


BONUS = {
    **AT,
    "adjustment": "a1",
    "rule": "flag-government",
    "reason": "Dẫn đầu",
    "authority": "Cơ quan thường trực",
    "document": "12/QĐ-TTg",
    "effective_on": TODAY.isoformat(),
}
REVERSAL = {**AT, "adjustment": "a1", "reason": "Quyết định bị huỷ", "authority": "Cơ quan thường trực"}


def test_an_adjustment_is_reversed_by_another_account(evaluations: Evaluations) -> None:
    evaluations.tell("office", "make_adjustment", BONUS)
    with pytest.raises(CommendationError, match="another unit's"):
        evaluations.tell("office", "make_adjustment", {**BONUS, "unit": "toa-an"})
    with pytest.raises(OwnWork):
        evaluations.tell("office", "reverse_adjustment", REVERSAL)
    evaluations.tell("head", "make_adjustment", {**BONUS, "adjustment": "a2", "rule": "no-launch", "document": "KL 2"})
    evaluations.tell("head", "reverse_adjustment", REVERSAL)
    first, second = evaluations.tell("unit", "adjustments", AT)
    assert (first["points"], first["reversed"]["reason"]) == ("15", "Quyết định bị huỷ")
    assert (second["kind"], second["points"], second["reversed"]) == ("penalty", "8", None)


def test_nobody_adjusts_the_result_of_their_own_unit(evaluations: Evaluations) -> None:
    evaluations.feeds.tell("registry", registry.RoleGranted("unit", "office", "*", None, None, None))
    with pytest.raises(OwnUnit):
        evaluations.tell("unit", "make_adjustment", BONUS)
    evaluations.tell("office", "make_adjustment", BONUS)
    with pytest.raises(OwnUnit):
        evaluations.tell("unit", "reverse_adjustment", REVERSAL)
    evaluations.tell("head", "reverse_adjustment", REVERSAL)


FILE = {**AT, "adjustment": "a1", "sha256": "a" * 64}


def test_the_evidence_of_an_adjustment_is_for_whoever_sees_the_sheets_of_its_unit(evaluations: Evaluations) -> None:
    evaluations.tell("office", "make_adjustment", {**BONUS, "evidence": ["a" * 64]})
    for actor in ("office", "inspector", "leader", "unit"):
        assert evaluations.tell(actor, "adjustment_evidence", FILE) == {"sha256": "a" * 64}
    with pytest.raises(CommendationError, match="needs the role"):
        evaluations.tell("lent", "adjustment_evidence", FILE)
    for other in ({"sha256": "b" * 64}, {"adjustment": "a2"}):
        with pytest.raises(CommendationError, match="names no such file"):
            evaluations.tell("office", "adjustment_evidence", FILE | other)
    _freeze(evaluations)
    evaluations.tell(
        "office", "make_adjustment", {**BONUS, "adjustment": "a2", "rule": "no-launch", "document": "KL 2", "evidence": ["c" * 64]}
    )
    later = FILE | {"adjustment": "a2", "sha256": "c" * 64}
    assert evaluations.tell("office", "adjustment_evidence", later)
    with pytest.raises(CommendationError, match="names no such file"):
        evaluations.tell("unit", "adjustment_evidence", later)


def test_whoever_adjusts_is_told_the_files_on_the_sheets_of_the_unit(evaluations: Evaluations, tmp_path: Path) -> None:
    evaluations.service.blobs = FolderBlobs(tmp_path)
    file = {"item": "A1", "sha256": evaluations.service.blobs.put(PDF), "name": "Báo cáo.pdf"}
    own = {"pass_key": "self", "scorer": "kiem-toan"}
    evaluations.tell("unit", "attach_evidence", {**AT, **own, **file})
    shown = {**own, **file, "media_type": "application/pdf", "size": len(PDF)}
    assert evaluations.tell("office", "unit_evidence", AT) == [shown]
    assert evaluations.tell("office", "unit_evidence", {**AT, "unit": "toa-an"}) == []
    evaluations.tell("unit", "remove_evidence", {**AT, **own, "item": "A1", "sha256": file["sha256"], "reason": "nhầm tệp"})
    assert evaluations.tell("office", "unit_evidence", AT) == []
    for actor in ("unit", "leader", "inspector"):
        with pytest.raises(CommendationError, match="needs the role"):
            evaluations.tell(actor, "unit_evidence", AT)


def _freeze(evaluations: Evaluations) -> None:
    head = evaluations.service.facts.store.head()
    evaluations.feeds.tell("campaigns", campaigns.CampaignFrozen("c1", "Chờ lễ", (campaigns.FeedPosition("vn", "evaluations", head),)))


def test_a_frozen_campaign_shows_adjustments_up_to_the_freeze(evaluations: Evaluations) -> None:
    evaluations.tell("office", "make_adjustment", BONUS)
    _freeze(evaluations)
    evaluations.tell("head", "reverse_adjustment", REVERSAL)
    evaluations.tell("office", "make_adjustment", {**BONUS, "adjustment": "a2", "rule": "no-launch", "document": "KL 2"})

    def seen(actor: str) -> list[tuple[str, bool]]:
        return [(row["adjustment"], row["reversed"] is not None) for row in evaluations.tell(actor, "adjustments", AT)]

    assert seen("unit") == seen("leader") == [("a1", False)]
    assert seen("office") == seen("inspector") == [("a1", True), ("a2", False)]
    evaluations.feeds.tell("campaigns", campaigns.CampaignThawed("c1", "Đã công bố"))
    assert seen("unit") == seen("office")


LODGE = {**AT, "appeal": "k1", "items": ["A1"], "text": "Chưa tính chỉ tiêu vượt mức."}
ANSWER = {
    **AT,
    "appeal": "k1",
    "outcome": "upheld",
    "answer": "Chấp nhận, đơn vị đã bổ sung đủ minh chứng.",
    "scores": [{"item": "A1", "score": "9.5", "reason": "đủ minh chứng"}],
}


def _all_closed(evaluations: Evaluations) -> None:
    never_called = [campaigns.PassOpened("c1", key, DUE, ()) for key in ("cross_check", "central")]
    evaluations.feeds.tell("campaigns", *never_called)
    evaluations.close(*campaign.PASSES)


def test_an_appeal_goes_from_the_unit_to_an_account_that_scored_nothing_in_it(evaluations: Evaluations) -> None:
    evaluations.tell("leader", "score_items", {**SHEET, "scores": SCORES[:1]})
    _all_closed(evaluations)
    evaluations.tell("unit", "lodge_appeal", {**LODGE, "appeal": "k0", "items": ["A2"]})
    evaluations.tell("leader", "answer_appeal", {**ANSWER, "appeal": "k0", "outcome": "rejected", "scores": []})
    evaluations.tell("unit", "lodge_appeal", LODGE)
    (matter,) = [one for one in evaluations.tell("office", "open_matters", {"campaign": "c1"}) if one["kind"] == "appeal"]
    assert matter["at"] == "kiem-toan"
    with pytest.raises(OwnWork):
        evaluations.tell("leader", "answer_appeal", ANSWER)
    evaluations.tell("office", "answer_appeal", ANSWER)
    told = evaluations.tell("unit", "appeals", AT)
    _, row = told["appeals"]
    assert (row["state"], row["answered"]["scores"]) == ("answered", ANSWER["scores"])
    assert told["unfinished"] == []
    assert evaluations.tell("office", "open_matters", {"campaign": "c1"}) == []


def test_an_office_that_lodged_an_appeal_from_paper_does_not_answer_it_and_nobody_answers_their_own(evaluations: Evaluations) -> None:
    _all_closed(evaluations)
    evaluations.tell("office", "lodge_appeal", LODGE)
    with pytest.raises(OwnWork):
        evaluations.tell("office", "answer_appeal", ANSWER)
    evaluations.feeds.tell("registry", registry.RoleGranted("unit", "leader", "noi-chinh", None, None, None))
    with pytest.raises(ConflictOfInterest, match="account"):
        evaluations.tell("unit", "answer_appeal", ANSWER)
    evaluations.tell("head", "answer_appeal", ANSWER)


def test_the_term_is_counted_in_working_days_from_the_last_closing_or_the_freeze(evaluations: Evaluations) -> None:
    assert evaluations.tell("unit", "appeals", AT)["term"] is None
    evaluations.close("self", on=date(2025, 3, 3))
    assert evaluations.tell("unit", "appeals", AT)["term"] is None, "nobody appeals against what they gave themselves"
    evaluations.close("cluster", on=date(2025, 3, 6))
    term = evaluations.tell("unit", "appeals", AT)["term"]
    assert (term["due_on"], term["working_days"], term["verified"]) == ("2025-03-13", 5, False)
    with pytest.raises(AppealLate, match="2025-03-13"):
        evaluations.tell("unit", "lodge_appeal", LODGE)
    frozen = campaigns.CampaignFrozen("c1", "Chờ lễ", (campaigns.FeedPosition("vn", "evaluations", 0),))
    evaluations.feeds.tell("campaigns", frozen, on=TODAY)
    evaluations.feeds.tell("campaigns", campaigns.CampaignThawed("c1", "Đã công bố"))
    assert evaluations.tell("unit", "appeals", AT)["term"]["due_on"] == add_working_days(TODAY, 5).on.isoformat()
    evaluations.tell("unit", "lodge_appeal", LODGE)


def test_an_answer_during_a_freeze_is_not_told_before_the_thaw(evaluations: Evaluations) -> None:
    _all_closed(evaluations)
    evaluations.tell("unit", "lodge_appeal", LODGE)
    _freeze(evaluations)
    evaluations.tell("office", "answer_appeal", ANSWER)

    def seen(actor: str) -> tuple[str, bool]:
        (row,) = evaluations.tell(actor, "appeals", AT)["appeals"]
        return row["state"], row["answered"] is not None

    assert seen("unit") == seen("leader") == ("lodged", False)
    assert seen("office") == ("answered", True)
