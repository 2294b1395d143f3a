"""Plain data and back: what is read is what was written, digit for digit and type for type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from shared.plain import UNREADABLE, plain, reader_of
from tests.support.records import any_of


class Colour(StrEnum):
    RED = "red"
    GOLD = "gold"


class Rank(IntEnum):
    FIRST = 1
    SECOND = 2


@dataclass(frozen=True, slots=True)
class Part:
    item: str
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Twin:
    """Whose fields have the names of another record's."""

    item: str
    score: str


@dataclass(frozen=True, slots=True)
class LongPart:
    item: str
    score: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that a state may hold."""

    text: str
    number: int
    exact: Decimal
    yes: bool
    on: date
    at: datetime
    colour: Colour
    rank: Rank | None
    part: Part | LongPart | None
    either: Part | LongPart
    parts: tuple[Part, ...]
    pair: tuple[str, date]
    roles: frozenset[tuple[str, str]]
    by_name: Mapping[str, Part]
    content: dict[str, Any]


READ = reader_of(Kept)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_of(Kept))
def test_what_is_written_is_read_back(kept: Kept) -> None:
    read = READ(json.loads(json.dumps(plain(kept))))
    assert read == kept
    assert type(read.part) is type(kept.part)
    assert type(read.pair) is tuple
    # digits are kept, the trailing zeros too, but zero has no sign
    assert format(read.exact, "f") == format(kept.exact or Decimal(kept.exact).copy_abs(), "f")


@pytest.mark.usefixtures("machine_in_hanoi")
def test_plain_data_is_of_the_types_of_json_and_instants_are_in_utc() -> None:
    assert [type(plain(member)) for member in (Colour.RED, Rank.FIRST)] == [str, int]
    assert plain(datetime(2025, 3, 1, 15, tzinfo=timezone(timedelta(hours=7)))) == "2025-03-01T08:00:00Z"


def test_an_object_of_any_content_is_read_as_it_is() -> None:
    assert reader_of(dict)({"a": [1, None]}) == {"a": [1, None]}


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (Decimal, 5, "5 is no number as it is written, which is as text"),
        (datetime, "2025-03-01T08:00:00", "the instant 2025-03-01T08:00:00 names no zone"),
    ],
)
def test_what_cannot_be_read_is_told(kind: Any, data: Any, told: str) -> None:
    with pytest.raises(UNREADABLE, match=told):
        reader_of(kind)(data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Decimal, 0.5),
        (Decimal, 5),
        (Decimal, "5,0"),
        (date, "1/3/2025"),
        (datetime, "2025-03-01T08:00:00"),
        (Colour, "blue"),
        (Part, {"item": "A1"}),
        (Part, {"item": "A1", "score": None, "more": 1}),
        (Part, ["item", "score"]),
        (Part, None),
        (Part | LongPart, {"item": "A1", "reason": "x"}),
        (Part | LongPart, None),
        (tuple[str, date], ["a"]),
        (tuple[Part, ...], [None]),
        (Mapping[str, Part], []),
        (frozenset[tuple[str, str]], [["a"]]),
    ],
    ids=str,
)
def test_what_was_not_written_from_such_a_value_is_not_read(kind: Any, data: Any) -> None:
    with pytest.raises(UNREADABLE):
        reader_of(kind)(data)


@pytest.mark.parametrize("kind", [complex, str | int, Part | str, list[str], Mapping[int, str], Part | Twin])
def test_a_type_that_plain_data_cannot_tell_is_a_mistake_of_ours(kind: Any) -> None:
    with pytest.raises(TypeError, match=r"cannot be (read back|told apart)"):
        reader_of(kind)
