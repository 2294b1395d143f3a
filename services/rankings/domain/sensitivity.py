"""How firm the first place is (độ vững của hạng nhất): by how much all weights may change before another unit overtakes the first.

Every weight may change on its own by the same share, up or down. With points d_i by which the first is ahead of a rival in item i, and c
from decisions that no weight touches, its lead is at least c + sum d_i - p x sum |d_i| when weights move by a share p, and it is that low
at one choice of weights. So the margin, the share at which the lead is gone, is (c + sum d_i) / sum |d_i|: exact as long as the total is
linear in the weights. A rounding of the total keeps the order of totals; a rounding of an item's points or a cap that trims does not, and
then the worst choice of weights for each rival is computed anew, which finds an overtaking but does not prove that there is none.

Of a rival its two sums are kept and no score, so that a board may have thousands.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from operator import mul, sub
from typing import Any

from services.rankings.domain.board import AdjustmentKind, Row
from services.rankings.domain.lines import Sheet
from services.rankings.domain.standings import passes_of
from services.rankings.domain.turns import EXACT, turns
from services.rankings.domain.whatif import reweighted
from shared.rubric.model import Item, Kind, Rounding, RoundingMode, Rubric, TieBy
from shared.rubric.panel import as_decimal, panel_of

RIVALS_MAX = 50
"""Rivals that are told, those with the least margin, and computed anew where the formula does not hold."""

_DOWN = Rounding(2, RoundingMode.DOWN)
"""A margin that is promised is never rounded up."""

_ZERO = Decimal(0)


class Method(StrEnum):
    """`exact`: by the formula, for all weights; `recomputed`: at the worst weights for each rival, both units computed anew."""

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

    `first`: who shares it, `sharing` in all; `rivals` by margin, the nearest first, of `others` in all; `overtaken_by`: who passes, where
    it does not stand, `overtaking` in all. RIVALS_MAX of each are named. `margin` is the least of the rivals', in percent; None without the
    exact formula, whose margins of the rivals leave roundings and caps aside.
    """

    first: tuple[str, ...]
    sharing: int
    percent: Decimal
    method: Method
    stands: bool
    margin: Decimal | None
    rivals: tuple[Rival, ...]
    others: int
    overtaken_by: tuple[str, ...]
    overtaking: int


Under = Callable[[Rubric, Sequence[Row] | None], Iterable[Row]]
"""Some rows of the board, or all, placed among themselves under other rules, all else as it is."""


