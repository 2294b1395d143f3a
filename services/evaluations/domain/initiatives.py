"""Initiatives (sáng kiến): submitted, examined by councils, recognised in a scope, refused or withdrawn. A stream for each.

Authors are ids of the registry; names stay there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from services.evaluations.domain.errors import InitiativeConflict, NotExamined
from shared.decider import Decider
from shared.errors import NotFound


class Scope(StrEnum):
    """How far an initiative is recognised, the narrowest first.

    grassroots: cấp cơ sở; ministry_or_province: cấp bộ, ban, ngành, tỉnh; nationwide: toàn quốc.
    """

    GRASSROOTS = "grassroots"
    MINISTRY_OR_PROVINCE = "ministry_or_province"
    NATIONWIDE = "nationwide"

    @property
    def reach(self) -> int:
        return list(Scope).index(self)


class Finding(StrEnum):
    """What a council found. passed: đạt; failed: không đạt."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SubmitInitiative:
    """Submit an initiative of people of a unit; year: the one in which it was applied; submitted_on: today where left out."""

    initiative: str
    unit: str
    authors: tuple[str, ...]
    title: str
    summary: str
    year: int
    submitted_on: date | None = None


@dataclass(frozen=True, slots=True)
class ExamineInitiative:
    """Record what a council (hội đồng sáng kiến) found, by the minutes of a meeting."""

    initiative: str
    council: str
    scope: Scope
    finding: Finding
    minutes: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class RecogniseInitiative:
    """Recognise it in a scope; certificate: number of the confirmation of effect and reach (Mẫu số 13), dated effective_on."""

    initiative: str
    scope: Scope
    authority: str
    certificate: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class RefuseInitiative:
    """Refuse to recognise it."""

    initiative: str
    reason: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class WithdrawInitiative:
    """Take it back before it is recognised or refused."""

    initiative: str
    reason: str


@dataclass(frozen=True, slots=True)
class InitiativeSubmitted:
    """People of a unit submitted an initiative."""

    initiative: str
    unit: str
    authors: tuple[str, ...]
    title: str
    summary: str
    year: int
    submitted_on: date

    @property
    def effective_on(self) -> date:
        return self.submitted_on


@dataclass(frozen=True, slots=True)
class InitiativeExamined:
    """A council examined it in a scope and found for or against it."""

    initiative: str
    council: str
    scope: Scope
    finding: Finding
    minutes: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class InitiativeRecognised:
    """An authority recognised it in a scope; it may be recognised in a wider one later."""

    initiative: str
    scope: Scope
    authority: str
    certificate: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class InitiativeRefused:
    """It was not recognised."""

    initiative: str
    reason: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class InitiativeWithdrawn:
    """Its authors took it back."""

    initiative: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReuseRule:
    """For how many years after its own an initiative counts as basis of a title, with this authority, from a day on (None: from ever)."""

    authority: str
    window_years: int
    basis: str
    verified: bool
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReuseRules:
    """The rules of all authorities and times."""

    EVERY: ClassVar[str] = "*"

    rules: tuple[ReuseRule, ...]

    def at(self, authority: str, day: date) -> ReuseRule:
        """The rule of an authority on a day: its own that began last, else the one of every authority."""
        begun = [rule for rule in self.rules if rule.authority in (authority, self.EVERY) and (rule.from_on is None or rule.from_on <= day)]
        return max(begun, key=lambda rule: (rule.authority == authority, rule.from_on or date.min))

    def usable(self, *, authority: str, applied_in: int, year: int) -> bool:
        """Whether an initiative that was applied in one year counts in another."""
        return applied_in <= year <= applied_in + self.in_year(authority, year).window_years

    def in_year(self, authority: str, year: int) -> ReuseRule:
        """The rule that an authority has at the end of a year."""
        return self.at(authority, date(year, 12, 31))


@dataclass(frozen=True, slots=True)
class InitiativeGround:
    """What the decision rests on from outside: the legal date of the command."""

    today: date


@dataclass(frozen=True, slots=True)
class Initiative:
    """An initiative as its stream says it is."""

    submitted: InitiativeSubmitted | None = None
    examined: tuple[InitiativeExamined, ...] = ()
    recognised: tuple[InitiativeRecognised, ...] = ()
    refused: InitiativeRefused | None = None
    withdrawn: InitiativeWithdrawn | None = None


