"""Dates with their legal meaning: the day it is in Viet Nam, whatever the clock's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def legal_date(instant: datetime) -> date:
    """The day in Viet Nam at that instant: a sheet handed in at 18:00 UTC belongs to the next day there."""
    return instant.astimezone(HANOI).date()
