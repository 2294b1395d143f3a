"""Logs of a service and what the audit records of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.audit.domain import Entry, digest_of
from shared.event import Event

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


def event(position: int, *, service: str = "registry", data: dict[str, Any] | None = None, **changes: Any) -> Event:
    made = Event(
        id=f"{service}-{position:04}",
        site="vn",
        service=service,
        position=position,
        stream=f"stream-{position % 3}",
        version=position,
        type=f"{service}.SomethingHappened",
        schema=1,
        data=data or {"what": f"fact {position}"},
        recorded_at=BEGIN + timedelta(seconds=position),
        effective_on=BEGIN.date(),
        actor="office",
        correlation="course",
        causation="command",
    )
    return replace(made, **changes)


def log(length: int) -> list[Event]:
    return [event(position) for position in range(1, length + 1)]


def entry(recorded: Event, place: int | None = None) -> Entry:
    body = recorded.canonical()
    return Entry(
        position=recorded.position,
        place=place or recorded.position,
        event=recorded.id,
        stream=recorded.stream,
        type=recorded.type,
        recorded_at=recorded.recorded_at,
        actor=recorded.actor,
        correlation=recorded.correlation,
        digest=digest_of(body),
        body=body.decode(),
    )


def entries(events: Sequence[Event]) -> list[Entry]:
    return [entry(recorded) for recorded in events]
