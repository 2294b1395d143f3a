"""Campaigns (phong trào thi đua): state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.campaigns.domain.errors import CampaignConflict, CampaignFinal, NotInAudience, NotReady, NotRegistered, PassOrder
from shared import rubric as rubrics
from shared.decider import Decider
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class LaunchCampaign:
    """Launch a campaign for a cluster and season under a published rubric.

    illustrative: its scores are an example and every page and export says so.
    """

    campaign: str
    title: str
    cluster: str
    season: int
    rubric: str
    starts_on: date
    ends_on: date
    registration_due_on: date
    legal_basis: str
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class RegisterUnit:
    """Register a unit (đăng ký thi đua)."""

    campaign: str
    unit: str


@dataclass(frozen=True, slots=True)
class SignCovenant:
    """Sign the covenant (giao ước thi đua); signatory is the post that signs."""

    campaign: str
    unit: str
    signatory: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who scores a unit in a pass: organisations, or the seats of a panel."""

    unit: str
    scorers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenPass:
    """Open a pass of scoring. Without assignments the custom of the pass is followed (`Ground.custom`)."""

    campaign: str
    pass_key: str
    due_on: date
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosePass:
    """Close a pass; what has not been submitted is left out."""

    campaign: str
    pass_key: str


@dataclass(frozen=True, slots=True)
class VoteCount:
    """The votes that one of the tied units received."""

    unit: str
    votes: int


@dataclass(frozen=True, slots=True)
class RecordTieVote:
    """Record the vote of the cluster's conference between units of equal score, for a rubric whose tie chain asks for one."""

    campaign: str
    counts: tuple[VoteCount, ...]
    held_on: date
    minutes: str


@dataclass(frozen=True, slots=True)
class FinaliseCampaign:
    """Declare the campaign's scores final (chốt kết quả)."""

    campaign: str


@dataclass(frozen=True, slots=True)
class CampaignLaunched:
    """A campaign runs for a cluster in a season, with the members it had then."""

    campaign: str
    title: str
    cluster: str
    season: int
    rubric: str
    starts_on: date
    ends_on: date
    registration_due_on: date
    legal_basis: str
    illustrative: bool
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitRegistered:
    """A unit takes part."""

    campaign: str
    unit: str


@dataclass(frozen=True, slots=True)
class CovenantSigned:
    """A unit has signed the covenant."""

    campaign: str
    unit: str
    signatory: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class PassOpened:
    """A pass is open to these scorers until it is closed; the panel is fixed from here on."""

    campaign: str
    pass_key: str
    due_on: date
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class PassClosed:
    """A pass takes no more scores."""

    campaign: str
    pass_key: str


@dataclass(frozen=True, slots=True)
class TieVoteRecorded:
    """The cluster's conference voted between tied units; a later vote replaces an earlier one."""

    campaign: str
    counts: tuple[VoteCount, ...]
    held_on: date
    minutes: str


@dataclass(frozen=True, slots=True)
class CampaignFinalised:
    """The campaign's scores are final."""

    campaign: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What the decision rests on from outside the campaign: the cluster's members and leader, its organiser, the rubric."""

    members: tuple[str, ...]
    organiser: str
    leader: str | None
    rubric: rubrics.Rubric

    def custom(self, pass_key: str, units: Sequence[str]) -> tuple[Assignment, ...]:
        """Who scores whom by custom: each unit itself; in the cross-check the next of the list; the leader, whom the organiser
        checks; the organiser in the central pass and in any other.

        Source: passes as in HD 804/HD-SNV 2018 (Thừa Thiên Huế): self, cluster leader and deputy, standing office.
        """
        if pass_key == "self":
            return tuple(Assignment(unit, (unit,)) for unit in units)
        if pass_key == "cross_check" and len(units) > 1:
            following = [*units[1:], units[0]]
            return tuple(Assignment(unit, (checker,)) for unit, checker in zip(units, following, strict=True))
        if pass_key == "cluster":
            if self.leader is None:
                raise NotReady("The cluster has no leader for this season; designate one in the registry before opening its pass.")
            return tuple(Assignment(unit, (self.organiser if unit == self.leader else self.leader,)) for unit in units)
        return tuple(Assignment(unit, (self.organiser,)) for unit in units)


