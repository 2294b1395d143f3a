"""Organisations, clusters (khối, cụm thi đua) and accounts: state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from shared.decider import Decider
from shared.errors import DomainError, NotFound


class AlreadyThere(DomainError):
    """What should be made exists already, with other particulars."""

    code = "registry.already_there"


class MembershipConflict(DomainError):
    """A membership would overlap another of the same unit, or end before it began."""

    code = "registry.membership"


class LeaderNotMember(DomainError):
    """Leader and deputy of a season are chosen from the cluster's members of that season."""

    code = "registry.leader_not_member"


# Organisation (cơ quan, đơn vị)


@dataclass(frozen=True, slots=True)
class RegisterOrganisation:
    """Register an organisation. code: the electronic identification code (QĐ 20/2020/QĐ-TTg) where there is one."""

    organisation: str
    name: str
    level: str
    opened_on: date | None = None
    code: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class OrganisationRegistered:
    """An organisation exists, from a date where it is known, at a level (data, not a fixed list), under a parent where it has one."""

    organisation: str
    name: str
    level: str
    opened_on: date | None
    code: str | None
    parent: str | None


def _decide_organisation(state: OrganisationRegistered | None, command: RegisterOrganisation) -> Sequence[Any]:
    made = OrganisationRegistered(command.organisation, command.name, command.level, command.opened_on, command.code, command.parent)
    if state is None:
        if command.parent == command.organisation:
            raise AlreadyThere(f"{command.organisation} cannot be its own parent.", organisation=command.organisation)
        return [made]
    if state == made:
        return []
    raise AlreadyThere(f"{command.organisation} is registered as {state.name!r} with other particulars.", organisation=state.organisation)


ORGANISATION: Decider[OrganisationRegistered | None] = Decider(None, _decide_organisation, lambda _state, event: event)


# Cluster (khối, cụm thi đua)


class Basis(StrEnum):
    """How leader and deputy came to be: elected by the members (bầu, suy tôn), by rotation (luân phiên), or appointed (chỉ định)."""

    ELECTED = "elected"
    ROTATION = "rotation"
    APPOINTED = "appointed"


class LeaderRule(StrEnum):
    """How members take turns in leading: by election, in rotation (never led first, then longest ago), or by rank."""

    ELECTED = "elected"
    ROTATION = "rotation"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class FormCluster:
    """Form a cluster; `organiser` is the organisation whose standing office runs it."""

    cluster: str
    name: str
    organiser: str
    formed_on: date
    leader_rule: LeaderRule = LeaderRule.ELECTED


@dataclass(frozen=True, slots=True)
class AdmitMember:
    """Admit a unit from a date."""

    cluster: str
    unit: str
    from_on: date


@dataclass(frozen=True, slots=True)
class ReleaseMember:
    """End a unit's membership; `until_on` is its last day."""

    cluster: str
    unit: str
    until_on: date


@dataclass(frozen=True, slots=True)
class DesignateLeader:
    """Say who leads the cluster in a season, with the document it rests on."""

    cluster: str
    season: int
    leader: str
    deputy: str | None
    basis: Basis
    document: str


@dataclass(frozen=True, slots=True)
class ClusterFormed:
    """A cluster exists from a date."""

    cluster: str
    name: str
    organiser: str
    formed_on: date
    leader_rule: LeaderRule


@dataclass(frozen=True, slots=True)
class MemberAdmitted:
    """A unit is a member from a date."""

    cluster: str
    unit: str
    from_on: date


@dataclass(frozen=True, slots=True)
class MemberReleased:
    """A unit was a member up to and with a date."""

    cluster: str
    unit: str
    until_on: date


@dataclass(frozen=True, slots=True)
class LeaderDesignated:
    """Leader (khối trưởng) and deputy (khối phó) of a season; a later designation of the season replaces an earlier one."""

    cluster: str
    season: int
    leader: str
    deputy: str | None
    basis: Basis
    document: str


