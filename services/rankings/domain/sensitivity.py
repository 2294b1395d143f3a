"""How firm the first place is (độ vững của hạng nhất): by how much all weights may change before another unit overtakes the first.

Every weight may change on its own by the same share, up or down. With points d_i by which the first is ahead of a rival in item i, and c
from decisions that no weight touches, its lead is at least c + sum d_i - p x sum |d_i| when weights move by a share p, and it is that low
at one choice of weights. So the margin, the share at which the lead is gone, is (c + sum d_i) / sum |d_i|: exact as long as the total is
linear in the weights. A rounding of the total keeps the order of totals; a rounding of an item's points or a cap that trims does not, and
then the worst choice of weights for each rival is computed anew, which finds an overtaking but does not prove that there is none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from services.rankings.domain.board import AdjustmentKind, ItemResult, Row, Standings
from services.rankings.domain.whatif import reweighted
from shared.rubric.model import Item, Kind, Rounding, RoundingMode, Rubric
from shared.rubric.panel import as_decimal, panel_of

RIVALS_MAX = 50
"""Rivals computed anew, those with the least margin: each takes a whole board."""

_DOWN = Rounding(2, RoundingMode.DOWN)
"""A margin that is promised is never rounded up."""


class Method(StrEnum):
    """`exact`: by the formula, for all weights; `recomputed`: at the worst weights for each rival, the board computed anew."""

    EXACT = "exact"
    RECOMPUTED = "recomputed"


@dataclass(frozen=True, slots=True)
class Rival:
    """Another ranked unit: how many points the first is ahead (`lead`), the sum of the differences by item as magnitudes (`spread`),
    and the `margin` in percent, None where no change of weights below 100 % overtakes.
    """

    unit: str
    lead: Decimal
    spread: Decimal
    margin: Decimal | None


@dataclass(frozen=True, slots=True)
class Firmness:
    """Whether the first place stands for all weights within `percent`.

    `first`: who shares it; `rivals` by margin, the nearest first; `overtaken_by`: who passes, where it does not stand. `margin` is the
    least of the rivals', in percent; None without the exact formula, whose margins of the rivals leave roundings and caps aside.
    """

    first: tuple[str, ...]
    percent: Decimal
    method: Method
    stands: bool
    margin: Decimal | None
    rivals: tuple[Rival, ...]
    overtaken_by: tuple[str, ...]


def firmness(board: Standings, percent: Decimal, under: Callable[[Rubric], Standings]) -> Firmness | None:
    """How firm the first place is, within `percent` of 0 to 100; `under` gives the same board under other rules.

    None where nobody is ranked.     Units that share the first place have a margin of zero: any change parts them.
    """
    ranked = [row for row in board.rows if row.rank is not None]
    if not ranked:
        return None
    first = tuple(row.unit for row in ranked if row.rank == 1)
    share = Fraction(percent) / 100
    points = {row.unit: _points(board.rubric, row) for row in ranked}
    found = [(_margin(points[first[0]], points[row.unit]), row.unit) for row in ranked[1:]]
    found.sort(key=lambda one: one[0].overtaken_at)
    method = Method.EXACT if _linear(board, ranked, points, share) else Method.RECOMPUTED
    if method is Method.EXACT:
        passing = [unit for margin, unit in found if margin.overtaken_at <= share]
    else:
        worst = [(_worst(board.rubric, margin, share), unit) for margin, unit in found[:RIVALS_MAX]]
        passing = [unit for rules, unit in worst if _passes(under(rules), unit, first[0])]
    rivals = tuple(Rival(unit, as_decimal(margin.lead), as_decimal(margin.spread), margin.percent) for margin, unit in found)
    least = found[0][0].percent if found and method is Method.EXACT else None
    return Firmness(first, percent, method, not passing, least, rivals, tuple(passing))


@dataclass(frozen=True, slots=True)
class _Points:
    """Exact points of a row: by item as they go into the total, and of decisions."""

    by_item: dict[str, Fraction]
    decided: Fraction

    @property
    def total(self) -> Fraction:
        return sum(self.by_item.values(), self.decided)


@dataclass(frozen=True, slots=True)
class _Margin:
    lead: Fraction
    differences: dict[str, Fraction]

    @property
    def spread(self) -> Fraction:
        return sum((abs(one) for one in self.differences.values()), Fraction(0))

    @property
    def overtaken_at(self) -> Fraction:
        """The share at which the lead is gone; 2 stands for never, as no weight falls below zero."""
        if self.lead <= 0:
            return Fraction(0)  # equal, or ahead by the chain of tie-breaks alone
        return self.lead / self.spread if self.lead <= self.spread else Fraction(2)

    @property
    def percent(self) -> Decimal | None:
        return as_decimal(self.overtaken_at * 100, _DOWN) if self.overtaken_at <= 1 else None


def _margin(first: _Points, rival: _Points) -> _Margin:
    differences = {key: first.by_item[key] - rival.by_item[key] for key in first.by_item}
    return _Margin(first.total - rival.total, differences)


def _points(rubric: Rubric, row: Row) -> _Points:
    signs = {Kind.PENALTY: -1, Kind.GATE: 0}
    by_item = {item.key: signs.get(item.kind, 1) * Fraction(item.weight) * _panel(item, row.item(item.key)) for item in rubric.items()}
    decided = Fraction(0)
    for one in row.adjustments:
        if one.points is not None:
            decided += Fraction(one.points) * (1 if one.kind is AdjustmentKind.BONUS else -1)
    return _Points(by_item, decided)


def _panel(item: Item, result: ItemResult) -> Fraction:
    """The panel score to its last digit, which a row shows to some places only; zero where there is none, as in the total."""
    given = [one.score.score for one in result.contributions if one.score.score is not None]
    return (panel_of(item, given).value if given else None) or Fraction(0)


def _linear(board: Standings, ranked: list[Row], points: dict[str, _Points], share: Fraction) -> bool:
    """Whether no declared rounding of an item and no cap comes between weights and totals, up to this share."""
    if any(item.item_rounding is not None for item in board.rubric.items()):
        return False
    return not board.rubric.caps or all(_under_caps(board.rubric, row, points[row.unit], 1 + share) for row in ranked)


def _under_caps(rubric: Rubric, row: Row, points: _Points, grown: Fraction) -> bool:
    of_kind: dict[Kind, Fraction] = dict.fromkeys(Kind, Fraction(0))
    of_group: dict[str, Fraction] = {}
    for group in rubric.groups:
        for item in group.items:
            of_kind[item.kind] += abs(points.by_item[item.key]) * grown
        adding = [points.by_item[item.key] for item in group.items if item.kind in (Kind.CONTENT, Kind.BONUS)]
        of_group[f"group:{group.key}"] = sum(adding, Fraction(0)) * grown
    for one in row.adjustments:
        if one.points is not None:
            of_kind[Kind.BONUS if one.kind is AdjustmentKind.BONUS else Kind.PENALTY] += Fraction(one.points)
    most = {
        "bonus": of_kind[Kind.BONUS],
        "penalty": of_kind[Kind.PENALTY],
        "total": of_kind[Kind.CONTENT] + of_kind[Kind.BONUS],
        **of_group,
    }
    return all(most[cap.over] <= Fraction(cap.maximum) for cap in rubric.caps)


def _worst(rubric: Rubric, margin: _Margin, share: Fraction) -> Rubric:
    """The rules with every weight moved by the share to the rival's good."""
    moved = {key: 1 - share if difference > 0 else 1 + share for key, difference in margin.differences.items() if difference}
    return reweighted(rubric, {key: as_decimal(Fraction(rubric.item(key).weight) * by) for key, by in moved.items()})


def _passes(board: Standings, rival: str, first: str) -> bool:
    ranks = {row.unit: row.rank for row in board.rows}
    after, before = ranks[rival], ranks[first]
    return after is not None and (before is None or after <= before)
