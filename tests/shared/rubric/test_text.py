"""Reading and writing rubrics: exact both ways, and every error with its path."""

import json
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given

from shared.rubric import (
    Document,
    Evidence,
    Group,
    Item,
    Kind,
    PassRule,
    Rounding,
    RoundingMode,
    Rubric,
    RubricUnreadable,
    from_data,
    load_yaml,
    to_data,
)
from tests.shared.rubric.given import rubrics, unhurried

SMALL = """
key: R
title: Thang điểm
season: 2024
scale: 10
places: 1
passes: [{key: self, title: Tự chấm}]
groups:
  - {key: I, title: Nhóm I, maximum: 10, items: [{key: đ, title: Mục đ, maximum: 0.1}]}
"""


def _paths(refused: pytest.ExceptionInfo[RubricUnreadable]) -> list[str]:
    return [error["at"] for error in refused.value.details["errors"]]


@unhurried
@given(rubrics)
def test_data_gives_the_same_rubric_back(rubric: Rubric) -> None:
    data = to_data(rubric)
    assert from_data(data) == rubric
    assert from_data(json.loads(json.dumps(data))) == rubric
    assert to_data(from_data(data)) == data


@unhurried
@given(rubrics)
def test_yaml_gives_the_same_rubric_back(rubric: Rubric) -> None:
    assert load_yaml(yaml.safe_dump(to_data(rubric), allow_unicode=True)) == rubric


def test_numbers_of_yaml_stay_exact_and_defaults_apply() -> None:
    rubric = load_yaml(SMALL)
    item = rubric.item("đ")
    assert item.maximum == Decimal("0.1")
    assert (item.kind, item.weight, item.places) == (Kind.CONTENT, Decimal(1), 1)
    assert "0.1" in json.dumps(to_data(rubric))


def test_yaml_words_are_not_truth_values() -> None:
    assert load_yaml(SMALL.replace("key: đ", "key: no")).item("no").title == "Mục đ"


def _data(**changes: Any) -> dict[str, Any]:
    return {**to_data(load_yaml(SMALL)), **changes}


def _with_item(**changes: Any) -> dict[str, Any]:
    data = to_data(load_yaml(SMALL))
    data["groups"][0]["items"][0].update(changes)
    return data


RUBRIC_KEYS = (
    "key, title, season, scale, places, in_force_from, in_force_until, based_on, legal_basis, passes, groups, total_rounding, caps, "
    "tie_breaks"
)
ITEM_KEYS = (
    "key, title, maximum, kind, weight, statistic, dropped, places, panel_rounding, item_rounding, evidence, evidence_required, "
    "evidence_note, threshold, passes, source, unverified"
)
PASS_KEYS = "key, title, requires_all, requires_evidence, blind"
GROUP_KEYS = "key, title, maximum, beyond_scale, items"
TIE_BREAKS = "group, item, content, bonus, penalties, count_highest, scorers, vote"
MODES = "half_up, half_even, up, down, ceiling, floor"
NOT_NUMBER = "is not a number of at most 15 digits and 12 decimals, such as 10 or 0.5"
NOT_TEXT = "expected text of at most 2,000 letters, no NUL or half character"
NOT_KEY = "is not a key: 1 to 60 letters, digits, points, dashes or underscores"
OF_KINDS = {"typed": "7", "known": "content, bonus, penalty, gate"}
LARGE = "a whole number of more than 15 digits"


