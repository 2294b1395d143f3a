"""Councils (hội đồng thi đua - khen thưởng), their terms (nhiệm kỳ) and who sits in them: state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from services.registry.domain.errors import AlreadyThere, SeatConflict, TermConflict
from shared.decider import Decider
from shared.errors import NotFound


class Seat(StrEnum):
    """What one is in a council.

    chair: chủ tịch; deputy_chair: phó chủ tịch; standing: uỷ viên thường trực; member: uỷ viên; secretary: thư ký.
    """

    CHAIR = "chair"
    DEPUTY_CHAIR = "deputy_chair"
    STANDING = "standing"
    MEMBER = "member"
    SECRETARY = "secretary"


@dataclass(frozen=True, slots=True)
class FormCouncil:
    """Form the council of an organisation, by a document."""

    council: str
    name: str
    organisation: str
    formed_on: date
    document: str


@dataclass(frozen=True, slots=True)
class OpenTerm:
    """Open a term of a council; both days belong to it."""

    council: str
    term: str
    from_on: date
    until_on: date
    document: str


@dataclass(frozen=True, slots=True)
class AppointMember:
    """Appoint a person to a seat, from a day of the term to its end."""

    council: str
    term: str
    person: str
    seat: Seat
    from_on: date


@dataclass(frozen=True, slots=True)
class RelieveMember:
    """Relieve a person of their seat before the term ends; `until_on` is the last day in it."""

    council: str
    term: str
    person: str
    until_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class CouncilFormed:
    """An organisation has a council from a date."""

    council: str
    name: str
    organisation: str
    formed_on: date
    document: str

    @property
    def effective_on(self) -> date:
        return self.formed_on


@dataclass(frozen=True, slots=True)
class CouncilTermOpened:
    """A term of a council, with its first and last day."""

    council: str
    term: str
    from_on: date
    until_on: date
    document: str

    @property
    def effective_on(self) -> date:
        return self.from_on


@dataclass(frozen=True, slots=True)
class CouncilMemberAppointed:
    """A person sits in a council from a day of a term on."""

    council: str
    term: str
    person: str
    seat: Seat
    from_on: date

    @property
    def effective_on(self) -> date:
        return self.from_on


@dataclass(frozen=True, slots=True)
class CouncilMemberRelieved:
    """A person sat in a council, from `from_on`, up to and with a date."""

    council: str
    term: str
    person: str
    from_on: date
    until_on: date
    reason: str

    @property
    def effective_on(self) -> date:
        """The first day without the seat."""
        return self.until_on + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seated:
    """One period of one person in a seat; until_on is the term's last day, or the last before they were relieved."""

    person: str
    seat: Seat
    from_on: date
    until_on: date
    relieved: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a council and who sat in it."""

    opened: CouncilTermOpened
    seats: tuple[Seated, ...] = ()


@dataclass(frozen=True, slots=True)
class Council:
    """A council as its stream says it is."""

    formed: CouncilFormed | None = None
    terms: tuple[Term, ...] = ()

    def term(self, term: str) -> Term | None:
        return next((one for one in self.terms if one.opened.term == term), None)


def _decide_council(state: Council, command: Any) -> Sequence[Any]:
    if isinstance(command, FormCouncil):
        made = CouncilFormed(command.council, command.name, command.organisation, command.formed_on, command.document)
        if state.formed is not None and state.formed != made:
            raise AlreadyThere(f"Council {command.council} exists as {state.formed.name!r}.", council=command.council)
        return [] if state.formed else [made]
    if state.formed is None:
        raise NotFound(f"There is no council {command.council}; form it first.", council=command.council)
    match command:
        case OpenTerm():
            return _open(state, state.formed, command)
        case AppointMember():
            return _appoint(_known_term(state, command.term), command)
        case RelieveMember():
            return _relieve(_known_term(state, command.term), command)
    raise TypeError(f"A council takes no {type(command).__name__}")


def _open(state: Council, formed: CouncilFormed, command: OpenTerm) -> Sequence[Any]:
    made = CouncilTermOpened(command.council, command.term, command.from_on, command.until_on, command.document)
    known = state.term(command.term)
    if known is not None and known.opened == made:
        return []
    if known is not None:
        raise AlreadyThere(f"The term {command.term} of {command.council} exists with other days or another document.", term=command.term)
    if command.until_on < command.from_on:
        raise TermConflict(f"A term cannot end on {command.until_on} before it begins on {command.from_on}.", term=command.term)
    if command.from_on < formed.formed_on:
        raise TermConflict(f"The council was formed on {formed.formed_on}; no term of it begins before.", term=command.term)
    for other in state.terms:
        if command.from_on <= other.opened.until_on and other.opened.from_on <= command.until_on:
            raise TermConflict(
                f"The term {other.opened.term} lasts from {other.opened.from_on} to {other.opened.until_on}; terms do not overlap.",
                term=command.term,
            )
    return [made]


def _known_term(state: Council, term: str) -> Term:
    found = state.term(term)
    if found is None:
        raise NotFound(f"The council has no term {term}; open it first.", term=term)
    return found


def _appoint(term: Term, command: AppointMember) -> Sequence[Any]:
    opened = term.opened
    for seated in term.seats:
        if (seated.person, seated.seat, seated.from_on, seated.relieved) == (command.person, command.seat, command.from_on, False):
            return []
    if not opened.from_on <= command.from_on <= opened.until_on:
        raise SeatConflict(
            f"The term {opened.term} lasts from {opened.from_on} to {opened.until_on}; nobody is appointed for {command.from_on}.",
            person=command.person,
        )
    for seated in term.seats:
        if seated.until_on < command.from_on:
            continue
        if seated.person == command.person:
            raise SeatConflict(
                f"The person sits in the council as {seated.seat} from {seated.from_on} to {seated.until_on}; relieve them of it first.",
                person=command.person,
            )
        if seated.seat == command.seat == Seat.CHAIR:
            raise SeatConflict(
                f"The council has a chair from {seated.from_on} to {seated.until_on}, and one at a time; relieve them first.",
                person=seated.person,
            )
    return [CouncilMemberAppointed(command.council, command.term, command.person, command.seat, command.from_on)]


def _relieve(term: Term, command: RelieveMember) -> Sequence[Any]:
    for seated in term.seats:
        if seated.person != command.person:
            continue
        if seated.relieved and seated.until_on == command.until_on:
            return []
        if not seated.relieved:
            if not seated.from_on <= command.until_on < term.opened.until_on:
                raise SeatConflict(
                    f"The person sits in the council from {seated.from_on} to the end of the term on {term.opened.until_on}; they cannot "
                    f"be relieved on {command.until_on}.",
                    person=command.person,
                )
            return [CouncilMemberRelieved(command.council, command.term, command.person, seated.from_on, command.until_on, command.reason)]
    raise NotFound(f"The person has no seat in the term {command.term}.", person=command.person)


def _evolve_council(state: Council, event: Any) -> Council:
    match event:
        case CouncilFormed():
            return replace(state, formed=event)
        case CouncilTermOpened():
            return replace(state, terms=(*state.terms, Term(event)))
        case CouncilMemberAppointed():
            return _with_seats(
                state, event.term, lambda term: (*term.seats, Seated(event.person, event.seat, event.from_on, term.opened.until_on))
            )
        case CouncilMemberRelieved():
            return _with_seats(
                state,
                event.term,
                lambda term: tuple(
                    replace(one, until_on=event.until_on, relieved=True)
                    if (one.person, one.from_on) == (event.person, event.from_on)
                    else one
                    for one in term.seats
                ),
            )
    return state


def _with_seats(state: Council, term: str, seats: Any) -> Council:
    return replace(state, terms=tuple(replace(one, seats=seats(one)) if one.opened.term == term else one for one in state.terms))


COUNCIL = Decider(Council(), _decide_council, _evolve_council)
