"""A score sheet: entered, changed with a reason, handed in, imported. Given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluations import domain
from services.evaluations.domain import ScoresRefused, SheetClosed, SheetIncomplete, SheetStale
from tests.services.evaluations import given as the
from tests.shared.rubric.given import a_group, a_rubric, an_item
from tests.support.deciding import decided

# Entering


def test_scores_are_entered() -> None:
    assert decided(the.sheet(), [], the.enter(*the.ALL)) == [the.entered(*the.ALL)]


def test_only_what_differs_is_recorded() -> None:
    past = [the.entered(*the.ALL)]
    assert decided(the.sheet(), past, the.enter(*the.ALL)) == []
    assert decided(the.sheet(), past, the.enter(the.score("A1", "9.5"), the.score("A2", "19"))) == [the.entered(the.score("A2", "19"))]
    assert decided(the.sheet(), past, the.enter()) == []


def test_another_reason_for_the_same_score_is_a_change() -> None:
    changed = the.score("A1", "9.50", "báo cáo bổ sung")
    assert decided(the.sheet(), [the.entered(*the.ALL)], the.enter(changed)) == [the.entered(changed)]


def test_a_score_is_withdrawn_and_absent_is_not_zero() -> None:
    past = [the.entered(*the.ALL)]
    withdrawn = the.score("A1", None)
    assert decided(the.sheet(), past, the.enter(withdrawn)) == [the.entered(withdrawn)]
    assert decided(the.sheet(), [], the.enter(withdrawn)) == []
    zero = the.score("A1", "0")
    assert decided(the.sheet(), [], the.enter(zero)) == [the.entered(zero)]


def test_bonus_and_penalty_are_scored_as_magnitudes() -> None:
    scores = (the.score("B1", "5"), the.score("B2", "8"))
    assert decided(the.sheet(), [], the.enter(*scores)) == [the.entered(*scores)]


@pytest.mark.parametrize(
    ("ground", "past", "said"),
    [
        ({"assigned": False}, [], "not assigned to toa-an"),
        ({"open": False}, [], "Pass self is not open"),
        ({}, [the.entered(*the.ALL), the.submitted()], "has been submitted"),
    ],
)
def test_a_sheet_that_is_closed_takes_no_scores(ground: dict[str, Any], past: list[Any], said: str) -> None:
    with pytest.raises(SheetClosed, match=said):
        decided(the.sheet(**ground), past, the.enter(the.score("A1", "1")))


def test_a_sheet_that_somebody_else_saved_since_is_stale() -> None:
    past = [the.entered(*the.ALL), the.entered(the.score("A2", "19"))]
    with pytest.raises(SheetStale, match="Somebody else") as refused:
        decided(the.sheet(), past, the.enter(the.score("A1", "1"), version=1))
    assert refused.value.details == {"version": 2, "expected": 1}
    events = the.sheet().decide(the.sheet().fold(past), the.enter(the.score("A1", "1"), version=2))
    assert events == [the.entered(the.score("A1", "1"))]


def test_a_sheet_is_handed_in_as_it_was_seen_or_not_at_all() -> None:
    past = [the.entered(*the.ALL), the.entered(the.score("A2", "19"))]
    seen_before, seen_now = (replace(the.SUBMIT, version=version) for version in (1, 2))
    with pytest.raises(SheetStale) as refused:
        decided(the.sheet(), past, seen_before)
    assert refused.value.details == {"version": 2, "expected": 1}
    assert decided(the.sheet(), past, seen_now) == decided(the.sheet(), past, the.SUBMIT) == [the.submitted()]


def test_handed_in_already_it_is_the_same_sheet_only_for_who_saw_what_was_handed_in() -> None:
    past = [the.entered(*the.ALL), the.entered(the.score("A2", "19")), the.submitted()]
    for version in (None, 2, 3):
        assert decided(the.sheet(), past, replace(the.SUBMIT, version=version)) == []
    with pytest.raises(SheetStale):
        decided(the.sheet(), past, replace(the.SUBMIT, version=1))


# Refusals of the rubric


@pytest.mark.parametrize(
    ("faulty", "code"),
    [
        (the.score("A1", "10.01"), "rubric.score_out_of_range"),
        (the.score("A1", "-0.5"), "rubric.score_out_of_range"),
        (the.score("A1", "9.555"), "rubric.score_too_precise"),
        (the.score("A2", "19.5"), "rubric.score_too_precise"),
        (the.score("B2", "-8"), "rubric.score_out_of_range"),
        (the.score("C9", "1"), "rubric.item_unknown"),
        (the.score("A1", "NaN"), "rubric.score_out_of_range"),
    ],
)
def test_a_score_that_the_rubric_does_not_allow_is_refused(faulty: domain.ItemScore, code: str) -> None:
    with pytest.raises(ScoresRefused) as refused:
        decided(the.sheet(), [], the.enter(faulty))
    assert [(error["at"], error["code"]) for error in refused.value.details["errors"]] == [(faulty.item, code)]


def test_the_bounds_themselves_and_zeros_at_the_end_are_allowed() -> None:
    scores = (the.score("A1", "10.000"), the.score("A2", "0"))
    assert decided(the.sheet(), [], the.enter(*scores)) == [the.entered(*scores)]


def test_all_errors_are_named_at_once_and_nothing_is_recorded() -> None:
    given = (the.score("A1", "11"), the.score("A2", "19.5"), the.score("C9", "1"), the.score("B1", "5"), the.score("B1", "4"))
    ground = {"baseline": {"B1": Decimal(3)}}
    with pytest.raises(ScoresRefused, match="None of the 5 scores was taken; faults found: 6") as refused:
        decided(the.sheet(**ground), [], the.enter(*given))
    assert [(error["at"], error["code"]) for error in refused.value.details["errors"]] == [
        ("A1", "rubric.score_out_of_range"),
        ("A2", "rubric.score_too_precise"),
        ("C9", "rubric.item_unknown"),
        ("B1", "evaluations.reason_missing"),
        ("B1", "evaluations.reason_missing"),
        ("scores", "evaluations.item_twice"),
    ]


def test_one_faulty_score_keeps_the_good_ones_out_too() -> None:
    with pytest.raises(ScoresRefused, match="None of the 2 scores was taken; faults found: 1"):
        decided(the.sheet(), [], the.enter(the.score("A1", "9"), the.score("A2", "21")))


# A reason where a score differs from the pass before


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_score_that_differs_from_the_pass_before_needs_a_reason(reason: str | None) -> None:
    with pytest.raises(ScoresRefused, match=r"the pass before gave 9\.50, this sheet gives 8; say why"):
        decided(the.sheet(baseline={"A1": Decimal("9.50")}), [], the.enter(the.score("A1", "8", reason)))


def test_with_its_reason_it_is_taken_and_the_same_score_needs_none() -> None:
    ground = {"baseline": {"A1": Decimal("9.50")}}
    for one in (the.score("A1", "8", "thiếu minh chứng"), the.score("A1", "9.5"), the.score("A2", "20")):
        assert decided(the.sheet(**ground), [], the.enter(one)) == [the.entered(one)]


def test_to_withdraw_a_score_needs_no_reason_for_the_pass_before_counts_again() -> None:
    past = [the.entered(the.score("A1", "8", "thiếu minh chứng"))]
    assert decided(the.sheet(baseline={"A1": Decimal("9.50")}), past, the.enter(the.score("A1", None))) == [
        the.entered(the.score("A1", None))
    ]


# Handing in


def test_a_complete_sheet_is_handed_in_and_then_closed() -> None:
    assert decided(the.sheet(), [the.entered(*the.ALL)], the.SUBMIT) == [the.submitted()]
    assert decided(the.sheet(open=False), [the.entered(*the.ALL), the.submitted()], the.SUBMIT) == []


@pytest.mark.parametrize(
    ("past", "missing"),
    [
        ([], ["A1", "A2"]),
        ([the.entered(the.score("A2", "1"), the.score("B1", "5"))], ["A1"]),
        ([the.entered(*the.ALL), the.entered(the.score("A2", None))], ["A2"]),
    ],
)
def test_a_sheet_without_every_content_item_is_incomplete(past: list[Any], missing: list[str]) -> None:
    with pytest.raises(SheetIncomplete, match="no score yet") as refused:
        decided(the.sheet(), past, the.SUBMIT)
    assert refused.value.details["missing"] == missing


def test_what_the_pass_before_scored_need_not_be_scored_again() -> None:
    assert decided(the.sheet(baseline={"A1": Decimal(1), "A2": Decimal(0)}), [], the.SUBMIT) == [the.submitted()]
    with pytest.raises(SheetIncomplete, match="A2"):
        decided(the.sheet(baseline={"A1": Decimal(1)}), [], the.SUBMIT)


def test_an_item_that_the_rubric_leaves_to_other_passes_is_neither_scored_nor_missed() -> None:
    rubric = a_rubric(a_group("A", an_item("A1"), an_item("A2", passes=("central",))))
    ground = {"rubric": rubric}
    with pytest.raises(domain.ScoresRefused) as refused:
        decided(the.sheet(**ground), [], the.enter(the.score("A1", "9"), the.score("A2", "9")))
    (error,) = refused.value.details["errors"]
    assert (error["at"], error["code"]) == ("A2", "evaluations.item_not_here")
    past = [the.entered(the.score("A1", "9"))]
    assert decided(the.sheet(**ground), past, the.SUBMIT) == [the.submitted()]
    central = the.sheet(**ground, pass_key="central")
    assert decided(central, [], the.enter(the.score("A2", "9"))) == [the.entered(the.score("A2", "9"))]


def test_a_pass_that_does_not_require_all_takes_an_empty_sheet() -> None:
    assert decided(the.sheet(pass_key="central"), [], the.SUBMIT) == [the.submitted()]


@pytest.mark.parametrize(("today", "late"), [(the.DUE, False), (the.DUE + timedelta(days=1), True)])
def test_a_sheet_is_late_from_the_day_after_it_was_due(today: date, late: bool) -> None:
    assert decided(the.sheet(today=today), [the.entered(*the.ALL)], the.SUBMIT) == [the.submitted(today, late=late)]


@pytest.mark.parametrize(("days", "within_grace"), [(0, False), (1, True), (5, True), (6, False)])
def test_who_has_grace_is_late_within_it(days: int, within_grace: bool) -> None:
    today = the.DUE + timedelta(days=days)
    graced = the.sheet(today=today, grace_until=the.DUE + timedelta(days=5))
    handed_in = the.submitted(today, late=days > 0, within_grace=within_grace)
    assert decided(graced, [the.entered(*the.ALL)], the.SUBMIT) == [handed_in]


def test_a_pass_without_a_due_date_is_never_late() -> None:
    assert decided(the.sheet(due_on=None, today=date(2030, 1, 1)), [the.entered(*the.ALL)], the.SUBMIT) == [the.submitted(date(2030, 1, 1))]


@pytest.mark.parametrize("ground", [{"assigned": False}, {"open": False}])
def test_only_an_open_sheet_of_ones_own_is_handed_in(ground: dict[str, Any]) -> None:
    with pytest.raises(SheetClosed):
        decided(the.sheet(**ground), [the.entered(*the.ALL)], the.SUBMIT)


# Import


def test_an_import_enters_and_hands_in_as_one() -> None:
    paper = date(2024, 11, 18)
    assert decided(the.sheet(), [], the.bring(*the.ALL, handed_in_on=paper)) == [the.entered(*the.ALL), the.submitted(paper)]
    assert decided(the.sheet(), [], the.bring(*the.ALL)) == [the.entered(*the.ALL), the.submitted(the.TODAY)]


def test_an_import_of_what_is_there_already_changes_nothing() -> None:
    past = [the.entered(*the.ALL), the.submitted()]
    assert decided(the.sheet(), past, the.bring(*the.ALL)) == []
    assert decided(the.sheet(open=False), past, the.bring(*the.ALL)) == []


def test_an_import_completes_a_draft() -> None:
    assert decided(the.sheet(), [the.entered(the.ALL[0])], the.bring(*the.ALL)) == [the.entered(the.ALL[1]), the.submitted()]
    assert decided(the.sheet(), [the.entered(*the.ALL)], the.bring(*the.ALL)) == [the.submitted()]


def test_an_import_does_not_change_what_was_handed_in() -> None:
    with pytest.raises(SheetClosed, match="submitted"):
        decided(the.sheet(), [the.entered(*the.ALL), the.submitted()], the.bring(the.score("A1", "1")))


def test_an_import_is_late_by_the_day_on_the_paper() -> None:
    after = the.DUE + timedelta(days=9)
    assert decided(the.sheet(today=after), [], the.bring(*the.ALL, handed_in_on=the.DUE))[-1] == the.submitted(the.DUE)
    assert decided(the.sheet(today=after), [], the.bring(*the.ALL))[-1] == the.submitted(after, late=True)


@pytest.mark.parametrize(
    ("ground", "scores", "refusal"),
    [
        ({}, (the.score("A1", "9"),), SheetIncomplete),
        ({}, (the.score("A1", "11"), the.score("A2", "1")), ScoresRefused),
        ({"baseline": {"A1": Decimal(1)}}, the.ALL, ScoresRefused),
        ({"assigned": False}, the.ALL, SheetClosed),
        ({"open": False}, the.ALL, SheetClosed),
    ],
)
def test_an_import_obeys_the_rules_of_entering(ground: dict[str, Any], scores: tuple[Any, ...], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        decided(the.sheet(**ground), [], the.bring(*scores))


def test_a_command_of_another_aggregate_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        the.sheet().decide(domain.Sheet(), object())


# The sheet as its events make it


entries = st.lists(st.tuples(st.sampled_from(["A1", "A2", "B1", "B2"]), st.none() | st.integers(0, 5).map(str)), max_size=12)


@given(entries)
def test_a_sheet_holds_the_last_word_on_each_item(said: list[tuple[str, str | None]]) -> None:
    decider, events = the.sheet(), list[Any]()
    for item, value in said:
        events += decided(decider, events, the.enter(the.score(item, value)))
    state = decider.fold(events)
    last = dict(said)
    assert {item: one.score for item, one in state.scores.items() if one.score is not None} == {
        item: Decimal(value) for item, value in last.items() if value is not None
    }
    assert state.version == len(events)
    assert domain.READ.fold(events) == state


# What the items are worth by the passes before


def test_the_baseline_is_the_panel_score_of_the_last_pass_that_scored_an_item() -> None:
    own = [the.a_sheet(the.score("A1", "9"), the.score("A2", "20"), the.score("B2", "1"))]
    cluster = [the.a_sheet(the.score("A1", "7"), the.score("B1", None))]
    assert domain.baseline(the.RUBRIC, [own, cluster]) == {"A1": Decimal(7), "A2": Decimal(20), "B2": Decimal(1)}
    assert domain.baseline(the.RUBRIC, []) == {}


def test_a_draft_counts_for_nothing() -> None:
    draft = [the.a_sheet(the.score("A1", "7"), handed_in=False)]
    assert domain.baseline(the.RUBRIC, [[the.a_sheet(the.score("A1", "9"))], draft]) == {"A1": Decimal(9)}


def test_a_panels_scores_become_one_by_its_statistic_and_rounding() -> None:
    marks = [("9.00", "1", "4"), ("9.00", "8", "5"), ("8.50", "9", "7"), ("8.50", "10", "10")]
    panel = [the.a_sheet(the.score("mean", a), the.score("trimmed", b), the.score("median", c)) for a, b, c in marks]
    assert domain.baseline(the.PANEL, [panel]) == {"mean": Decimal("8.75"), "trimmed": Decimal("8.50"), "median": Decimal(6)}
    absent = [*panel[:2], the.a_sheet(the.score("mean", None))]
    assert domain.baseline(the.PANEL, [absent])["mean"] == Decimal("9.00")
