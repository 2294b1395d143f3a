"""The year of a campaign in phases: planned, opened, extended, with grace, closed, opened again; every move with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.campaigns import domain
from services.campaigns.domain import (
    CampaignConflict,
    ClosePass,
    ClosePhase,
    ExtendPhase,
    GiveGrace,
    GraceGiven,
    NotInAudience,
    OpenPhase,
    PassClosed,
    PassOrder,
    PhaseClosed,
    PhaseExtended,
    PhaseOpened,
    PhaseOrder,
    PhaseReopened,
    PlannedPhase,
    ReasonMissing,
    ReopenPhase,
    TooLate,
)
from shared.errors import DomainError, NotFound
from tests.services.campaigns import given as the
from tests.support.deciding import decided

PLANNED = [the.launched(), the.planned()]
REVIEW = PhaseOpened("c1", "midyear_review", date(2024, 7, 1), date(2024, 7, 31))
UNDER_WAY = [*PLANNED, REVIEW]
REVIEWED = [*UNDER_WAY, PhaseClosed("c1", "midyear_review", date(2024, 7, 31), early=False, reason=None)]
LATER = date(2024, 8, 15)
WHY = "Lũ lụt"


def on(today: date) -> Any:
    return the.on(today=today)


# Plan


def test_a_year_is_planned_once_and_changed_with_a_reason() -> None:
    assert decided(the.CAMPAIGN, [the.launched()], the.plan()) == [the.planned()]
    assert decided(the.CAMPAIGN, PLANNED, the.plan()) == []
    shorter = the.PLAN[:2]
    with pytest.raises(ReasonMissing, match="planned already"):
        decided(the.CAMPAIGN, PLANNED, the.plan(*shorter))
    assert decided(the.CAMPAIGN, PLANNED, the.plan(*shorter, reason=WHY)) == [the.planned(*shorter, reason=WHY)]


@pytest.mark.parametrize(
    ("phases", "refused", "words"),
    [
        ((the.PLAN[1], the.PLAN[1]), CampaignConflict, "each once"),
        ((PlannedPhase("registration", "Đăng ký", date(2024, 1, 1), date(2024, 2, 1)),), CampaignConflict, "stands from the launch"),
        ((replace(the.PLAN[1], due_on=date(2025, 1, 1)),), CampaignConflict, "does not lie within the campaign"),
        ((replace(the.PLAN[1], due_on=date(2024, 6, 30)),), CampaignConflict, "does not lie within the campaign"),
        ((the.PLAN[1], the.PLAN[0]), PhaseOrder, "in their order"),
        ((replace(the.PLAN[2], key="central"), the.PLAN[2]), PhaseOrder, "self, cross_check, cluster, central"),
    ],
    ids=["twice", "registration", "after the end", "ends before it begins", "order", "order of passes"],
)
def test_a_plan_that_cannot_be_is_refused(phases: tuple[PlannedPhase, ...], refused: type[Exception], words: str) -> None:
    with pytest.raises(refused, match=words):
        decided(the.CAMPAIGN, [the.launched()], the.plan(*phases))


def test_a_phase_that_has_begun_stays_as_planned() -> None:
    moved = (the.PLAN[0], replace(the.PLAN[1], due_on=date(2024, 8, 31)), the.PLAN[2])
    with pytest.raises(PhaseOrder, match="Sơ kết has begun"):
        decided(the.CAMPAIGN, UNDER_WAY, the.plan(*moved, reason=WHY))
    later = (*the.PLAN[:2], replace(the.PLAN[2], from_on=date(2024, 11, 15)))
    assert decided(the.CAMPAIGN, UNDER_WAY, the.plan(*later, reason=WHY)) == [the.planned(*later, reason=WHY)]


# Opening and closing


def test_a_planned_phase_begins_on_its_day_and_is_due_as_planned() -> None:
    command = OpenPhase("c1", "midyear_review", date(2024, 7, 1))
    assert decided(the.CAMPAIGN, PLANNED, command) == [REVIEW]
    assert decided(the.CAMPAIGN, UNDER_WAY, command) == []
    (today,) = decided(on(date(2024, 7, 2)), PLANNED, OpenPhase("c1", "midyear_review"))
    assert (today.opened_on, today.effective_on) == (date(2024, 7, 2), date(2024, 7, 2))


@pytest.mark.parametrize(
    ("command", "refused", "words"),
    [
        (OpenPhase("c1", "ballot"), NotFound, "no phase 'ballot'; planned: covenant, midyear_review, self"),
        (OpenPhase("c1", "self"), PhaseOrder, "open it as a pass"),
        (OpenPhase("c1", "midyear_review", date(2024, 12, 2)), CampaignConflict, "and today"),
        (OpenPhase("c1", "midyear_review", date(2023, 12, 31)), CampaignConflict, "campaign's start"),
        (ClosePhase("c1", "midyear_review"), PhaseOrder, "has not begun"),
        (ClosePhase("c1", "self"), PhaseOrder, "close it as a pass"),
        (ExtendPhase("c1", "midyear_review", LATER, WHY), PhaseOrder, "has not begun"),
        (ReopenPhase("c1", "cross_check", LATER, WHY), PhaseOrder, "has not begun"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, OpenPhase | ClosePhase | ExtendPhase | ReopenPhase) else "",
)
def test_what_has_not_begun_takes_only_its_opening(command: object, refused: type[Exception], words: str) -> None:
    with pytest.raises(refused, match=words):
        decided(the.CAMPAIGN, PLANNED, command)


def test_a_phase_is_closed_on_its_last_day_or_early_with_a_reason() -> None:
    in_time = ClosePhase("c1", "midyear_review", on=date(2024, 7, 31))
    assert decided(the.CAMPAIGN, UNDER_WAY, in_time) == REVIEWED[-1:]
    with pytest.raises(ReasonMissing, match="runs until 2024-07-31"):
        decided(the.CAMPAIGN, UNDER_WAY, replace(in_time, on=date(2024, 7, 30)))
    (early,) = decided(the.CAMPAIGN, UNDER_WAY, ClosePhase("c1", "midyear_review", WHY, date(2024, 7, 30)))
    assert early == PhaseClosed("c1", "midyear_review", date(2024, 7, 30), early=True, reason=WHY)


def test_a_pass_is_closed_early_with_a_reason_and_counts_its_grace() -> None:
    past = [the.launched(), the.opened("self"), GraceGiven("c1", "self", date(2024, 12, 5), ("toa-an",), WHY)]
    for today in (the.DUE, date(2024, 12, 4)):
        with pytest.raises(ReasonMissing, match="runs until 2024-12-05"):
            decided(on(today), past, ClosePass("c1", "self"))
    assert decided(on(date(2024, 12, 5)), past, ClosePass("c1", "self")) == [the.closed("self")]
    assert decided(on(the.DUE), past, ClosePass("c1", "self", WHY)) == [PassClosed("c1", "self", early=True, reason=WHY)]


# Extension and grace


@pytest.mark.parametrize(("past", "phase"), [(UNDER_WAY, "midyear_review"), ([the.launched(), the.opened("self")], "self")])
def test_an_extension_moves_the_last_day_on(past: list[Any], phase: str) -> None:
    later = date(2024, 12, 24)
    extended = PhaseExtended("c1", phase, later, WHY)
    assert decided(the.CAMPAIGN, past, ExtendPhase("c1", phase, later, WHY)) == [extended]
    with pytest.raises(PhaseOrder, match="moves this day on"):
        decided(the.CAMPAIGN, [*past, extended], ExtendPhase("c1", phase, later - timedelta(days=1), WHY))
    with pytest.raises(ReasonMissing):
        decided(the.CAMPAIGN, past, ExtendPhase("c1", phase, later, "  "))


def test_grace_reaches_beyond_the_last_day_for_units_of_the_campaign() -> None:
    grace = GiveGrace("c1", "midyear_review", LATER, WHY, ("toa-an",))
    assert decided(the.CAMPAIGN, UNDER_WAY, grace) == [GraceGiven("c1", "midyear_review", LATER, ("toa-an",), WHY)]
    with pytest.raises(NotInAudience, match="bo-cong-an"):
        decided(the.CAMPAIGN, UNDER_WAY, replace(grace, units=("bo-cong-an",)))
    with pytest.raises(PhaseOrder, match="beyond this day"):
        decided(the.CAMPAIGN, UNDER_WAY, replace(grace, until_on=date(2024, 7, 31)))
    with pytest.raises(PhaseOrder, match="is closed"):
        decided(the.CAMPAIGN, REVIEWED, grace)


# Opening again


def test_a_closed_phase_opens_again_until_a_day_to_come() -> None:
    again = ReopenPhase("c1", "midyear_review", date(2024, 12, 1), WHY)
    reopened = PhaseReopened("c1", "midyear_review", date(2024, 12, 1), WHY)
    assert decided(the.CAMPAIGN, REVIEWED, again) == [reopened]
    with pytest.raises(PhaseOrder, match="is over"):
        decided(the.CAMPAIGN, REVIEWED, replace(again, due_on=date(2024, 11, 30)))
    with pytest.raises(PhaseOrder, match="extend it"):
        decided(the.CAMPAIGN, [*REVIEWED, reopened], replace(again, due_on=date(2024, 12, 9)))
    with pytest.raises(PhaseOrder, match="again with a reason"):
        decided(the.CAMPAIGN, REVIEWED, OpenPhase("c1", "midyear_review"))


def test_only_the_last_pass_opens_again_for_the_next_rests_on_it() -> None:
    again = ReopenPhase("c1", "self", date(2024, 12, 10), WHY)
    assert decided(the.CAMPAIGN, the.through("self"), again) == [PhaseReopened("c1", "self", date(2024, 12, 10), WHY)]
    for past in ([*the.through("self"), the.opened("cross_check")], the.through("self", "cross_check")):
        with pytest.raises(PassOrder, match="Pass cross_check rests on what self gave"):
            decided(the.CAMPAIGN, past, again)


def test_while_a_pass_is_open_again_no_other_opens() -> None:
    past = [*the.through("self"), PhaseReopened("c1", "self", date(2024, 12, 10), WHY)]
    with pytest.raises(PassOrder, match="Pass self is still open"):
        decided(the.CAMPAIGN, past, the.open_pass("cross_check"))


# Registration and covenant within their phases


def test_a_late_registration_needs_an_extension_or_grace() -> None:
    late = the.register("toa-an", date(2024, 3, 5))
    with pytest.raises(TooLate, match="ended for toa-an on 2024-02-28") as refused:
        decided(the.CAMPAIGN, [the.launched()], late)
    assert refused.value.details["last_day"] == "2024-02-28"
    for moved in (
        PhaseExtended("c1", "registration", date(2024, 3, 5), WHY),
        GraceGiven("c1", "registration", date(2024, 3, 5), ("toa-an",), WHY),
        GraceGiven("c1", "registration", date(2024, 3, 5), (), WHY),
    ):
        assert decided(the.CAMPAIGN, [the.launched(), moved], late) == [domain.UnitRegistered("c1", "toa-an", date(2024, 3, 5))]
    others = GraceGiven("c1", "registration", date(2024, 3, 5), ("kiem-toan",), WHY)
    with pytest.raises(TooLate):
        decided(the.CAMPAIGN, [the.launched(), others], late)


def test_without_a_day_of_its_own_a_registration_is_of_today() -> None:
    assert decided(on(date(2024, 2, 28)), [the.launched()], the.register("toa-an", None)) == [
        domain.UnitRegistered("c1", "toa-an", date(2024, 2, 28))
    ]
    with pytest.raises(TooLate):
        decided(on(date(2024, 2, 29)), [the.launched()], the.register("toa-an", None))


def test_nobody_registers_while_registration_is_closed_or_for_a_day_to_come() -> None:
    closed = PhaseClosed("c1", "registration", date(2024, 2, 1), early=True, reason=WHY)
    with pytest.raises(PhaseOrder, match="registration is closed"):
        decided(the.CAMPAIGN, [the.launched(), closed], the.register("toa-an"))
    with pytest.raises(CampaignConflict, match="still to come"):
        decided(on(date(2024, 1, 31)), [the.launched()], the.register("toa-an"))


def test_a_planned_phase_bounds_the_signing_of_the_compact() -> None:
    past = [*PLANNED, the.registered("toa-an")]
    with pytest.raises(PhaseOrder, match="covenant has not begun"):
        decided(the.CAMPAIGN, past, the.sign("toa-an"))
    begun = [*past, PhaseOpened("c1", "covenant", date(2024, 2, 1), date(2024, 3, 31))]
    assert decided(the.CAMPAIGN, begun, the.sign("toa-an")) == [the.signed("toa-an")]
    with pytest.raises(TooLate, match="covenant ended for toa-an"):
        decided(the.CAMPAIGN, begun, the.sign("toa-an", signed_on=date(2024, 4, 1)))


# Whatever comes


MOVES = st.sampled_from(
    [
        the.plan(),
        the.plan(*the.PLAN[:2], reason=WHY),
        OpenPhase("c1", "covenant"),
        OpenPhase("c1", "midyear_review"),
        ExtendPhase("c1", "midyear_review", date(2024, 12, 9), WHY),
        ExtendPhase("c1", "self", date(2024, 12, 9), WHY),
        GiveGrace("c1", "self", date(2024, 12, 15), WHY),
        ClosePhase("c1", "midyear_review", WHY),
        ClosePhase("c1", "registration", WHY),
        ReopenPhase("c1", "midyear_review", date(2024, 12, 20), WHY),
        ReopenPhase("c1", "self", date(2024, 12, 20), WHY),
        the.open_pass("self"),
        ClosePass("c1", "self", WHY),
        the.open_pass("cross_check"),
        ClosePass("c1", "cross_check", WHY),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(MOVES, max_size=25))
def test_whatever_is_asked_at_most_one_pass_is_open_and_no_term_ends_before_it_is_due(commands: list[object]) -> None:
    past: list[Any] = [the.launched()]
    for command in commands:
        try:
            past += decided(the.CAMPAIGN, past, command)
        except DomainError:
            continue
    state = the.CAMPAIGN.fold(past)
    assert sum(state.terms[key].open for key in the.PASSES if key in state.terms) <= 1
    assert all(term.ends_on >= term.due_on for term in state.terms.values())
    assert [one.pass_key for one in state.passes] == list(the.PASSES[: len(state.passes)])
