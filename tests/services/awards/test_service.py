"""The entrypoints of awards over a store and views of their own: who may do what, and what is asked of rankings and the registry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.awards import schemas, views
from services.awards.service import AwardsService
from services.evaluations.schemas import EVENTS as EVALUATIONS
from shared.ballots import BallotUncounted, BallotUnknown
from shared.calendar import legal_date, utc_now
from shared.errors import CommendationError, NotAllowed
from shared.event import Context, NewEvent
from shared.facts import Facts
from shared.feed.page import Page
from shared.permissions import OwnWork
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import ANY, Append, EventStore, open_database
from tests.services.awards import given as the
from tests.services.awards import given_ballots as ballots

PROPOSE = {"proposal": "p1", "campaign": "c1", "unit": "kiem-toan", "form": the.FORM, "reason": "Dẫn đầu khối"}
VOTE = {"proposal": "p1", **{name: value for name, value in the.counts(8, 9).items() if name != "held_on"}, "held_on": "2025-02-10"}
DECIDE = {"proposal": "p1", "number": "05/QĐ", "decided_on": "2025-03-01", "signatory": "Chủ tịch", "authority": "Bộ Nội vụ"}
HANDOVER = {
    "handover": "h1",
    "cluster": "noi-chinh",
    "season": 2025,
    "from_unit": None,
    "to_unit": "toa-an",
    "handed_on": "2025-01-20",
    "document": "Biên bản",
}


class Rankings:
    """Answers `board` as rankings does, and remembers what it was asked."""

    def __init__(self) -> None:
        self.state = "final"
        self.asked: list[Request] = []

    def ask(self, service: str, method: str, request: Request) -> dict[str, Any]:
        assert (service, method) == ("rankings", "board")
        self.asked.append(request)
        rows = [{"unit": unit, "rank": 1, "total": "985.50"} for unit in ("kiem-toan", "toa-an")]
        board = {"season": 2024, "cluster": "noi-chinh", "title": "Khối nội chính 2024", "state": self.state, "illustrative": False}
        return {**board, "rows": rows, "candidates": ["kiem-toan", "toa-an"]}


def _bare() -> Any:
    """The service without a container: what nameko would inject is put in by hand."""
    return AwardsService()


class Awards:
    """The service with everything around it but the broker."""

    def __init__(self, folder: Path) -> None:
        self.rankings = Rankings()
        self.store = self._store(folder, "awards")
        self.registry = self._store(folder, "registry")
        self.evaluations = self._store(folder, "evaluations")
        self.projector = Projector(self.store.database, views.MODEL)
        self.projector.prepare()
        self.service = _bare()
        self.service.facts = Facts(self.store, schemas.EVENTS)
        self.service.views = Views(self.projector)
        self.service.network = self.rankings
        for account, role in (("office", "office"), ("chief", "office"), ("council", "council"), ("secretary", "secretary")):
            self.registered("RoleGranted", account=account, role=role, scope="*")

    @staticmethod
    def _store(folder: Path, service: str) -> EventStore:
        store = EventStore(open_database(f"sqlite:///{folder}/{service}.db"), site="vn", service=service)
        store.prepare()
        return store

    def registered(self, fact: str, **data: Any) -> None:
        self.registry.append(Append("stream", ANY, [NewEvent(f"registry.{fact}", 1, data)]), Context("system", "c", "k"))
        self._follow(self.registry)

    def balloted(self, *facts: Any) -> None:
        self.evaluations.append(Append("ballot-b1", ANY, [EVALUATIONS.encode(fact) for fact in facts]), Context("a", "c", "k"))
        self._follow(self.evaluations)

    def _follow(self, store: EventStore) -> None:
        self.projector.receive(
            Page.announcement("vn", store.service, store.head()),
            lambda _service, after: store.feed(after),
        )

    def tell(self, actor: str, method: str, data: dict[str, Any], command: str | None = None) -> Any:
        """The service's answer; its error is raised as the caller of the RPC would see it."""
        request = Request(actor, data, correlation="course") if command is None else Request(actor, data, command, "course")
        answer = getattr(self.service, method)(request.to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        self._follow(self.store)
        return answer["result"]

    def recorded(self) -> list[str]:
        return [event.type for event in self.store.feed(0)]


@pytest.fixture
def awards(tmp_path: Path) -> Iterator[Awards]:
    made = Awards(tmp_path)
    yield made
    made.store.database.close()
    made.registry.database.close()
    made.evaluations.database.close()


def test_from_proposal_to_the_register(awards: Awards) -> None:
    awards.tell("office", "propose_flag", PROPOSE)
    awards.tell("council", "record_vote", VOTE)
    awards.tell("chief", "decide", DECIDE)
    (row,) = awards.tell("anybody", "decisions", {})
    assert (row["number"], row["unit"], row["decided_on"]) == ("05/QĐ", "kiem-toan", "2025-03-01")
    (row,) = awards.tell("anybody", "proposals", {})
    assert (row["state"], row["vote"]["ratio"], row["standing"]["total"]) == ("decided", "88.8", "985.50")


def test_the_result_of_a_ballot_flows_into_the_proposal_and_its_decision(awards: Awards) -> None:
    awards.tell("office", "propose_flag", PROPOSE)
    taken = {"proposal": "p1", "ballot": "b1", "minutes": "BB kiểm phiếu"}
    with pytest.raises(BallotUnknown):
        awards.tell("council", "take_ballot", taken)
    awards.balloted(ballots.opened())
    with pytest.raises(BallotUncounted):
        awards.tell("council", "take_ballot", taken)
    awards.balloted(ballots.closed(8, 0))
    (row,) = awards.tell("council", "proposals", {})
    assert [(one["ballot"], one["in_favour"], one["members"], one["verdict"]) for one in row["ballots"]] == [("b1", 8, 9, "passed")]
    with pytest.raises(NotAllowed):
        awards.tell("secretary", "take_ballot", taken)
    awards.tell("council", "take_ballot", taken)
    awards.tell("chief", "decide", {**DECIDE, "decided_on": legal_date(utc_now()).isoformat()})
    (row,) = awards.tell("anybody", "proposals", {})
    vote = row["vote"]
    assert (vote["in_favour"], vote["absent"], vote["ballot"], vote["passed"]) == (8, 1, {"ballot": "b1", "passed": True}, True)
    assert row["ballots"] == []


def test_who_took_a_ballot_over_does_not_decide(awards: Awards) -> None:
    awards.tell("office", "propose_flag", PROPOSE)
    awards.balloted(ballots.opened(), ballots.closed(8, 0))
    awards.tell("chief", "take_ballot", {"proposal": "p1", "ballot": "b1", "minutes": "BB"})
    with pytest.raises(OwnWork):
        awards.tell("chief", "decide", {**DECIDE, "decided_on": legal_date(utc_now()).isoformat()})


def test_the_board_is_asked_in_the_course_of_the_request(awards: Awards) -> None:
    awards.tell("office", "propose_flag", PROPOSE)
    (asked,) = awards.rankings.asked
    assert (asked.data, asked.correlation) == ({"campaign": "c1", "board": "flag"}, "course")


def test_an_open_campaign_is_refused_and_nothing_recorded(awards: Awards) -> None:
    awards.rankings.state = "open"
    with pytest.raises(CommendationError, match="still open"):
        awards.tell("office", "propose_flag", PROPOSE)
    assert awards.recorded() == []


@pytest.mark.parametrize(
    ("actor", "method", "data"),
    [
        ("council", "propose_flag", PROPOSE),
        ("secretary", "propose_flag", PROPOSE),
        ("secretary", "record_vote", VOTE),
        ("council", "decide", DECIDE),
        ("council", "hand_over_flag", HANDOVER),
        ("nobody", "hand_over_flag", HANDOVER),
    ],
)
def test_who_holds_no_role_for_it_is_refused(awards: Awards, actor: str, method: str, data: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        awards.tell(actor, method, data)
    assert awards.recorded() == []


@pytest.mark.parametrize(("proposes", "counts"), [("chief", "council"), ("office", "chief")], ids=["proposed", "recorded the vote"])
def test_who_entered_does_not_decide(awards: Awards, proposes: str, counts: str) -> None:
    awards.tell(proposes, "propose_flag", PROPOSE)
    awards.tell(counts, "record_vote", VOTE)
    before = awards.recorded()
    with pytest.raises(OwnWork, match="another account"):
        awards.tell("chief", "decide", DECIDE)
    assert awards.recorded() == before
    awards.registered("RoleGranted", account="third", role="office", scope="*")
    awards.tell("third", "decide", DECIDE)


def test_who_corrected_the_vote_does_not_decide_either(awards: Awards) -> None:
    awards.tell("office", "propose_flag", PROPOSE)
    awards.tell("council", "record_vote", VOTE)
    awards.tell("chief", "record_vote", {**VOTE, "minutes": "Biên bản 2", "corrects": "Ghi nhầm số biên bản"})
    with pytest.raises(OwnWork):
        awards.tell("chief", "decide", DECIDE)


def test_a_command_that_comes_twice_is_taken_once(awards: Awards) -> None:
    first = awards.tell("office", "propose_flag", PROPOSE, command="k1")
    again = awards.tell("office", "propose_flag", PROPOSE, command="k1")
    assert again == {**first, "repeated": True}
    assert awards.recorded() == ["awards.FlagProposed", "awards.UnitNominated"]


def test_a_unit_is_not_proposed_twice_for_one_form(awards: Awards) -> None:
    awards.tell("office", "propose_flag", PROPOSE)
    with pytest.raises(CommendationError, match="as p1"):
        awards.tell("office", "propose_flag", {**PROPOSE, "proposal": "p2"})
    awards.tell("office", "propose_flag", {**PROPOSE, "proposal": "p2", "unit": "toa-an"})
    assert awards.recorded().count("awards.FlagProposed") == 2


def test_a_number_of_the_year_is_given_to_one_decision(awards: Awards) -> None:
    for proposal, unit in (("p1", "kiem-toan"), ("p2", "toa-an")):
        awards.tell("office", "propose_flag", {**PROPOSE, "proposal": proposal, "unit": unit})
        awards.tell("office", "record_vote", {**VOTE, "proposal": proposal})
    awards.tell("chief", "decide", DECIDE)
    before = awards.recorded()
    with pytest.raises(CommendationError, match="given number 05/QĐ of 2025"):
        awards.tell("chief", "decide", {**DECIDE, "proposal": "p2", "number": "5/qđ"})
    assert awards.recorded() == before
    awards.tell("chief", "decide", {**DECIDE, "proposal": "p2", "number": "06/QĐ"})
    assert awards.recorded().count("awards.DecisionIssued") == 2


def test_the_rotation_flag_goes_to_whom_the_registry_designated(awards: Awards) -> None:
    with pytest.raises(CommendationError, match="Nobody is designated"):
        awards.tell("office", "hand_over_flag", HANDOVER)
    designated = {"cluster": "noi-chinh", "season": 2025, "leader": "toa-an", "deputy": None, "basis": "elected", "document": "BB"}
    awards.registered("LeaderDesignated", **designated)
    awards.tell("office", "hand_over_flag", HANDOVER)
    (row,) = awards.tell("anybody", "handovers", {})
    assert (row["to_unit"], row["from_unit"]) == ("toa-an", None)


def test_the_forms_of_today_are_told_with_their_thresholds(awards: Awards) -> None:
    forms = {row["form"]: (row["percent"], row["verified"]) for row in awards.tell("anybody", "forms", {})}
    assert forms[the.FORM] == ("80", False)
    assert forms["Chiến sĩ thi đua toàn quốc"] == ("90", False)
