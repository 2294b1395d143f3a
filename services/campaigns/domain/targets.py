"""Target titles (đăng ký danh hiệu thi đua) of a unit and its people in a campaign: one stream per campaign and unit.

A person is an id of the registry; names stay there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.campaigns.domain.errors import CampaignConflict, CampaignFinal, NotRegistered, ReasonMissing, TooLate
from services.campaigns.domain.titles import Subject, Title
from shared.decider import Decider
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class RegisterPersonTarget:
    """Register the title that a person of the unit strives for; registered_on: the day on the paper, today where left out."""

    campaign: str
    unit: str
    person: str
    title: str
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class WithdrawPersonTarget:
    """Take a person's target back."""

    campaign: str
    unit: str
    person: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class RegisterUnitTarget:
    """Register the title that the unit itself strives for."""

    campaign: str
    unit: str
    title: str
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class WithdrawUnitTarget:
    """Take the unit's target back."""

    campaign: str
    unit: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonTargetRegistered:
    """A person of the unit strives for a title."""

    campaign: str
    unit: str
    person: str
    title: str
    registered_on: date

    @property
    def effective_on(self) -> date:
        return self.registered_on


@dataclass(frozen=True, slots=True)
class PersonTargetWithdrawn:
    """A person of the unit strives for this title no more."""

    campaign: str
    unit: str
    person: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnitTargetRegistered:
    """The unit strives for a title."""

    campaign: str
    unit: str
    title: str
    registered_on: date

    @property
    def effective_on(self) -> date:
        return self.registered_on


@dataclass(frozen=True, slots=True)
class UnitTargetWithdrawn:
    """The unit strives for this title no more."""

    campaign: str
    unit: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class TargetGround:
    """The titles there are, the legal date of the command, and of the campaign: whether the unit has registered in it, until which
    day it may, and whether it is final."""

    titles: tuple[Title, ...]
    today: date
    registered: bool
    last_day: date
    final: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A title that is striven for; person: None for the unit itself."""

    person: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of a unit as its stream says they are."""

    targets: frozenset[Target] = frozenset()


def targets(ground: TargetGround) -> Decider[Targets]:
    """The targets of one unit in one campaign, deciding on this ground."""
    return replace(READ, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: TargetGround, state: Targets, command: Any) -> Sequence[Any]:
    if ground.final:
        raise CampaignFinal("The campaign is final; nothing in it changes any more.", campaign=command.campaign)
    match command:
        case RegisterPersonTarget():
            subject, target = Subject.PERSON, Target(command.person, command.title)
            made: Any = PersonTargetRegistered(*_place(command), command.person, command.title, command.registered_on or ground.today)
        case RegisterUnitTarget():
            subject, target = Subject.COLLECTIVE, Target(None, command.title)
            made = UnitTargetRegistered(*_place(command), command.title, command.registered_on or ground.today)
        case WithdrawPersonTarget():
            target = Target(command.person, command.title)
            return _withdrawn(state, target, PersonTargetWithdrawn(*_place(command), command.person, command.title, command.reason))
        case WithdrawUnitTarget():
            target = Target(None, command.title)
            return _withdrawn(state, target, UnitTargetWithdrawn(*_place(command), command.title, command.reason))
        case _:
            raise TypeError(f"Targets take no {type(command).__name__}")
    if target in state.targets:
        return []
    _check(ground, subject, made)
    return [made]


def _place(command: Any) -> tuple[str, str]:
    return command.campaign, command.unit


def _check(ground: TargetGround, subject: Subject, made: PersonTargetRegistered | UnitTargetRegistered) -> None:
    if not ground.registered:
        raise NotRegistered(f"{made.unit} has not registered for {made.campaign}; register it first.", unit=made.unit)
    offered = [title.code for title in ground.titles if title.subject is subject and title.in_force(made.registered_on)]
    if made.title not in offered:
        raise NotFound(f"No title {made.title!r} of a {subject} is in force on {made.registered_on}; there are {', '.join(offered)}.")
    if made.registered_on > ground.today:
        raise CampaignConflict(f"{made.registered_on} is still to come; give the day it happened.", unit=made.unit)
    if made.registered_on > ground.last_day:
        raise TooLate(
            f"registration ended for {made.unit} on {ground.last_day}; the office may extend the phase or give {made.unit} grace.",
            unit=made.unit,
            phase="registration",
            last_day=ground.last_day.isoformat(),
        )


def _withdrawn(state: Targets, target: Target, made: PersonTargetWithdrawn | UnitTargetWithdrawn) -> Sequence[Any]:
    if target not in state.targets:
        return []
    if not made.reason.strip():
        raise ReasonMissing("Say why.")
    return [made]


def _evolve(state: Targets, event: Any) -> Targets:
    match event:
        case PersonTargetRegistered():
            return Targets(state.targets | {Target(event.person, event.title)})
        case PersonTargetWithdrawn():
            return Targets(state.targets - {Target(event.person, event.title)})
        case UnitTargetRegistered():
            return Targets(state.targets | {Target(None, event.title)})
        case UnitTargetWithdrawn():
            return Targets(state.targets - {Target(None, event.title)})
    return state


READ: Decider[Targets] = Decider(Targets(), lambda _state, _command: (), _evolve)
"""The targets of one unit that are only read."""
