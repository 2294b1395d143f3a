"""What the audit owes without being told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.audit.domain import Due, Waiting, due

NOW = datetime(2026, 2, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
JUST, YESTERDAY = NOW - HOUR, NOW - DAY


def waiting(*, final: bool = False, since: datetime | None = None, verified_at: datetime | None = None, found: int = 0) -> Waiting:
    return Waiting("k1", "v1", final, since, verified_at, found)


@pytest.mark.parametrize(
    ("waits", "owed"),
    [
        (waiting(), Due.NOTHING),
        (waiting(verified_at=YESTERDAY, found=3), Due.NOTHING),
        (waiting(since=JUST), Due.NOTHING),
        (waiting(since=YESTERDAY + timedelta(microseconds=1)), Due.NOTHING),
        (waiting(since=YESTERDAY), Due.VERIFICATION),
        (waiting(since=YESTERDAY, verified_at=YESTERDAY), Due.VERIFICATION),
        (waiting(since=YESTERDAY, verified_at=JUST), Due.CHECKPOINT),
        (waiting(since=YESTERDAY, verified_at=JUST, found=1), Due.NOTHING),
        (waiting(since=YESTERDAY, verified_at=YESTERDAY, found=1), Due.VERIFICATION),
        (waiting(final=True, since=JUST), Due.CHECKPOINT),
        (waiting(final=True, since=YESTERDAY), Due.CHECKPOINT),
        (waiting(final=True, since=JUST, verified_at=JUST, found=1), Due.NOTHING),
        (waiting(final=True, since=JUST, verified_at=YESTERDAY, found=1), Due.VERIFICATION),
    ],
)
def test_a_final_result_has_a_checkpoint_at_once_and_what_waits_for_a_day_one_after_a_verification(waits: Waiting, owed: Due) -> None:
    assert due(waits, NOW, DAY) is owed


def test_whoever_wants_none_by_the_clock_has_those_of_final_results() -> None:
    assert due(waiting(since=NOW - 400 * DAY), NOW, None) is Due.NOTHING
    assert due(waiting(final=True, since=JUST), NOW, None) is Due.CHECKPOINT


def test_what_waits_for_an_hour_only_does_not_have_the_logs_read_each_hour() -> None:
    assert due(waiting(since=JUST, verified_at=NOW - 23 * HOUR), NOW, HOUR) is Due.CHECKPOINT
