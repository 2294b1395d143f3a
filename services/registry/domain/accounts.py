"""Accounts (tài khoản), the roles granted to them, and those that they lend to a stand-in (uỷ quyền): state, events and decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar

from services.registry.domain.errors import AlreadyThere, LastAdministrator, NotDelegable, RoleDates, RoleNotHeld, ScopeRefused
from shared.decider import Decider
from shared.errors import NotFound
from shared.roles import NETWORK, Role


class ScopeKind(StrEnum):
    """What a role is granted for."""

    NETWORK = "network"
    ORGANISATION = "organisation"
    CLUSTER = "cluster"


MEANINGS: Mapping[Role, tuple[ScopeKind, ...]] = {
    Role.ADMINISTRATOR: (ScopeKind.NETWORK,),
    Role.OFFICE: (ScopeKind.NETWORK, ScopeKind.ORGANISATION, ScopeKind.CLUSTER),
    Role.LEADER: (ScopeKind.CLUSTER,),
    Role.SECRETARY: (ScopeKind.ORGANISATION,),
    Role.COUNCIL: (ScopeKind.NETWORK,),
    Role.INSPECTOR: (ScopeKind.NETWORK,),
}
"""Where each role means something: a leader leads a cluster, a secretary acts for an organisation, an office may have its own clusters."""


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """Open an account for a post (chức danh), not a named person; `organisation` is where the post is."""

    account: str
    login: str
    post: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Give an account a role within a scope: an organisation, a cluster, or "*" for the whole network.

    from_on: today where it is not said; until_on: the last day, None while it is not ended; document: what it rests on.
    """

    account: str
    role: Role
    scope: str
    from_on: date | None = None
    until_on: date | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeRole:
    """Take a role away; effective_on: the first day without it, today where it is not said."""

    account: str
    role: Role
    scope: str
    effective_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DelegateRole:
    """Let another account stand in for this one, from a day (today where it is not said) to a last day."""

    account: str
    role: Role
    scope: str
    to_account: str
    until_on: date
    reason: str
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class EndDelegation:
    """End a delegation before its last day; effective_on: the first day without it, today where it is not said."""

    account: str
    role: Role
    scope: str
    to_account: str
    reason: str
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class KeepAdministering:
    """Asked of another administrator when administration is taken from one: it changes nothing and must find it held without end."""

    account: str


@dataclass(frozen=True, slots=True)
class LoginReserved:
    """A sign-in name belongs to an account for good; its stream is named by it, so that two accounts can never share one."""

    login: str
    account: str


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """An account exists for a post."""

    account: str
    login: str
    post: str
    organisation: str | None


@dataclass(frozen=True, slots=True)
class RoleGranted:
    """An account holds a role within a scope, in place of what was said of this role and scope before.

    from_on: None in what was recorded before grants had dates, which hold from their recording on; until_on: the last day.
    """

    SCHEMA: ClassVar[int] = 2

    account: str
    role: str
    scope: str
    from_on: date | None
    until_on: date | None
    document: str | None

    @property
    def effective_on(self) -> date | None:
        return self.from_on


@dataclass(frozen=True, slots=True)
class RoleRevoked:
    """An account holds a role no more, from a day on; None in what was recorded before revocations had dates: from its recording on."""

    SCHEMA: ClassVar[int] = 2

    account: str
    role: str
    scope: str
    effective_on: date | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class RoleDelegated:
    """Another account stands in for this one in a role and scope, from a day to a last day."""

    account: str
    role: str
    scope: str
    to_account: str
    from_on: date
    until_on: date
    reason: str

    @property
    def effective_on(self) -> date:
        return self.from_on


@dataclass(frozen=True, slots=True)
class DelegationEnded:
    """A delegation holds no more, from a day on."""

    account: str
    role: str
    scope: str
    to_account: str
    effective_on: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A role that was granted, with its first and last day."""

    role: str
    scope: str
    from_on: date | None
    until_on: date | None
    document: str | None

    def covers(self, first: date, last: date | None) -> bool:
        """Whether it holds on every day from the first to the last, None for ever."""
        begun = self.from_on is None or self.from_on <= first
        return begun and (self.until_on is None or (last is not None and last <= self.until_on))


@dataclass(frozen=True, slots=True)
class Lent:
    """A role in which another account stands in."""

    role: str
    scope: str
    to_account: str
    from_on: date
    until_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its stream says it is; one period at a time of each role and scope."""

    opened: AccountOpened | None = None
    held: tuple[Held, ...] = ()
    lent: tuple[Lent, ...] = ()

    def holding(self, role: str, scope: str) -> Held | None:
        return next((held for held in self.held if (held.role, held.scope) == (role, scope)), None)

    def administers(self, today: date) -> bool:
        """Whether the account administers the network today and without end."""
        held = self.holding(Role.ADMINISTRATOR, NETWORK)
        return held is not None and held.covers(today, None)


