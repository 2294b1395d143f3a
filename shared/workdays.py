"""Working days (ngày làm việc) of the state's offices: Monday to Friday without public holidays, with what a year's decision moves.

The public holidays of the law (Bộ luật Lao động, Art. 112) and their substitutes come from the `holidays` package; swaps of a day off for
a Saturday (hoán đổi, làm bù) and days off by decision from `workdays.yaml`, which goes before the package where both speak of a day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import holidays
import yaml

DAY = timedelta(days=1)
SATURDAY = 5

COUNT_DAYS_MAX = 110_000
"""Days of the calendar that are counted over for one answer: from any day that is taken (`bounds.YEARS`) to any other."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A number of working days; tentative where it touches a year whose decision is not known: it may yet change."""

    days: int
    tentative: bool


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A day that was counted to; tentative as of WorkingDays."""

    on: date
    tentative: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. free, worked: days that decisions have moved; settled: the years whose decision is known."""

    free: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    settled: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether the state's offices work on that day."""
        if day in self.free or day in self.worked:
            return day in self.worked
        by_law = _by_law(day.year)
        return day not in by_law and (day.weekday() < SATURDAY or day in by_law.weekend_workdays)

    def tentative(self, days: Iterable[date]) -> bool:
        """Whether one of these days lies in a year whose decision is not known."""
        return not {day.year for day in days} <= self.settled


@cache
def viet_nam() -> Calendar:
    """The calendar of Viet Nam, with the decisions that this release knows."""
    text = resources.files(__package__).joinpath("workdays.yaml").read_text(encoding="utf-8")
    return calendar_of(yaml.safe_load(text))


def calendar_of(years: Collection[Mapping[str, Any]]) -> Calendar:
    """The calendar that the decisions of these years make, in the form of `workdays.yaml`."""
    swaps = [swap for year in years for swap in year.get("swaps", ())]
    extra = [day for year in years for day in year.get("extra", ())]
    return Calendar(
        free=frozenset([*(swap["free"] for swap in swaps), *extra]),
        worked=frozenset(swap["worked"] for swap in swaps),
        settled=frozenset(year["year"] for year in years),
    )


def is_working_day(day: date, calendar: Calendar | None = None) -> bool:
    """Whether the state's offices work on that day."""
    return (calendar or viet_nam()).is_working_day(day)


def working_days_between(first: date, last: date, calendar: Calendar | None = None) -> WorkingDays:
    """The working days from the first day to the last, both counted; 0 where the last comes before the first.

    Oracle: a list posted from 10/09/2025 to 23/09/2025 stood for exactly ten working days (VKSND tối cao, under NĐ 152/2025/NĐ-CP).
    Raises ValueError for a span of more than COUNT_DAYS_MAX days.
    """
    known = calendar or viet_nam()
    span = (last - first).days + 1
    if span > COUNT_DAYS_MAX:
        raise ValueError(f"from {first} to {last} are {span} days; at most {COUNT_DAYS_MAX} are counted")
    if span <= 0:
        return WorkingDays(0, tentative=False)
    if first.year == last.year:
        days = _worked(first, last, known)
    else:
        days = _worked(first, date(first.year, 12, 31), known) + _worked(date(last.year, 1, 1), last, known)
        days += sum(_worked_in(year, known) for year in range(first.year + 1, last.year))
    return WorkingDays(days, known.tentative(_ends_of_years(first, last)))


def add_working_days(day: date, count: int, calendar: Calendar | None = None) -> WorkingDay:
    """The working day that is so many after a day, which itself is not counted; before it where the count is negative.

    Raises ValueError where it lies more than COUNT_DAYS_MAX days away.
    """
    known = calendar or viet_nam()
    step = DAY if count >= 0 else -DAY
    left, at = abs(count), day
    while left:
        at += step
        if abs((at - day).days) > COUNT_DAYS_MAX:
            raise ValueError(f"{count} working days from {day} is further than {COUNT_DAYS_MAX} days away")
        left -= known.is_working_day(at)
    return WorkingDay(at, known.tentative(_ends_of_years(min(day, at), max(day, at))))


@cache
def _worked_in(year: int, calendar: Calendar) -> int:
    """The working days of a whole year; kept, for a deadline that is decades away would be counted to day by day at each look."""
    return _worked(date(year, 1, 1), date(year, 12, 31), calendar)


def _worked(first: date, last: date, calendar: Calendar) -> int:
    return sum(calendar.is_working_day(first + timedelta(days=ahead)) for ahead in range((last - first).days + 1))


def _ends_of_years(first: date, last: date) -> list[date]:
    """A day of each year from the first day to the last."""
    return [first, *(date(year, 1, 1) for year in range(first.year + 1, last.year + 1))]


@cache
def _by_law(year: int) -> holidays.HolidayBase:
    """The public holidays of a year, and the weekend days that are worked in it by a swap of that year or the next."""
    return holidays.country_holidays("VN", years=(year, year + 1), expand=False)
