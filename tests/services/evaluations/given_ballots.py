"""Ballots for tests: voters, papers, a rule, and one of every event."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.evaluations.domain import ballots as domain
from services.evaluations.domain.ballot_counting import ChoiceCount, Outcome, Tally, Verdict
from services.evaluations.domain.ballot_rules import BallotBase, BallotRule

VOTERS = tuple(f"v{number}" for number in range(1, 8))
RULE = BallotRule(
    rule="council-80",
    title="Hội đồng xét Cờ thi đua",
    percent=Decimal(80),
    strictly=False,
    base=BallotBase.ALL,
    quorum="2/3",
    absent_may_vote=True,
    from_on=None,
    basis="Chưa đối chiếu được với văn bản",
    verified=False,
)
CHOICES = (
    domain.Choice("btp", domain.Subject.UNIT),
    domain.Choice("bca", domain.Subject.UNIT),
    domain.Choice("p-1", domain.Subject.PERSON, "Chánh Văn phòng"),
)
OPEN = domain.OpenBallot(
    ballot="b1",
    purpose=domain.BallotPurpose.COUNCIL,
    title="Xét tặng Cờ thi đua năm 2024",
    choices=CHOICES,
    kind=domain.BallotKind.APPROVE_EACH,
    mode=domain.BallotMode.SECRET,
    electorate=VOTERS,
    rule=RULE.rule,
)
SECRETARY = "secretary"
GROUND = domain.BallotGround(SECRETARY, rule=RULE)
OPENED = domain.BallotOpened(
    ballot="b1",
    campaign=None,
    council=None,
    cluster=None,
    purpose=domain.BallotPurpose.COUNCIL,
    title="Xét tặng Cờ thi đua năm 2024",
    choices=CHOICES,
    kind=domain.BallotKind.APPROVE_EACH,
    most=1,
    mode=domain.BallotMode.SECRET,
    electorate=VOTERS,
    absent=(),
    rule=RULE,
    run_off_of=None,
    opened_by=SECRETARY,
)
VOTED = domain.VoteCastByName("b1", "v1", (domain.ChoiceMark("btp", domain.Mark.FOR), domain.ChoiceMark("bca", domain.Mark.AGAINST)))
LETTER = domain.LetterRecorded("b1", "v7", (domain.ChoiceMark("btp", domain.Mark.AGAINST),), "12/CV, 20/11/2024", "0" * 64)
CORRECTED = domain.LetterCorrected(
    "b1", "v7", (domain.ChoiceMark("btp", domain.Mark.FOR),), "12/CV, 20/11/2024", "0" * 64, "Đọc nhầm phiếu"
)
WITHDRAWN = domain.LetterWithdrawn("b1", "v7", "Ghi nhầm người")
CLOSED = domain.BallotClosed(
    ballot="b1",
    of=7,
    cast=7,
    blank=0,
    invalid=0,
    counts=(
        ChoiceCount("btp", 6, 1, Verdict.PASSED),
        ChoiceCount("bca", 3, 4, Verdict.FAILED),
        ChoiceCount("p-1", None, None, Verdict.UNTOLD),
    ),
    outcome=Outcome.DECIDED,
    reason=None,
)
CANCELLED = domain.BallotCancelled("b1", "Lập sai danh sách")

EVENTS = (OPENED, VOTED, LETTER, CORRECTED, WITHDRAWN, CLOSED, CANCELLED)
"""One of every event of ballots."""


def ask(**changes: Any) -> domain.OpenBallot:
    return replace(OPEN, **changes)


def opened(**changes: Any) -> domain.BallotOpened:
    return replace(OPENED, **changes)


def ground(actor: str = SECRETARY, **changes: Any) -> domain.BallotGround:
    return replace(GROUND, actor=actor, **changes)


def tally(in_favour: str, against: str = "", *, cast: int = 7, blank: int = 0, absent: int = 0) -> Tally:
    """Of figures in the order of the choices: tally("610", "140")."""
    return Tally(cast, blank, 0, tuple(map(int, in_favour)), tuple(map(int, against or "0" * len(in_favour))), absent)
