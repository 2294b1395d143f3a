"""Urging (đôn đốc): reminders of what is due or late, and the functional mailboxes that they go to.

A unit's reminders are one stream, so that nobody reminds it twice a day of the same thing. What is due is no fact of its own: it follows
from registrations, covenants, sheets and findings, and comes in as ground.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.campaigns.domain.errors import NoMailbox, NothingDue
from shared.decider import Decider
from shared.errors import NotFound


class About(StrEnum):
    """What a unit owes. registration: đăng ký thi đua; compact: ký giao ước; sheet: phiếu chấm điểm; follow_up: khắc phục sau kiểm tra."""

    REGISTRATION = "registration"
    COMPACT = "compact"
    SHEET = "sheet"
    FOLLOW_UP = "follow_up"


class Channel(StrEnum):
    """How a reminder reaches the unit. page: it stands on the unit's pages; mail: also in its functional mailbox."""

    PAGE = "page"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that a unit owes.

    subject: which one, where a campaign asks for several: "<pass>/<unit scored>" of a sheet, "<inspection>/<finding>" of a follow-up.
    """

    unit: str
    about: About
    campaign: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class RemindUnit:
    """Remind a unit of what it owes, in these words."""

    unit: str
    about: About
    text: str
    campaign: str | None = None
    subject: str | None = None
    channel: Channel = Channel.PAGE

    @property
    def owed(self) -> Owed:
        return Owed(self.unit, self.about, self.campaign, self.subject)


@dataclass(frozen=True, slots=True)
class SetUnitMailbox:
    """Name the functional mailbox of a unit (hộp thư công vụ của đơn vị), or None to have none. Never a person's address."""

    unit: str
    address: str | None


@dataclass(frozen=True, slots=True)
class UnitReminded:
    """A unit was reminded; due_on is the day that it was told. address: where its mail goes, by the channel `mail`."""

    unit: str
    about: About
    campaign: str | None
    subject: str | None
    due_on: date
    text: str
    channel: Channel
    address: str | None
    effective_on: date


@dataclass(frozen=True, slots=True)
class UnitMailboxSet:
    """Mail to the unit goes here from now on; nowhere where the address is None."""

    unit: str
    address: str | None


@dataclass(frozen=True, slots=True)
class UrgingGround:
    """What a reminder rests on: until when it is due, None where it is not owed (any more); the legal date of the command.

    unit_known: whether the registry has such a unit.
    """

    due_on: date | None
    today: date
    unit_known: bool = True


@dataclass(frozen=True, slots=True)
class Reminders:
    """What a unit was told, as its stream says: its mailbox, and of each matter the latest reminder."""

    address: str | None = None
    latest: tuple[UnitReminded, ...] = ()


def reminders(ground: UrgingGround) -> Decider[Reminders]:
    """The reminders of a unit, deciding on this ground."""
    return replace(READ_REMINDERS, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: UrgingGround, state: Reminders, command: Any) -> Sequence[Any]:
    match command:
        case RemindUnit():
            return _remind(ground, state, command)
        case SetUnitMailbox():
            if not ground.unit_known:
                raise NotFound(f"There is no unit {command.unit}; register it first.", unit=command.unit)
            return [] if state.address == command.address else [UnitMailboxSet(command.unit, command.address)]
    raise TypeError(f"Reminders take no {type(command).__name__}")


def _remind(ground: UrgingGround, state: Reminders, command: RemindUnit) -> Sequence[Any]:
    """At most once a day of the same matter: whoever presses the button next sees that it has been done."""
    if any(_owed(one) == command.owed and one.effective_on == ground.today for one in state.latest):
        return []
    if ground.due_on is None:
        raise NothingDue(f"{command.unit} does not owe this any more; load the page again.", unit=command.unit)
    if command.channel is Channel.MAIL and state.address is None:
        raise NoMailbox(f"No mailbox of {command.unit} is known; name one, or remind it on its pages only.", unit=command.unit)
    return [
        UnitReminded(
            command.unit,
            command.about,
            command.campaign,
            command.subject,
            ground.due_on,
            command.text,
            command.channel,
            state.address if command.channel is Channel.MAIL else None,
            ground.today,
        )
    ]


def _owed(reminded: UnitReminded) -> Owed:
    return Owed(reminded.unit, reminded.about, reminded.campaign, reminded.subject)


def _evolve(state: Reminders, event: Any) -> Reminders:
    match event:
        case UnitMailboxSet():
            return replace(state, address=event.address)
        case UnitReminded():
            return replace(state, latest=(*(one for one in state.latest if _owed(one) != _owed(event)), event))
    return state


READ_REMINDERS: Decider[Reminders] = Decider(Reminders(), lambda _state, _command: (), _evolve)
"""Reminders that are only read."""
