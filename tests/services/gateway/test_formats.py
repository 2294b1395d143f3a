"""Numbers and dates as Vietnamese offices write them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.formats import NumberUnclear, day, day_field, moment, number, percent, short, typed_day, typed_moment, typed_number


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


@pytest.mark.parametrize("typed", ["5/11/2024", "05/11/2024", " 05 / 11 / 2024 ", "5.11.2024", "05-11-2024", "05112024", "2024-11-05"])
def test_a_day_is_typed_day_first(typed: str) -> None:
    assert typed_day(typed) == "2024-11-05"


@pytest.mark.parametrize("typed", ["31/02/2024", "13/13/2024", "5/11/24", "11/2024", "hôm nay", ""])
def test_what_is_no_day_stays_as_it_was_typed(typed: str) -> None:
    assert typed_day(typed) == typed
    assert day_field(typed) == typed


def test_a_field_shows_a_day_as_it_is_typed() -> None:
    assert (day_field("2024-11-05"), day_field("05/11/2024"), day_field(None)) == ("05/11/2024", "05/11/2024", "")


@pytest.mark.parametrize("typed", ["05/11/2024 17:30", "17:30 05/11/2024", "5.11.2024  17:30", "2024-11-05T17:30"])
def test_an_instant_is_typed_with_the_day_first(typed: str) -> None:
    assert typed_moment(typed) == datetime(2024, 11, 5, 17, 30)  # noqa: DTZ001 - of no zone, as it was typed


@pytest.mark.parametrize("typed", ["05/11/2024", "05/11/2024 25:00", "31/02/2024 10:00", "17:30", "x"])
def test_what_is_no_instant_is_refused(typed: str) -> None:
    assert typed_moment(typed) is None
