"""Inspections (kiểm tra công tác thi đua, khen thưởng): planned, held, what was found, what the unit did about it, and the conclusion.

A stream for each inspection. The team is named by posts (chức danh), no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.campaigns.domain.errors import InspectionConflict, InspectionOver, NotInAudience, NotReady
from shared.decider import Decider
from shared.errors import NotFound


class Severity(StrEnum):
    """How much a finding weighs: remark: lưu ý; shortcoming: hạn chế, thiếu sót; violation: vi phạm."""

    REMARK = "remark"
    SHORTCOMING = "shortcoming"
    VIOLATION = "violation"


@dataclass(frozen=True, slots=True)
class PlanInspection:
    """Plan the inspection of a unit, within a campaign or apart from any. team: posts of those who go; document: the plan or decision."""

    inspection: str
    unit: str
    planned_on: date
    team: tuple[str, ...]
    document: str
    campaign: str | None = None


@dataclass(frozen=True, slots=True)
class HoldInspection:
    """Record that the inspection took place, on effective_on."""

    inspection: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class RecordFinding:
    """Record what was found; follow_up_due_on: until when the unit is to say what it did about it, where it has to."""

    inspection: str
    finding: str
    text: str
    severity: Severity
    follow_up_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class FollowUpFinding:
    """Say what the unit did about a finding, on effective_on."""

    inspection: str
    finding: str
    text: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class ConcludeInspection:
    """Conclude (kết luận kiểm tra) by a document of effective_on. Follow-ups may come after."""

    inspection: str
    conclusion: str
    document: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class CancelInspection:
    """Call off an inspection that has not been held."""

    inspection: str
    reason: str


@dataclass(frozen=True, slots=True)
class InspectionPlanned:
    """A unit is to be inspected on a day."""

    inspection: str
    campaign: str | None
    unit: str
    planned_on: date
    team: tuple[str, ...]
    document: str


@dataclass(frozen=True, slots=True)
class InspectionHeld:
    """The inspection took place."""

    inspection: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class FindingRecorded:
    """Something was found that the unit is to know of, and to follow up where a day is set."""

    inspection: str
    finding: str
    text: str
    severity: Severity
    follow_up_due_on: date | None


@dataclass(frozen=True, slots=True)
class FindingFollowedUp:
    """The unit said what it did about a finding; it may say more later."""

    inspection: str
    finding: str
    text: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class InspectionConcluded:
    """The inspection is concluded; no finding is added any more."""

    inspection: str
    conclusion: str
    document: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class InspectionCancelled:
    """The inspection does not take place."""

    inspection: str
    reason: str


@dataclass(frozen=True, slots=True)
class InspectionGround:
    """What the decision rests on from outside the inspection.

    today: the legal date of the command; unit_known: whether the registry has such a unit; audience: the members of the campaign that the
    plan names, None where it names none.
    """

    today: date
    unit_known: bool = True
    audience: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """An inspection as its stream says it is."""

    planned: InspectionPlanned | None = None
    held: InspectionHeld | None = None
    findings: tuple[FindingRecorded, ...] = ()
    follow_ups: tuple[FindingFollowedUp, ...] = ()
    concluded: InspectionConcluded | None = None
    cancelled: InspectionCancelled | None = None


def inspection(ground: InspectionGround) -> Decider[Inspection]:
    """The inspection aggregate, deciding on this ground."""
    return replace(READ_INSPECTION, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: InspectionGround, state: Inspection, command: Any) -> Sequence[Any]:
    if isinstance(command, PlanInspection):
        return _plan(ground, state, command)
    if state.planned is None:
        raise NotFound(f"There is no inspection {command.inspection}; plan it first.", inspection=command.inspection)
    match command:
        case HoldInspection():
            return _hold(ground, state, command)
        case RecordFinding():
            return _record(state, command)
        case FollowUpFinding():
            return _follow_up(ground, state, command)
        case ConcludeInspection():
            return _conclude(ground, state, command)
        case CancelInspection():
            return _cancel(state, command)
    raise TypeError(f"An inspection takes no {type(command).__name__}")


def _plan(ground: InspectionGround, state: Inspection, command: PlanInspection) -> Sequence[Any]:
    made = InspectionPlanned(command.inspection, command.campaign, command.unit, command.planned_on, command.team, command.document)
    if state.planned is not None:
        if state.planned == made:
            return []
        raise InspectionConflict(
            f"Inspection {command.inspection} is planned already, of {state.planned.unit} on {state.planned.planned_on}.",
            inspection=command.inspection,
        )
    if not ground.unit_known:
        raise NotFound(f"There is no unit {command.unit}; register it first.", unit=command.unit)
    if ground.audience is not None and command.unit not in ground.audience:
        raise NotInAudience(f"{command.unit} is no member of campaign {command.campaign}.", unit=command.unit)
    if not command.team or len(set(command.team)) < len(command.team):
        raise InspectionConflict("Name each post of the team once, at least one.", inspection=command.inspection)
    return [made]


def _hold(ground: InspectionGround, state: Inspection, command: HoldInspection) -> Sequence[Any]:
    made = InspectionHeld(command.inspection, command.effective_on)
    if state.held == made:
        return []
    _check_running(state, command)
    if state.held is not None:
        raise InspectionConflict(f"It was held on {state.held.effective_on} already.", inspection=command.inspection)
    _check_not_to_come(ground, command.effective_on)
    return [made]


def _record(state: Inspection, command: RecordFinding) -> Sequence[Any]:
    made = FindingRecorded(command.inspection, command.finding, command.text, command.severity, command.follow_up_due_on)
    if made in state.findings:
        return []
    _check_running(state, command)
    held = _held(state, command)
    if any(one.finding == command.finding for one in state.findings):
        raise InspectionConflict(f"Finding {command.finding} is recorded with other words.", finding=command.finding)
    if command.follow_up_due_on is not None and command.follow_up_due_on < held.effective_on:
        raise InspectionConflict(
            f"A follow-up cannot be due on {command.follow_up_due_on}, before the inspection of {held.effective_on}.",
            finding=command.finding,
        )
    return [made]


def _follow_up(ground: InspectionGround, state: Inspection, command: FollowUpFinding) -> Sequence[Any]:
    made = FindingFollowedUp(command.inspection, command.finding, command.text, command.effective_on)
    if made in state.follow_ups:
        return []
    if all(one.finding != command.finding for one in state.findings):
        raise NotFound(f"The inspection has no finding {command.finding}.", finding=command.finding)
    _check_order(_held(state, command).effective_on, command.effective_on)
    _check_not_to_come(ground, command.effective_on)
    return [made]


def _conclude(ground: InspectionGround, state: Inspection, command: ConcludeInspection) -> Sequence[Any]:
    made = InspectionConcluded(command.inspection, command.conclusion, command.document, command.effective_on)
    if state.concluded == made:
        return []
    _check_running(state, command)
    _check_order(_held(state, command).effective_on, command.effective_on)
    _check_not_to_come(ground, command.effective_on)
    return [made]


def _cancel(state: Inspection, command: CancelInspection) -> Sequence[Any]:
    made = InspectionCancelled(command.inspection, command.reason)
    if state.cancelled == made:
        return []
    _check_running(state, command)
    if state.held is not None:
        raise InspectionOver(f"It was held on {state.held.effective_on}; what was held is concluded, not called off.")
    return [made]


def _check_running(state: Inspection, command: Any) -> None:
    if state.cancelled is not None:
        raise InspectionOver(f"Inspection {command.inspection} was called off: {state.cancelled.reason}", inspection=command.inspection)
    if state.concluded is not None:
        raise InspectionOver(f"Inspection {command.inspection} was concluded by {state.concluded.document}.", inspection=command.inspection)


def _held(state: Inspection, command: Any) -> InspectionHeld:
    if state.held is None:
        raise NotReady(f"Inspection {command.inspection} has not been held yet; record that first.", inspection=command.inspection)
    return state.held


def _check_order(held_on: date, day: date) -> None:
    if day < held_on:
        raise InspectionConflict(f"{day} is before the inspection, which was held on {held_on}.")


def _check_not_to_come(ground: InspectionGround, day: date) -> None:
    if day > ground.today:
        raise InspectionConflict(f"{day} is still to come; record what has happened.")


def _evolve(state: Inspection, event: Any) -> Inspection:
    match event:
        case InspectionPlanned():
            return replace(state, planned=event)
        case InspectionHeld():
            return replace(state, held=event)
        case FindingRecorded():
            return replace(state, findings=(*state.findings, event))
        case FindingFollowedUp():
            return replace(state, follow_ups=(*state.follow_ups, event))
        case InspectionConcluded():
            return replace(state, concluded=event)
        case InspectionCancelled():
            return replace(state, cancelled=event)
    return state


READ_INSPECTION: Decider[Inspection] = Decider(Inspection(), lambda _state, _command: (), _evolve)
"""An inspection that is only read."""
