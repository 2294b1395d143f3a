"""A proposal (đề nghị khen thưởng) with the council's vote and the decision: state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from services.awards.domain.errors import (
    AlreadyDecided,
    AlreadyProposed,
    DateImpossible,
    FormUnknown,
    NotCandidate,
    NotFinal,
    VoteFailed,
    VoteMiscounted,
    VoteMissing,
    VoteStands,
    check_day,
)
from services.awards.domain.rulebook import Kind, Rulebook, form_key
from shared.decider import Decider
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit stood on the final board: rank from 1, total in points."""

    rank: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class FlagBoard:
    """What the flag board of a campaign says: who may be proposed, with the standing of each. Several candidates are tied."""

    season: int
    cluster: str
    title: str
    final: bool
    illustrative: bool
    candidates: dict[str, Standing]


@dataclass(frozen=True, slots=True)
class ProposeFlag:
    """Propose a unit for a flag; `form` is its name in the rulebook."""

    proposal: str
    campaign: str
    unit: str
    form: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """The counts of a council's vote on all its members, the absent too; `minutes` names the record of the meeting (biên bản)."""

    proposal: str
    members: int
    in_favour: int
    against: int
    blank: int
    absent: int
    held_on: date
    minutes: str

    @property
    def share(self) -> Decimal:
        """Percent of all members in favour, one decimal, rounded down so that it never reads as a threshold that it missed."""
        return (Decimal(100 * self.in_favour) / self.members).quantize(Decimal("0.1"), ROUND_DOWN)

    @property
    def effective_on(self) -> date:
        return self.held_on


@dataclass(frozen=True, slots=True)
class RecordVote(Ballot):
    """Record the council's vote; `corrects` says why where it replaces one recorded before."""

    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class Decide:
    """Issue the decision. signatory: the post that signs, not a person; authority: who decides."""

    proposal: str
    number: str
    decided_on: date
    signatory: str
    authority: str


@dataclass(frozen=True, slots=True)
class FlagProposed:
    """A unit is proposed for a flag, with its standing on the final board."""

    proposal: str
    campaign: str
    cluster: str
    season: int
    unit: str
    form: str
    reason: str
    standing: Standing
    illustrative: bool


@dataclass(frozen=True, slots=True)
class VoteRecorded(Ballot):
    """The council has voted; threshold (percent), basis and verified are those of the rule that applied on the day."""

    threshold: Decimal
    basis: str
    verified: bool

    @property
    def passed(self) -> bool:
        return 100 * self.in_favour >= self.threshold * self.members

    @property
    def arithmetic(self) -> str:
        """The share in words: "7 of 9 members in favour = 77.7 %, 80 % needed"."""
        return f"{self.in_favour} of {self.members} members in favour = {self.share} %, {self.threshold} % needed"


@dataclass(frozen=True, slots=True)
class VoteCorrected(VoteRecorded):
    """The vote as recorded before was wrong or was taken again; `corrects` says why."""

    corrects: str


