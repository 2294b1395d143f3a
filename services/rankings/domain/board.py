"""What a board of standings (bảng xếp hạng) is made of: score records, results of items and passes, rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from shared.rubric.model import Kind, Rubric, TieBy

APPEAL = "appeal"
"""The pass of what answers to appeals (kiến nghị) gave. It follows every pass of a rubric, and no rubric names it."""


@dataclass(frozen=True, slots=True)
class Score:
    """One record of one scorer; `score` None withdraws what the scorer gave before. `event` is the id of its event."""

    unit: str
    item: str
    pass_key: str
    scorer: str
    score: Decimal | None
    recorded_at: datetime
    event: str | None = None
    reason: str | None = None


class AdjustmentKind(StrEnum):
    """What an adjustment does: adds to the unit's bonus, adds to its penalty, or keeps it from being ranked."""

    BONUS = "bonus"
    PENALTY = "penalty"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points (điểm thưởng, điểm trừ) or an exclusion (loại) by decision, apart from every sheet.

    `points` is a positive magnitude, None for a gate; `expires_on` the last day on which it holds; `event` the id of its event.
    """

    adjustment: str
    unit: str
    kind: AdjustmentKind
    points: Decimal | None
    title: str
    reason: str
    authority: str
    document: str
    effective_on: date
    expires_on: date | None
    recorded_at: datetime
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """A score that stands; `dropped` where the trimmed mean leaves it out."""

    score: Score
    dropped: bool


class Note(StrEnum):
    """Why an item that holds scores has no value."""

    TOO_FEW_SCORES = "too_few_scores"


@dataclass(frozen=True, slots=True)
class PassResult:
    """One item in one pass. `value` = weight x `panel`; `superseded` are records that no longer stand, oldest first."""

    pass_key: str
    panel: Decimal | None
    value: Decimal | None
    contributions: tuple[Contribution, ...]
    superseded: tuple[Score, ...]
    note: Note | None


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What an item brought a unit. All None, with no contributions, where the item is absent: absent is not zero.

    `value` is weight x panel as a magnitude, `points` what it adds to the total before caps: minus `value` for a
    penalty, zero for a gate. `history` holds the other passes that have records, in the rubric's order.
    """

    key: str
    kind: Kind
    value: Decimal | None
    points: Decimal | None
    panel: Decimal | None
    pass_key: str | None
    contributions: tuple[Contribution, ...]
    superseded: tuple[Score, ...]
    note: Note | None
    history: tuple[PassResult, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A threshold not reached (điểm liệt): the unit is not ranked."""

    item: str
    panel: Decimal
    threshold: Decimal


@dataclass(frozen=True, slots=True)
class CapApplied:
    """A cap that trimmed something, in points; `over` as the rubric's cap names it."""

    over: str
    maximum: Decimal
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class TieStep:
    """What one step of the chain compared for a unit; `decided` where it separated the units still tied.

    `value` is None where the unit has nothing to compare; `marks` holds (mark, times given) downward for count_highest.
    """

    by: TieBy
    key: str | None
    value: Decimal | None
    marks: tuple[tuple[Decimal, int], ...]
    decided: bool


class Status(StrEnum):
    RANKED = "ranked"
    DISQUALIFIED = "disqualified"
    NO_SCORES = "no_scores"


@dataclass(frozen=True, slots=True)
class Row:
    """A unit's line. Sums are None where no item has a value; a group is None where none of its items has one.

    `missing` names the content and gate items without a value, `tied_with` the ranked units of the same total,
    `tie_steps` what was then compared, in order, and `adjustments` the decisions about the unit that stand.
    """

    unit: str
    status: Status
    rank: int | None
    total: Decimal | None
    content: Decimal | None
    bonus: Decimal | None
    penalty: Decimal | None
    groups: Mapping[str, Decimal | None]
    items: tuple[ItemResult, ...]
    missing: tuple[str, ...]
    disqualified: tuple[Failure, ...]
    caps: tuple[CapApplied, ...]
    tied_with: tuple[str, ...] = ()
    tie_steps: tuple[TieStep, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing

    def item(self, key: str) -> ItemResult:
        return next(item for item in self.items if item.key == key)


@dataclass(frozen=True, slots=True)
class Standings:
    """Ranked rows by rank, then the disqualified, then units without scores.

    Units that share a rank stand in the given order, which says nothing about them. `ignored` are scores of units,
    items or passes that are not part of this board.
    """

    rubric: Rubric
    as_of: datetime | None
    rows: tuple[Row, ...]
    ignored: tuple[Score, ...]

    def row(self, unit: str) -> Row | None:
        return next((row for row in self.rows if row.unit == unit), None)
