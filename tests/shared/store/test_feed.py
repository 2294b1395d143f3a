"""Reading the log page by page, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from shared.bounds import PAGE_BYTES_MAX, PAGE_EVENTS_MAX
from shared.event import NewEvent
from shared.store import NONE, Append, Database, Sieve
from tests.shared.store.given import CONTEXT, a_store, to


def test_a_page_holds_the_events_after_a_position_in_order(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, *"abcde"), CONTEXT)
    assert [event.position for event in store.feed(2)] == [3, 4, 5]
    assert [event.position for event in store.feed(0, 2)] == [1, 2]
    assert store.feed(5) == []


def test_a_page_is_bounded_in_events_whatever_is_asked_for(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, *["x"] * (PAGE_EVENTS_MAX + 1)), CONTEXT)
    assert len(store.feed(0, 10 * PAGE_EVENTS_MAX)) == PAGE_EVENTS_MAX
    assert [event.position for event in store.feed(PAGE_EVENTS_MAX)] == [PAGE_EVENTS_MAX + 1]


@pytest.mark.parametrize("letter", ["x", "ộ"])
def test_a_page_is_bounded_in_bytes_and_pages_together_hold_everything(database: Database, letter: str) -> None:
    store = a_store(database)
    each = 50_000 // len(letter.encode())
    for batch in range(2):
        store.append(to(f"s{batch}", NONE, *[letter * each] * 50), CONTEXT)
    position, pages = 0, []
    while page := store.feed(position):
        assert sum(len(event.data["text"].encode()) for event in page) <= PAGE_BYTES_MAX
        position = page[-1].position
        pages.append(len(page))
    assert sum(pages) == 100
    assert len(pages) == 2


@pytest.mark.parametrize(("room", "events"), [(0, 2), (-1, 1), (-1000, 1)])
def test_a_page_is_filled_to_the_last_byte_and_holds_one_event_at_least(
    database: Database, monkeypatch: pytest.MonkeyPatch, room: int, events: int
) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "ộ" * 100, "ộ" * 50, "x"), CONTEXT)
    two = sum(len(f'{{"text":"{letters}"}}'.encode()) for letters in ("ộ" * 100, "ộ" * 50))
    monkeypatch.setattr("shared.store.reading.PAGE_BYTES_MAX", two + room)
    assert [event.position for event in store.feed(0)] == [1, 2][:events]


def test_a_stream_is_read_in_order_and_after_a_version(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, *"abc"), CONTEXT)
    assert [event.data["text"] for event in store.stream("a", after=1)] == ["b", "c"]
    assert store.stream("nobody") == []


def test_a_sieve_lets_through_types_and_what_holds_a_value_under_its_name(database: Database) -> None:
    store = a_store(database)
    said: list[tuple[str, dict[str, Any]]] = [
        ("a.Begun", {"of": "x"}),
        ("a.Begun", {"of": "xy"}),
        ("a.Ended", {"of": 'q"ộ'}),
        ("a.Ended", {"to": "x", "of": None}),
    ]
    store.append(Append("a", NONE, [NewEvent(kind, 1, data) for kind, data in said]), CONTEXT)

    def through(after: int = 0, limit: int = 10, **sieve: Any) -> list[int]:
        return [event.position for event in store.feed(after, limit, Sieve.from_data(Sieve(**sieve).to_data()))]

    assert through() == [1, 2, 3, 4]
    assert through(types=("a.Begun",)) == [1, 2]
    assert through(types=("a.Begun", "a.Ended"), after=1, limit=2) == [2, 3]
    assert through(holding=(("of", "x"),)) == [1]
    assert through(holding=(("of", "x"), ("to", "x"))) == [1, 4]
    assert through(types=("a.Ended",), holding=(("of", 'q"ộ'),)) == [3]
    assert through(types=("a.Ended",), holding=(("of", "x"),)) == []
