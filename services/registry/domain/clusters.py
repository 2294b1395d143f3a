"""Clusters (khối, cụm thi đua), their members and leaders: state, events and decisions.

`effective_on` is the first day on which the new holds. `document`: number and date of the paper that says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, TypeVar

from services.registry.domain.errors import AlreadyThere, ClusterEnded, LeaderNotMember, MembershipConflict, NotOpen
from services.registry.domain.history import Organisation
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


class Completeness(StrEnum):
    """Whether the recorded list of members is all of them, as far as its source says."""

    COMPLETE = "complete"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class FormCluster:
    """Form a cluster; `organiser` is the organisation whose standing office runs it, level: data, as of organisations."""

    cluster: str
    name: str
    organiser: str
    formed_on: date
    leader_rule: LeaderRule = LeaderRule.ELECTED
    level: str | None = None


@dataclass(frozen=True, slots=True)
class DescribeList:
    """Say how complete the list of members is and what it is taken from; as_of: the day that the source tells of."""

    cluster: str
    completeness: Completeness
    source: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class RenameCluster:
    """Give the cluster another name."""

    cluster: str
    name: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class DissolveCluster:
    """End the cluster, and with it the memberships that last."""

    cluster: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class AdmitMember:
    """Admit a unit from a date."""

    cluster: str
    unit: str
    from_on: date


@dataclass(frozen=True, slots=True)
class AdmitMembers:
    """Admit several units from a date, all or none."""

    cluster: str
    units: tuple[str, ...]
    from_on: date


@dataclass(frozen=True, slots=True)
class ReleaseMember:
    """End a unit's membership; `until_on` is its last day."""

    cluster: str
    unit: str
    until_on: date


@dataclass(frozen=True, slots=True)
class DesignateLeader:
    """Say who leads the cluster in a season and who are the deputies, in their order, with the document it rests on."""

    cluster: str
    season: int
    leader: str
    basis: Basis
    document: str
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentToLead:
    """Say that a unit is ready to lead the cluster in a season (đồng ý làm khối trưởng); on: the day it said so."""

    cluster: str
    season: int
    unit: str
    on: date


@dataclass(frozen=True, slots=True)
class DeclineToLead:
    """Say that a unit will not lead the cluster in a season (từ chối), and why; on: the day it said so."""

    cluster: str
    season: int
    unit: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class ClusterFormed:
    """A cluster exists from a date."""

    SCHEMA: ClassVar[int] = 2

    cluster: str
    name: str
    organiser: str
    formed_on: date
    leader_rule: LeaderRule
    level: str | None

    @property
    def effective_on(self) -> date:
        return self.formed_on


@dataclass(frozen=True, slots=True)
class ClusterListDescribed:
    """How complete the recorded list of members is, and what it is taken from; a later description replaces an earlier one."""

    cluster: str
    completeness: Completeness
    source: str
    as_of: date | None

    @property
    def effective_on(self) -> date | None:
        return self.as_of


@dataclass(frozen=True, slots=True)
class ClusterRenamed:
    """A cluster has another name from a day on."""

    cluster: str
    name: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class ClusterDissolved:
    """A cluster is no more from a day on; the memberships that lasted end by events of their own."""

    cluster: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class MemberAdmitted:
    """A unit is a member from a date."""

    cluster: str
    unit: str
    from_on: date

    @property
    def effective_on(self) -> date:
        return self.from_on


@dataclass(frozen=True, slots=True)
class MemberReleased:
    """A unit was a member up to and with a date."""

    cluster: str
    unit: str
    until_on: date

    @property
    def effective_on(self) -> date:
        return self.until_on + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LeaderDesignated:
    """Leader (khối trưởng) and deputies (khối phó) of a season; a later designation of the season replaces an earlier one."""

    SCHEMA: ClassVar[int] = 2

    cluster: str
    season: int
    leader: str
    deputies: tuple[str, ...]
    basis: Basis
    document: str


@dataclass(frozen=True, slots=True)
class LeadershipConsented:
    """A unit is ready to lead in a season; what it says later replaces what it said before. It designates nobody."""

    cluster: str
    season: int
    unit: str
    on: date

    @property
    def effective_on(self) -> date:
        return self.on


