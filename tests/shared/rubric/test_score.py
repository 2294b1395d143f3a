"""A score lies within 0 and its maximum, with no more decimals than the item allows."""

from decimal import Decimal

import pytest

from shared.rubric import ItemUnknown, ScoreOutOfRange, ScoreTooPrecise, check_score
from tests.shared.rubric.given import a_group, a_rubric, an_item


@pytest.mark.parametrize("value", ["0", "10", "9.99", "9.500", "1E+1", "0.00000"])
def test_a_score_within_its_bounds_is_allowed(value: str) -> None:
    check_score(an_item("I.1", "10"), Decimal(value))


@pytest.mark.parametrize("value", ["-0.01", "10.01", "NaN", "Infinity"])
def test_a_score_out_of_range_is_refused(value: str) -> None:
    with pytest.raises(ScoreOutOfRange) as refused:
        check_score(an_item("I.1", "10"), Decimal(value))
    assert refused.value.details == {"item": "I.1", "value": value, "maximum": "10", "places": 2}
    assert refused.value.message == f"Item I.1: {value} is outside 0 to 10; give a score from 0 to 10."


def test_the_largest_score_is_said_in_digits() -> None:
    with pytest.raises(ScoreOutOfRange, match="give a score from 0 to 10") as refused:
        check_score(an_item("I.1", "1E+1"), Decimal(11))
    assert refused.value.details["maximum"] == "10"


@pytest.mark.parametrize(("places", "value"), [(2, "9.999"), (0, "9.5"), (1, "0.25"), (2, "1E-3")])
def test_a_score_of_too_many_decimals_is_refused(places: int, value: str) -> None:
    with pytest.raises(ScoreTooPrecise) as refused:
        check_score(an_item("I.1", "10", places=places), Decimal(value))
    allowed = f"at most {places} decimals" if places else "no decimals"
    shown = str(Decimal(value))  # 1E-3 is written as 0.001
    assert refused.value.message == f"Item I.1: {shown} (maximum 10) has {len(shown) - 2} decimals; give {allowed}."
    assert refused.value.details == {"item": "I.1", "value": shown, "maximum": "10", "places": places}


def test_an_unknown_item_is_named_with_the_known_ones() -> None:
    with pytest.raises(ItemUnknown) as unknown:
        a_rubric(a_group("I", an_item("I.1"), an_item("I.2"))).item("X")
    assert unknown.value.message == "Rubric R has no item 'X'; it has I.1, I.2."
    assert unknown.value.details == {"rubric": "R", "item": "X"}
