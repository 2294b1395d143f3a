"""Events for tests, and hypothesis strategies that make any."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from shared.event import Event

MORNING = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)


def an_event(position: int = 1, **changes: Any) -> Event:
    said: dict[str, Any] = {
        "id": f"00000000-0000-7000-8000-{position:012d}",
        "site": "vn",
        "service": "diary",
        "position": position,
        "stream": "page-1",
        "version": position,
        "type": "diary.Noted",
        "schema": 1,
        "data": {"text": "word"},
        "recorded_at": MORNING,
        "effective_on": date(2025, 3, 1),
        "actor": "office",
        "correlation": "course",
        "causation": "command",
    }
    return Event(**{**said, **changes})


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20)
json_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
instants = st.datetimes(min_value=datetime(1948, 6, 11), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
events = st.builds(
    Event,
    id=st.uuids().map(str),
    site=names,
    service=names,
    position=st.integers(1, 2**62),
    stream=words,
    version=st.integers(1, 2**31),
    type=words,
    schema=st.integers(1, 99),
    data=st.dictionaries(words, json_data, max_size=5),
    recorded_at=instants,
    effective_on=st.dates(),
    actor=words,
    correlation=words,
    causation=words,
)
