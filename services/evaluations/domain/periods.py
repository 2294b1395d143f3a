"""The periods (kỳ đánh giá) for which ratings are given: months and quarters, by keys that sort as time does."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.evaluations.domain.errors import PeriodUnknown


class PeriodKind(StrEnum):
    """month: tháng; quarter: quý; year: năm, of which one asks but in which nothing is entered."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """A month ("2026-03") or quarter ("2026-Q1"). `place`: which one of its year, from 1."""

    key: str
    kind: PeriodKind
    year: int
    place: int

    @property
    def months(self) -> int:
        return 1 if self.kind is PeriodKind.MONTH else 3

    @property
    def first_day(self) -> date:
        return date(self.year, (self.place - 1) * self.months + 1, 1)

    @property
    def last_day(self) -> date:
        month = self.place * self.months
        return date(self.year, month, monthrange(self.year, month)[1])


def period_of(key: str) -> Period:
    """The period of a key. Raises PeriodUnknown."""
    found = re.fullmatch(r"(20[0-9]{2})-(?:(0[1-9]|1[0-2])|Q([1-4]))", key)
    if found is None:
        raise PeriodUnknown(f"{key!r} is no period; give a month as 2026-03 or a quarter as 2026-Q1.", period=key)
    year, month, quarter = found.groups()
    if month:
        return Period(key, PeriodKind.MONTH, int(year), int(month))
    return Period(key, PeriodKind.QUARTER, int(year), int(quarter))
