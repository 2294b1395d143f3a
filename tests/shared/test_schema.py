"""What may cross the boundary: numbers digit for digit, every type of a record, and errors that name the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from shared.bounds import TEXT_MAX
from shared.errors import ValidationFailed
from shared.plain import plain
from shared.schema import Catalogue, SchemaUnknown, check_storable, key, load, name, schema_of
from tests.shared.given import an_event


class Colour(StrEnum):
    RED = "red"
    GOLD = "gold"


@dataclass(frozen=True, slots=True)
class Part:
    item: str
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that a record may hold."""

    text: str
    number: int
    exact: Decimal
    yes: bool
    on: date
    at: datetime
    colour: Colour
    parts: tuple[Part, ...]
    names: tuple[str, ...]
    content: dict[str, Any]
    maybe: str | None
    later: date | None = None
    times: int = 1


TOLD = schema_of(Told)
AS_DATA: dict[str, Any] = {
    "text": "Khối nội chính",
    "number": 3,
    "exact": "10.50",
    "yes": True,
    "on": "2025-03-01",
    "at": "2025-03-01T15:00:00+07:00",
    "colour": "gold",
    "parts": [{"item": "A1", "score": "9.00"}, {"item": "A2", "score": None}],
    "names": ["a", "b"],
    "content": {"deep": [1, {"x": None}]},
    "maybe": None,
}


def test_every_type_is_read_as_what_it_is() -> None:
    assert load(TOLD, AS_DATA) == Told(
        "Khối nội chính",
        3,
        Decimal("10.50"),
        True,
        date(2025, 3, 1),
        datetime(2025, 3, 1, 8, tzinfo=UTC),
        Colour.GOLD,
        (Part("A1", Decimal("9.00")), Part("A2", None)),
        ("a", "b"),
        {"deep": [1, {"x": None}]},
        None,
    )


def test_what_is_written_is_read_back() -> None:
    told = load(TOLD, AS_DATA)
    assert load(TOLD, TOLD().dump(told)) == told
    assert TOLD().dump(told)["exact"] == "10.50"


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


NUMBER = schema_of(Number)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=9))
def test_a_decimal_keeps_every_digit(value: Decimal) -> None:
    digits = format(value.copy_abs() if value.is_zero() else value, "f")
    assert format(load(NUMBER, NUMBER().dump(Number(value))).value, "f") == digits


@pytest.mark.parametrize(
    ("given", "digits"), [("12.50", "12.50"), (" 7 ", "7"), (7, "7"), ("-0.5", "-0.5"), ("-0.00", "0.00"), ("+1", "1")]
)
def test_a_number_is_taken_as_text_or_as_a_whole_number(given: object, digits: str) -> None:
    assert str(load(NUMBER, {"value": given}).value) == digits


@pytest.mark.parametrize(
    "given",
    [
        *(0.1, 1.0, float("nan"), float("inf"), True, None, [], {}, 10**61),
        *("NaN", "sNaN", "Infinity", "-Infinity", "", " ", "abc", "1,5", "1.2.3", "1 000", "--1", "."),
        *("1e5", "1E+999999", "0E-999999999", "1_000", "١٢", "0x10", "9" * 61, "0." + "1" * 61),
    ],
    ids=lambda given: repr(given)[:20],
)
def test_a_float_or_what_is_no_plain_number_is_refused(given: object) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(NUMBER, {"value": given})
    assert [error["at"] for error in refused.value.details["errors"]] == ["value"]


def test_a_float_is_told_from_other_nonsense() -> None:
    with pytest.raises(ValidationFailed, match="floats lose digits"):
        load(NUMBER, {"value": 0.5})


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"text": 5}, "text"),
        ({"text": "x" * (TEXT_MAX + 1)}, "text"),
        ({"text": "nul \x00"}, "text"),
        ({"text": "half a pair \ud800"}, "text"),
        ({"text": "the other half \udfff"}, "text"),
        ({"names": ["a", "nul \x00"]}, "names[1]"),
        ({"number": 1.0}, "number"),
        ({"number": "3"}, "number"),
        ({"number": 2**53}, "number"),
        ({"number": -(2**53)}, "number"),
        ({"on": "01/03/2025"}, "on"),
        ({"on": "1899-12-31"}, "on"),
        ({"later": "2201-01-01"}, "later"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "at"),
        ({"at": "2025-03-01T15:00:00"}, "at"),
        ({"colour": "blue"}, "colour"),
        ({"parts": [{"item": "A1", "score": "9"}, {"item": "A2", "score": 0.5}]}, "parts[1].score"),
        ({"parts": [{"score": "9"}]}, "parts[0].item"),
        ({"parts": "A1"}, "parts"),
        ({"names": ["a", 5]}, "names[1]"),
        ({"content": []}, "content"),
        ({"nobody_knows": 1}, "nobody_knows"),
        ({"later": "soon"}, "later"),
    ],
    ids=str,
)
def test_an_error_names_its_place(change: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed, match="Told cannot be read") as refused:
        load(TOLD, {**AS_DATA, **change})
    assert [error["at"] for error in refused.value.details["errors"]] == [at]