@dataclass(frozen=True, slots=True)
class LeadershipDeclined:
    """A unit will not lead in a season; what it says later replaces what it said before."""

    cluster: str
    season: int
    unit: str
    on: date
    reason: str

    @property
    def effective_on(self) -> date:
        return self.on


Said = TypeVar("Said", LeadershipConsented, LeadershipDeclined)


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
    renamed: tuple[ClusterRenamed, ...] = ()
    described: ClusterListDescribed | None = None
    memberships: tuple[Membership, ...] = ()
    leaders: tuple[LeaderDesignated, ...] = ()
    consented: tuple[LeadershipConsented, ...] = ()
    declined: tuple[LeadershipDeclined, ...] = ()
    dissolved: ClusterDissolved | None = None


@dataclass(frozen=True, slots=True)
class ClusterGround:
    """What a decision rests on from outside the cluster: the organisations that the command names, as far as they are registered."""

    organisations: Mapping[str, Organisation] = field(default_factory=dict)

    def check(self, organisation: str, day: date, at: str) -> None:
        """Raises NotFound, or NotOpen for an organisation that is not there yet or no more on a day."""
        found = self.organisations.get(organisation)
        if found is None:
            raise NotFound(f"There is no organisation {organisation}; register it first.", organisation=organisation)
        if not found.open_on(day):
            opened_on, ended_on = found.life
            raise NotOpen(
                f"{organisation} is there from {opened_on} up to, not with, {ended_on}; {day} is outside. Choose another day, or who took "
                "over from it.",
                organisation=organisation,
                errors=[{"at": at, "message": "It is not there on that day."}],
            )


def cluster(ground: ClusterGround) -> Decider[Cluster]:
    """The cluster aggregate, deciding on this ground."""
    return replace(CLUSTER, decide=partial(_decide_cluster, ground))


def _decide_cluster(ground: ClusterGround, state: Cluster, command: Any) -> Sequence[Any]:
    if isinstance(command, FormCluster):
        return _form(ground, state, command)
    if state.formed is None:
        raise NotFound(f"There is no cluster {command.cluster}; form it first.", cluster=command.cluster)
    match command:
        case DescribeList():
            described = ClusterListDescribed(command.cluster, command.completeness, command.source, command.as_of)
            return [] if state.described == described else [described]
        case RenameCluster():
            return _rename(state, state.formed, command)
        case DissolveCluster():
            return _dissolve(state, state.formed, command)
        case AdmitMember():
            return _admit(ground, state, command)
        case AdmitMembers():
            return _admit_several(ground, state, command)
        case ReleaseMember():
            return _release(state, command)
        case DesignateLeader():
            return _designate(state, command)
        case ConsentToLead():
            return _answer(state, command, LeadershipConsented(command.cluster, command.season, command.unit, command.on))
        case DeclineToLead():
            return _answer(state, command, LeadershipDeclined(command.cluster, command.season, command.unit, command.on, command.reason))
    raise TypeError(f"A cluster takes no {type(command).__name__}")


def _form(ground: ClusterGround, state: Cluster, command: FormCluster) -> Sequence[Any]:
    made = ClusterFormed(command.cluster, command.name, command.organiser, command.formed_on, command.leader_rule, command.level)
    if state.formed == made:
        return []
    if state.formed is not None:
        raise AlreadyThere(f"Cluster {command.cluster} exists as {state.formed.name!r}.", cluster=command.cluster)
    if command.cluster in ground.organisations:
        raise AlreadyThere(f"{command.cluster} is the key of an organisation; give the cluster another.", cluster=command.cluster)
    ground.check(command.organiser, command.formed_on, "organiser")
    return [made]


def _rename(state: Cluster, formed: ClusterFormed, command: RenameCluster) -> Sequence[Any]:
    _check_lasts(state, command.effective_on)
    if command.effective_on <= formed.formed_on:
        raise ClusterEnded(f"{formed.name} was formed on {formed.formed_on}; it is renamed from a later day on.", cluster=command.cluster)
    made = ClusterRenamed(command.cluster, command.name, command.effective_on, command.document)
    return [] if made in state.renamed[-1:] else [made]