def _error(at: str, code: str, message: str, **values: str) -> dict[str, Any]:
    return {"at": at, "code": code, "message": message, "values": values}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ([], _error("rubric", "not_mapping", f"expected a mapping with the keys {RUBRIC_KEYS}", known=RUBRIC_KEYS)),
        (None, _error("rubric", "not_mapping", f"expected a mapping with the keys {RUBRIC_KEYS}", known=RUBRIC_KEYS)),
        (_data(colour="red"), _error("colour", "unknown", f"unknown; known here are {RUBRIC_KEYS}", known=RUBRIC_KEYS)),
        (_data(season="twenty"), _error("season", "not_count", "'twenty' is not a whole number from 0", typed="'twenty'")),
        (_data(season=True), _error("season", "not_count", "True is not a whole number from 0", typed="True")),
        (
            _data(scale=10.0),
            _error("scale", "binary_float", "10.0 is a binary float, which is not exact; give it as text, such as '10.0'", typed="10.0"),
        ),
        (
            _data(scale="10,5"),
            _error("scale", "comma", "'10,5' has a comma; write the decimal point as a point, such as 0.5", typed="'10,5'"),
        ),
        (
            _data(scale="NaN"),
            _error("scale", "not_number", "'NaN' is not a number of at most 15 digits and 12 decimals, such as 10 or 0.5", typed="'NaN'"),
        ),
        (
            _data(scale="1e3"),
            _error("scale", "not_number", "'1e3' is not a number of at most 15 digits and 12 decimals, such as 10 or 0.5", typed="'1e3'"),
        ),
        (
            _data(scale=10**5000),
            _error(
                "scale",
                "not_number",
                "a whole number of more than 15 digits is not a number of at most 15 digits and 12 decimals, such as 10 or 0.5",
                typed="a whole number of more than 15 digits",
            ),
        ),
        (_data(groups={}), _error("groups", "not_list", "expected a list")),
        (_data(groups="I"), _error("groups", "not_list", "expected a list")),
        (_data(passes=[{"key": "self"}]), _error("passes[0].title", "missing", "missing; give text")),
        (
            _data(passes=[{"key": "self", "title": "x", "requires_all": "yes"}]),
            _error("passes[0].requires_all", "not_flag", "'yes' is neither true nor false", typed="'yes'"),
        ),
        (_data(caps=[{"over": "bonus"}]), _error("caps[0].maximum", "missing", "missing; give a number such as 10 or 0.5")),
        (
            _data(tie_breaks=[{"by": "name"}]),
            _error("tie_breaks[0].by", "not_choice", f"'name' is none of {TIE_BREAKS}", typed="'name'", known=TIE_BREAKS),
        ),
        (_data(tie_breaks=[{}]), _error("tie_breaks[0].by", "missing", f"missing; give one of {TIE_BREAKS}")),
        (
            _data(total_rounding={"places": 2, "mode": "nearest"}),
            _error("total_rounding.mode", "not_choice", f"'nearest' is none of {MODES}", typed="'nearest'", known=MODES),
        ),
        (_data(title="x" * 2_001), _error("title", "not_text", NOT_TEXT, most="2000")),
        (_with_item(maximum=None), _error("groups[0].items[0].maximum", "missing", "missing; give a number such as 10 or 0.5")),
        (
            _with_item(kind="extra"),
            _error(
                "groups[0].items[0].kind",
                "not_choice",
                "'extra' is none of content, bonus, penalty, gate",
                typed="'extra'",
                known="content, bonus, penalty, gate",
            ),
        ),
        (_with_item(weigth="2"), _error("groups[0].items[0].weigth", "unknown", f"unknown; known here are {ITEM_KEYS}", known=ITEM_KEYS)),
        (
            _with_item(key="a b"),
            _error(
                "groups[0].items[0].key",
                "not_key",
                "'a b' is not a key: 1 to 60 letters, digits, points, dashes or underscores",
                typed="'a b'",
            ),
        ),
        (
            _with_item(panel_rounding={"mode": "up"}),
            _error("groups[0].items[0].panel_rounding.places", "missing", "missing; give a whole number"),
        ),
        (
            _with_item(evidence_required=1),
            _error("groups[0].items[0].evidence_required", "evidence_twice", "`evidence` says it already; leave this out"),
        ),
        (
            _with_item(evidence="much"),
            _error(
                "groups[0].items[0].evidence",
                "not_choice",
                "'much' is none of none, optional, required",
                typed="'much'",
                known="none, optional, required",
            ),
        ),
        (
            _with_item(unverified="perhaps"),
            _error("groups[0].items[0].unverified", "not_flag", "'perhaps' is neither true nor false", typed="'perhaps'"),
        ),
        (_with_item(passes="self"), _error("groups[0].items[0].passes", "not_list", "expected a list")),
        (
            _with_item(passes=["self", "a b"]),
            _error(
                "groups[0].items[0].passes[1]",
                "not_key",
                "'a b' is not a key: 1 to 60 letters, digits, points, dashes or underscores",
                typed="'a b'",
            ),
        ),
        (
            _data(in_force_from="2024-02-30"),
            _error("in_force_from", "not_day", "'2024-02-30' is not a day such as 2024-01-31", typed="'2024-02-30'"),
        ),
        (
            _data(in_force_from="1/2/2024"),
            _error("in_force_from", "not_day", "'1/2/2024' is not a day such as 2024-01-31", typed="'1/2/2024'"),
        ),
        (_data(in_force_until=20240101), _error("in_force_until", "not_day", "20240101 is not a day such as 2024-01-31", typed="20240101")),
        (
            _data(based_on="a b"),
            _error("based_on", "not_key", "'a b' is not a key: 1 to 60 letters, digits, points, dashes or underscores", typed="'a b'"),
        ),
        (_data(legal_basis=[{"number": "804/HD-SNV"}]), _error("legal_basis[0].title", "missing", "missing; give text")),
        (
            _data(legal_basis=[{"title": "HD", "issued_on": "18/07/2018"}]),
            _error("legal_basis[0].issued_on", "not_day", "'18/07/2018' is not a day such as 2024-01-31", typed="'18/07/2018'"),
        ),
        (_data(scale=10**15), _error("scale", "not_number", f"{LARGE} {NOT_NUMBER}", typed=LARGE)),
        (_data(scale=-(10**15)), _error("scale", "not_number", f"{LARGE} {NOT_NUMBER}", typed=LARGE)),
        (_data(scale=["10"]), _error("scale", "not_number", f"a list {NOT_NUMBER}", typed="a list")),
        (_data(season="1234567"), _error("season", "not_count", "'1234567' is not a whole number from 0", typed="'1234567'")),
        (_data(season="x" * 79), _error("season", "not_count", f"'{'x' * 76}... is not a whole number from 0", typed=f"'{'x' * 76}...")),
        (_data(season="x" * 78), _error("season", "not_count", f"'{'x' * 78}' is not a whole number from 0", typed=f"'{'x' * 78}'")),
        (_data(title=7), _error("title", "not_text", NOT_TEXT, most="2000")),
        (_data(title="a\x00b"), _error("title", "not_text", NOT_TEXT, most="2000")),
        (_data(title="a\udfff"), _error("title", "not_text", NOT_TEXT, most="2000")),
        (_data(caps=[{}] * 1_001), _error("caps", "too_many", "1001 entries; at most 1000 are allowed", count="1001", most="1000")),
        (_data(groups=["I"]), _error("groups[0]", "not_mapping", f"expected a mapping with the keys {GROUP_KEYS}", known=GROUP_KEYS)),
        (
            _data(passes=[{"key": "self", "title": "x", "order": 1}]),
            _error("passes[0].order", "unknown", f"unknown; known here are {PASS_KEYS}", known=PASS_KEYS),
        ),
        (
            _data(total_rounding="2"),
            _error("total_rounding", "not_mapping", "expected a mapping with the keys places, mode", known="places, mode"),
        ),
        (_with_item(kind=7), _error("groups[0].items[0].kind", "not_choice", "7 is none of content, bonus, penalty, gate", **OF_KINDS)),
        (_with_item(key=["I"]), _error("groups[0].items[0].key", "not_key", f"a list {NOT_KEY}", typed="a list")),
        (_with_item(key=None), _error("groups[0].items[0].key", "missing", "missing; give a short key such as I.1")),
        (_data(key=None), _error("key", "missing", "missing; give a short key such as I.1")),
        (_data(legal_basis="x" * 2_001), _error("legal_basis", "not_text", NOT_TEXT, most="2000")),
        (_data(groups=7), _error("groups", "not_list", "expected a list")),
    ],
)
def test_what_is_not_the_format_is_refused_with_its_path(data: object, error: dict[str, Any]) -> None:
    with pytest.raises(RubricUnreadable) as refused:
        from_data(data)
    assert [one for one in refused.value.details["errors"] if one["at"] == error["at"]] == [error]
    assert f"{error['at']}: {error['message']}" in refused.value.message


