"""Reading and writing rubrics: exact both ways, and every error with its path."""

import json
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given

from shared.rubric import Document, Evidence, Kind, Rubric, RubricUnreadable, from_data, load_yaml, to_data
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


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ([], "rubric"),
        (None, "rubric"),
        (_data(colour="red"), "colour"),
        (_data(season="twenty"), "season"),
        (_data(season=True), "season"),
        (_data(scale=10.0), "scale"),
        (_data(scale="10,5"), "scale"),
        (_data(scale="NaN"), "scale"),
        (_data(scale="1e3"), "scale"),
        (_data(scale=10**5000), "scale"),
        (_data(groups={}), "groups"),
        (_data(groups="I"), "groups"),
        (_data(passes=[{"key": "self"}]), "passes[0].title"),
        (_data(passes=[{"key": "self", "title": "x", "requires_all": "yes"}]), "passes[0].requires_all"),
        (_data(caps=[{"over": "bonus"}]), "caps[0].maximum"),
        (_data(tie_breaks=[{"by": "name"}]), "tie_breaks[0].by"),
        (_data(tie_breaks=[{}]), "tie_breaks[0].by"),
        (_data(total_rounding={"places": 2, "mode": "nearest"}), "total_rounding.mode"),
        (_data(title="x" * 2_001), "title"),
        (_with_item(maximum=None), "groups[0].items[0].maximum"),
        (_with_item(kind="extra"), "groups[0].items[0].kind"),
        (_with_item(weigth="2"), "groups[0].items[0].weigth"),
        (_with_item(key="a b"), "groups[0].items[0].key"),
        (_with_item(panel_rounding={"mode": "up"}), "groups[0].items[0].panel_rounding.places"),
        (_with_item(evidence_required=1), "groups[0].items[0].evidence_required"),
        (_with_item(evidence="much"), "groups[0].items[0].evidence"),
        (_with_item(unverified="perhaps"), "groups[0].items[0].unverified"),
        (_with_item(passes="self"), "groups[0].items[0].passes"),
        (_with_item(passes=["self", "a b"]), "groups[0].items[0].passes[1]"),
        (_data(in_force_from="2024-02-30"), "in_force_from"),
        (_data(in_force_from="1/2/2024"), "in_force_from"),
        (_data(in_force_until=20240101), "in_force_until"),
        (_data(based_on="a b"), "based_on"),
        (_data(legal_basis=[{"number": "804/HD-SNV"}]), "legal_basis[0].title"),
        (_data(legal_basis=[{"title": "HD", "issued_on": "18/07/2018"}]), "legal_basis[0].issued_on"),
    ],
)
def test_what_is_not_the_format_is_refused_with_its_path(data: object, at: str) -> None:
    with pytest.raises(RubricUnreadable) as refused:
        from_data(data)
    assert at in _paths(refused)


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SMALL + "key: again\n", "key stands twice"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("a: [", "YAML"),
        ("[" * 100_000, "YAML"),
        ("key: !!python/object:os.system {}", "key"),
        ("x" * 1_000_001, "longer than"),
        ("", "mapping"),
    ],
)
def test_text_that_is_not_plain_yaml_is_refused(text: str, said: str) -> None:
    with pytest.raises(RubricUnreadable, match=said):
        load_yaml(text)
