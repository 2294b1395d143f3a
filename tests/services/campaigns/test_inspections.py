"""Inspections: planned, held, findings with their follow-ups, concluded or called off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.campaigns.domain import (
    CancelInspection,
    ConcludeInspection,
    FindingFollowedUp,
    FindingRecorded,
    FollowUpFinding,
    HoldInspection,
    InspectionCancelled,
    InspectionConcluded,
    InspectionConflict,
    InspectionGround,
    InspectionHeld,
    InspectionOver,
    InspectionPlanned,
    NotInAudience,
    NotReady,
    PlanInspection,
    RecordFinding,
    Severity,
    inspection,
)
from shared.errors import NotFound
from tests.support.deciding import decided

TODAY = date(2024, 10, 20)
HELD_ON = date(2024, 10, 15)
TEAM = ("Phó Trưởng ban", "Chuyên viên Vụ I")
PLAN = PlanInspection("kt-1", "toa-an", HELD_ON, TEAM, "KH 12/KH-BTĐKT", "c1")
PLANNED = InspectionPlanned("kt-1", "c1", "toa-an", HELD_ON, TEAM, "KH 12/KH-BTĐKT")
HELD = InspectionHeld("kt-1", HELD_ON)
FINDING = FindingRecorded("kt-1", "1", "Chưa lập sổ theo dõi", Severity.SHORTCOMING, date(2024, 11, 15))
CONCLUDED = InspectionConcluded("kt-1", "Đạt yêu cầu", "KL 3/KL-BTĐKT", date(2024, 10, 18))
CANCELLED = InspectionCancelled("kt-1", "Trùng đoàn thanh tra")

HOLD = HoldInspection("kt-1", HELD_ON)
RECORD = RecordFinding("kt-1", "1", "Chưa lập sổ theo dõi", Severity.SHORTCOMING, date(2024, 11, 15))
FOLLOW_UP = FollowUpFinding("kt-1", "1", "Đã lập sổ", date(2024, 10, 19))
CONCLUDE = ConcludeInspection("kt-1", "Đạt yêu cầu", "KL 3/KL-BTĐKT", date(2024, 10, 18))
CANCEL = CancelInspection("kt-1", "Trùng đoàn thanh tra")


def on(**changes: Any) -> Any:
    return inspection(InspectionGround(**{"today": TODAY, **changes}))


@pytest.mark.parametrize(
    ("given", "command", "event"),
    [
        ([], PLAN, PLANNED),
        ([PLANNED], HOLD, HELD),
        ([PLANNED, HELD], RECORD, FINDING),
        ([PLANNED, HELD, FINDING], FOLLOW_UP, FindingFollowedUp("kt-1", "1", "Đã lập sổ", date(2024, 10, 19))),
        ([PLANNED, HELD, FINDING, CONCLUDED], FOLLOW_UP, FindingFollowedUp("kt-1", "1", "Đã lập sổ", date(2024, 10, 19))),
        ([PLANNED, HELD, FINDING], CONCLUDE, CONCLUDED),
        ([PLANNED], CANCEL, CANCELLED),
    ],
)
def test_an_inspection_goes_its_way(given: list[Any], command: Any, event: Any) -> None:
    assert decided(on(audience=("toa-an",)), given, command) == [event]


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ([PLANNED, HELD], PLAN),
        ([PLANNED, HELD, CONCLUDED], HOLD),
        ([PLANNED, HELD, FINDING, CONCLUDED], RECORD),
        ([PLANNED, HELD, CONCLUDED], CONCLUDE),
        ([PLANNED, CANCELLED], CANCEL),
    ],
)
def test_what_holds_already_gives_no_event_even_when_it_is_over(given: list[Any], command: Any) -> None:
    assert decided(on(), given, command) == []


@pytest.mark.parametrize(
    ("given", "command", "error"),
    [
        ([], HOLD, NotFound),
        ([PLANNED], replace(PLAN, planned_on=date(2024, 11, 1)), InspectionConflict),
        ([], replace(PLAN, team=()), InspectionConflict),
        ([], replace(PLAN, team=("Vụ trưởng", "Vụ trưởng")), InspectionConflict),
        ([PLANNED], RECORD, NotReady),
        ([PLANNED], CONCLUDE, NotReady),
        ([PLANNED], replace(HOLD, effective_on=date(2024, 10, 21)), InspectionConflict),
        ([PLANNED, HELD], replace(HOLD, effective_on=date(2024, 10, 16)), InspectionConflict),
        ([PLANNED, HELD, FINDING], replace(RECORD, text="Khác"), InspectionConflict),
        ([PLANNED, HELD], replace(RECORD, follow_up_due_on=date(2024, 10, 14)), InspectionConflict),
        ([PLANNED, HELD], FOLLOW_UP, NotFound),
        ([PLANNED, HELD, FINDING], replace(FOLLOW_UP, effective_on=date(2024, 10, 14)), InspectionConflict),
        ([PLANNED, HELD, FINDING], replace(FOLLOW_UP, effective_on=date(2024, 10, 21)), InspectionConflict),
        ([PLANNED, HELD], replace(CONCLUDE, effective_on=date(2024, 10, 14)), InspectionConflict),
        ([PLANNED, HELD], replace(CONCLUDE, effective_on=date(2024, 10, 21)), InspectionConflict),
        ([PLANNED, HELD, CONCLUDED], RECORD, InspectionOver),
        ([PLANNED, HELD, CONCLUDED], replace(CONCLUDE, conclusion="Không đạt"), InspectionOver),
        ([PLANNED, HELD], CANCEL, InspectionOver),
        ([PLANNED, CANCELLED], HOLD, InspectionOver),
    ],
)
def test_what_cannot_be_is_refused(given: list[Any], command: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        decided(on(), given, command)


def test_what_happened_today_can_be_recorded() -> None:
    assert decided(on(), [PLANNED], replace(HOLD, effective_on=TODAY)) == [replace(HELD, effective_on=TODAY)]


def test_a_unit_is_inspected_where_it_is_known_and_takes_part() -> None:
    with pytest.raises(NotFound):
        decided(on(unit_known=False), [], PLAN)
    with pytest.raises(NotInAudience):
        decided(on(audience=("kiem-toan",)), [], PLAN)
    assert decided(on(), [], replace(PLAN, campaign=None)) == [replace(PLANNED, campaign=None)]


def test_a_unit_may_say_more_about_a_finding_later() -> None:
    first = FindingFollowedUp("kt-1", "1", "Đang lập sổ", date(2024, 10, 18))
    (second,) = decided(on(), [PLANNED, HELD, FINDING, first], FOLLOW_UP)
    assert second.text == "Đã lập sổ"
