"""A proposal (đề nghị khen thưởng) with the council's vote and the decision: state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any, ClassVar

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
from shared.ballots import Ballot, BallotElsewhere, BallotUntold, counted
from shared.decider import Decider
from shared.errors import NotFound

PURPOSES = ("acclaim", "council")
"""What a ballot was held for that a council's vote may be taken from: suy tôn, or the council itself. One between tied units ranks them."""


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
class VoteCounts:
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
class RecordVote(VoteCounts):
    """Record the council's vote that was held on paper; `corrects` says why where it replaces one recorded before."""

    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class TakeBallot:
    """Take the council's vote over from a ballot that was held in the network; minutes and `corrects` as of a vote on paper."""

    proposal: str
    ballot: str
    minutes: str
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
class BallotVerdict:
    """The ballot that a vote was taken over from, and whether the unit passed in it by the ballot's own rule."""

    ballot: str
    passed: bool


@dataclass(frozen=True, slots=True)
class VoteRecorded(VoteCounts):
    """The council has voted; threshold (percent), basis and verified are those of the rule that applied on the day.

    ballot: None where the vote was held on paper.
    """

    SCHEMA: ClassVar[int] = 2

    threshold: Decimal
    basis: str
    verified: bool
    ballot: BallotVerdict | None

    @staticmethod
    def from_first(data: dict[str, Any]) -> dict[str, Any]:
        """What a vote of version 1 says: all of them were held on paper."""
        return {**data, "ballot": None}

    @property
    def passed(self) -> bool:
        """Whether it carries: the share of all members that the rulebook asks for, and the ballot's own rule where there was one."""
        return 100 * self.in_favour >= self.threshold * self.members and (self.ballot is None or self.ballot.passed)

    @property
    def arithmetic(self) -> str:
        """The share in words: "7 of 9 members in favour = 77.7 %, 80 % needed"."""
        words = f"{self.in_favour} of {self.members} members in favour = {self.share} %, {self.threshold} % needed"
        return words if self.ballot is None or self.ballot.passed else f"{words}; by the rule of its ballot it failed"


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
    """What a proposal is judged by besides its stream.

    today: the day in Viet Nam; board: for a new proposal only; ballot: the one that a vote is taken over from, None where none is known.
    """

    rulebook: Rulebook
    today: date
    board: FlagBoard | None = None
    ballot: Ballot | None = None


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
            return _vote(ground, state, state.proposed, command, None, command.corrects)
        case TakeBallot():
            return _take(ground, state, state.proposed, command)
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


def _take(ground: ProposalGround, state: Proposal, proposed: FlagProposed, command: TakeBallot) -> Sequence[Any]:
    """The counts of the ballot on the unit. Whoever handed in no paper was absent; a paper without a mark on the unit is blank."""
    held = counted(command.ballot, ground.ballot, campaign=proposed.campaign, purposes=PURPOSES)
    result = held.result_of(proposed.unit)
    if result is None or result.subject != "unit":
        raise BallotElsewhere(f"{proposed.unit} does not stand on the paper of ballot {held.title}.", ballot=held.ballot)
    if result.in_favour is None or result.against is None or held.closed_on is None:
        raise BallotUntold(f"Ballot {held.title} came to no count on {proposed.unit} that may be told; hold it anew.", ballot=held.ballot)
    counts = VoteCounts(
        proposal=command.proposal,
        members=held.members,
        in_favour=result.in_favour,
        against=result.against,
        blank=held.cast - result.in_favour - result.against,
        absent=held.members - held.cast,
        held_on=held.closed_on,
        minutes=command.minutes,
    )
    return _vote(ground, state, proposed, counts, BallotVerdict(held.ballot, result.verdict == "passed"), command.corrects)


def _vote(
    ground: ProposalGround, state: Proposal, proposed: FlagProposed, given: VoteCounts, ballot: BallotVerdict | None, corrects: str | None
) -> Sequence[Any]:
    _check_counts(given)
    check_day("The vote was held", given.held_on, ground.today)
    rule = ground.rulebook.at(proposed.form, given.held_on)
    if rule is None:
        raise FormUnknown(f"The rulebook has no threshold for {proposed.form!r} on {given.held_on}; add the rule of that day.")
    counts = _counts(given)
    made = {**counts, "threshold": rule.percent, "basis": rule.basis, "verified": rule.verified, "ballot": ballot}
    before = state.vote
    if before is None:
        if corrects is not None:
            raise VoteMissing("No vote has been recorded that could be corrected; record it without `corrects`.", proposal=given.proposal)
        return [VoteRecorded(**made)]
    if (_counts(before), before.ballot) == (counts, ballot):
        return []
    if state.decision is not None:
        raise VoteStands(
            f"Decision {state.decision.number} of {state.decision.decided_on} rests on the vote of {before.held_on}; it cannot change now.",
            proposal=given.proposal,
        )
    if corrects is None:
        raise VoteStands(
            f"The vote of {before.held_on} is recorded already ({before.arithmetic}). To replace it, say why in `corrects`.",
            proposal=given.proposal,
        )
    return [VoteCorrected(**made, corrects=corrects)]


def _counts(vote: VoteCounts) -> dict[str, Any]:
    return {one.name: getattr(vote, one.name) for one in fields(VoteCounts)}


def _check_counts(vote: VoteCounts) -> None:
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
