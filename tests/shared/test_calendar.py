"""The day it is in Viet Nam, whatever the clock's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from shared.calendar import HANOI, legal_date, utc_now

NEW_YORK = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2025, 3, 1, 16, 59, 59, 999999, UTC), date(2025, 3, 1)),
        (datetime(2025, 3, 1, 17, 0, tzinfo=UTC), date(2025, 3, 2)),
        (datetime(2024, 12, 31, 18, 0, tzinfo=UTC), date(2025, 1, 1)),
        (datetime(2025, 3, 1, 23, 0, tzinfo=NEW_YORK), date(2025, 3, 2)),
        (datetime(2025, 3, 1, 23, 59, tzinfo=HANOI), date(2025, 3, 1)),
    ],
)
def test_the_legal_date_is_that_of_hanoi(instant: datetime, day: date) -> None:
    assert legal_date(instant) == day


def test_now_is_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)