class Margins:
    """How far the first unit is ahead of each rival, taken in one by one."""

    def __init__(self, rubric: Rubric, ranked: Sequence[Row], sheets: Iterable[Sheet]) -> None:
        """ranked: the rows that hold a rank, in the order of the board, one at least; sheets: those of the first that count."""
        self.rubric = rubric
        self._points = _Points(rubric)
        self._rows = {row.unit: row for row in ranked}
        self._places = {row.unit: place for place, row in enumerate(ranked)}
        self._first, self._mine = ranked[0], self._points.of(sheets)
        self._found: list[_Margin] = []
        self._linear_to: Fraction | None = None
        self._note_caps(self._first, self._mine)

    def put(self, unit: str, sheets: Iterable[Sheet]) -> None:
        """Take in a rival by the sheets that count."""
        row, theirs = self._rows[unit], self._points.of(sheets)
        lead, spread = self._points.between(self._mine, theirs)
        self._found.append(_Margin(unit, lead + _decided(self._first) - _decided(row), spread))
        self._note_caps(row, theirs)

    def firmness(self, percent: Decimal, sheets_of: Callable[[Sequence[str]], Mapping[str, Sequence[Sheet]]], under: Under) -> Firmness:
        """How firm the first place is within `percent` of 0 to 100.

        Units that share the first place have a margin of zero: any change parts them. Where the formula does not hold, `sheets_of` and
        `under` are asked of some units.
        """
        share = Fraction(percent) / 100
        found = sorted(self._found, key=lambda one: (one.overtaken_at, self._places[one.unit]))
        sharing = [unit for unit, row in self._rows.items() if row.rank == 1]
        nearest = found[:RIVALS_MAX]
        method = Method.EXACT if self._linear(share) else Method.RECOMPUTED
        if method is Method.EXACT:
            passing = [one.unit for one in found if one.overtaken_at <= share]
        else:
            sheets = sheets_of([one.unit for one in nearest])
            worst = ((self._worst(self._points.of(sheets.get(one.unit, ())), share), one.unit) for one in nearest)
            passing = [unit for rules, unit in worst if self._passes(under, rules, unit)]
        return Firmness(
            first=tuple(sharing[:RIVALS_MAX]),
            sharing=len(sharing),
            percent=percent,
            method=method,
            stands=not passing,
            margin=nearest[0].percent if nearest and method is Method.EXACT else None,
            rivals=tuple(Rival(one.unit, as_decimal(one.lead), as_decimal(one.spread), one.percent) for one in nearest),
            others=len(found),
            overtaken_by=tuple(passing[:RIVALS_MAX]),
            overtaking=len(passing),
        )

    def _linear(self, share: Fraction) -> bool:
        """Whether no declared rounding of an item and no cap comes between weights and totals, up to this share."""
        if any(item.item_rounding is not None for item in self.rubric.items()):
            return False
        return self._linear_to is None or 1 + share <= self._linear_to

    def _note_caps(self, row: Row, values: "_Values") -> None:
        """Note how far all weights may grow before a cap trims something of this unit."""
        if not self.rubric.caps:
            return
        of_kind: dict[Kind, Fraction] = dict.fromkeys(Kind, Fraction(0))
        of_group: dict[str, Fraction] = {}
        worth = iter(self._points.magnitudes(values))
        for group in self.rubric.groups:
            adding = Fraction(0)
            for item in group.items:
                points = Fraction(next(worth))
                of_kind[item.kind] += points
                adding += points if item.kind in (Kind.CONTENT, Kind.BONUS) else 0
            of_group[f"group:{group.key}"] = adding
        given = dict.fromkeys(AdjustmentKind, Fraction(0))
        for one in row.adjustments:
            given[one.kind] += Fraction(one.points or 0)
        grown = {**of_group, "bonus": of_kind[Kind.BONUS], "penalty": of_kind[Kind.PENALTY]}
        grown["total"] = of_kind[Kind.CONTENT] + of_kind[Kind.BONUS]
        fixed = {"bonus": given[AdjustmentKind.BONUS], "penalty": given[AdjustmentKind.PENALTY], "total": given[AdjustmentKind.BONUS]}
        for cap in self.rubric.caps:
            left = Fraction(cap.maximum) - fixed.get(cap.over, 0)
            if grown[cap.over]:
                reached = left / grown[cap.over]
            elif left < 0:
                reached = Fraction(0)
            else:
                continue
            self._linear_to = reached if self._linear_to is None else min(self._linear_to, reached)

    def _worst(self, theirs: "_Values", share: Fraction) -> Rubric:
        """The rules with every weight moved by the share to the rival's good."""
        ahead = zip(self.rubric.items(), self._points.differences(self._mine, theirs), strict=True)
        moved = {item: 1 - share if difference > 0 else 1 + share for item, difference in ahead if difference}
        return reweighted(self.rubric, {item.key: as_decimal(Fraction(item.weight) * by) for item, by in moved.items()})

    def _passes(self, under: Under, rules: Rubric, rival: str) -> bool:
        first = self._first.unit
        rows = {row.unit: row for row in under(rules, (self._first, self._rows[rival]))}
        if rows[first].total == rows[rival].total and any(step.by is TieBy.VOTE for step in rules.tie_breaks):
            rows = {row.unit: row for row in under(rules, None)}  # whether a vote parts the two hangs on who else is their equal
        after, before = rows[rival].rank, rows[first].rank
        return after is not None and (before is None or after <= before)


