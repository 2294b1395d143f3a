"""Taking part in a campaign: registration (đăng ký thi đua), the covenant (giao ước thi đua) and who has signed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from services.campaigns.domain.errors import CampaignConflict, NotInAudience, NotRegistered, PassOrder, PhaseOrder, TooLate
from services.campaigns.domain.phases import COVENANT, REGISTRATION, Year


@dataclass(frozen=True, slots=True)
class RegisterUnit:
    """Register a unit; registered_on: the day on the paper, today where left out."""

    campaign: str
    unit: str
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class IssueCompact:
    """Give out the text that the members sign."""

    campaign: str
    title: str
    text: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class SignCovenant:
    """Sign the covenant; signatory is the post that signs."""

    campaign: str
    unit: str
    signatory: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class UnitRegistered:
    """A unit takes part from a day on; None in what was recorded before the day was said apart from the recording."""

    SCHEMA: ClassVar[int] = 2

    campaign: str
    unit: str
    registered_on: date | None

    @property
    def effective_on(self) -> date | None:
        return self.registered_on

    @staticmethod
    def from_first(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "registered_on": None}


@dataclass(frozen=True, slots=True)
class CompactIssued:
    """The covenant has this text, in its `version` from 1; it stays as it is once a member has signed it."""

    campaign: str
    version: int
    title: str
    text: str
    issued_on: date

    @property
    def effective_on(self) -> date:
        return self.issued_on


@dataclass(frozen=True, slots=True)
class CovenantSigned:
    """A unit has signed the covenant."""

    campaign: str
    unit: str
    signatory: str
    signed_on: date

    @property
    def effective_on(self) -> date:
        return self.signed_on


def register(year: Year, registered: Sequence[str], begun: bool, command: RegisterUnit) -> Sequence[Any]:
    """begun: whether a pass of scoring has been opened."""
    launched = year.launched
    if command.unit not in launched.audience:
        raise NotInAudience(f"{command.unit} is no member of {launched.cluster} in {launched.season}.", unit=command.unit)
    if command.unit in registered:
        return []
    if begun:
        raise PassOrder("Scoring has begun; a unit registers before the first pass opens.", unit=command.unit)
    on = command.registered_on or year.today
    _check_day(year, on, REGISTRATION, command.unit)
    return [UnitRegistered(command.campaign, command.unit, on)]


def _check_day(year: Year, on: date, phase: str, unit: str) -> None:
    """Refuse a day to come, and one after the phase ended for this unit."""
    if on > year.today:
        raise CampaignConflict(f"{on} is still to come; give the day it happened.", unit=unit)
    term = year.terms[phase]
    if on > term.last_day(unit):
        raise TooLate(
            f"{phase} ended for {unit} on {term.last_day(unit)}; the office may extend the phase or give {unit} grace.",
            unit=unit,
            phase=phase,
            last_day=term.last_day(unit).isoformat(),
        )
    if not term.open:
        raise PhaseOrder(f"Phase {phase} is closed; the office may open it again.", phase=phase)


def issue(issued: CompactIssued | None, covenants: Sequence[CovenantSigned], year: Year, command: IssueCompact) -> Sequence[Any]:
    made = CompactIssued(command.campaign, issued.version + 1 if issued else 1, command.title, command.text, command.issued_on)
    if issued is not None and (issued.title, issued.text, issued.issued_on) == (made.title, made.text, made.issued_on):
        return []
    if covenants:
        raise CampaignConflict(
            f"{len(covenants)} units have signed already; what is signed stays as it is.", campaign=command.campaign, signed=len(covenants)
        )
    if command.issued_on > year.today:
        raise CampaignConflict(f"{command.issued_on} is still to come; give the day it happened.", campaign=command.campaign)
    return [made]


def sign(registered: Sequence[str], covenants: Sequence[CovenantSigned], year: Year, command: SignCovenant) -> Sequence[Any]:
    """Bounded by the covenant's phase where one is planned."""
    if command.unit not in registered:
        raise NotRegistered(f"{command.unit} has not registered for {command.campaign}; register it first.", unit=command.unit)
    made = CovenantSigned(command.campaign, command.unit, command.signatory, command.signed_on)
    for signed in covenants:
        if signed.unit == command.unit:
            if signed == made:
                return []
            raise CampaignConflict(f"{command.unit} signed on {signed.signed_on} by {signed.signatory}.", unit=command.unit)
    if any(one.key == COVENANT for one in year.plan):
        year.term(COVENANT)
        _check_day(year, command.signed_on, COVENANT, command.unit)
    return [made]