@pytest.mark.parametrize(
    ("data", "places"),
    [
        ({"text": "nul \x00", "names": ["a", "what Excel cannot hold \x17"]}, ["text", "names[1]"]),
        ({"search": "turned \u202eround"}, ["search"]),
        ({"content": {"deep": [1, {"x": "\x1b[31m"}]}}, ["content.deep[1].x"]),
        ({"content": {"a bell \x07": 1}}, ["content"]),
        ({"name": "half a pair \ud800"}, ["name"]),
        ({"position": 2**53}, ["position"]),
    ],
)
def test_what_not_everything_can_hold_is_refused_wherever_it_stands(data: dict[str, Any], places: list[str]) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_storable(data)
    assert [error["at"] for error in refused.value.details["errors"]] == places


def test_what_people_write_is_taken() -> None:
    check_storable(
        {"text": "Dòng một\r\n\tdòng hai 👍🏽 cu\u0301 e\u200d", "yes": True, "number": 2**53 - 1, "none": None, "rows": [{}, ()]}
    )


def test_all_errors_are_named_at_once() -> None:
    with pytest.raises(ValidationFailed, match="and 6 more") as refused:
        load(TOLD, {})
    required = set(AS_DATA)
    assert {error["at"] for error in refused.value.details["errors"]} == required


def test_the_first_five_errors_are_shown_and_the_rest_is_counted() -> None:
    def told(count: int) -> str:
        record = make_dataclass("Many", [(letter, int) for letter in "abcdefg"[:count]])
        with pytest.raises(ValidationFailed) as refused:
            load(schema_of(record), {})
        return refused.value.message

    missing = [f"{letter}: Missing data for required field." for letter in "abcde"]
    assert told(2) == f"Many cannot be read: {'; '.join(missing[:2])}"
    assert told(5) == f"Many cannot be read: {'; '.join(missing)}"
    assert told(6) == f"Many cannot be read: {'; '.join(missing)} (and 1 more)"
    assert told(7) == f"Many cannot be read: {'; '.join(missing)} (and 2 more)"


def test_what_may_be_left_out_is_made_anew_each_time() -> None:
    schema = schema_of(make_dataclass("Bag", [("content", dict[str, Any], field(default_factory=dict))]))
    one, other = load(schema, {}), load(schema, {})
    assert (one.content, one.content is other.content) == ({}, False)


@pytest.mark.parametrize("body", [None, [], "text", 5])
def test_what_is_no_object_at_all_is_refused(body: object) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(TOLD, body)
    assert refused.value.details["errors"] == [{"at": "_schema", "message": "Invalid input type."}]


@dataclass(frozen=True, slots=True)
class Named:
    named: str


@pytest.mark.parametrize(
    ("rule", "data", "told"),
    [
        (name(), {"named": "two\nlines"}, "Give one line of text."),
        (key(), {"named": "a b"}, "Use 1 to 100 of A-Z, a-z, 0-9, '.', '-', '_'."),
        (name(), {}, "Missing data for required field."),
        (key(), {}, "Missing data for required field."),
        (name(), {"named": "nul\x00"}, "Leave out the control character NUL and half characters."),
    ],
    ids=["name", "key", "no name", "no key", "unstorable"],
)
def test_what_a_name_and_a_key_should_be_is_told(rule: fields.String, data: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schema_of(Named, named=rule), data)
    assert refused.value.details["errors"] == [{"at": "named", "message": told}]


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (name, ["Khối thi đua", "x", "a" * 300], ["", " x", "x ", "two\nlines", "x\n", "a" * 301, "nul\x00"]),
        (key, ["noi-chinh", "A.1_b", "7"], ["", "-a", "khối", "a b", "a:b", "a\n", "a" * 101]),
    ],
)
def test_a_name_is_one_line_and_a_key_is_short_and_plain(rule: Callable[[], fields.String], good: list[str], bad: list[str]) -> None:
    schema = schema_of(Named, named=rule())
    assert [load(schema, {"named": one}).named for one in good] == good
    for one in bad:
        with pytest.raises(ValidationFailed):
            load(schema, {"named": one})


def test_a_type_without_a_schema_is_a_mistake_of_ours() -> None:
    @dataclass(frozen=True, slots=True)
    class Odd:
        value: complex

    with pytest.raises(TypeError, match="complex"):
        schema_of(Odd)