@dataclass(frozen=True, slots=True)
class AccountGround:
    """What a decision rests on from outside the account.

    today: the day in Viet Nam; scope: what the scope of the command is, None where nothing is known by that id; stand_in: whether the
    account that is to stand in exists.
    """

    today: date
    scope: ScopeKind | None = None
    stand_in: bool = False


def account(ground: AccountGround) -> Decider[Account]:
    """The account aggregate, deciding on this ground."""
    return replace(ACCOUNT, decide=partial(_decide_account, ground))


def _decide_account(ground: AccountGround, state: Account, command: Any) -> Sequence[Any]:
    if isinstance(command, OpenAccount):
        made = AccountOpened(command.account, command.login, command.post, command.organisation)
        if state.opened is not None and state.opened != made:
            raise AlreadyThere(f"Account {command.account} exists for {state.opened.post!r}.", account=command.account)
        return [] if state.opened else [made]
    if state.opened is None:
        raise NotFound(f"There is no account {command.account}.", account=command.account)
    match command:
        case GrantRole():
            return _grant(ground, state, command)
        case RevokeRole():
            return _revoke(ground, state, command)
        case DelegateRole():
            return _delegate(ground, state, command)
        case EndDelegation():
            return _end_delegation(ground, state, command)
        case KeepAdministering():
            return _keep_administering(ground, state)
    raise TypeError(f"An account takes no {type(command).__name__}")


def _grant(ground: AccountGround, state: Account, command: GrantRole) -> Sequence[Any]:
    _check_scope(ground, command)
    held = state.holding(command.role, command.scope)
    if held is not None and held.covers(ground.today, ground.today) and _says_what_holds(held, command):
        return []
    from_on = command.from_on or ground.today
    if command.until_on is not None and command.until_on < max(from_on, ground.today):
        raise RoleDates(
            f"The role would end on {command.until_on}, before it begins or before today; give a later last day.",
            errors=[{"at": "until_on", "message": "Give a day that is not past and not before the first one."}],
        )
    if held is not None and held.covers(ground.today, ground.today) and from_on > ground.today:
        raise RoleDates(
            f"The role is held now; granted anew from {from_on}, it would rest until then. Let it begin today or earlier.",
            errors=[{"at": "from_on", "message": "The role is held now; let the new period begin today or earlier."}],
        )
    made = RoleGranted(command.account, command.role, command.scope, from_on, command.until_on, command.document)
    if held is not None and _held(made) == held:
        return []
    return [made, *_uncovered(ground, state, made)]


def _says_what_holds(held: Held, command: GrantRole) -> bool:
    same_begin = command.from_on is None or command.from_on == held.from_on
    return same_begin and command.until_on == held.until_on and command.document in (None, held.document)


def _check_scope(ground: AccountGround, command: GrantRole) -> None:
    meanings = MEANINGS[command.role]
    wanted = " or ".join(meanings)
    if ground.scope is None:
        raise ScopeRefused(
            f"There is no organisation or cluster {command.scope}; register it first.",
            errors=[{"at": "scope", "message": "There is no such organisation or cluster."}],
        )
    if ground.scope not in meanings:
        raise ScopeRefused(
            f"{command.role} has no meaning for this scope; choose: {wanted}.",
            errors=[{"at": "scope", "message": f"Choose {wanted} for this role."}],
        )


def _revoke(ground: AccountGround, state: Account, command: RevokeRole) -> Sequence[Any]:
    effective_on = _effective_on(ground, command.effective_on)
    held = state.holding(command.role, command.scope)
    if held is None or (held.until_on is not None and held.until_on < effective_on):
        return []
    made = RoleRevoked(command.account, command.role, command.scope, effective_on, command.reason)
    return [made, *_lent_of(state, made, effective_on, command.reason)]


def _lent_of(state: Account, of: RoleRevoked, effective_on: date, reason: str | None) -> Iterator[DelegationEnded]:
    """A delegation ends when the role does that it was made of."""
    for lent in state.lent:
        if (lent.role, lent.scope) == (of.role, of.scope) and lent.until_on >= effective_on:
            yield DelegationEnded(of.account, lent.role, lent.scope, lent.to_account, effective_on, reason)


def _uncovered(ground: AccountGround, state: Account, made: RoleGranted) -> Iterator[DelegationEnded]:
    """Of the delegations, what the new period of the role does not cover."""
    held = _held(made)
    for lent in state.lent:
        first = max(lent.from_on, ground.today)
        if (lent.role, lent.scope) != (made.role, made.scope) or lent.until_on < first or held.covers(first, lent.until_on):
            continue
        begins_later = made.from_on is not None and made.from_on > first
        effective_on = first if begins_later or made.until_on is None else max(first, made.until_on + timedelta(days=1))
        yield DelegationEnded(made.account, lent.role, lent.scope, lent.to_account, effective_on, None)


