"""Exact figures: read from text, rounded only by a rule of the rubric, and written as a board writes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

ENDLESS_PLACES = 12
"""Digits after the point of a figure that no finite decimal can hold, such as 1/3."""

_HALF = Fraction(1, 2)
_WHOLE: Mapping[str, Callable[[Fraction], int]] = {
    "half_up": lambda value: math.floor(value + _HALF) if value > 0 else math.ceil(value - _HALF),
    "half_even": round,
    "up": lambda value: math.ceil(value) if value > 0 else math.floor(value),
    "down": math.trunc,
    "ceiling": math.ceil,
    "floor": math.floor,
}


@lru_cache(maxsize=50_000)
def read(text: str) -> Fraction:
    """The figure that the text says: marks are few, and reading one takes longer than adding it."""
    return Fraction(text)


def added(values: Sequence[Fraction]) -> Fraction:
    """The sum of some values, over one denominator: a hundred are not reduced a hundred times."""
    denominator = math.lcm(*(value.denominator for value in values))
    return Fraction(sum(value.numerator * (denominator // value.denominator) for value in values), denominator)


def rounded(value: Fraction, rule: Mapping[str, Any] | None) -> Fraction:
    """The value as the rule {places, mode} rounds it; as it is without a rule."""
    if rule is None:
        return value
    unit = 10 ** int(rule["places"])
    return Fraction(_WHOLE[rule.get("mode", "half_up")](value * unit), unit)


def written(value: Fraction, rule: Mapping[str, Any] | None = None) -> str:
    """The value as text: with the places of its rule, else with all its digits, of which an endless one has ENDLESS_PLACES."""
    if rule is None:
        places = next((n for n in range(value.denominator.bit_length()) if 10**n % value.denominator == 0), None)
        rule = {"places": ENDLESS_PLACES if places is None else places, "mode": "half_even"}
    places = int(rule["places"])
    digits = rounded(value, rule) * 10**places
    text = str(abs(digits.numerator)).zfill(places + 1)
    text = f"{text[:-places]}.{text[-places:]}" if places else text
    return f"-{text}" if digits < 0 else text


def panel(item: Mapping[str, Any], scores: Sequence[Fraction]) -> Fraction | None:
    """What a panel's scores of an item come to; None where too few are left."""
    ordered = sorted(scores)
    statistic = item.get("statistic", "mean")
    if statistic == "trimmed_mean":
        for _ in range(int(item.get("dropped", 0))):
            ordered = ordered[1:-1]
    if not ordered:
        return None
    match statistic:
        case "sum":
            value = sum(ordered, Fraction(0))
        case "median":
            # of the scores from either end, the two that meet; one and the same where their number is odd
            value = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
        case _:
            value = sum(ordered, Fraction(0)) / len(ordered)
    return rounded(value, item.get("panel_rounding"))
