"""Comments on a sheet and its return: open again for what was flagged, late only by its own fault. Given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluations import domain
from services.evaluations.domain import (
    ItemsUnknown,
    NotHandedIn,
    ReasonTooShort,
    ReturnDayMissing,
    ScoresRefused,
    SheetClosed,
)
from tests.services.evaluations import given as the
from tests.services.evaluations import given_sheets as sheets
from tests.shared.rubric.given import a_group, a_rubric, an_item
from tests.support.deciding import decided

BACK = [*sheets.HANDED_IN, sheets.returned("A1")]
WHOLE = [*sheets.HANDED_IN, sheets.returned()]
CORRECTED = the.score("A1", "8", "theo số liệu quý IV")


def test_a_sheet_is_given_back_for_items_in_the_order_of_the_rubric() -> None:
    assert decided(the.sheet(), sheets.HANDED_IN, sheets.give_back("B1", "A1")) == [sheets.returned("A1", "B1")]
    assert decided(the.sheet(), sheets.HANDED_IN, sheets.give_back()) == [sheets.returned()]


def test_without_a_day_it_is_due_with_its_pass() -> None:
    assert decided(the.sheet(), sheets.HANDED_IN, sheets.give_back("A1", due_on=None)) == [sheets.returned("A1", due_on=the.DUE)]
    today = decided(the.sheet(today=the.DUE), sheets.HANDED_IN, sheets.give_back("A1", due_on=None))
    assert today == [sheets.returned("A1", due_on=the.DUE)]


@pytest.mark.parametrize("due_on", [None, the.DUE])
def test_a_day_that_is_past_is_refused(due_on: date | None) -> None:
    with pytest.raises(ReturnDayMissing, match="today or later"):
        decided(the.sheet(today=the.DUE + timedelta(days=1)), sheets.HANDED_IN, sheets.give_back(due_on=due_on))


def test_a_reason_says_what_is_to_be_done() -> None:
    with pytest.raises(ReasonTooShort, match="has 19 letters"):
        decided(the.sheet(), sheets.HANDED_IN, sheets.give_back(reason=f"  {'x' * 19}  \n"))
    assert decided(the.sheet(), sheets.HANDED_IN, sheets.give_back(reason=f" {'x' * 20} "))[0].reason == "x" * 20


def test_flags_are_items_of_the_sheet() -> None:
    with pytest.raises(ItemsUnknown, match="no item Z8, Z9") as refused:
        decided(the.sheet(), sheets.HANDED_IN, sheets.give_back("Z9", "A1", "Z8"))
    assert refused.value.details["items"] == ["Z8", "Z9"]
    rubric = a_rubric(a_group("A", an_item("A1"), an_item("A2", passes=("central",))))
    with pytest.raises(ItemsUnknown, match="does not score A2"):
        decided(the.sheet(rubric=rubric), [the.submitted()], sheets.give_back("A1", "A2"))


@pytest.mark.parametrize(
    ("ground", "past", "refusal"),
    [
        ({}, [], NotHandedIn),
        ({}, [the.entered(*the.ALL)], NotHandedIn),
        ({"open": False}, sheets.HANDED_IN, SheetClosed),
        ({"final": True}, sheets.HANDED_IN, SheetClosed),
    ],
)
def test_only_what_was_handed_in_to_an_open_pass_is_given_back(ground: dict[str, Any], past: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        decided(the.sheet(**ground), past, sheets.give_back())


def test_it_is_given_back_once_and_again_once_it_is_back() -> None:
    assert decided(the.sheet(), BACK, sheets.give_back("A1")) == []
    assert decided(the.sheet(), BACK, sheets.give_back("A1", due_on=None)) == []
    with pytest.raises(NotHandedIn):
        decided(the.sheet(), BACK, sheets.give_back("A2"))
    assert decided(the.sheet(), [*BACK, the.submitted()], sheets.give_back("A2")) == [sheets.returned("A2")]


# What its scorer may do


def test_only_flagged_items_are_open_again() -> None:
    assert decided(the.sheet(), BACK, the.enter(CORRECTED)) == [the.entered(CORRECTED)]
    with pytest.raises(ScoresRefused) as refused:
        decided(the.sheet(), BACK, the.enter(CORRECTED, the.score("A2", "19")))
    assert [(error["at"], error["code"]) for error in refused.value.details["errors"]] == [("A2", "evaluations.item_not_returned")]
    with pytest.raises(ScoresRefused):
        decided(the.sheet(), BACK, the.enter(the.score("A2", None)))
    assert decided(the.sheet(), BACK, the.enter(*the.ALL)) == [], "what stands as it was is no change"


def test_all_items_are_open_where_none_was_flagged() -> None:
    change = (CORRECTED, the.score("A2", "19"))
    assert decided(the.sheet(), WHOLE, the.enter(*change)) == [the.entered(*change)]


def test_it_is_taken_also_when_its_pass_has_closed_meanwhile() -> None:
    assert decided(the.sheet(open=False), BACK, the.enter(CORRECTED)) == [the.entered(CORRECTED)]
    assert decided(the.sheet(open=False), BACK, the.SUBMIT) == [the.submitted()]
    with pytest.raises(SheetClosed, match="is not open"):
        decided(the.sheet(open=False), [*BACK, the.submitted()], the.enter(CORRECTED))
    with pytest.raises(SheetClosed, match="final"):
        decided(the.sheet(open=False, final=True), BACK, the.enter(CORRECTED))
    with pytest.raises(SheetClosed, match="not assigned"):
        decided(the.sheet(assigned=False), BACK, the.SUBMIT)


def test_paper_brings_corrections_of_flagged_items_too() -> None:
    assert decided(the.sheet(), BACK, the.bring(CORRECTED)) == [the.entered(CORRECTED), the.submitted()]
    with pytest.raises(ScoresRefused):
        decided(the.sheet(), BACK, the.bring(the.score("A2", "19")))


def test_until_it_is_back_it_counts_for_nothing() -> None:
    states = [the.sheet().fold(past) for past in (sheets.HANDED_IN, BACK, [*BACK, the.submitted()])]
    assert [bool(domain.baseline(the.RUBRIC, [[state]])) for state in states] == [True, False, True]


# Late


@pytest.mark.parametrize(
    ("first", "grace_until", "back", "late", "within_grace"),
    [
        (the.submitted(), None, sheets.BACK_ON, False, False),
        (the.submitted(), None, sheets.BACK_ON + timedelta(days=1), True, False),
        (the.submitted(), sheets.BACK_ON + timedelta(days=3), sheets.BACK_ON + timedelta(days=2), True, True),
        (the.submitted(late=True), None, the.TODAY, True, False),
        (the.submitted(late=True), date(2025, 1, 1), the.TODAY, True, False),
        (the.submitted(late=True, within_grace=True), None, the.TODAY, True, True),
        (the.submitted(late=True, within_grace=True), None, sheets.BACK_ON + timedelta(days=1), True, False),
    ],
    ids=["in time", "after its day", "within grace", "was late", "was late, grace came later", "was within grace", "late again without"],
)
def test_a_return_heals_nothing_and_gives_a_day_of_its_own(
    first: domain.SheetSubmitted, grace_until: date | None, back: date, late: bool, within_grace: bool
) -> None:
    past = [the.entered(*the.ALL), first, sheets.returned()]
    ground = {"today": back, "grace_until": grace_until}
    assert decided(the.sheet(**ground), past, the.SUBMIT) == [the.submitted(back, late=late, within_grace=within_grace)]


days = st.dates(date(2024, 11, 1), date(2024, 12, 31))


@given(st.lists(st.tuples(days, days), max_size=4), days, days)
def test_however_often_it_is_returned_late_stays_late(returns: list[tuple[date, date]], first: date, last: date) -> None:
    events: list[Any] = [the.entered(*the.ALL)]
    seen = []
    for due_on, handed_in in [(None, first), *returns, (last, last)]:
        if due_on is not None:
            events.append(sheets.returned(due_on=due_on))
        events += decided(the.sheet(today=handed_in), events, the.SUBMIT)
        seen.append(events[-1].late)
    assert seen == sorted(seen)
    assert seen[0] == (first > the.DUE)


# Comments


def test_who_fills_a_sheet_comments_while_it_is_open() -> None:
    said = sheets.commented("Số liệu lấy từ báo cáo tháng 11.")
    assert decided(the.sheet(), [], sheets.comment("  Số liệu lấy từ báo cáo tháng 11.\n")) == [said]
    assert decided(the.sheet(), [said], sheets.comment(said.comment, "A2")) == [replace(said, item="A2")]
    assert decided(the.sheet(), BACK, sheets.comment(said.comment, "A2")) == [replace(said, item="A2")]
    for past in (sheets.HANDED_IN, [*BACK, the.submitted()]):
        with pytest.raises(SheetClosed):
            decided(the.sheet(), past, sheets.comment())


def test_who_checks_comments_once_it_is_handed_in() -> None:
    assert decided(the.sheet(open=False), sheets.HANDED_IN, sheets.review("Rõ")) == [sheets.commented("Rõ")]
    for past in ([], BACK):
        with pytest.raises(NotHandedIn):
            decided(the.sheet(), past, sheets.review())
    with pytest.raises(SheetClosed):
        decided(the.sheet(final=True), sheets.HANDED_IN, sheets.review())