def test_what_lies_at_a_bound_is_read() -> None:
    longest = {"title": "x" * 2_000, "season": "999999", "scale": 10**15 - 1, "legal_basis": [{"title": "HD"}] * 1_000}
    read = from_data({**_data(), **longest})
    assert (read.title, read.season, read.scale) == (longest["title"], 999_999, Decimal(10**15 - 1))
    assert read.legal_basis == (Document("HD"),) * 1_000


def test_what_is_left_out_has_its_default() -> None:
    rubric = load_yaml(SMALL.replace("places: 1", "total_rounding: {places: 3}"))
    assert rubric == Rubric(
        key="R",
        title="Thang điểm",
        season=2024,
        scale=Decimal(10),
        groups=(Group("I", "Nhóm I", Decimal(10), (Item("đ", "Mục đ", Decimal("0.1")),)),),
        passes=(PassRule("self", "Tự chấm"),),
        total_rounding=Rounding(3, RoundingMode.HALF_UP),
    )


FULL: dict[str, Any] = {
    "key": "R",
    "title": "Thang điểm",
    "season": 2024,
    "scale": "10",
    "places": 1,
    "in_force_from": "2024-01-01",
    "in_force_until": "2024-12-31",
    "based_on": "R0",
    "legal_basis": [{"title": "HD", "number": "804/HD-SNV", "issued_on": "2018-07-18"}],
    "passes": [{"key": "self", "title": "Tự chấm", "requires_all": False, "requires_evidence": True, "blind": True}],
    "groups": [
        {
            "key": "I",
            "title": "Nhóm I",
            "maximum": "10",
            "beyond_scale": True,
            "items": [
                {
                    "key": "I.1",
                    "title": "Mục 1",
                    "maximum": "10",
                    "kind": "gate",
                    "weight": "0.5",
                    "statistic": "trimmed_mean",
                    "dropped": 1,
                    "places": 3,
                    "panel_rounding": {"places": 4, "mode": "up"},
                    "item_rounding": {"places": 5, "mode": "down"},
                    "evidence": "required",
                    "evidence_note": "Báo cáo năm",
                    "threshold": "5",
                    "passes": ["self"],
                    "source": "Phụ lục I",
                    "unverified": True,
                }
            ],
        }
    ],
    "total_rounding": {"places": 2, "mode": "floor"},
    "caps": [{"over": "bonus", "maximum": "3"}],
    "tie_breaks": [{"by": "group", "key": "I"}],
}
"""A rubric with something other than the default in every field."""