@dataclass(frozen=True, slots=True)
class Membership:
    """One period of one unit; until_on is None while it lasts."""

    unit: str
    from_on: date
    until_on: date | None = None

    def holds_in(self, season: int) -> bool:
        """Whether the unit is a member on any day of the season's calendar year."""
        return self.from_on.year <= season and (self.until_on is None or self.until_on.year >= season)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as its stream says it is."""

    formed: ClusterFormed | None = None
    memberships: tuple[Membership, ...] = ()
    leaders: tuple[LeaderDesignated, ...] = ()


def _decide_cluster(state: Cluster, command: Any) -> Sequence[Any]:
    if isinstance(command, FormCluster):
        made = ClusterFormed(command.cluster, command.name, command.organiser, command.formed_on, command.leader_rule)
        if state.formed is not None and state.formed != made:
            raise AlreadyThere(f"Cluster {command.cluster} exists as {state.formed.name!r}.", cluster=command.cluster)
        return [] if state.formed else [made]
    if state.formed is None:
        raise NotFound(f"There is no cluster {command.cluster}; form it first.", cluster=command.cluster)
    match command:
        case AdmitMember():
            return _admit(state, command)
        case ReleaseMember():
            return _release(state, command)
        case DesignateLeader():
            return _designate(state, command)
    raise TypeError(f"A cluster takes no {type(command).__name__}")


def _admit(state: Cluster, command: AdmitMember) -> Sequence[Any]:
    for period in state.memberships:
        if period.unit != command.unit:
            continue
        if period.from_on == command.from_on and period.until_on is None:
            return []
        if period.until_on is None or period.until_on >= command.from_on:
            raise MembershipConflict(
                f"{command.unit} is a member from {period.from_on} to {period.until_on or 'now'}; a new membership cannot begin on "
                f"{command.from_on}. End the old one first.",
                unit=command.unit,
            )
    return [MemberAdmitted(command.cluster, command.unit, command.from_on)]


def _release(state: Cluster, command: ReleaseMember) -> Sequence[Any]:
    for period in state.memberships:
        if period.unit == command.unit and period.until_on == command.until_on:
            return []
        if period.unit == command.unit and period.until_on is None:
            if command.until_on < period.from_on:
                raise MembershipConflict(
                    f"{command.unit} became a member on {period.from_on}; it cannot leave on {command.until_on}.", unit=command.unit
                )
            return [MemberReleased(command.cluster, command.unit, command.until_on)]
    raise NotFound(f"{command.unit} is no member of {command.cluster}.", unit=command.unit)


def _designate(state: Cluster, command: DesignateLeader) -> Sequence[Any]:
    members = {period.unit for period in state.memberships if period.holds_in(command.season)}
    for unit in (command.leader, command.deputy):
        if unit is not None and unit not in members:
            raise LeaderNotMember(f"{unit} is no member of {command.cluster} in {command.season}; admit it first.", unit=unit)
    if command.deputy == command.leader:
        raise LeaderNotMember(f"{command.leader} cannot be leader and deputy of {command.season} at once.", unit=command.leader)
    made = LeaderDesignated(command.cluster, command.season, command.leader, command.deputy, command.basis, command.document)
    latest = [leader for leader in state.leaders if leader.season == command.season][-1:]
    return [] if latest == [made] else [made]


def _evolve_cluster(state: Cluster, event: Any) -> Cluster:
    match event:
        case ClusterFormed():
            return replace(state, formed=event)
        case MemberAdmitted():
            return replace(state, memberships=(*state.memberships, Membership(event.unit, event.from_on)))
        case MemberReleased():
            return replace(
                state,
                memberships=tuple(
                    replace(period, until_on=event.until_on) if period.unit == event.unit and period.until_on is None else period
                    for period in state.memberships
                ),
            )
        case LeaderDesignated():
            return replace(state, leaders=(*state.leaders, event))
    return state


CLUSTER = Decider(Cluster(), _decide_cluster, _evolve_cluster, snapshots=1)


# Account (tài khoản) and roles


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


# The network itself: its first administrator


@dataclass(frozen=True, slots=True)
class FoundNetwork:
    """Found the network of this site; `sample` marks one that holds sample accounts with published passwords."""

    administrator: str
    sample: bool


@dataclass(frozen=True, slots=True)
class NetworkFounded:
    """This site's network exists, with its first administrator."""

    administrator: str
    sample: bool


def _decide_network(state: NetworkFounded | None, command: FoundNetwork) -> Sequence[Any]:
    made = NetworkFounded(command.administrator, command.sample)
    if state is None:
        return [made]
    if state == made:
        return []
    raise AlreadyThere("This network has been founded already; sign in as its administrator.", administrator=state.administrator)


NETWORK: Decider[NetworkFounded | None] = Decider(None, _decide_network, lambda _state, event: event)
