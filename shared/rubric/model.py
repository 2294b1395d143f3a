"""The rubric (bảng tiêu chí, thang điểm): what is scored, by whom in turn, and how scores become one total.

A rubric is plain frozen data. Nothing here rounds, sums or checks: `panel` does the arithmetic, `balance` the checks
and `text` the reading and writing. Every number is a `Decimal` of points unless a field says otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.rubric.errors import ItemUnknown

APPEAL = "appeal"
"""The pass of answers to appeals (phúc tra), which comes after all passes of a rubric; no rubric has a pass of this key."""


class Kind(StrEnum):
    """What an item does to the total: adds to content, adds to bonus, is subtracted, or only admits and excludes."""

    CONTENT = "content"
    BONUS = "bonus"
    PENALTY = "penalty"
    GATE = "gate"


class Statistic(StrEnum):
    """How the scores that a panel gave to one item become one score."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"
    MEDIAN = "median"
    SUM = "sum"


class RoundingMode(StrEnum):
    """`up` is away from zero, `down` towards it; a half goes away from zero in `half_up`, to even in `half_even`."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"
    CEILING = "ceiling"
    FLOOR = "floor"


class TieBy(StrEnum):
    """A step of the chain that separates units of equal total."""

    GROUP = "group"
    ITEM = "item"
    CONTENT = "content"
    BONUS = "bonus"
    PENALTIES = "penalties"
    COUNT_HIGHEST = "count_highest"
    SCORERS = "scorers"
    VOTE = "vote"


class Evidence(StrEnum):
    """Whether a score needs evidence (minh chứng) to be shown for it."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Rounding:
    places: int
    mode: RoundingMode = RoundingMode.HALF_UP


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion (tiêu chí).

    `maximum` is the largest raw score that one scorer may give; of a penalty the largest deduction, given as a positive
    magnitude. `dropped` counts the scores left out at each end, so 1 leaves out the highest and the lowest. `threshold`
    is the panel score below which the unit is not ranked (điểm liệt): a gate must have one, a content item may.
    A rounding of None leaves the value exact. `evidence_note` says what is to be shown; `passes` are the keys of those that
    may score the item, all where it is empty. `source` names where the item comes from; `unverified` marks one whose wording
    or points no source confirms.
    """

    key: str
    title: str
    maximum: Decimal
    kind: Kind = Kind.CONTENT
    weight: Decimal = Decimal(1)
    statistic: Statistic = Statistic.MEAN
    dropped: int = 0
    places: int = 2
    panel_rounding: Rounding | None = None
    item_rounding: Rounding | None = None
    evidence: Evidence = Evidence.NONE
    evidence_note: str = ""
    threshold: Decimal | None = None
    passes: tuple[str, ...] = ()
    source: str = ""
    unverified: bool = False

    @property
    def evidence_required(self) -> bool:
        return self.evidence is Evidence.REQUIRED

    def scored_in(self, pass_key: str) -> bool:
        """Whether that pass may score the item."""
        return not self.passes or pass_key in self.passes


@dataclass(frozen=True, slots=True)
class Group:
    """A group of items (nhóm tiêu chí). `maximum` is the sum over its content and bonus items of maximum x weight.

    `beyond_scale` marks bonus that is given on top of the declared scale, as +10 and +15 for flags on a scale of 100.
    """

    key: str
    title: str
    maximum: Decimal
    items: tuple[Item, ...]
    beyond_scale: bool = False


@dataclass(frozen=True, slots=True)
class PassRule:
    """One pass of scoring (lượt chấm).

    `requires_all`: a sheet may be submitted only with every content item scored; `requires_evidence`: only with a file for every item that
    needs evidence and has points; `blind`: files of evidence are kept without what in them names their makers.
    """

    key: str
    title: str
    requires_all: bool = True
    requires_evidence: bool = False
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may count `over` "bonus", "penalty", "total" or "group:<key>" (content and bonus of that group)."""

    over: str
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class TieBreak:
    by: TieBy
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the rubric rests on (văn bản làm căn cứ), with its number and its date of issue where it has them."""

    title: str
    number: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rubric:
    """A scored table for one season; `passes` are in the order in which they follow one another.

    `in_force_from` and `in_force_until` are its first and last day in force, without limit where None. `based_on` is the key of the
    rubric that it was copied from: the version before it, of the same season or of an earlier one.
    """

    key: str
    title: str
    season: int
    scale: Decimal
    groups: tuple[Group, ...]
    passes: tuple[PassRule, ...]
    total_rounding: Rounding | None = None
    caps: tuple[Cap, ...] = ()
    tie_breaks: tuple[TieBreak, ...] = ()
    legal_basis: tuple[Document, ...] = ()
    places: int = 2
    in_force_from: date | None = None
    in_force_until: date | None = None
    based_on: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether the rubric is in force on that day."""
        return self.in_force_within(on, on)

    def in_force_within(self, first: date, last: date) -> bool:
        """Whether it is in force on one of these days at least: a cluster may issue its table some weeks after the campaign began."""
        return (self.in_force_from is None or self.in_force_from <= last) and (self.in_force_until is None or first <= self.in_force_until)

    def items(self) -> Iterator[Item]:
        for group in self.groups:
            yield from group.items

    def item(self, key: str) -> Item:
        """The item of that key, or `ItemUnknown`."""
        for item in self.items():
            if item.key == key:
                return item
        raise ItemUnknown(
            f"Rubric {self.key} has no item {key!r}; it has {', '.join(i.key for i in self.items())}.",
            rubric=self.key,
            item=key,
        )

    def pass_keys(self) -> tuple[str, ...]:
        return tuple(rule.key for rule in self.passes)