def test_every_field_is_written_out() -> None:
    assert to_data(from_data(FULL)) == FULL


def _spoilt(value: Any, at: str, places: list[str]) -> Any:
    """What no field is, in the place of every value, and beside them a field that there is not; the places of all of it."""
    match value:
        case dict():
            places.append(f"{at}.x".lstrip("."))
            return {"x": 1} | {name: _spoilt(one, f"{at}.{name}".lstrip("."), places) for name, one in value.items()}
        case list():
            return [_spoilt(one, f"{at}[{number}]", places) for number, one in enumerate(value)]
    places.append(at)
    return []


def test_everything_that_is_wrong_is_named_with_its_path() -> None:
    places: list[str] = []
    with pytest.raises(RubricUnreadable) as refused:
        from_data(_spoilt(FULL, "", places))
    assert sorted(_paths(refused)) == sorted(places)


def _of_an_earlier_release(**item: Any) -> dict[str, Any]:
    """A rubric as the first release published it: the legal basis one text, no days, `evidence_required`, nothing said of passes."""
    data = _with_item(**item)
    later = ("evidence", "evidence_note", "passes", "source", "unverified")
    data["groups"][0]["items"][0] = {name: value for name, value in data["groups"][0]["items"][0].items() if name not in later}
    return {name: value for name, value in data.items() if name not in ("in_force_from", "in_force_until", "based_on")}


