"""The year of a campaign in phases (giai đoạn): planned, opened, extended, with days of grace, closed, opened again.

Registration stands from the launch. The passes of scoring are phases too, under the keys of the rubric's passes: they are opened and closed
as passes, which says who scores whom, and their terms move like those of any other phase.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from services.campaigns.domain.errors import CampaignConflict, NotInAudience, PassOrder, PhaseOrder, ReasonMissing
from services.campaigns.domain.launching import CampaignLaunched
from shared.errors import NotFound

REGISTRATION = "registration"
COVENANT = "covenant"
"""The phases that bound what units do outside the passes: registering (đăng ký) and signing the covenant (ký giao ước)."""


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """A phase as planned, both days included."""

    key: str
    title: str
    from_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class PlanPhases:
    """Plan the phases of the year in their order; `reason` where it replaces a plan."""

    campaign: str
    phases: tuple[PlannedPhase, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OpenPhase:
    """Begin a planned phase that is no pass of scoring; on: the day, today where left out."""

    campaign: str
    phase: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ExtendPhase:
    """Move the last day of an open phase (gia hạn)."""

    campaign: str
    phase: str
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class GiveGrace:
    """Let some units, or all where none is named, be late until a day (ân hạn); the phase stays due when it was."""

    campaign: str
    phase: str
    until_on: date
    reason: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosePhase:
    """End a phase that is no pass of scoring; before its last day (đóng sớm) with a reason. on: the day, today where left out."""

    campaign: str
    phase: str
    reason: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ReopenPhase:
    """Open a closed phase again (mở lại), a pass of scoring too, until another day."""

    campaign: str
    phase: str
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class PhasesPlanned:
    """The phases of the year are planned so; a later plan replaces an earlier one, with a reason."""

    campaign: str
    phases: tuple[PlannedPhase, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class PhaseOpened:
    """A phase has begun and is due on a day."""

    campaign: str
    phase: str
    opened_on: date
    due_on: date

    @property
    def effective_on(self) -> date:
        return self.opened_on


@dataclass(frozen=True, slots=True)
class PhaseExtended:
    """The last day of a phase or pass was moved."""

    campaign: str
    phase: str
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class GraceGiven:
    """These units, or all where none is named, may be late until a day."""

    campaign: str
    phase: str
    until_on: date
    units: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PhaseClosed:
    """A phase has ended; early: before its last day, for the reason given."""

    campaign: str
    phase: str
    closed_on: date
    early: bool
    reason: str | None

    @property
    def effective_on(self) -> date:
        return self.closed_on


@dataclass(frozen=True, slots=True)
class PhaseReopened:
    """A phase or pass that was closed is open again until a day."""

    campaign: str
    phase: str
    due_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Grace:
    """A later last day for these units, for all where none is named."""

    until_on: date
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A phase or pass that has begun: its last day, the days of grace, whether it is open."""

    due_on: date
    graces: tuple[Grace, ...] = ()
    open: bool = True

    def last_day(self, unit: str) -> date:
        """The last day for one unit, with its grace."""
        return max([self.due_on, *(grace.until_on for grace in self.graces if not grace.units or unit in grace.units)])

    @property
    def ends_on(self) -> date:
        """The last day for whoever has most time."""
        return max([self.due_on, *(grace.until_on for grace in self.graces)])


Terms = Mapping[str, Term]
"""By key: the phases and passes that have begun."""


@dataclass(frozen=True, slots=True)
class Year:
    """The phases of a campaign as far as they are known: its passes in the rubric's order, its plan, the terms that have begun."""

    launched: CampaignLaunched
    passes: tuple[str, ...]
    plan: tuple[PlannedPhase, ...]
    terms: Terms
    today: date

    def term(self, phase: str) -> Term:
        """Raises NotFound, PhaseOrder for a phase that has not begun."""
        found = self.terms.get(phase)
        if found is None:
            self.planned(phase)
            raise PhaseOrder(f"Phase {phase} has not begun; open it first.", phase=phase)
        return found

    def planned(self, phase: str) -> PlannedPhase | None:
        """The phase in the plan, None for a pass or registration outside it. Raises NotFound."""
        found = next((one for one in self.plan if one.key == phase), None)
        if found is None and phase not in (REGISTRATION, *self.passes):
            planned = ", ".join(one.key for one in self.plan) or "none"
            raise NotFound(f"The campaign has no phase {phase!r}; planned: {planned}.", phase=phase)
        return found


def plan(year: Year, command: PlanPhases) -> Sequence[Any]:
    if command.phases == year.plan:
        return []
    _check_plan(year, command.phases)
    if year.plan and not _said(command.reason):
        raise ReasonMissing("The phases are planned already; say why the plan changes.", phase=command.phases[0].key)
    return [PhasesPlanned(command.campaign, command.phases, command.reason)]


def _check_plan(year: Year, phases: Sequence[PlannedPhase]) -> None:
    launched = year.launched
    keys = [one.key for one in phases]
    if not phases or len(set(keys)) < len(keys):
        raise CampaignConflict("Plan at least one phase, and each once.", campaign=launched.campaign)
    if REGISTRATION in keys:
        raise CampaignConflict(
            f"Registration stands from the launch, until {launched.registration_due_on}; extend it in place of planning it.",
            phase=REGISTRATION,
        )
    for one in phases:
        if not launched.starts_on <= one.from_on <= one.due_on <= launched.ends_on:
            raise CampaignConflict(
                f"{one.title}: {one.from_on} to {one.due_on} does not lie within the campaign, {launched.starts_on} to {launched.ends_on}.",
                phase=one.key,
            )
    for earlier, later in pairwise(phases):
        if later.from_on < earlier.from_on:
            raise PhaseOrder(f"{later.title} begins before {earlier.title}; name the phases in their order.", phase=later.key)
    scored = [key for key in keys if key in year.passes]
    if scored != [key for key in year.passes if key in scored]:
        raise PhaseOrder(f"The passes follow one another as in the rubric: {', '.join(year.passes)}.", phase=scored[0])
    for one in year.plan:
        if one.key in year.terms and one not in phases:
            raise PhaseOrder(f"{one.title} has begun and stays as planned; extend it, or close it and open it again.", phase=one.key)


