"""Exact arithmetic of a rubric: the statistic of a panel, and rounding only where the rubric declares it.

Values stay `Fraction` between the declared roundings. A mean kept as a rounded decimal can fall on the wrong side of a
half: in the published results of figure skating at the Olympic Winter Games 2018, rounding only at the end changes 77
of 250 component totals, so where a value is rounded is part of the rule and nowhere else may it be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from shared.rubric.model import Item, Rounding, RoundingMode, Statistic

# Digits after the point of a value that has no finite decimal form and no declared rounding, such as 1/3.
ENDLESS_PLACES = 12


@dataclass(frozen=True, slots=True)
class Panel:
    """The statistic of one item over its scorers: `value` is None where there are too few scores to leave any out.

    `dropped` says for each given score, in the given order, whether the statistic leaves it out.
    """

    value: Fraction | None
    dropped: tuple[bool, ...]


def panel_of(item: Item, scores: Sequence[Decimal]) -> Panel:
    """The panel score of at least one score, with the rounding that the item declares for its panel."""
    low_high = item.dropped if item.statistic is Statistic.TRIMMED_MEAN else 0
    if len(scores) == 1 and not low_high:
        return Panel(rounded(Fraction(scores[0]), item.panel_rounding), (False,))  # nearly all: every statistic of one score is that score
    order = sorted(range(len(scores)), key=lambda at: scores[at])
    kept = order[low_high : len(order) - low_high]
    out = frozenset(order) - frozenset(kept)
    dropped = tuple(at in out for at in range(len(scores)))
    if not kept:
        return Panel(None, (False,) * len(scores))
    values = [Fraction(scores[at]) for at in kept]
    match item.statistic:
        case Statistic.SUM:
            value = sum(values, Fraction(0))
        case Statistic.MEDIAN:
            middle = len(values) // 2
            value = values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
        case Statistic.MEAN | Statistic.TRIMMED_MEAN:
            value = sum(values, Fraction(0)) / len(values)
    return Panel(rounded(value, item.panel_rounding), dropped)


def weighted(item: Item, panel: Fraction) -> Fraction:
    """Points of the item: weight x panel score, with the rounding that the item declares."""
    return rounded(panel if item.weight == 1 else Fraction(item.weight) * panel, item.item_rounding)


def rounded(value: Fraction, rounding: Rounding | None) -> Fraction:
    """`value` at the declared places, or unchanged where none are declared."""
    if rounding is None:
        return value
    unit = 10**rounding.places
    whole, rest = divmod(abs(value.numerator) * unit, value.denominator)
    negative = value < 0
    if rest and _goes_out(rounding.mode, whole, 2 * rest - value.denominator, negative=negative):
        whole += 1
    return Fraction(-whole if negative else whole, unit)


def _goes_out(mode: RoundingMode, whole: int, beyond_half: int, *, negative: bool) -> bool:
    match mode:
        case RoundingMode.HALF_UP:
            return beyond_half >= 0
        case RoundingMode.HALF_EVEN:
            return beyond_half > 0 or (beyond_half == 0 and whole % 2 == 1)
        case RoundingMode.UP:
            return True
        case RoundingMode.DOWN:
            return False
        case RoundingMode.CEILING:
            return not negative
        case RoundingMode.FLOOR:
            return negative


def as_decimal(value: Fraction, rounding: Rounding | None = None) -> Decimal:
    """The value as it is shown and compared: rounded where declared, else all its digits.

    A value without a finite decimal form is given to `ENDLESS_PLACES`, halves to even.
    """
    if rounding is not None:
        return _fixed(rounded(value, rounding), rounding.places)
    places = _places(value.denominator)
    if places is None:
        return _fixed(rounded(value, Rounding(ENDLESS_PLACES, RoundingMode.HALF_EVEN)), ENDLESS_PLACES)
    return _fixed(value, places)


@lru_cache(1024)
def _places(denominator: int) -> int | None:
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def _fixed(value: Fraction, places: int) -> Decimal:
    # Read from text: Decimal arithmetic would round to the precision of whatever context the caller runs in.
    return Decimal(f"{value.numerator * (10**places // value.denominator)}E-{places}")