def test_what_an_earlier_release_published_is_read_as_it_was_meant() -> None:
    read = from_data({**_of_an_earlier_release(evidence_required=True), "legal_basis": "HD 804/HD-SNV 2018"})
    assert read.legal_basis == (Document("HD 804/HD-SNV 2018"),)
    item = read.item("đ")
    assert (item.evidence, item.evidence_required, item.passes, item.unverified) == (Evidence.REQUIRED, True, (), False)
    assert (read.in_force_from, read.in_force_until, read.based_on) == (None, None, None)
    with pytest.raises(RubricUnreadable) as refused:
        from_data(_of_an_earlier_release(evidence_required="perhaps"))
    assert _paths(refused) == ["groups[0].items[0].evidence_required"]
    none = from_data({**_of_an_earlier_release(evidence_required=False), "legal_basis": ""})
    assert (none.legal_basis, none.item("đ").evidence) == ((), Evidence.NONE)


def test_evidence_is_said_once() -> None:
    with pytest.raises(RubricUnreadable, match="says it already"):
        from_data(_with_item(evidence="required", evidence_required=True))


def test_every_error_has_a_code_and_the_values_that_its_words_name() -> None:
    with pytest.raises(RubricUnreadable) as refused:
        from_data(_with_item(kind="extra"))
    (error,) = refused.value.details["errors"]
    assert (error["code"], error["values"]) == ("not_choice", {"typed": "'extra'", "known": "content, bonus, penalty, gate"})


def test_all_errors_are_named_at_once() -> None:
    with pytest.raises(RubricUnreadable) as refused:
        from_data({**_with_item(maximum="ten", weight="x"), "season": "?"})
    assert _paths(refused) == ["season", "groups[0].items[0].maximum", "groups[0].items[0].weight"]
    assert "'?' is not a whole number from 0; groups[0].items[0].maximum: 'ten' is not a number" in refused.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SMALL + "key: again\n", "key stands twice"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("a: [", "YAML"),
        ("[" * 100_000, "YAML"),
        ("key: !!python/object:os.system {}", "key"),
        ("ạ" * 333_334, r"^The rubric cannot be read: text: it is longer than 1,000,000 bytes; a rubric is one table\.$"),
        ("a: \x00", r"text: not readable as YAML: unacceptable character #x0000"),
        ("a: \x0b", r"text: not readable as YAML: unacceptable character #x000b"),
        ("a: \ud800", r"text: not readable as YAML: unacceptable character #xd800"),
        ("", "mapping"),
    ],
)
def test_text_that_is_not_plain_yaml_is_refused(text: str, said: str) -> None:
    with pytest.raises(RubricUnreadable, match=said):
        load_yaml(text)


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        (SMALL + "key: again\n", "line 10, column 1", "key stands twice"),
        ("a: &x 1\nb: *x\n", "line 2, column 4", "aliases (*name) are not part of the format; write the part out"),
        ("a: [", "line 1, column 5", "expected the node content, but found '<stream end>'"),
        ("? [a]\n: b", "line 1, column 3", "found unhashable key"),
    ],
)
def test_the_place_in_a_text_that_is_not_plain_yaml_is_named(text: str, at: str, why: str) -> None:
    with pytest.raises(RubricUnreadable) as refused:
        load_yaml(text)
    assert refused.value.details["errors"] == [_error(at, "not_yaml", f"not readable as YAML: {why}", why=why)]


def test_a_text_that_is_too_long_is_refused_unread() -> None:
    with pytest.raises(RubricUnreadable) as refused:
        load_yaml("x" * 1_000_001)
    too_long = "it is longer than 1,000,000 bytes; a rubric is one table"
    assert refused.value.details["errors"] == [_error("text", "too_long", too_long, most="1000000")]


def test_what_is_wrong_with_a_text_as_a_whole_is_said_of_the_text() -> None:
    with pytest.raises(RubricUnreadable) as refused:
        load_yaml("[" * 100_000)
    why = "maximum recursion depth exceeded"
    (error,) = refused.value.details["errors"]
    assert (error["at"], error["code"]) == ("text", "not_yaml")
    assert error["message"].startswith(f"not readable as YAML: {why}")
    assert error["values"]["why"].startswith(why)
