"""The passes of scoring (lượt chấm) and the vote between units of equal score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from services.campaigns.domain import pairing, phases
from services.campaigns.domain.errors import CampaignConflict, NotInAudience, PassOrder
from services.campaigns.domain.ground import Assignment, Ground
from services.campaigns.domain.launching import CampaignLaunched
from shared.ballots import Ballot, BallotUntold, counted
from shared.errors import NotFound

TIE = "tie"
"""What a ballot between tied units is held for."""


@dataclass(frozen=True, slots=True)
class OpenPass:
    """Open a pass of scoring. Without assignments its pairing holds where one was drawn, else the custom of the pass (`Ground.custom`)."""

    campaign: str
    pass_key: str
    due_on: date
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosePass:
    """Close a pass, before its last day with a reason; what has not been submitted is left out."""

    campaign: str
    pass_key: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class VoteCount:
    """The votes that one of the tied units received."""

    unit: str
    votes: int


@dataclass(frozen=True, slots=True)
class RecordTieVote:
    """Record the vote that the cluster's conference held on paper between units of equal score, where the rubric asks for one."""

    campaign: str
    counts: tuple[VoteCount, ...]
    held_on: date
    minutes: str


@dataclass(frozen=True, slots=True)
class TakeTieBallot:
    """Take the vote between units of equal score over from a ballot that was held in the network."""

    campaign: str
    ballot: str
    minutes: str


@dataclass(frozen=True, slots=True)
class PassOpened:
    """A pass is open to these scorers until it is closed; the panel is fixed from here on."""

    campaign: str
    pass_key: str
    due_on: date
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class PassClosed:
    """A pass takes no more scores; early: before its last day, for the reason given."""

    SCHEMA: ClassVar[int] = 2

    campaign: str
    pass_key: str
    early: bool
    reason: str | None

    @staticmethod
    def from_first(data: dict[str, Any]) -> dict[str, Any]:
        """What a closing of version 1 says: whether it was early was not asked then."""
        return {**data, "early": False, "reason": None}


@dataclass(frozen=True, slots=True)
class TieVoteRecorded:
    """The cluster's conference voted between tied units; a later vote replaces an earlier one. ballot: None where it was held on paper."""

    SCHEMA: ClassVar[int] = 2

    campaign: str
    counts: tuple[VoteCount, ...]
    held_on: date
    minutes: str
    ballot: str | None

    @staticmethod
    def from_first(data: dict[str, Any]) -> dict[str, Any]:
        """What a vote of version 1 says: all of them were held on paper."""
        return {**data, "ballot": None}


def open_pass(
    ground: Ground, year: phases.Year, opened: Sequence[PassOpened], drawn: pairing.Pairing | None, command: OpenPass
) -> Sequence[Any]:
    """drawn: the pairing of this pass, where there is one."""
    launched, keys = year.launched, year.passes
    if command.pass_key not in keys:
        raise NotFound(f"The rubric has no pass {command.pass_key!r}; it has {', '.join(keys)}.", pass_key=command.pass_key)
    paired = tuple(Assignment(pair.unit, pair.by) for pair in drawn.pairs) if drawn else ()
    assignments = command.assignments or paired or ground.custom(command.pass_key, launched.audience)
    _check_assignments(launched, assignments)
    made = PassOpened(command.campaign, command.pass_key, command.due_on, assignments)
    if command.pass_key in year.terms:
        if made in opened and year.terms[command.pass_key].open:
            return []
        raise PassOrder(f"Pass {command.pass_key} has been opened already.", pass_key=command.pass_key)
    expected = keys[len(opened)]
    if command.pass_key != expected:
        raise PassOrder(f"The next pass of the rubric is {expected}, not {command.pass_key}.", pass_key=command.pass_key, expected=expected)
    running = [key for key in keys if key in year.terms and year.terms[key].open]
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


def close_pass(year: phases.Year, command: ClosePass) -> Sequence[Any]:
    term = year.terms.get(command.pass_key) if command.pass_key in year.passes else None
    if term is None:
        raise PassOrder(f"Pass {command.pass_key} is not open.", pass_key=command.pass_key)
    if not term.open:
        return []
    early = phases.closes_early(term, year.today, command.reason, command.pass_key)
    return [PassClosed(command.campaign, command.pass_key, early, command.reason)]


def vote(launched: CampaignLaunched, recorded: TieVoteRecorded | None, command: RecordTieVote) -> Sequence[Any]:
    return _voted(launched, recorded, TieVoteRecorded(command.campaign, command.counts, command.held_on, command.minutes, None))


def take_ballot(
    ballot: Ballot | None, launched: CampaignLaunched, recorded: TieVoteRecorded | None, command: TakeTieBallot
) -> Sequence[Any]:
    """The votes for each unit on the paper of a ballot that decided between them. ballot: as it is known here."""
    held = counted(command.ballot, ballot, campaign=command.campaign, purposes=(TIE,))
    counts = tuple(VoteCount(one.choice, one.in_favour) for one in held.results if one.in_favour is not None)
    if held.outcome != "decided" or held.closed_on is None or len(counts) < len(held.results):
        raise BallotUntold(f"Ballot {held.title} decided nothing between these units that may be told; hold a run-off.", ballot=held.ballot)
    return _voted(launched, recorded, TieVoteRecorded(command.campaign, counts, held.closed_on, command.minutes, held.ballot))


def _voted(launched: CampaignLaunched, recorded: TieVoteRecorded | None, made: TieVoteRecorded) -> Sequence[Any]:
    units = [count.unit for count in made.counts]
    if len(units) < 2:
        raise CampaignConflict("A vote is between tied units: name at least two, each with its votes.", campaign=made.campaign)
    for count in made.counts:
        if count.unit not in launched.audience or units.count(count.unit) > 1:
            raise NotInAudience(f"Name each tied unit of {launched.cluster} once; {count.unit} is not one.", unit=count.unit)
        if count.votes < 0:
            raise CampaignConflict(f"{count.unit} cannot have {count.votes} votes; give 0 or more.", unit=count.unit)
    return [] if recorded == made else [made]
