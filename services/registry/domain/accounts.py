"""Accounts (tài khoản) and their roles: state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.registry.domain.errors import AlreadyThere
from shared.decider import Decider
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """Open an account for a post (chức danh), not a named person; `organisation` is where the post is."""

    account: str
    login: str
    post: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Give an account a role within a scope: an organisation, a cluster, or "*" for the whole network."""

    account: str
    role: str
    scope: str


@dataclass(frozen=True, slots=True)
class RevokeRole:
    """Take a role away."""

    account: str
    role: str
    scope: str


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
    """An account holds a role within a scope."""

    account: str
    role: str
    scope: str


@dataclass(frozen=True, slots=True)
class RoleRevoked:
    """An account holds a role no more."""

    account: str
    role: str
    scope: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its stream says it is."""

    opened: AccountOpened | None = None
    roles: frozenset[tuple[str, str]] = frozenset()


def _decide_account(state: Account, command: Any) -> Sequence[Any]:
    if isinstance(command, OpenAccount):
        made = AccountOpened(command.account, command.login, command.post, command.organisation)
        if state.opened is not None and state.opened != made:
            raise AlreadyThere(f"Account {command.account} exists for {state.opened.post!r}.", account=command.account)
        return [] if state.opened else [made]
    if state.opened is None:
        raise NotFound(f"There is no account {command.account}.", account=command.account)
    held = (command.role, command.scope) in state.roles
    match command:
        case GrantRole():
            return [] if held else [RoleGranted(command.account, command.role, command.scope)]
        case RevokeRole():
            return [RoleRevoked(command.account, command.role, command.scope)] if held else []
    raise TypeError(f"An account takes no {type(command).__name__}")


def _evolve_account(state: Account, event: Any) -> Account:
    match event:
        case AccountOpened():
            return replace(state, opened=event)
        case RoleGranted():
            return replace(state, roles=state.roles | {(event.role, event.scope)})
        case RoleRevoked():
            return replace(state, roles=state.roles - {(event.role, event.scope)})
    return state


ACCOUNT = Decider(Account(), _decide_account, _evolve_account, snapshots=1)


def _decide_login(state: LoginReserved | None, command: OpenAccount) -> Sequence[Any]:
    if state is None:
        return [LoginReserved(command.login, command.account)]
    if state.account == command.account:
        return []
    raise AlreadyThere(f"The sign-in name {command.login!r} is taken; choose another.", login=command.login)


LOGIN: Decider[LoginReserved | None] = Decider(None, _decide_login, lambda _state, event: event)
