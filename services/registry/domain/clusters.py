"""Clusters (khối, cụm thi đua), their members and leaders: state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.registry.domain.errors import AlreadyThere, LeaderNotMember, MembershipConflict
from shared.decider import Decider
from shared.errors import NotFound


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