def _dissolve(state: Cluster, formed: ClusterFormed, command: DissolveCluster) -> Sequence[Any]:
    made = ClusterDissolved(command.cluster, command.effective_on, command.document)
    if state.dissolved == made:
        return []
    _check_lasts(state, date.max)
    if command.effective_on <= formed.formed_on:
        raise ClusterEnded(f"{formed.name} was formed on {formed.formed_on}; it ends on a later day.", cluster=command.cluster)
    for period in state.memberships:
        if (period.until_on or period.from_on) >= command.effective_on:
            raise MembershipConflict(
                f"{period.unit} is a member on {period.until_on or period.from_on}; the cluster cannot end on {command.effective_on}.",
                unit=period.unit,
            )
    last_day = command.effective_on - timedelta(days=1)
    lasting = [period.unit for period in state.memberships if period.until_on is None]
    return [*(MemberReleased(command.cluster, unit, last_day) for unit in lasting), made]


def _check_lasts(state: Cluster, day: date) -> None:
    if state.dissolved is not None and day >= state.dissolved.effective_on:
        raise ClusterEnded(
            f"The cluster was dissolved from {state.dissolved.effective_on} on ({state.dissolved.document}).",
            cluster=state.dissolved.cluster,
        )


def _admit_several(ground: ClusterGround, state: Cluster, command: AdmitMembers) -> Sequence[Any]:
    admitted: list[Any] = []
    for unit in dict.fromkeys(command.units):
        admitted += _admit(ground, state, AdmitMember(command.cluster, unit, command.from_on))
    return admitted


def _admit(ground: ClusterGround, state: Cluster, command: AdmitMember) -> Sequence[Any]:
    ground.check(command.unit, command.from_on, "unit")
    _check_lasts(state, date.max)
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
    _check_lasts(state, date(command.season, 1, 1))
    members = {period.unit for period in state.memberships if period.holds_in(command.season)}
    for unit in (command.leader, *command.deputies):
        if unit not in members:
            raise LeaderNotMember(f"{unit} is no member of {command.cluster} in {command.season}; admit it first.", unit=unit)
    if len({command.leader, *command.deputies}) <= len(command.deputies):
        raise LeaderNotMember(
            f"{command.leader} and {', '.join(command.deputies)} are not as many different units; name each of them once.",
            unit=command.leader,
        )
    made = LeaderDesignated(command.cluster, command.season, command.leader, command.deputies, command.basis, command.document)
    latest = [leader for leader in state.leaders if leader.season == command.season][-1:]
    return [] if latest == [made] else [made]


def _answer(
    state: Cluster, command: ConsentToLead | DeclineToLead, made: LeadershipConsented | LeadershipDeclined
) -> Sequence[LeadershipConsented | LeadershipDeclined]:
    _check_lasts(state, date(command.season, 1, 1))
    if not any(period.unit == command.unit and period.holds_in(command.season) for period in state.memberships):
        raise LeaderNotMember(f"{command.unit} is no member of {command.cluster} in {command.season}; admit it first.", unit=command.unit)
    return [] if made in (*state.consented, *state.declined) else [made]


def _without(said: Sequence[Said], event: LeadershipConsented | LeadershipDeclined) -> tuple[Said, ...]:
    """What other units, and for other seasons, said."""
    return tuple(one for one in said if (one.unit, one.season) != (event.unit, event.season))


def _evolve_cluster(state: Cluster, event: Any) -> Cluster:
    match event:
        case ClusterFormed():
            return replace(state, formed=event)
        case ClusterListDescribed():
            return replace(state, described=event)
        case ClusterRenamed():
            return replace(state, renamed=(*state.renamed, event))
        case ClusterDissolved():
            return replace(state, dissolved=event)
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
        case LeadershipConsented():
            return replace(state, consented=(*_without(state.consented, event), event), declined=_without(state.declined, event))
        case LeadershipDeclined():
            return replace(state, consented=_without(state.consented, event), declined=(*_without(state.declined, event), event))
    return state


CLUSTER: Decider[Cluster] = Decider(Cluster(), partial(_decide_cluster, ClusterGround()), _evolve_cluster, snapshots=3)
"""For reading a cluster, and for what rests on nothing outside it."""