@dataclass(frozen=True, slots=True)
class PassState:
    """A pass as the stream says it is."""

    opened: PassOpened
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as its stream says it is."""

    launched: CampaignLaunched | None = None
    registered: tuple[str, ...] = ()
    covenants: tuple[CovenantSigned, ...] = ()
    passes: tuple[PassState, ...] = ()
    vote: TieVoteRecorded | None = None
    final: bool = False

    def pass_state(self, pass_key: str) -> PassState | None:
        return next((state for state in self.passes if state.opened.pass_key == pass_key), None)


def campaign(ground: Ground) -> Decider[Campaign]:
    """The campaign aggregate, deciding on this ground."""
    return replace(READ, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: Ground, state: Campaign, command: Any) -> Sequence[Any]:
    if isinstance(command, LaunchCampaign):
        return _launch(ground, state, command)
    if state.launched is None:
        raise NotFound(f"There is no campaign {command.campaign}; launch it first.", campaign=command.campaign)
    if state.final:
        if isinstance(command, FinaliseCampaign):
            return []
        raise CampaignFinal(f"{state.launched.title} is final; nothing in it changes any more.", campaign=command.campaign)
    match command:
        case RegisterUnit():
            return _register(state, state.launched, command)
        case SignCovenant():
            return _sign(state, command)
        case OpenPass():
            return _open(ground, state, state.launched, command)
        case ClosePass():
            return _close(state, command)
        case RecordTieVote():
            return _vote(state, state.launched, command)
        case FinaliseCampaign():
            return _finalise(ground, state, command)
    raise TypeError(f"A campaign takes no {type(command).__name__}")


def _launch(ground: Ground, state: Campaign, command: LaunchCampaign) -> Sequence[Any]:
    if not ground.members:
        raise NotReady(f"Cluster {command.cluster} has no member in {command.season}; admit its units first.", cluster=command.cluster)
    if not command.starts_on <= command.registration_due_on <= command.ends_on:
        raise CampaignConflict(
            f"The dates do not follow one another: start {command.starts_on}, registration until {command.registration_due_on}, "
            f"end {command.ends_on}."
        )
    if ground.rubric.season != command.season:
        raise CampaignConflict(
            f"Rubric {command.rubric} is for season {ground.rubric.season}, the campaign for {command.season}; publish a copy for "
            f"{command.season}.",
            rubric=command.rubric,
        )
    if state.launched is None:
        return [
            CampaignLaunched(
                command.campaign,
                command.title,
                command.cluster,
                command.season,
                command.rubric,
                command.starts_on,
                command.ends_on,
                command.registration_due_on,
                command.legal_basis,
                command.illustrative,
                ground.members,
            )
        ]
    same = all(getattr(state.launched, name) == getattr(command, name) for name in LaunchCampaign.__slots__)
    if same:
        return []
    raise CampaignConflict(f"Campaign {command.campaign} runs already as {state.launched.title!r}.", campaign=command.campaign)


def _register(state: Campaign, launched: CampaignLaunched, command: RegisterUnit) -> Sequence[Any]:
    if command.unit not in launched.audience:
        raise NotInAudience(f"{command.unit} is no member of {launched.cluster} in {launched.season}.", unit=command.unit)
    if command.unit in state.registered:
        return []
    if state.passes:
        raise PassOrder("Scoring has begun; a unit registers before the first pass opens.", unit=command.unit)
    return [UnitRegistered(command.campaign, command.unit)]


def _sign(state: Campaign, command: SignCovenant) -> Sequence[Any]:
    if command.unit not in state.registered:
        raise NotRegistered(f"{command.unit} has not registered for {command.campaign}; register it first.", unit=command.unit)
    made = CovenantSigned(command.campaign, command.unit, command.signatory, command.signed_on)
    for signed in state.covenants:
        if signed.unit == command.unit:
            if signed == made:
                return []
            raise CampaignConflict(f"{command.unit} signed on {signed.signed_on} by {signed.signatory}.", unit=command.unit)
    return [made]


def _open(ground: Ground, state: Campaign, launched: CampaignLaunched, command: OpenPass) -> Sequence[Any]:
    keys = ground.rubric.pass_keys()
    if command.pass_key not in keys:
        raise NotFound(f"The rubric has no pass {command.pass_key!r}; it has {', '.join(keys)}.", pass_key=command.pass_key)
    assignments = command.assignments or ground.custom(command.pass_key, launched.audience)
    _check_assignments(launched, assignments)
    made = PassOpened(command.campaign, command.pass_key, command.due_on, assignments)
    already = state.pass_state(command.pass_key)
    if already is not None:
        if already.opened == made and not already.closed:
            return []
        raise PassOrder(f"Pass {command.pass_key} has been opened already.", pass_key=command.pass_key)
    expected = keys[len(state.passes)]
    if command.pass_key != expected:
        raise PassOrder(f"The next pass of the rubric is {expected}, not {command.pass_key}.", pass_key=command.pass_key, expected=expected)
    running = [one.opened.pass_key for one in state.passes if not one.closed]
    if running:
        raise PassOrder(f"Pass {running[0]} is still open; close it before {command.pass_key} begins.", pass_key=command.pass_key)
    return [made]


def _check_assignments(launched: CampaignLaunched, assignments: Sequence[Assignment]) -> None:
    """Every member may be scored, registered or not: not to have registered costs points (HD 804/HD-SNV 2018), it does not excuse."""
    units = [assignment.unit for assignment in assignments]
    for assignment in assignments:
        if assignment.unit not in launched.audience:
            raise NotInAudience(f"{assignment.unit} is no member of {launched.cluster} in {launched.season}.", unit=assignment.unit)
        if units.count(assignment.unit) > 1 or len(set(assignment.scorers)) != len(assignment.scorers) or not assignment.scorers:
            raise CampaignConflict(f"Name {assignment.unit} once, with each of its scorers once.", unit=assignment.unit)


def _close(state: Campaign, command: ClosePass) -> Sequence[Any]:
    found = state.pass_state(command.pass_key)
    if found is None:
        raise PassOrder(f"Pass {command.pass_key} is not open.", pass_key=command.pass_key)
    return [] if found.closed else [PassClosed(command.campaign, command.pass_key)]


def _vote(state: Campaign, launched: CampaignLaunched, command: RecordTieVote) -> Sequence[Any]:
    units = [count.unit for count in command.counts]
    if len(units) < 2:
        raise CampaignConflict("A vote is between tied units: name at least two, each with its votes.", campaign=command.campaign)
    for count in command.counts:
        if count.unit not in launched.audience or units.count(count.unit) > 1:
            raise NotInAudience(f"Name each tied unit of {launched.cluster} once; {count.unit} is not one.", unit=count.unit)
        if count.votes < 0:
            raise CampaignConflict(f"{count.unit} cannot have {count.votes} votes; give 0 or more.", unit=count.unit)
    made = TieVoteRecorded(command.campaign, command.counts, command.held_on, command.minutes)
    return [] if state.vote == made else [made]


def _finalise(ground: Ground, state: Campaign, command: FinaliseCampaign) -> Sequence[Any]:
    for key in ground.rubric.pass_keys():
        found = state.pass_state(key)
        if found is None or not found.closed:
            raise NotReady(f"Pass {key} is not closed; every pass of the rubric must be before the result is final.", pass_key=key)
    return [CampaignFinalised(command.campaign)]


def _evolve(state: Campaign, event: Any) -> Campaign:
    match event:
        case CampaignLaunched():
            return replace(state, launched=event)
        case UnitRegistered():
            return replace(state, registered=(*state.registered, event.unit))
        case CovenantSigned():
            return replace(state, covenants=(*state.covenants, event))
        case PassOpened():
            return replace(state, passes=(*state.passes, PassState(event)))
        case PassClosed():
            return replace(
                state,
                passes=tuple(replace(one, closed=True) if one.opened.pass_key == event.pass_key else one for one in state.passes),
            )
        case TieVoteRecorded():
            return replace(state, vote=event)
        case CampaignFinalised():
            return replace(state, final=True)
    return state


READ: Decider[Campaign] = Decider(Campaign(), lambda _state, _command: (), _evolve, snapshots=1)
"""A campaign that is only read."""
