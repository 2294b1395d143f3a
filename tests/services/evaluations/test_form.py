"""The sheet as the paper form lays it out: sums, what is missing, what earlier passes gave."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.evaluations import domain
from services.evaluations.domain.reviewing import Returned
from services.evaluations.form import form_of
from shared.rubric import Rounding
from tests.services.evaluations import given as the
from tests.services.evaluations import given_sheets as sheets
from tests.shared.rubric.given import a_group, a_rubric, an_item

OPEN: dict[str, Any] = {
    "title": "Phong trào 2024",
    "season": 2024,
    "illustrative": False,
    "passes": {"self": {"open": True, "due_on": the.DUE, "extended": False, "graces": []}},
}


def form(state: domain.Sheet, *, campaign: dict[str, Any] = OPEN, earlier: Any = None, **ground: Any) -> dict[str, Any]:
    return form_of(campaign, the.SUBMIT, replace(the.GROUND, **ground), state, earlier or {})


def _row(made: dict[str, Any], item: str) -> dict[str, Any]:
    return next(row for group in made["groups"] for row in group["items"] if row["key"] == item)


def test_sums_are_by_group_and_kind_and_a_penalty_is_subtracted() -> None:
    scores = (*the.ALL, the.score("B1", "4"), the.score("B2", "1.5"))
    made = form(the.a_sheet(*scores, handed_in=False))
    assert [group["sum"] for group in made["groups"]] == [Decimal("29.5"), Decimal("2.5")]
    assert made["totals"] == {
        "content": Decimal("29.5"),
        "bonus": Decimal(4),
        "penalty": Decimal("1.5"),
        "total": Decimal(32),
        "scale": the.RUBRIC.scale,
    }
    assert made["missing"] == []


def test_a_returned_sheet_has_a_day_of_its_own_that_no_extension_moved() -> None:
    assert form(domain.Sheet(), extended=True)["extended"]
    returned = Returned("Thiếu minh chứng cho tiêu chí", ("A1",), sheets.BACK_ON)
    made = form(replace(the.a_sheet(*the.ALL, handed_in=False), returned=returned), extended=True)
    assert (made["due_on"], made["extended"]) == (sheets.BACK_ON, False)


def test_an_items_weight_and_rounding_count_in_the_sums() -> None:
    rubric = a_rubric(a_group("A", an_item("A1", weight=Decimal("1.5"), item_rounding=Rounding(0))))
    made = form(the.a_sheet(the.score("A1", "3"), handed_in=False), rubric=rubric)
    assert made["totals"]["total"] == Decimal(5)


def test_an_empty_sheet_sums_to_nothing_and_names_what_is_missing() -> None:
    made = form(domain.Sheet())
    assert made["totals"]["total"] == 0
    assert made["missing"] == ["A1", "A2"]
    assert form(domain.Sheet(), baseline={"A1": Decimal(1)})["missing"] == ["A2"]


def test_an_item_that_this_pass_does_not_score_is_shown_and_not_missing() -> None:
    rubric = a_rubric(a_group("A", an_item("A1", passes=("central",)), an_item("A2", evidence_note="Báo cáo")))
    made = form(domain.Sheet(), rubric=rubric)
    assert [(row["key"], row["scored_here"], row["evidence_note"]) for row in made["groups"][0]["items"]] == [
        ("A1", False, ""),
        ("A2", True, "Báo cáo"),
    ]
    assert made["missing"] == ["A2"]


def test_each_item_shows_what_handed_in_sheets_of_earlier_passes_gave() -> None:
    earlier = {
        "self": {"toa-an": the.a_sheet(the.score("A1", "9.5", "vì"), the.score("A2", None))},
        "cluster": {"kiem-toan": the.a_sheet(the.score("A1", "8"), handed_in=False)},
    }
    made = form(the.a_sheet(the.score("A1", "7", "thiếu"), handed_in=False), earlier=earlier, baseline={"A1": Decimal("9.5")})
    first, second = _row(made, "A1"), _row(made, "A2")
    assert first["previous"] == [{"pass_key": "self", "scorer": "toa-an", "score": Decimal("9.5"), "reason": "vì"}]
    assert (first["score"], first["reason"], first["baseline"]) == (Decimal(7), "thiếu", Decimal("9.5"))
    assert (second["previous"], second["score"], second["baseline"]) == ([], None, None)


def test_the_state_and_whether_it_may_be_edited() -> None:
    draft, done = the.a_sheet(*the.ALL, handed_in=False), the.a_sheet(*the.ALL)
    closed = {**OPEN, "passes": {"self": {**OPEN["passes"]["self"], "open": False}}}
    seen = [
        form(draft),
        form(draft, assigned=False),
        form(done),
        form(draft, campaign=closed, open=False),
        form(draft, campaign={**OPEN, "passes": {}}, open=False),
    ]
    assert [(made["state"], made["editable"]) for made in seen] == [
        ("open", True),
        ("open", False),
        ("submitted", False),
        ("closed", False),
        ("waiting", False),
    ]