@dataclass(frozen=True, slots=True)
class DecisionIssued:
    """The authority has decided: the unit receives the form."""

    proposal: str
    number: str
    decided_on: date
    signatory: str
    authority: str
    unit: str
    form: str
    season: int
    campaign: str

    @property
    def effective_on(self) -> date:
        return self.decided_on


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as its stream says it is."""

    proposed: FlagProposed | None = None
    vote: VoteRecorded | VoteCorrected | None = None
    decision: DecisionIssued | None = None


@dataclass(frozen=True, slots=True)
class ProposalGround:
    """What a proposal is judged by besides its stream. today: the day in Viet Nam; board: for a new proposal only."""

    rulebook: Rulebook
    today: date
    board: FlagBoard | None = None


def proposal(ground: ProposalGround) -> Decider[Proposal]:
    """The proposal aggregate, deciding on this ground."""
    return Decider(Proposal(), lambda state, command: _decide_proposal(ground, state, command), _evolve_proposal, snapshots=1)


def _decide_proposal(ground: ProposalGround, state: Proposal, command: Any) -> Sequence[Any]:
    if isinstance(command, ProposeFlag):
        return _propose(ground, state, command)
    if state.proposed is None:
        raise NotFound(f"There is no proposal {command.proposal}; propose the unit first.", proposal=command.proposal)
    match command:
        case RecordVote():
            return _vote(ground, state, state.proposed, command)
        case Decide():
            return _issue(ground, state, state.proposed, command)
    raise TypeError(f"A proposal takes no {type(command).__name__}")


def _propose(ground: ProposalGround, state: Proposal, command: ProposeFlag) -> Sequence[Any]:
    board = ground.board
    if board is None:
        raise TypeError("A proposal is judged by the flag board of its campaign")
    form = form_key(command.form)
    if form not in ground.rulebook.forms(Kind.FLAG):
        known = "; ".join(ground.rulebook.forms(Kind.FLAG))
        raise FormUnknown(f"{form!r} is no flag of the rulebook. Choose one of: {known}.", form=form)
    if not board.final:
        raise NotFinal(f"{board.title} is still open; finalise the campaign before anyone is proposed.", campaign=command.campaign)
    standing = board.candidates.get(command.unit)
    if standing is None:
        named = ", ".join(f"{unit} (rank {at.rank}, {at.total:f} points)" for unit, at in board.candidates.items()) or "nobody"
        raise NotCandidate(
            f"{command.unit} is no candidate for the flag of {board.title}. The flag board names: {named}.",
            unit=command.unit,
            candidates=list(board.candidates),
        )
    made = FlagProposed(
        command.proposal,
        command.campaign,
        board.cluster,
        board.season,
        command.unit,
        form,
        command.reason,
        standing,
        board.illustrative,
    )
    if state.proposed is not None and state.proposed != made:
        raise AlreadyProposed(
            f"Proposal {command.proposal} stands for {state.proposed.unit} in {state.proposed.campaign} with other particulars; "
            "give a new proposal an id of its own.",
            proposal=command.proposal,
        )
    return [] if state.proposed else [made]


def _vote(ground: ProposalGround, state: Proposal, proposed: FlagProposed, command: RecordVote) -> Sequence[Any]:
    _check_counts(command)
    check_day("The vote was held", command.held_on, ground.today)
    rule = ground.rulebook.at(proposed.form, command.held_on)
    if rule is None:
        raise FormUnknown(f"The rulebook has no threshold for {proposed.form!r} on {command.held_on}; add the rule of that day.")
    counts = (
        command.proposal,
        command.members,
        command.in_favour,
        command.against,
        command.blank,
        command.absent,
        command.held_on,
        command.minutes,
    )
    before = state.vote
    if before is None:
        if command.corrects is not None:
            raise VoteMissing("No vote has been recorded that could be corrected; record it without `corrects`.", proposal=command.proposal)
        return [VoteRecorded(*counts, rule.percent, rule.basis, rule.verified)]
    if _counts(before) == counts:
        return []
    if state.decision is not None:
        raise VoteStands(
            f"Decision {state.decision.number} of {state.decision.decided_on} rests on the vote of {before.held_on}; it cannot change now.",
            proposal=command.proposal,
        )
    if command.corrects is None:
        raise VoteStands(
            f"The vote of {before.held_on} is recorded already ({before.arithmetic}). To replace it, say why in `corrects`.",
            proposal=command.proposal,
        )
    return [VoteCorrected(*counts, rule.percent, rule.basis, rule.verified, command.corrects)]


def _counts(vote: Ballot) -> tuple[Any, ...]:
    return (vote.proposal, vote.members, vote.in_favour, vote.against, vote.blank, vote.absent, vote.held_on, vote.minutes)


def _check_counts(vote: Ballot) -> None:
    counts = {"in favour": vote.in_favour, "against": vote.against, "blank": vote.blank, "absent": vote.absent}
    if vote.members < 1 or min(counts.values()) < 0:
        raise VoteMiscounted("A council has at least one member, and no count is below 0.", members=vote.members)
    total = sum(counts.values())
    if total != vote.members:
        sums = " + ".join(f"{count} {name}" for name, count in counts.items())
        difference = f"{abs(total - vote.members)} too {'many' if total > vote.members else 'few'}"
        raise VoteMiscounted(
            f"{sums} = {total}, but the council has {vote.members} members: {difference}. Count every member, the absent too.",
            members=vote.members,
            counted=total,
        )


def _issue(ground: ProposalGround, state: Proposal, proposed: FlagProposed, command: Decide) -> Sequence[Any]:
    made = DecisionIssued(
        command.proposal,
        command.number,
        command.decided_on,
        command.signatory,
        command.authority,
        proposed.unit,
        proposed.form,
        proposed.season,
        proposed.campaign,
    )
    if state.decision == made:
        return []
    if state.decision is not None:
        raise AlreadyDecided(
            f"{command.proposal} is decided: {state.decision.number} of {state.decision.decided_on} by {state.decision.authority}.",
            proposal=command.proposal,
        )
    vote = state.vote
    if vote is None:
        raise VoteMissing(f"The council has not voted on {command.proposal}; record its vote first.", proposal=command.proposal)
    if not vote.passed:
        raise VoteFailed(f"The vote does not carry {proposed.form}: {vote.arithmetic}.", proposal=command.proposal)
    check_day("The decision is dated", command.decided_on, ground.today)
    if command.decided_on < vote.held_on:
        raise DateImpossible(
            f"The decision is dated {command.decided_on}, before the vote of {vote.held_on} on which it rests; check the date.",
            day=command.decided_on.isoformat(),
        )
    return [made]


def _evolve_proposal(state: Proposal, event: Any) -> Proposal:
    match event:
        case FlagProposed():
            return replace(state, proposed=event)
        case VoteRecorded():  # a correction is one too
            return replace(state, vote=event)
        case DecisionIssued():
            return replace(state, decision=event)
    return state
