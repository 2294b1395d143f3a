"""Numbers and dates as Vietnamese offices write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.formats import NumberUnclear, day, moment, number, percent, short, typed_number


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12", "12"), ("12,5", "12.5"), ("12.5", "12.5"), (" 1 000,25 ", "1000.25"), ("0,00", "0.00"), ("-3", "-3"), ("1.25", "1.25")],
)
def test_a_typed_number_is_taken_digit_for_digit(typed: str, value: str) -> None:
    assert str(typed_number(typed)) == value


@pytest.mark.parametrize("typed", ["1.000", "12.000,5", "1,", ",5", "1..2", "abc", "1e2", "∞", "--1", "1234567890"])
def test_what_is_unclear_is_refused(typed: str) -> None:
    with pytest.raises(NumberUnclear):
        typed_number(typed)


@given(st.decimals(min_value=-99999, max_value=99999, places=2))
def test_what_is_shown_can_be_typed_again(value: Decimal) -> None:
    assert typed_number(number(value)) == value
    assert typed_number(short(value)) == value
    assert typed_number(number(value, 2)) == value


def test_numbers_are_never_rounded() -> None:
    assert number("12.345", 2) == "12,345"
    assert number("12", 2) == "12,00"
    assert number("12.50") == "12,50"
    assert short("12.50") == "12,5"
    assert short("100") == "100"
    assert short("1E+2") == "100"
    assert number(None) == ""


def test_dates_are_those_of_hanoi() -> None:
    assert day("2024-04-10") == "10/04/2024"
    assert moment("2024-12-31T18:30:00Z") == "01:30 01/01/2025"
    assert (day(None), moment(None)) == ("", "")


def test_a_share_is_shown_as_per_cent_to_its_last_digit() -> None:
    assert percent("0.0382") == "3,82 %"
    assert percent("-0.05") == "-5 %"
    assert percent("0") == "0 %"
