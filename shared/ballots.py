"""A ballot (bỏ phiếu, biểu quyết) as the services know it that act on its result: what its events published, and no count beyond that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from shared.errors import DomainError


class BallotUnknown(DomainError):
    """No such ballot is known here."""

    code = "ballot_unknown"


class BallotUncounted(DomainError):
    """The ballot is still open, or was called off."""

    code = "ballot_uncounted"


class BallotElsewhere(DomainError):
    """The ballot is of another campaign, for another purpose, or others stand on its paper."""

    code = "ballot_elsewhere"


class BallotUntold(DomainError):
    """The ballot came to no result that may be told, or left open what it was held to decide."""

    code = "ballot_untold"


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    """What became of a choice. in_favour, against: None where they are not told; verdict: passed, failed, tied or untold."""

    choice: str
    subject: str
    in_favour: int | None
    against: int | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot as its opening and its end tell of it.

    state: open, counted or cancelled; members: the accounts that it was opened to, the absent too. The rest once it was counted: closed_on,
    the legal date; cast: papers handed in; outcome: decided, undecided, no_quorum or too_few; results in the order of the paper.
    """

    ballot: str
    campaign: str | None
    purpose: str
    title: str
    state: str
    members: int
    closed_on: date | None = None
    cast: int = 0
    outcome: str | None = None
    results: tuple[ChoiceResult, ...] = ()

    def result_of(self, choice: str) -> ChoiceResult | None:
        return next((one for one in self.results if one.choice == choice), None)


def counted(ballot: str, known: Ballot | None, *, campaign: str, purposes: Collection[str]) -> Ballot:
    """The ballot, where it was counted and held for one of these purposes in this campaign.

    Raises BallotUnknown, BallotUncounted, BallotElsewhere.
    """
    if known is None:
        raise BallotUnknown(f"No ballot {ballot} is known here; check its id, or try again in a moment.", ballot=ballot)
    if known.state != "counted":
        raise BallotUncounted(f"Ballot {known.title} is {known.state}; only one that was counted decides anything.", ballot=ballot)
    if known.campaign != campaign:
        raise BallotElsewhere(f"Ballot {known.title} was not held in this campaign.", ballot=ballot)
    if known.purpose not in purposes:
        raise BallotElsewhere(f"Ballot {known.title} was held for another purpose ({known.purpose}).", ballot=ballot)
    return known
