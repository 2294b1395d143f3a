"""Ballots of a campaign as evaluations publishes them: nine accounts vote on units."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.evaluations.domain.ballot_counting import ChoiceCount, Verdict
from services.evaluations.domain.ballots import BallotClosed, BallotOpened, Choice, Subject
from tests.services.evaluations import given_ballots as the

VOTERS = tuple(f"a{number}" for number in range(9))


def opened(*units: str, **changes: Any) -> BallotOpened:
    choices = tuple(Choice(unit, Subject.UNIT) for unit in units or ("kiem-toan",))
    return replace(the.OPENED, **{"campaign": "c1", "choices": choices, "electorate": VOTERS, **changes})


def closed(in_favour: int | None, against: int | None, verdict: Verdict = Verdict.PASSED, **changes: Any) -> BallotClosed:
    """Eight of nine handed in a paper."""
    counts = (ChoiceCount("kiem-toan", in_favour, against, verdict),)
    return replace(the.CLOSED, **{"of": 9, "cast": 8, "counts": counts, **changes})


def between(**votes: int) -> BallotClosed:
    """A ballot between units, underscores for hyphens: who has the most votes passed, level with others tied."""
    most = max(votes.values())
    first = Verdict.PASSED if list(votes.values()).count(most) == 1 else Verdict.TIED
    counts = tuple(
        ChoiceCount(unit.replace("_", "-"), count, 0, first if count == most else Verdict.FAILED) for unit, count in votes.items()
    )
    return replace(the.CLOSED, of=9, cast=9, counts=counts)
