"""Reading and writing rubrics: exact both ways, and every error with its path."""

import json
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given

from shared.rubric import Kind, Rubric, RubricUnreadable, from_data, load_yaml, to_data
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
    ],
)
def test_what_is_not_the_format_is_refused_with_its_path(data: object, at: str) -> None:
    with pytest.raises(RubricUnreadable) as refused:
        from_data(data)
    assert at in _paths(refused)


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
