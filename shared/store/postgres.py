"""The append on PostgreSQL on its shortest way: one call of a database function, one round trip; `migrations` makes the functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shared.calendar import legal_date
from shared.failpoints import reached
from shared.store.append import Batch, Recorded
from shared.store.arrays import DateArray, IntegerArray, TextArray
from shared.store.database import Database

_APPEND_EVENTS = "SELECT append_events(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_APPEND_EVENT = "SELECT append_event(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def append_at_once(database: Database, batch: Batch, clock: Callable[[], datetime]) -> list[Recorded] | None:
    """Write a certain batch; None when nothing was written, and why must be found out.

    The clock is read before the counter row is taken: of two writers that meet, the later position may be some
    milliseconds the earlier by the clock. Whoever writes after having read is later by both.
    """
    now = clock()
    context = batch.context
    common = (
        batch.command,
        batch.digest,
        None if batch.command is None else batch.kept(batch.versions),
        now,
        context.actor,
        context.correlation,
        context.causation,
    )
    call, written = (_APPEND_EVENT, _one(batch, now)) if batch.count == 1 else (_APPEND_EVENTS, _many(batch, now))
    reached("append.before_commit")  # the call is the whole transaction: there is no nearer before
    with database.driver() as connection:
        (base,) = connection.execute(call, common + written, prepare=True).fetchone()
    return None if base is None else batch.answers(batch.versions, int(base))


def _one(batch: Batch, now: datetime) -> tuple[Any, ...]:
    (write,), (new,) = batch.writes, batch.events
    effective_on = new.effective_on or legal_date(now)
    return write.stream, write.expected_version, batch.ids[0], new.type, new.schema, batch.texts[0], effective_on


def _many(batch: Batch, now: datetime) -> tuple[Any, ...]:
    today = legal_date(now)
    return (
        TextArray([write.stream for write in batch.writes]),
        IntegerArray(batch.versions),
        IntegerArray([len(write.events) for write in batch.writes]),
        TextArray(batch.ids),
        TextArray([new.type for new in batch.events]),
        IntegerArray([new.schema for new in batch.events]),
        TextArray(batch.texts),
        DateArray([new.effective_on or today for new in batch.events]),
    )
