"""Facts that the tests of awards start from: a final board with one candidate, a proposal, votes, a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.awards import domain
from services.awards.rules import RULEBOOK
from shared.ballots import Ballot, ChoiceResult

TODAY = date(2025, 6, 1)
FORM = "Cờ thi đua"
TOP = domain.Standing(1, Decimal("985.50"))


def board(*, final: bool = True, candidates: dict[str, domain.Standing] | None = None) -> domain.FlagBoard:
    named = {"kiem-toan": TOP} if candidates is None else candidates
    return domain.FlagBoard(2024, "noi-chinh", "Khối nội chính 2024", final, False, named)


def ground(
    seen: domain.FlagBoard | None = None, rulebook: domain.Rulebook = RULEBOOK, ballot: Ballot | None = None
) -> domain.ProposalGround:
    return domain.ProposalGround(rulebook, TODAY, seen, ballot)


def ballot(in_favour: int | None = 8, against: int | None = 0, verdict: str = "passed", **changes: Any) -> Ballot:
    """A ballot of nine members, of whom eight handed in a paper."""
    result = ChoiceResult("kiem-toan", "unit", in_favour, against, verdict)
    held = Ballot("b1", "c1", "council", "Xét cờ thi đua", "counted", 9, date(2025, 2, 10), 8, "decided", (result,))
    return replace(held, **changes)


def take(**changes: Any) -> domain.TakeBallot:
    return replace(domain.TakeBallot("p1", "b1", "Biên bản kiểm phiếu 3"), **changes)


def propose(**changes: Any) -> domain.ProposeFlag:
    said = {"proposal": "p1", "campaign": "c1", "unit": "kiem-toan", "form": FORM, "reason": "Dẫn đầu khối"}
    return domain.ProposeFlag(**{**said, **changes})


def proposed(**changes: Any) -> domain.FlagProposed:
    said = {
        "proposal": "p1",
        "campaign": "c1",
        "cluster": "noi-chinh",
        "season": 2024,
        "unit": "kiem-toan",
        "form": FORM,
        "reason": "Dẫn đầu khối",
        "standing": TOP,
        "illustrative": False,
    }
    return domain.FlagProposed(**{**said, **changes})


def counts(in_favour: int, members: int, *, absent: int = 0) -> dict[str, Any]:
    return {
        "proposal": "p1",
        "members": members,
        "in_favour": in_favour,
        "against": members - in_favour - absent,
        "blank": 0,
        "absent": absent,
        "held_on": date(2025, 2, 10),
        "minutes": "Biên bản 12/BB-HĐ",
    }


def vote(in_favour: int = 8, members: int = 9, **changes: Any) -> domain.RecordVote:
    return domain.RecordVote(**{**counts(in_favour, members), **changes})


def voted(in_favour: int = 8, members: int = 9, **changes: Any) -> domain.VoteRecorded:
    rule = RULEBOOK.at(FORM, date(2025, 2, 10))
    assert rule is not None
    said = {**counts(in_favour, members), "threshold": rule.percent, "basis": rule.basis, "verified": rule.verified, "ballot": None}
    return domain.VoteRecorded(**{**said, **changes})


def decide(**changes: Any) -> domain.Decide:
    said = {
        "proposal": "p1",
        "number": "123/QĐ-HĐ",
        "decided_on": date(2025, 3, 1),
        "signatory": "Chủ tịch Hội đồng",
        "authority": "Hội đồng TĐKT Trung ương",
    }
    return domain.Decide(**{**said, **changes})


def issued(**changes: Any) -> domain.DecisionIssued:
    said = {
        "proposal": "p1",
        "number": "123/QĐ-HĐ",
        "decided_on": date(2025, 3, 1),
        "signatory": "Chủ tịch Hội đồng",
        "authority": "Hội đồng TĐKT Trung ương",
        "unit": "kiem-toan",
        "form": FORM,
        "season": 2024,
        "campaign": "c1",
    }
    return domain.DecisionIssued(**{**said, **changes})