def test_results_become_json_data() -> None:
    told = load(TOLD, {**AS_DATA, "later": "2025-04-01"})
    assert plain(told) == {**AS_DATA, "at": "2025-03-01T08:00:00Z", "later": "2025-04-01", "times": 1}
    assert plain({1: (Decimal("1E+2"), frozenset({Colour.RED}))}) == {"1": ["100", ["red"]]}
    with pytest.raises(TypeError, match="float"):
        plain({"score": 0.5})


@dataclass(frozen=True, slots=True)
class Noted:
    text: str
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    SCHEMA = 3

    value: Decimal


CATALOGUE = Catalogue(
    "diary",
    schema_of(Noted),
    schema_of(Weighed),
    upcasters={("diary.Weighed", 1): lambda data: {"grams": data["weight"]}, ("diary.Weighed", 2): lambda data: {"value": data["grams"]}},
)


def test_an_event_is_kept_under_its_alias_and_version() -> None:
    stored = CATALOGUE.encode(Weighed(Decimal("1.50")))
    assert (stored.type, stored.schema, stored.data, stored.effective_on) == ("diary.Weighed", 3, {"value": "1.50"}, None)
    assert CATALOGUE.decode(an_event(type=stored.type, schema=3, data=stored.data)) == Weighed(Decimal("1.50"))


def test_an_event_that_says_from_when_it_holds_is_kept_so() -> None:
    assert CATALOGUE.encode(Noted("x", date(2024, 1, 1))).effective_on == date(2024, 1, 1)


def test_an_event_that_was_recorded_is_read_whatever_its_year() -> None:
    """As long as a release took it, no later one may refuse it."""
    assert CATALOGUE.decode(an_event(type="diary.Noted", data={"text": "x", "effective_on": "1467-03-01"})).effective_on.year == 1467
    with pytest.raises(ValidationFailed, match="effective_on: Give a year from 1900 to 2200"):
        load(schema_of(Noted), {"text": "x", "effective_on": "1467-03-01"})


@pytest.mark.parametrize("change", [{"type": "diary.Unheard"}, {"schema": 2}])
def test_an_event_of_a_newer_release_is_refused_by_name(change: dict[str, Any]) -> None:
    event = an_event(**{"type": "diary.Noted", **change})
    told = f"Event {event.type} version {event.schema} in page-1 is not known to this release of diary; upgrade it."
    with pytest.raises(SchemaUnknown) as refused:
        CATALOGUE.decode(event)
    assert (refused.value.message, refused.value.details) == (told, {"type": event.type, "schema": event.schema})


EVERYTHING = Catalogue("diary", TOLD, schema_of(Weighed), upcasters=CATALOGUE.upcasters)


def test_an_event_of_our_own_log_is_recalled_as_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    event = an_event(type="diary.Told", data={**AS_DATA, "later": None, "times": 2})
    decoded = EVERYTHING.decode(event)
    # not by the schema, which takes ten times as long
    monkeypatch.setattr("shared.schema.load", None)
    assert EVERYTHING.recall("a", "diary.Told", 1, event.data) == decoded


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_old_event_of_our_own_log_is_recalled_through_its_upcasters(version: int) -> None:
    data = {1: {"weight": "1.50"}, 2: {"grams": "1.50"}, 3: {"value": "1.50"}}[version]
    assert EVERYTHING.recall("a", "diary.Weighed", version, data) == Weighed(Decimal("1.50"))


@pytest.mark.parametrize(
    ("change", "at"), [({"exact": 0.5}, "exact"), ({"exact": "x"}, "exact"), ({"parts": [{}]}, "parts[0].item"), ({"more": 1}, "more")]
)
def test_what_cannot_be_recalled_is_refused_by_the_name_of_its_place(change: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        EVERYTHING.recall("a", "diary.Told", 1, {**AS_DATA, **change})
    assert at in [error["at"] for error in refused.value.details["errors"]]


def test_what_an_older_release_left_out_is_recalled_as_its_default() -> None:
    assert EVERYTHING.recall("a", "diary.Told", 1, AS_DATA).times == 1


def test_an_event_whose_schema_says_more_than_its_types_is_recalled_by_the_schema() -> None:
    strict = Catalogue("diary", schema_of(Named, named=name()))
    with pytest.raises(ValidationFailed):
        strict.recall("a", "diary.Named", 1, {"named": " x"})


def test_an_event_of_a_newer_release_is_not_recalled() -> None:
    with pytest.raises(SchemaUnknown, match=r"diary.Told version 2 in a .* upgrade"):
        EVERYTHING.recall("a", "diary.Told", 2, AS_DATA)
