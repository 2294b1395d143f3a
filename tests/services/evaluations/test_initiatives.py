"""Initiatives: submitted, examined, recognised, refused, withdrawn. Given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.evaluations.domain import initiatives
from services.evaluations.domain.errors import InitiativeConflict, NotExamined
from services.evaluations.domain.initiatives import Finding, Scope
from shared.errors import NotFound
from tests.services.evaluations import given_ratings as the
from tests.support.deciding import decided

DECIDER = initiatives.initiative(initiatives.InitiativeGround(the.TODAY))
EXAMINE = initiatives.ExamineInitiative(
    "sk-1", "hd-sang-kien", Scope.MINISTRY_OR_PROVINCE, Finding.PASSED, "BB 3/BB-HĐSK", date(2026, 2, 20)
)
RECOGNISE = initiatives.RecogniseInitiative("sk-1", Scope.GRASSROOTS, "btp", "Mẫu 13 số 7", date(2026, 3, 1))
REFUSE = initiatives.RefuseInitiative("sk-1", "Không mới", date(2026, 3, 1))
WITHDRAW = initiatives.WithdrawInitiative("sk-1", "Nộp nhầm")
SUBMITTED = [the.INITIATIVE_SUBMITTED]
EXAMINED = [*SUBMITTED, the.EXAMINED]


@pytest.mark.parametrize(
    ("past", "command", "event"),
    [
        ([], the.SUBMIT_INITIATIVE, the.INITIATIVE_SUBMITTED),
        ([], replace(the.SUBMIT_INITIATIVE, submitted_on=None), replace(the.INITIATIVE_SUBMITTED, submitted_on=the.TODAY)),
        (SUBMITTED, EXAMINE, the.EXAMINED),
        (EXAMINED, RECOGNISE, the.INITIATIVE_RECOGNISED),
        (SUBMITTED, REFUSE, the.INITIATIVE_REFUSED),
        (SUBMITTED, WITHDRAW, the.INITIATIVE_WITHDRAWN),
    ],
)
def test_what_happens_to_an_initiative(past: list[Any], command: Any, event: Any) -> None:
    assert decided(DECIDER, past, command) == [event]


def test_it_is_recognised_in_a_wider_scope_later() -> None:
    wider = replace(RECOGNISE, scope=Scope.MINISTRY_OR_PROVINCE, effective_on=date(2026, 3, 20))
    (event,) = decided(DECIDER, [*EXAMINED, the.INITIATIVE_RECOGNISED], wider)
    assert event.scope is Scope.MINISTRY_OR_PROVINCE
    with pytest.raises(InitiativeConflict, match="or a wider one"):
        decided(DECIDER, [*EXAMINED, event], RECOGNISE)


def test_a_council_may_examine_on_the_day_of_submission_and_today_and_recognition_follow_at_once() -> None:
    for day in (the.INITIATIVE_SUBMITTED.submitted_on, the.TODAY):
        assert decided(DECIDER, SUBMITTED, replace(EXAMINE, effective_on=day))
    assert decided(DECIDER, EXAMINED, replace(RECOGNISE, effective_on=the.EXAMINED.effective_on))


@pytest.mark.parametrize(
    ("examined", "recognise"),
    [
        ([], RECOGNISE),
        ([replace(the.EXAMINED, finding=Finding.FAILED)], RECOGNISE),
        ([replace(the.EXAMINED, scope=Scope.GRASSROOTS)], replace(RECOGNISE, scope=Scope.NATIONWIDE)),
        ([replace(the.EXAMINED, effective_on=date(2026, 3, 2))], RECOGNISE),
    ],
)
def test_only_what_a_council_found_for_before_is_recognised(examined: list[Any], recognise: Any) -> None:
    with pytest.raises(NotExamined):
        decided(DECIDER, [*SUBMITTED, *examined], recognise)


@pytest.mark.parametrize(
    ("past", "command"),
    [
        (SUBMITTED, replace(the.SUBMIT_INITIATIVE, title="Khác")),
        ([], replace(the.SUBMIT_INITIATIVE, authors=("p1", "p1"))),
        ([], replace(the.SUBMIT_INITIATIVE, authors=())),
        ([*EXAMINED, the.INITIATIVE_RECOGNISED], replace(RECOGNISE, authority="bca")),
        ([], replace(the.SUBMIT_INITIATIVE, year=2027)),
        ([], replace(the.SUBMIT_INITIATIVE, submitted_on=date(2026, 4, 3))),
        (SUBMITTED, replace(EXAMINE, effective_on=date(2026, 1, 31))),
        (SUBMITTED, replace(EXAMINE, effective_on=date(2026, 4, 3))),
        ([*EXAMINED, the.INITIATIVE_RECOGNISED], REFUSE),
        ([*EXAMINED, the.INITIATIVE_RECOGNISED], WITHDRAW),
        ([*SUBMITTED, the.INITIATIVE_REFUSED], EXAMINE),
        ([*SUBMITTED, the.INITIATIVE_WITHDRAWN], REFUSE),
    ],
)
def test_what_does_not_agree_with_what_is_recorded_is_refused(past: list[Any], command: Any) -> None:
    with pytest.raises(InitiativeConflict):
        decided(DECIDER, past, command)


def test_what_was_not_submitted_is_not_there() -> None:
    with pytest.raises(NotFound):
        decided(DECIDER, [], EXAMINE)


EVERY = initiatives.ReuseRule("*", 0, "Thông lệ", verified=False)
OWN = initiatives.ReuseRule("btp", 2, "Quy chế", verified=True, from_on=date(2025, 12, 31))
OWN_BEFORE = replace(OWN, window_years=1, from_on=date(2024, 1, 1))
LATER_FOR_ALL = replace(EVERY, window_years=5, from_on=date(2026, 6, 1))
REUSE = initiatives.ReuseRules((OWN, OWN_BEFORE, LATER_FOR_ALL, EVERY))


@pytest.mark.parametrize(
    ("authority", "day", "rule"),
    [
        ("btp", date(2023, 12, 31), EVERY),
        ("btp", date(2024, 1, 1), OWN_BEFORE),
        ("btp", date(2025, 12, 30), OWN_BEFORE),
        ("btp", date(2025, 12, 31), OWN),
        ("btp", date(2026, 12, 31), OWN),
        ("bca", date(2026, 5, 31), EVERY),
        ("bca", date(2026, 6, 1), LATER_FOR_ALL),
    ],
)
def test_an_authority_has_its_own_rule_of_reuse_before_that_of_all_and_the_one_that_began_last(
    authority: str, day: date, rule: initiatives.ReuseRule
) -> None:
    assert REUSE.at(authority, day) is rule
    assert initiatives.ReuseRules(REUSE.rules[::-1]).at(authority, day) is rule


@pytest.mark.parametrize(("year", "usable"), [(2022, False), (2023, True), (2024, True), (2025, True), (2026, False)])
def test_an_initiative_counts_in_its_own_year_and_so_many_after_it(year: int, usable: bool) -> None:
    two_years = initiatives.ReuseRules((replace(OWN, from_on=None),))
    assert two_years.usable(authority="btp", applied_in=2023, year=year) is usable


def test_the_rule_of_a_year_is_that_of_its_last_day() -> None:
    assert REUSE.in_year("btp", 2025) is OWN
