"""What a count comes to (kết quả kiểm phiếu), and how much of it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.evaluations.domain.ballot_rules import BallotBase, BallotRule

TOLD_MIN = 3
"""Votes that a count of a secret ballot is made of at the least. Who voted knows the own vote: of two, each would know the other's, and one
by itself would be known to all. From three on, two are left that nobody tells apart, unless they agree."""

SECRET_ELECTORS_MIN = 5
"""Who may vote in a secret ballot at the least: of fewer, one or two who stay away leave too little to be told (TOLD_MIN)."""


class Verdict(StrEnum):
    """What became of a choice.

    passed: đạt; failed: không đạt; tied: ngang phiếu (with others, for fewer places); untold: too few votes to be told.
    """

    PASSED = "passed"
    FAILED = "failed"
    TIED = "tied"
    UNTOLD = "untold"


class Outcome(StrEnum):
    """What became of a ballot.

    decided: each choice has its verdict, and every place is taken; undecided: places are left, for which a run-off may be held;
    no_quorum: too few took part; too_few: too few voted for anything to be told.
    """

    DECIDED = "decided"
    UNDECIDED = "undecided"
    NO_QUORUM = "no_quorum"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted: papers handed in, of them blank and invalid ones, by choice those in favour and against.

    absent: of the papers, those of voters who were noted as absent.
    """

    cast: int
    blank: int
    invalid: int
    in_favour: tuple[int, ...]
    against: tuple[int, ...]
    absent: int = 0

    def with_others(self, others: Tally) -> Tally:
        """Both counts together, of the same choices and of different voters."""
        return Tally(
            cast=self.cast + others.cast,
            blank=self.blank + others.blank,
            invalid=self.invalid + others.invalid,
            in_favour=tuple(map(sum, zip(self.in_favour, others.in_favour, strict=True))),
            against=tuple(map(sum, zip(self.against, others.against, strict=True))),
            absent=self.absent + others.absent,
        )


@dataclass(frozen=True, slots=True)
class ChoiceCount:
    """The count of a choice and its verdict; no figures where they are not told."""

    choice: str
    in_favour: int | None
    against: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Count:
    """What is told of a ballot. of: the number that shares are of; blank and invalid None where they are not told."""

    of: int
    cast: int
    blank: int | None
    invalid: int | None
    choices: tuple[ChoiceCount, ...]
    outcome: Outcome


def counted(
    rule: BallotRule, tally: Tally, choices: Sequence[str], *, electors: int, present: int, places: int | None, secret: bool
) -> Count:
    """The count by its rule.

    electors: who may vote; present: those of them not noted as absent; places: how many choices can pass, None where each is voted on by
    itself. Of a ballot without quorum nothing but the papers is told; of a secret one nothing that rests on fewer than TOLD_MIN votes, so
    that papers of which all but one are blank say nothing of the one.
    """
    of = electors if rule.base is BallotBase.ALL else present + tally.absent
    votes = tally.cast - tally.blank - tally.invalid
    if not rule.has_quorum(tally.cast, electors):
        return _untold(of, tally, choices, Outcome.NO_QUORUM)
    if secret and votes < TOLD_MIN:
        return _untold(of, tally, choices, Outcome.TOO_FEW)
    found = []
    for place, choice in enumerate(choices):
        in_favour, against = tally.in_favour[place], tally.against[place]
        if secret and places is None and in_favour + against < TOLD_MIN:
            found.append(ChoiceCount(choice, None, None, Verdict.UNTOLD))
        else:
            verdict = Verdict.PASSED if rule.reached(in_favour, of) else Verdict.FAILED
            found.append(ChoiceCount(choice, in_favour, against, verdict))
    if places is not None:
        found = _placed(found, places)
    passed = sum(one.verdict is Verdict.PASSED for one in found)
    outcome = Outcome.DECIDED if places is None or passed == min(places, len(choices)) else Outcome.UNDECIDED
    return Count(of, tally.cast, tally.blank, tally.invalid, tuple(found), outcome)


def _placed(found: Sequence[ChoiceCount], places: int) -> list[ChoiceCount]:
    """With more that reached the share than places: those with the most votes pass, those level at the last place are tied."""
    reached = sorted((one.in_favour or 0 for one in found if one.verdict is Verdict.PASSED), reverse=True)
    if len(reached) <= places:
        return list(found)
    last, next_to_it = reached[places - 1], reached[places]
    return [ChoiceCount(one.choice, one.in_favour, one.against, _verdict(one, last, next_to_it)) for one in found]


def _verdict(one: ChoiceCount, last: int, next_to_it: int) -> Verdict:
    if one.verdict is not Verdict.PASSED or one.in_favour is None or one.in_favour < last:
        return Verdict.FAILED
    return Verdict.TIED if one.in_favour == last == next_to_it else Verdict.PASSED


def _untold(of: int, tally: Tally, choices: Sequence[str], outcome: Outcome) -> Count:
    return Count(of, tally.cast, None, None, tuple(ChoiceCount(choice, None, None, Verdict.UNTOLD) for choice in choices), outcome)


def run_off_between(choices: Sequence[ChoiceCount]) -> frozenset[str]:
    """Between whom a run-off is held: those tied for the last places, else the two with the most votes and whoever is level with them."""
    tied = frozenset(one.choice for one in choices if one.verdict is Verdict.TIED)
    if tied:
        return tied
    left = [one for one in choices if one.verdict is Verdict.FAILED and one.in_favour is not None]
    most = sorted((one.in_favour or 0 for one in left), reverse=True)[:2]
    return frozenset(one.choice for one in left if most and (one.in_favour or 0) >= most[-1])
