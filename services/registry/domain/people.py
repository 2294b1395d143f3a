"""People (người): the posts (chức vụ) they hold in units, transfers (điều động, thuyên chuyển) between these, and forgetting a person.

Who somebody is stands here only as it is sealed; nothing in this module can read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from services.registry.domain.errors import (
    AlreadyThere,
    PersonIsForgotten,
    PostConflict,
    SameHand,
    TransferSettled,
)
from shared.decider import Decider
from shared.errors import NotFound
from shared.sealed import Sealed

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """Register a person with their first post: somebody of no unit would be in nobody's care."""

    person: str
    sealed: Sealed
    post: str
    unit: str
    from_on: date
    document: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectDetails:
    """Put right what is recorded of a person."""

    person: str
    sealed: Sealed
    reason: str


@dataclass(frozen=True, slots=True)
class TakePost:
    """Take up a post in a unit from a date."""

    person: str
    post: str
    unit: str
    from_on: date
    document: str | None = None


@dataclass(frozen=True, slots=True)
class LeavePost:
    """Leave a post; `until_on` is the last day in it."""

    person: str
    post: str
    unit: str
    until_on: date
    document: str | None = None


@dataclass(frozen=True, slots=True)
class OfferTransfer:
    """Offer a person who holds a post here to another unit, where `moves_on` would be their first day; `by`: the account that offers."""

    transfer: str
    person: str
    post: str
    from_unit: str
    to_unit: str
    moves_on: date
    document: str
    by: str


@dataclass(frozen=True, slots=True)
class AcceptTransfer:
    """Accept a transfer into a post of the receiving unit."""

    transfer: str
    person: str
    post: str
    document: str
    by: str


@dataclass(frozen=True, slots=True)
class RefuseTransfer:
    """Refuse a transfer in the name of the receiving unit."""

    transfer: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawTransfer:
    """Take an offer back in the name of the giving unit."""

    transfer: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class ForgetPerson:
    """Forget a person on their request; `ground`: the provision (Law 91/2025/QH15 or another) that it rests on."""

    person: str
    ground: str
    requested_on: date


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Ask whether a person is registered and not forgotten, for a decision elsewhere that rests on it."""

    person: str


@dataclass(frozen=True, slots=True)
class PersonRegistered:
    """A person is known, by an id that says nothing of them."""

    person: str
    sealed: Sealed


@dataclass(frozen=True, slots=True)
class PersonDetailsCorrected:
    """What is recorded of a person was not right; this is."""

    person: str
    sealed: Sealed
    reason: str


@dataclass(frozen=True, slots=True)
class PostTaken:
    """A person holds a post in a unit from a date."""

    person: str
    post: str
    unit: str
    from_on: date
    document: str | None

    @property
    def effective_on(self) -> date:
        return self.from_on


@dataclass(frozen=True, slots=True)
class PostLeft:
    """A person held a post, which they took on `from_on`, up to and with a date."""

    person: str
    post: str
    unit: str
    from_on: date
    until_on: date
    document: str | None

    @property
    def effective_on(self) -> date:
        """The first day without the post."""
        return self.until_on + ONE_DAY


@dataclass(frozen=True, slots=True)
class TransferOffered:
    """A unit offers a person who holds a post in it to another unit."""

    transfer: str
    person: str
    post: str
    from_unit: str
    to_unit: str
    moves_on: date
    document: str
    offered_by: str


@dataclass(frozen=True, slots=True)
class TransferAccepted:
    """The receiving unit takes the person, into this post."""

    transfer: str
    person: str
    post: str
    document: str


@dataclass(frozen=True, slots=True)
class TransferRefused:
    """The receiving unit does not take the person."""

    transfer: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class TransferWithdrawn:
    """The giving unit does not offer the person any more."""

    transfer: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonForgotten:
    """A person's data can be read no more: their key is destroyed."""

    person: str
    ground: str
    requested_on: date


@dataclass(frozen=True, slots=True)
class Held:
    """One period of one post; until_on is None while it lasts."""

    post: str
    unit: str
    from_on: date
    document: str | None
    until_on: date | None = None


class TransferState(StrEnum):
    """How a transfer stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer: what was offered and, once it is settled, what said so."""

    offered: TransferOffered
    settled: TransferAccepted | TransferRefused | TransferWithdrawn | None = None

    @property
    def state(self) -> TransferState:
        match self.settled:
            case TransferAccepted():
                return TransferState.ACCEPTED
            case TransferRefused():
                return TransferState.REFUSED
            case TransferWithdrawn():
                return TransferState.WITHDRAWN
        return TransferState.OFFERED