def open_phase(year: Year, command: OpenPhase) -> Sequence[Any]:
    if command.phase in year.passes:
        raise PhaseOrder(f"{command.phase} is a pass of scoring; open it as a pass.", phase=command.phase)
    planned = year.planned(command.phase)
    if command.phase in year.terms or planned is None:
        if year.term(command.phase).open:
            return []
        raise PhaseOrder(f"Phase {command.phase} was closed; open it again with a reason and a day.", phase=command.phase)
    on = _day(year, command.on)
    return [PhaseOpened(command.campaign, command.phase, on, planned.due_on)]


def extend(year: Year, command: ExtendPhase) -> Sequence[Any]:
    term = _open_term(year, command.phase)
    if command.due_on == term.due_on:
        return []
    if command.due_on < term.due_on:
        raise PhaseOrder(f"Phase {command.phase} is due on {term.due_on}; an extension moves this day on.", phase=command.phase)
    _require_reason(command.reason, command.phase)
    return [PhaseExtended(command.campaign, command.phase, command.due_on, command.reason)]


def give_grace(year: Year, command: GiveGrace) -> Sequence[Any]:
    term = _open_term(year, command.phase)
    if Grace(command.until_on, command.units) in term.graces:
        return []
    for unit in command.units:
        if unit not in year.launched.audience or command.units.count(unit) > 1:
            raise NotInAudience(f"Name each unit of the campaign once; {unit} is not one.", unit=unit)
    if command.until_on <= term.due_on:
        raise PhaseOrder(f"Phase {command.phase} is due on {term.due_on}; grace reaches beyond this day.", phase=command.phase)
    _require_reason(command.reason, command.phase)
    return [GraceGiven(command.campaign, command.phase, command.until_on, command.units, command.reason)]


def close_phase(year: Year, command: ClosePhase) -> Sequence[Any]:
    if command.phase in year.passes:
        raise PhaseOrder(f"{command.phase} is a pass of scoring; close it as a pass.", phase=command.phase)
    term = year.term(command.phase)
    if not term.open:
        return []
    on = _day(year, command.on)
    early = closes_early(term, on, command.reason, command.phase)
    return [PhaseClosed(command.campaign, command.phase, on, early, command.reason)]


def closes_early(term: Term, on: date, reason: str | None, phase: str) -> bool:
    """Whether somebody would still have had time. Raises ReasonMissing where that is not explained."""
    early = on < term.ends_on
    if early and not _said(reason):
        raise ReasonMissing(f"Phase {phase} runs until {term.ends_on}; say why it is closed early.", phase=phase)
    return early


def reopen(year: Year, command: ReopenPhase) -> Sequence[Any]:
    term = year.term(command.phase)
    if term.open:
        if command.due_on == term.due_on:
            return []
        raise PhaseOrder(f"Phase {command.phase} is open; extend it.", phase=command.phase)
    if command.due_on < year.today:
        raise PhaseOrder(f"{command.due_on} is over; open phase {command.phase} until a day to come.", phase=command.phase)
    if command.phase in year.passes:
        begun = [key for key in year.passes if key in year.terms]
        if command.phase != begun[-1]:
            raise PassOrder(
                f"Pass {begun[-1]} rests on what {command.phase} gave; correct its scores there, with a reason.", pass_key=command.phase
            )
    _require_reason(command.reason, command.phase)
    return [PhaseReopened(command.campaign, command.phase, command.due_on, command.reason)]


def _open_term(year: Year, phase: str) -> Term:
    term = year.term(phase)
    if not term.open:
        raise PhaseOrder(f"Phase {phase} is closed; open it again first.", phase=phase)
    return term


def _day(year: Year, given: date | None) -> date:
    """The day that is meant. Raises CampaignConflict for one to come or before the campaign."""
    on = given or year.today
    if not year.launched.starts_on <= on <= year.today:
        raise CampaignConflict(f"{on} is no day between the campaign's start on {year.launched.starts_on} and today.")
    return on


def _require_reason(reason: str, phase: str) -> None:
    if not _said(reason):
        raise ReasonMissing("Say why.", phase=phase)


def _said(reason: str | None) -> bool:
    return bool(reason and reason.strip())


def evolve(terms: Terms, event: Any) -> Terms:
    """The terms after an event of a phase; the same after any other event."""
    match event:
        case PhaseOpened():
            return {**terms, event.phase: Term(event.due_on)}
        case PhaseExtended():
            return _changed(terms, event.phase, lambda term: replace(term, due_on=event.due_on))
        case GraceGiven():
            return _changed(terms, event.phase, lambda term: replace(term, graces=(*term.graces, Grace(event.until_on, event.units))))
        case PhaseClosed():
            return closed(terms, event.phase)
        case PhaseReopened():
            return _changed(terms, event.phase, lambda term: replace(term, open=True, due_on=event.due_on))
    return terms


def closed(terms: Terms, phase: str) -> Terms:
    """The terms when this phase or pass has ended."""
    return _changed(terms, phase, lambda term: replace(term, open=False))


def _changed(terms: Terms, phase: str, change: Callable[[Term], Term]) -> Terms:
    return {**terms, phase: change(terms[phase])} if phase in terms else terms
