"""By which rule a ballot is decided: what share of whom, and how many have to take part; law and custom as dated data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class BallotBase(StrEnum):
    """Whom the share is of: all who may vote (tổng số thành viên), or those present and the absent who voted (số người dự)."""

    ALL = "all"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class BallotRule:
    """What a choice needs.

    percent: the share in favour, reached or, where `strictly`, passed; quorum: the part of all who may vote that has to hand in a paper
    ("2/3"), None where none is known; absent_may_vote: whether who is absent gives an opinion in writing, by the own account; from_on: the
    day from which on ballots are opened by it, None: from ever; verified: whether the sentence of the law was read; a figure that was not
    says so wherever it is shown.
    """

    rule: str
    title: str
    percent: Decimal
    strictly: bool
    base: BallotBase
    quorum: str | None
    absent_may_vote: bool
    from_on: date | None
    basis: str
    verified: bool

    def reached(self, in_favour: int, of: int) -> bool:
        """Whether so many in favour of so many are enough."""
        share, needed = Decimal(in_favour) * 100, self.percent * of
        return share > needed if self.strictly else share >= needed

    def has_quorum(self, cast: int, electors: int) -> bool:
        return self.quorum is None or cast >= Fraction(self.quorum) * electors


@dataclass(frozen=True, slots=True)
class BallotRules:
    """All rules of all times: each holds until the next of its key begins."""

    rules: tuple[BallotRule, ...]

    def at(self, day: date) -> list[BallotRule]:
        """The rules of a day, in the order of their first mention."""
        begun = [one for one in self.rules if one.from_on is None or one.from_on <= day]
        newest = {one.rule: one for one in sorted(begun, key=lambda one: one.from_on or date.min)}
        return [newest[key] for key in dict.fromkeys(one.rule for one in self.rules) if key in newest]

    def of(self, rule: str, day: date) -> BallotRule | None:
        return next((one for one in self.at(day) if one.rule == rule), None)