@dataclass(frozen=True, slots=True)
class Person:
    """A person as their stream says they are; sealed: the last that was recorded, also of one who is forgotten."""

    sealed: Sealed | None = None
    posts: tuple[Held, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    forgotten: PersonForgotten | None = None

    def transfer(self, transfer: str) -> Transfer | None:
        return next((one for one in self.transfers if one.offered.transfer == transfer), None)

    def units(self) -> frozenset[str]:
        """The units that the person belongs to or is offered to."""
        offered = {one.offered.to_unit for one in self.transfers if one.settled is None}
        return frozenset({held.unit for held in self.posts if held.until_on is None} | offered)


def _decide_person(state: Person, command: Any) -> Sequence[Any]:
    if isinstance(command, RegisterPerson):
        return _register(state, command)
    if state.sealed is None:
        raise NotFound(f"There is no person {command.person}; register them first.", person=command.person)
    if isinstance(command, CorrectDetails | TakePost | OfferTransfer | AcceptTransfer | AskPerson):
        _remembered(state, command.person)
    match command:
        case LeavePost():
            return _leave(state, command)
        case RefuseTransfer():
            return _settle(state, command, TransferRefused(command.transfer, command.person, command.reason))
        case WithdrawTransfer():
            return _settle(state, command, TransferWithdrawn(command.transfer, command.person, command.reason))
        case ForgetPerson():
            return [] if state.forgotten else [PersonForgotten(command.person, command.ground, command.requested_on)]
        case CorrectDetails():
            same = command.sealed == state.sealed
            return [] if same else [PersonDetailsCorrected(command.person, command.sealed, command.reason)]
        case TakePost():
            return _take(state, command)
        case OfferTransfer():
            return _offer(state, command)
        case AcceptTransfer():
            return _accept(state, command)
        case AskPerson():
            return []
    raise TypeError(f"A person takes no {type(command).__name__}")


def _register(state: Person, command: RegisterPerson) -> Sequence[Any]:
    taken = PostTaken(command.person, command.post, command.unit, command.from_on, command.document)
    if state.sealed is None:
        return [PersonRegistered(command.person, command.sealed), taken]
    _remembered(state, command.person)
    if command.sealed == state.sealed and any(_begun(held, taken) for held in state.posts):
        return []
    raise AlreadyThere(f"Person {command.person} is registered with other particulars.", person=command.person)


def _remembered(state: Person, person: str) -> None:
    if state.forgotten is not None:
        raise PersonIsForgotten(f"Person {person} is forgotten; nothing new is recorded of them.", person=person)


def _begun(held: Held, taken: PostTaken) -> bool:
    """Whether this period is the one that began so."""
    return (held.post, held.unit, held.from_on, held.document) == (taken.post, taken.unit, taken.from_on, taken.document)


def _take(state: Person, command: TakePost) -> Sequence[Any]:
    taken = PostTaken(command.person, command.post, command.unit, command.from_on, command.document)
    if any(_begun(held, taken) and held.until_on is None for held in state.posts):
        return []
    _refuse_overlap(state, taken)
    return [taken]


def _refuse_overlap(state: Person, taken: PostTaken) -> None:
    for held in state.posts:
        if (held.post, held.unit) == (taken.post, taken.unit) and (held.until_on is None or held.until_on >= taken.from_on):
            raise PostConflict(
                f"The person holds the post {taken.post!r} in {taken.unit} from {held.from_on} to {held.until_on or 'now'}; it cannot be "
                f"taken again on {taken.from_on}. Give another day, or end the old period first.",
                post=taken.post,
                unit=taken.unit,
            )


def _leave(state: Person, command: LeavePost) -> Sequence[Any]:
    for held in state.posts:
        if (held.post, held.unit) != (command.post, command.unit):
            continue
        if held.until_on == command.until_on:
            return []
        if held.until_on is None:
            if command.until_on < held.from_on:
                raise PostConflict(
                    f"The post {held.post!r} was taken on {held.from_on}; it cannot be left on {command.until_on}.",
                    post=held.post,
                    unit=held.unit,
                )
            return [PostLeft(command.person, held.post, held.unit, held.from_on, command.until_on, command.document)]
    raise NotFound(f"The person holds no post {command.post!r} in {command.unit}.", post=command.post, unit=command.unit)


def _offer(state: Person, command: OfferTransfer) -> Sequence[Any]:
    offered = TransferOffered(
        command.transfer,
        command.person,
        command.post,
        command.from_unit,
        command.to_unit,
        command.moves_on,
        command.document,
        command.by,
    )
    if (known := state.transfer(command.transfer)) is not None:
        if known.offered == offered:
            return []
        raise AlreadyThere(f"There is another transfer {command.transfer} of this person.", transfer=command.transfer)
    if command.to_unit == command.from_unit:
        raise PostConflict(f"A transfer leads to another unit than {command.from_unit}.", post=command.post, unit=command.to_unit)
    _leaving(state, offered)
    for other in state.transfers:
        if other.settled is None and (other.offered.post, other.offered.from_unit) == (command.post, command.from_unit):
            raise PostConflict(
                f"The person is offered to {other.offered.to_unit} already; withdraw that offer first.",
                post=command.post,
                unit=other.offered.to_unit,
            )
    return [offered]


def _leaving(state: Person, offered: TransferOffered) -> Held:
    """The period that a transfer ends, on the day before the move. Raises NotFound, PostConflict."""
    for held in state.posts:
        if (held.post, held.unit, held.until_on) == (offered.post, offered.from_unit, None):
            if held.from_on < offered.moves_on:
                return held
            raise PostConflict(
                f"The post {held.post!r} was taken on {held.from_on}; the person cannot move from it on {offered.moves_on}.",
                post=held.post,
                unit=held.unit,
            )
    raise NotFound(f"The person holds no post {offered.post!r} in {offered.from_unit}.", post=offered.post, unit=offered.from_unit)


def _accept(state: Person, command: AcceptTransfer) -> Sequence[Any]:
    accepted = TransferAccepted(command.transfer, command.person, command.post, command.document)
    transfer = _known_transfer(state, command.transfer)
    if transfer.settled == accepted:
        return []
    _refuse_settled(transfer)
    offered = transfer.offered
    if offered.offered_by == command.by:
        raise SameHand("Who offered a transfer does not accept it; the receiving unit does.", transfer=command.transfer)
    left = _leaving(state, offered)
    taken = PostTaken(command.person, command.post, offered.to_unit, offered.moves_on, command.document)
    _refuse_overlap(state, taken)
    last_day = offered.moves_on - ONE_DAY
    return [accepted, PostLeft(command.person, left.post, left.unit, left.from_on, last_day, offered.document), taken]


def _settle(state: Person, command: RefuseTransfer | WithdrawTransfer, settled: TransferRefused | TransferWithdrawn) -> Sequence[Any]:
    transfer = _known_transfer(state, command.transfer)
    if transfer.settled == settled:
        return []
    _refuse_settled(transfer)
    return [settled]


def _known_transfer(state: Person, transfer: str) -> Transfer:
    found = state.transfer(transfer)
    if found is None:
        raise NotFound(f"There is no transfer {transfer} of this person.", transfer=transfer)
    return found


def _refuse_settled(transfer: Transfer) -> None:
    if transfer.settled is not None:
        raise TransferSettled(
            f"Transfer {transfer.offered.transfer} was {transfer.state} already.",
            transfer=transfer.offered.transfer,
            state=str(transfer.state),
        )


def _evolve_person(state: Person, event: Any) -> Person:
    match event:
        case PersonRegistered() | PersonDetailsCorrected():
            return replace(state, sealed=event.sealed)
        case PostTaken():
            return replace(state, posts=(*state.posts, Held(event.post, event.unit, event.from_on, event.document)))
        case PostLeft():
            left = (event.post, event.unit, event.from_on)
            return replace(
                state,
                posts=tuple(
                    replace(held, until_on=event.until_on) if (held.post, held.unit, held.from_on) == left else held for held in state.posts
                ),
            )
        case TransferOffered():
            return replace(state, transfers=(*state.transfers, Transfer(event)))
        case TransferAccepted() | TransferRefused() | TransferWithdrawn():
            return replace(
                state,
                transfers=tuple(replace(one, settled=event) if one.offered.transfer == event.transfer else one for one in state.transfers),
            )
        case PersonForgotten():
            return replace(state, forgotten=event)
    return state


PERSON = Decider(Person(), _decide_person, _evolve_person)
