"""Exact arithmetic: statistics, rounding at the declared place only."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rubric import Rounding, RoundingMode, Statistic
from shared.rubric.panel import as_decimal, panel_of, rounded, weighted
from tests.shared.rubric.given import an_item, points, unhurried

DECIMAL_MODES = {
    RoundingMode.HALF_UP: ROUND_HALF_UP,
    RoundingMode.HALF_EVEN: ROUND_HALF_EVEN,
    RoundingMode.UP: ROUND_UP,
    RoundingMode.DOWN: ROUND_DOWN,
    RoundingMode.CEILING: ROUND_CEILING,
    RoundingMode.FLOOR: ROUND_FLOOR,
}


def _scores(*given_: str) -> list[Decimal]:
    return [Decimal(one) for one in given_]


@pytest.mark.parametrize(
    ("statistic", "dropped", "expected", "left_out"),
    [
        (Statistic.MEAN, 0, "5.5", ()),
        (Statistic.MEAN, 1, "5.5", ()),
        (Statistic.SUM, 0, "22", ()),
        (Statistic.MEDIAN, 0, "5", ()),
        (Statistic.TRIMMED_MEAN, 1, "5", (0, 3)),
    ],
)
def test_each_statistic(statistic: Statistic, dropped: int, expected: str, left_out: tuple[int, ...]) -> None:
    panel = panel_of(an_item("a", statistic=statistic, dropped=dropped), _scores("2", "4", "6", "10"))
    assert panel.value == Fraction(expected)
    assert tuple(at for at, out in enumerate(panel.dropped) if out) == left_out


def test_the_median_of_an_odd_panel_is_its_middle_score() -> None:
    assert panel_of(an_item("a", statistic=Statistic.MEDIAN), _scores("9", "1", "2")).value == 2


@pytest.mark.parametrize("given_", [("9",), ("9", "8")])
def test_a_panel_too_small_to_trim_has_no_value(given_: tuple[str, ...]) -> None:
    panel = panel_of(an_item("a", statistic=Statistic.TRIMMED_MEAN, dropped=1), _scores(*given_))
    assert panel.value is None
    assert not any(panel.dropped)


def test_only_one_of_equal_extremes_is_left_out() -> None:
    panel = panel_of(an_item("a", statistic=Statistic.TRIMMED_MEAN, dropped=1), _scores("8", "8", "8", "8"))
    assert panel.value == 8
    assert sum(panel.dropped) == 2


def test_a_mean_is_exact_until_its_declared_rounding() -> None:
    # 20.005 / 3 x 3 is a half again only where nothing was rounded in between, to however many digits.
    item = an_item("a", weight=Decimal(3), item_rounding=Rounding(2))
    panel = panel_of(item, _scores("6.668", "6.668", "6.669"))
    assert panel.value is not None
    assert as_decimal(weighted(item, panel.value), item.item_rounding) == Decimal("20.01")


def test_a_panel_score_is_rounded_where_the_rubric_declares_it() -> None:
    scores = _scores("6.668", "6.668", "6.669")
    assert panel_of(an_item("a", panel_rounding=Rounding(2)), scores).value == Fraction("6.67")
    assert panel_of(an_item("a"), scores).value == Fraction("20.005") / 3


HALVES = ("-2.5", "-1.5", "-0.5", "0.5", "1.5", "2.5", "4.5", "-0.4", "0.4", "-0.6", "0.6", "3")


@pytest.mark.parametrize("mode", RoundingMode)
def test_a_half_goes_where_the_mode_says(mode: RoundingMode) -> None:
    expected = [Decimal(value).quantize(Decimal(1), rounding=DECIMAL_MODES[mode]) for value in HALVES]
    assert [as_decimal(Fraction(value), Rounding(0, mode)) for value in HALVES] == expected


@unhurried
@given(
    st.decimals(min_value=-1000, max_value=1000, allow_nan=False, places=5),
    st.integers(0, 5),
    st.sampled_from(RoundingMode),
)
def test_rounding_agrees_with_decimal(value: Decimal, places: int, mode: RoundingMode) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=DECIMAL_MODES[mode], context=Context(prec=30))
    assert as_decimal(Fraction(value), Rounding(places, mode)) == expected


@unhurried
@given(st.fractions(), st.integers(0, 6), st.sampled_from(RoundingMode))
def test_rounding_moves_by_less_than_one_unit_and_only_once(value: Fraction, places: int, mode: RoundingMode) -> None:
    once = rounded(value, Rounding(places, mode))
    assert abs(once - value) < Fraction(1, 10**places)
    assert rounded(once, Rounding(places, mode)) == once


@unhurried
@given(points)
def test_a_finite_value_keeps_all_its_digits(value: Decimal) -> None:
    assert as_decimal(Fraction(value)) == value


@pytest.mark.parametrize("value", ["0.25", "0.0009765625", "0.2", "0.00032", "-0.125", "0." + "7" * 30])
def test_a_value_of_many_digits_keeps_them(value: str) -> None:
    assert str(as_decimal(Fraction(value))) == value


def test_an_endless_value_is_given_to_twelve_places() -> None:
    assert str(as_decimal(Fraction(2, 3))) == "0.666666666667"


@unhurried
@given(st.lists(points, min_size=1, max_size=9), st.sampled_from(Statistic), st.integers(1, 3), st.randoms())
def test_the_order_of_the_scorers_does_not_matter(given_: list[Decimal], stat: Statistic, drop: int, rng: object) -> None:
    item = an_item("a", statistic=stat, dropped=drop if stat is Statistic.TRIMMED_MEAN else 0)
    shuffled = list(given_)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert panel_of(item, shuffled).value == panel_of(item, given_).value