@dataclass(frozen=True, slots=True)
class _Margin:
    unit: str
    lead: Fraction
    spread: Fraction

    @property
    def overtaken_at(self) -> Fraction:
        """The share at which the lead is gone; 2 stands for never, as no weight falls below zero."""
        if self.lead <= 0:
            return Fraction(0)  # equal, or ahead by the chain of tie-breaks alone
        return self.lead / self.spread if self.lead <= self.spread else Fraction(2)

    @property
    def percent(self) -> Decimal | None:
        return as_decimal(self.overtaken_at * 100, _DOWN) if self.overtaken_at <= 1 else None


_Values = Sequence[Any]
"""By item, in the order of the rubric, the panel score to its last digit, all Decimal or all Fraction; zero where there is none."""


class _Points:
    """What scores are worth, exactly: in decimals, which are ten times as fast as fractions, wherever a panel's score has an end."""

    def __init__(self, rubric: Rubric) -> None:
        self._items = tuple(rubric.items())
        self._passes = passes_of(rubric)
        self._places = {item.key: place for place, item in enumerate(self._items)}
        self._bare = frozenset(item.key for item in self._items if not item.dropped and item.panel_rounding is None)
        signs = {Kind.PENALTY: -1, Kind.GATE: 0}
        self._weights = [signs.get(item.kind, 1) * item.weight for item in self._items]

    def of(self, sheets: Iterable[Sheet]) -> _Values:
        found: list[Decimal | Fraction] = [_ZERO] * len(self._items)
        left = set(self._places)
        endless = False
        for _, turn in turns(sheets, self._passes):
            for key in [*left.intersection(*turn.values())] if len(turn) == 1 else [*left]:
                given = [Decimal(scores[key]) for scores in turn.values() if key in scores]
                if not given:
                    continue
                left.remove(key)
                value = given[0] if len(given) == 1 and key in self._bare else _panel(self._items[self._places[key]], given)
                endless = endless or isinstance(value, Fraction)
                found[self._places[key]] = value
            if not left:
                break  # what went before was replaced whole
        return [Fraction(value) for value in found] if endless else found

    def differences(self, mine: _Values, theirs: _Values) -> _Values:
        """By item how many points one unit is ahead of another."""
        with localcontext(EXACT):
            both, weights = self._alike(mine, theirs)
            return list(map(mul, weights, map(sub, *both)))

    def between(self, mine: _Values, theirs: _Values) -> tuple[Fraction, Fraction]:
        """How many points one unit is ahead of another, and the sum of the differences as magnitudes."""
        ahead = self.differences(mine, theirs)
        with localcontext(EXACT):
            return Fraction(sum(ahead)), Fraction(sum(map(abs, ahead)))

    def magnitudes(self, values: _Values) -> _Values:
        """By item what the score adds to the total or takes from it."""
        with localcontext(EXACT):
            (same, _), weights = self._alike(values, values)
            return [abs(one) for one in map(mul, weights, same)]

    def _alike(self, *values: _Values) -> tuple[Sequence[_Values], _Values]:
        """The same values and the weights, all decimals or all fractions."""
        if all(not one or isinstance(one[0], Decimal) for one in values):
            return values, self._weights
        return [[Fraction(one) for one in several] for several in values], [Fraction(weight) for weight in self._weights]


def _panel(item: Item, given: Sequence[Decimal]) -> Decimal | Fraction:
    value = panel_of(item, given).value or Fraction(0)
    shown = as_decimal(value)
    return shown if Fraction(shown) == value else value


def _decided(row: Row) -> Fraction:
    """The points by decision, which no weight touches."""
    signs = {AdjustmentKind.BONUS: 1, AdjustmentKind.PENALTY: -1, AdjustmentKind.GATE: 0}
    return sum((signs[one.kind] * Fraction(one.points) for one in row.adjustments if one.points is not None), Fraction(0))
