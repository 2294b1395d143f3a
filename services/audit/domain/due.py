"""What the audit owes without being told to: a checkpoint, and a verification before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

VERIFIED_FOR = timedelta(days=1)
"""For how long a verification is trusted: every log is read whole for it, which is no work for each hour."""


class Due(StrEnum):
    """What is to be done next."""

    NOTHING = "nothing"
    VERIFICATION = "verification"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What no checkpoint holds yet, and how the latest verification ended.

    checkpoint, verification: the ids of the latest, "" before the first; final: whether a result that was made final is among what waits;
    since: when the first of it was recorded, None where all is held; verified_at: when the verification ended; found: its findings.
    """

    checkpoint: str
    verification: str
    final: bool
    since: datetime | None
    verified_at: datetime | None
    found: int


def due(waiting: Waiting, now: datetime, every: timedelta | None) -> Due:
    """A checkpoint as soon as a result is final, and when events have waited for one for so long (`every`, None for never).

    The second comes after a verification. None is due on a record in which something was found; it is verified anew every VERIFIED_FOR,
    until nothing is.
    """
    late = every is not None and waiting.since is not None and now - waiting.since >= every
    if not waiting.final and not late:
        return Due.NOTHING
    if waiting.final and not waiting.found:
        return Due.CHECKPOINT
    if verification_lapsed(waiting, now):
        return Due.VERIFICATION
    return Due.NOTHING if waiting.found else Due.CHECKPOINT


def verification_lapsed(waiting: Waiting, now: datetime) -> bool:
    return waiting.verified_at is None or now - waiting.verified_at >= VERIFIED_FOR