def _delegate(ground: AccountGround, state: Account, command: DelegateRole) -> Sequence[Any]:
    from_on = command.from_on or ground.today
    if command.role == Role.ADMINISTRATOR:
        raise NotDelegable("Administration is not lent: a stand-in could grant it to itself. Grant it to the other account for a period.")
    if command.to_account == command.account or not ground.stand_in:
        raise NotFound(
            f"There is no other account {command.to_account} to stand in; choose one.",
            errors=[{"at": "to_account", "message": "Choose another account."}],
        )
    if not ground.today <= from_on <= command.until_on:
        raise RoleDates(
            f"From {from_on} to {command.until_on} is no time that is to come; check the dates.",
            errors=[{"at": "until_on", "message": "Give a day that is not past and not before the first one."}],
        )
    held = state.holding(command.role, command.scope)
    if held is None or not held.covers(from_on, command.until_on):
        raise RoleNotHeld(
            f"The account does not itself hold {command.role} for {command.scope} from {from_on} to {command.until_on}; what one holds as "
            "a stand-in is not lent on.",
            role=str(command.role),
            scope=command.scope,
        )
    made = RoleDelegated(command.account, command.role, command.scope, command.to_account, from_on, command.until_on, command.reason)
    before = _lent_to(state, command)
    repeated = before is not None and command.from_on is None and before.from_on <= ground.today
    if before is not None and (_lent(made) == before or (repeated and replace(_lent(made), from_on=before.from_on) == before)):
        return []
    return [made]


def _end_delegation(ground: AccountGround, state: Account, command: EndDelegation) -> Sequence[Any]:
    effective_on = _effective_on(ground, command.effective_on)
    lent = _lent_to(state, command)
    if lent is None or lent.until_on < effective_on:
        return []
    return [DelegationEnded(command.account, command.role, command.scope, command.to_account, effective_on, command.reason)]


def _lent_to(state: Account, command: DelegateRole | EndDelegation) -> Lent | None:
    wanted = (command.role, command.scope, command.to_account)
    return next((lent for lent in state.lent if (lent.role, lent.scope, lent.to_account) == wanted), None)


def _effective_on(ground: AccountGround, said: date | None) -> date:
    """What was done by a role was done rightly: it is not taken away for days that are past."""
    if said is not None and said < ground.today:
        raise RoleDates(
            f"A role is not taken back for days that are past, as {said} is; give today or a later day.",
            errors=[{"at": "effective_on", "message": "Give today or a later day."}],
        )
    return said or ground.today


def _keep_administering(ground: AccountGround, state: Account) -> Sequence[Any]:
    if not state.administers(ground.today):
        raise LastAdministrator("The last administrator stays: give the role without end to another account first.")
    return []


def _evolve_account(state: Account, event: Any) -> Account:
    match event:
        case AccountOpened():
            return replace(state, opened=event)
        case RoleGranted():
            return replace(state, held=(*_without(state.held, event.role, event.scope), _held(event)))
        case RoleRevoked():
            held = state.holding(event.role, event.scope)
            rest = _without(state.held, event.role, event.scope)
            return replace(state, held=(*rest, *_ended(held, event.effective_on)))
        case RoleDelegated():
            return replace(state, lent=(*_others(state.lent, event), _lent(event)))
        case DelegationEnded():
            lent = next((one for one in state.lent if one not in _others(state.lent, event)), None)
            return replace(state, lent=(*_others(state.lent, event), *_ended(lent, event.effective_on)))
    return state


def _held(event: RoleGranted) -> Held:
    return Held(event.role, event.scope, event.from_on, event.until_on, event.document)


def _lent(event: RoleDelegated) -> Lent:
    return Lent(event.role, event.scope, event.to_account, event.from_on, event.until_on, event.reason)


def _without(held: tuple[Held, ...], role: str, scope: str) -> tuple[Held, ...]:
    return tuple(one for one in held if (one.role, one.scope) != (role, scope))


def _others(lent: tuple[Lent, ...], event: RoleDelegated | DelegationEnded) -> tuple[Lent, ...]:
    said = (event.role, event.scope, event.to_account)
    return tuple(one for one in lent if (one.role, one.scope, one.to_account) != said)


def _ended(period: Any, effective_on: date | None) -> Sequence[Any]:
    """The period to the day before; none where it would not have begun by then, or ends with its recording."""
    if period is None or effective_on is None or effective_on <= (period.from_on or date.min):
        return ()
    return (replace(period, until_on=effective_on - timedelta(days=1)),)


ACCOUNT: Decider[Account] = Decider(Account(), partial(_decide_account, AccountGround(date.min)), _evolve_account, snapshots=2)
"""For reading an account, and for what is decided on no ground: to open it."""


def _decide_login(state: LoginReserved | None, command: OpenAccount) -> Sequence[Any]:
    if state is None:
        return [LoginReserved(command.login, command.account)]
    if state.account == command.account:
        return []
    raise AlreadyThere(f"The sign-in name {command.login!r} is taken; choose another.", login=command.login)


LOGIN: Decider[LoginReserved | None] = Decider(None, _decide_login, lambda _state, event: event)
