"""Working days: public holidays, swaps and make-up days, and what is tentative."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bounds import YEARS
from shared.workdays import (
    COUNT_DAYS_MAX,
    WorkingDay,
    WorkingDays,
    add_working_days,
    calendar_of,
    is_working_day,
    viet_nam,
    working_days_between,
)

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def test_a_list_that_was_posted_for_ten_working_days() -> None:
    """VKSND tối cao, under NĐ 152/2025/NĐ-CP: from 10/09/2025 to 23/09/2025, both counted."""
    assert working_days_between(date(2025, 9, 10), date(2025, 9, 23)) == WorkingDays(10, tentative=False)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 9, 1), False),  # the day beside National Day
        (date(2025, 1, 27), False),  # Tết
        (date(2025, 2, 3), True),
        (date(2026, 4, 27), False),  # for Hùng Kings' Day, a Sunday
        (date(2025, 5, 2), False),
        (date(2025, 4, 26), True),  # a Saturday for it
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2025, 4, 19), False),  # any other Saturday
        (date(2014, 12, 27), True),  # a swap across the turn of the year that only the package knows
    ],
)
def test_holidays_swaps_and_make_up_days(day: date, worked: bool) -> None:
    assert is_working_day(day) is worked


def test_what_touches_a_year_without_a_known_decision_is_tentative() -> None:
    assert not working_days_between(date(2025, 12, 30), date(2026, 1, 5)).tentative
    assert working_days_between(date(2026, 12, 31), date(2027, 1, 1)).tentative
    assert working_days_between(date(2024, 1, 1), date(2024, 1, 31), calendar_of([])).tentative
    assert working_days_between(date(2027, 1, 4), date(2027, 1, 4)) == WorkingDays(1, tentative=True)
    assert not working_days_between(date(2025, 6, 2), date(2025, 6, 3), calendar_of([{"year": 2025}])).tentative
    assert add_working_days(date(2026, 12, 31), 1) == WorkingDay(date(2027, 1, 4), tentative=True)
    assert not add_working_days(date(2026, 12, 1), 5).tentative


def test_the_year_s_decision_goes_before_the_law() -> None:
    """A free day without a make-up day, and a make-up day on a Saturday."""
    decided = calendar_of(
        [{"year": 2027, "swaps": [{"free": date(2027, 6, 1), "worked": date(2027, 6, 5)}], "extra": [date(2027, 6, 2)]}, {"year": 2028}]
    )
    assert working_days_between(date(2027, 5, 31), date(2027, 6, 6), decided) == WorkingDays(4, tentative=False)
    assert working_days_between(date(2027, 5, 31), date(2027, 6, 6)) == WorkingDays(5, tentative=True)
    assert decided.settled == {2027, 2028}
    assert decided.free == {date(2027, 6, 1), date(2027, 6, 2)}
    assert decided.worked == {date(2027, 6, 5)}


def test_every_kept_decision_swaps_a_working_day_for_one_that_was_free() -> None:
    """A mistyped day would stand on a weekend, or make two working days of one."""
    kept, by_law_alone = viet_nam(), calendar_of([])
    assert all(day.weekday() < 5 for day in kept.free)
    assert all(day.weekday() == 5 for day in kept.worked)
    assert {day.year for day in kept.free} <= kept.settled
    assert all(is_working_day(day, by_law_alone) == (day == date(2026, 1, 2)) for day in kept.free), "the package knows all but one"


@given(DAYS, st.integers(-300, 300))
def test_adding_days_and_counting_them_agree(day: date, count: int) -> None:
    reached = add_working_days(day, count).on
    if count == 0:
        assert reached == day
    elif count > 0:
        assert working_days_between(day + timedelta(1), reached).days == count
        assert is_working_day(reached)
    else:
        assert working_days_between(reached, day - timedelta(1)).days == -count


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_two_spans_that_meet_count_as_one(day: date, one: int, other: int) -> None:
    middle = day + timedelta(one)
    last = middle + timedelta(other + 1)
    parts = working_days_between(day, middle).days + working_days_between(middle + timedelta(1), last).days
    assert working_days_between(day, last).days == parts


def test_whole_years_are_counted_as_their_days_are() -> None:
    first, last = date(2024, 11, 5), date(2028, 2, 3)
    one_by_one = sum(is_working_day(first + timedelta(ahead)) for ahead in range((last - first).days + 1))
    assert working_days_between(first, last) == WorkingDays(one_by_one, tentative=True)


def test_any_day_that_is_taken_can_be_counted_to_from_any_other() -> None:
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    assert working_days_between(first, last).days > 250 * len(YEARS)
    assert add_working_days(last, 2_500).on > last


def test_nothing_is_counted_backwards_or_without_end() -> None:
    assert working_days_between(date(2025, 9, 10), date(2025, 9, 9)) == WorkingDays(0, tentative=False)
    assert not working_days_between(date(2027, 9, 10), date(2027, 9, 9)).tentative, "no day of it touches a year"
    assert working_days_between(date(2026, 1, 5), date(2024, 12, 30)) == WorkingDays(0, tentative=False)
    assert working_days_between(date(1950, 1, 1), date(1950, 1, 1) + timedelta(COUNT_DAYS_MAX - 1)).days > 0
    with pytest.raises(ValueError, match="at most"):
        working_days_between(date(1950, 1, 1), date(1950, 1, 1) + timedelta(COUNT_DAYS_MAX))
    with pytest.raises(ValueError, match="further than"):
        add_working_days(date(2025, 1, 1), 90_000)