def initiative(ground: InitiativeGround) -> Decider[Initiative]:
    """The initiative aggregate, deciding on this ground."""
    return replace(READ_INITIATIVE, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: InitiativeGround, state: Initiative, command: Any) -> Sequence[Any]:
    if isinstance(command, SubmitInitiative):
        return _submit(ground, state, command)
    if state.submitted is None:
        raise NotFound(f"There is no initiative {command.initiative}; submit it first.", initiative=command.initiative)
    match command:
        case ExamineInitiative():
            made: Any = InitiativeExamined(
                command.initiative, command.council, command.scope, command.finding, command.minutes, command.effective_on
            )
            held: Sequence[Any] = state.examined
        case RecogniseInitiative():
            made = InitiativeRecognised(command.initiative, command.scope, command.authority, command.certificate, command.effective_on)
            held = state.recognised
        case RefuseInitiative():
            made, held = InitiativeRefused(command.initiative, command.reason, command.effective_on), [state.refused]
        case WithdrawInitiative():
            made, held = InitiativeWithdrawn(command.initiative, command.reason), [state.withdrawn]
        case _:
            raise TypeError(f"An initiative takes no {type(command).__name__}")
    if made in held:
        return []
    _check(ground, state, state.submitted, made)
    return [made]


def _submit(ground: InitiativeGround, state: Initiative, command: SubmitInitiative) -> Sequence[Any]:
    on = command.submitted_on or (state.submitted.submitted_on if state.submitted else ground.today)
    made = InitiativeSubmitted(command.initiative, command.unit, command.authors, command.title, command.summary, command.year, on)
    if state.submitted is not None:
        if state.submitted == made:
            return []
        raise InitiativeConflict(f"Initiative {command.initiative} is submitted already, with other words.", initiative=command.initiative)
    if not command.authors or len(set(command.authors)) < len(command.authors):
        raise InitiativeConflict("Name each author once, at least one.", initiative=command.initiative)
    if on > ground.today or command.year > ground.today.year:
        raise InitiativeConflict("An initiative is submitted once it has been applied: neither its day nor its year is to come.")
    return [made]


def _check(ground: InitiativeGround, state: Initiative, submitted: InitiativeSubmitted, made: Any) -> None:
    named = {"initiative": submitted.initiative}
    if state.refused is not None or state.withdrawn is not None:
        raise InitiativeConflict("The initiative was refused or withdrawn; nothing more is recorded of it.", **named)
    on = getattr(made, "effective_on", None)
    if on is not None and not submitted.submitted_on <= on <= ground.today:
        raise InitiativeConflict(f"{on} is not between its submission of {submitted.submitted_on} and today.", **named)
    match made:
        case InitiativeRecognised():
            _check_recognition(state, made)
        case InitiativeRefused() | InitiativeWithdrawn() if state.recognised:
            raise InitiativeConflict("The initiative has been recognised; it is neither refused nor withdrawn any more.", **named)


def _check_recognition(state: Initiative, made: InitiativeRecognised) -> None:
    widest = max((one.scope.reach for one in state.recognised), default=-1)
    if made.scope.reach <= widest:
        raise InitiativeConflict("It is recognised in this scope or a wider one already.", initiative=made.initiative)
    for_it = [one for one in state.examined if one.finding is Finding.PASSED and one.scope.reach >= made.scope.reach]
    if not any(one.effective_on <= made.effective_on for one in for_it):
        raise NotExamined(
            f"No council has found for initiative {made.initiative} in scope {made.scope} by {made.effective_on}.",
            initiative=made.initiative,
            scope=str(made.scope),
        )


def _evolve(state: Initiative, event: Any) -> Initiative:
    match event:
        case InitiativeSubmitted():
            return replace(state, submitted=event)
        case InitiativeExamined():
            return replace(state, examined=(*state.examined, event))
        case InitiativeRecognised():
            return replace(state, recognised=(*state.recognised, event))
        case InitiativeRefused():
            return replace(state, refused=event)
        case InitiativeWithdrawn():
            return replace(state, withdrawn=event)
    return state


READ_INITIATIVE: Decider[Initiative] = Decider(Initiative(), lambda _state, _command: (), _evolve)
"""An initiative that is only read."""
