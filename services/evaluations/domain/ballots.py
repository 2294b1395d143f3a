"""The ballot (bỏ phiếu, biểu quyết) for suy tôn, in councils and between tied units: opened, voted in by name, closed, cancelled.

How anyone voted in a secret ballot is nowhere in here, in no event and no state: `services.evaluations.box` counts it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from services.evaluations.domain.ballot_counting import SECRET_ELECTORS_MIN, ChoiceCount, Outcome, Tally, counted, run_off_between
from services.evaluations.domain.ballot_rules import BallotRule
from services.evaluations.domain.errors import (
    AlreadyVoted,
    BallotClosedAlready,
    BallotNotByThisWay,
    BallotRefused,
    ClosingRefused,
    LetterRefused,
    NotAnElector,
    PaperRefused,
)
from shared.decider import Decider
from shared.errors import NotFound

STRANGERS_NAMED = 5
"""Of the voters that are no accounts so many are named, as one looks them up."""


class BallotPurpose(StrEnum):
    """What it is for: acclaim: suy tôn; council: hội đồng xét; tie: khi bằng điểm."""

    ACCLAIM = "acclaim"
    COUNCIL = "council"
    TIE = "tie"


class BallotKind(StrEnum):
    """What is on a paper: each choice approved or not, one of them, or up to so many of them."""

    APPROVE_EACH = "approve_each"
    CHOOSE_ONE = "choose_one"
    CHOOSE_UP_TO = "choose_up_to"


class BallotMode(StrEnum):
    """How one votes: secret: bỏ phiếu kín; by_name: biểu quyết ghi tên, seen by all; hands: giơ tay, counted by the secretary."""

    SECRET = "secret"
    BY_NAME = "by_name"
    HANDS = "hands"


class Subject(StrEnum):
    """Who or what is voted on."""

    UNIT = "unit"
    PERSON = "person"
    INITIATIVE = "initiative"


class Mark(StrEnum):
    """What a paper says of a choice; nothing where it is left blank."""

    FOR = "for"
    AGAINST = "against"


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit, person or initiative by its id. words: what the paper calls it, of a person the post (chức danh)."""

    choice: str
    subject: Subject
    words: str | None = None


@dataclass(frozen=True, slots=True)
class ChoiceMark:
    """What a paper says of a choice; one that it leaves blank is not named."""

    choice: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class HandCount:
    """Hands raised for and against a choice."""

    choice: str
    in_favour: int
    against: int = 0


@dataclass(frozen=True, slots=True)
class OpenBallot:
    """Open a ballot. electorate: the accounts that may vote, for good; absent: those of them who are not at the meeting; most: places."""

    ballot: str
    purpose: BallotPurpose
    title: str
    choices: tuple[Choice, ...]
    kind: BallotKind
    mode: BallotMode
    electorate: tuple[str, ...]
    rule: str
    most: int = 1
    absent: tuple[str, ...] = ()
    campaign: str | None = None
    council: str | None = None
    cluster: str | None = None
    run_off_of: str | None = None


@dataclass(frozen=True, slots=True)
class VoteByName:
    """Vote in a ballot whose votes are seen by name."""

    ballot: str
    marks: tuple[ChoiceMark, ...]


@dataclass(frozen=True, slots=True)
class RecordLetter:
    """Enter the written opinion (phiếu lấy ý kiến bằng văn bản) of an absent voter as their vote, where votes are no secret.

    document: number and day of the letter; sha256: of its scan, which stays with the papers of the meeting.
    """

    ballot: str
    voter: str
    marks: tuple[ChoiceMark, ...]
    document: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectLetter:
    """Enter a voter's letter anew, as it is: what was entered of it was not what it says."""

    ballot: str
    voter: str
    marks: tuple[ChoiceMark, ...]
    document: str
    reason: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class WithdrawLetter:
    """Take back a letter that was entered for this voter and is another's, or none; the voter may vote again."""

    ballot: str
    voter: str
    reason: str


@dataclass(frozen=True, slots=True)
class CloseBallot:
    """Close a ballot and have it counted. reason: why, where somebody has not voted yet; hands, cast, blank: of a show of hands."""

    ballot: str
    reason: str | None = None
    hands: tuple[HandCount, ...] = ()
    cast: int | None = None
    blank: int = 0
    invalid: int = 0


@dataclass(frozen=True, slots=True)
class CancelBallot:
    """Call a ballot off, uncounted."""

    ballot: str
    reason: str


@dataclass(frozen=True, slots=True)
class BallotOpened:
    """A ballot is open to these accounts, by this rule. opened_by: the account that closes it."""

    ballot: str
    campaign: str | None
    council: str | None
    cluster: str | None
    purpose: BallotPurpose
    title: str
    choices: tuple[Choice, ...]
    kind: BallotKind
    most: int
    mode: BallotMode
    electorate: tuple[str, ...]
    absent: tuple[str, ...]
    rule: BallotRule
    run_off_of: str | None
    opened_by: str

    @property
    def places(self) -> int | None:
        """How many choices can pass; None where each is voted on by itself."""
        return {BallotKind.APPROVE_EACH: None, BallotKind.CHOOSE_ONE: 1, BallotKind.CHOOSE_UP_TO: self.most}[self.kind]

    @property
    def entitled(self) -> tuple[str, ...]:
        """The accounts that may vote: the absent where the rule lets them."""
        return self.electorate if self.rule.absent_may_vote else tuple(one for one in self.electorate if one not in self.absent)


@dataclass(frozen=True, slots=True)
class VoteCastByName:
    """An account voted, for all to see: only in a ballot that was opened so."""

    ballot: str
    voter: str
    marks: tuple[ChoiceMark, ...]


@dataclass(frozen=True, slots=True)
class LetterRecorded:
    """An absent voter voted by letter, for all to see: never in a secret ballot."""

    ballot: str
    voter: str
    marks: tuple[ChoiceMark, ...]
    document: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class LetterCorrected:
    """A letter was entered anew; this is what counts of it. What was entered before stays in the log."""

    ballot: str
    voter: str
    marks: tuple[ChoiceMark, ...]
    document: str
    sha256: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class LetterWithdrawn:
    """A letter was taken back, for it was not this voter's; it counts for nobody."""

    ballot: str
    voter: str
    reason: str


@dataclass(frozen=True, slots=True)
class BallotClosed:
    """A ballot was counted. What is not told is None; verdicts and outcome stand for themselves, for not every figure is there."""

    ballot: str
    of: int
    cast: int
    blank: int | None
    invalid: int | None
    counts: tuple[ChoiceCount, ...]
    outcome: Outcome
    reason: str | None


@dataclass(frozen=True, slots=True)
class BallotCancelled:
    """A ballot was called off; nothing of it was counted."""

    ballot: str
    reason: str


@dataclass(frozen=True, slots=True)
class BallotGround:
    """What the decision rests on from outside the ballot.

    actor: the account that asks; rule: the one that is named, as it is today; strangers: those of the electorate that no account is;
    campaign_known: whether the campaign that is named is there; before: the ballot that a run-off is of; tally: what the box holds.
    """

    actor: str
    rule: BallotRule | None = None
    strangers: tuple[str, ...] = ()
    campaign_known: bool = True
    before: Ballot | None = None
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot as its stream says it is.

    votes: those by name, by account; letters: those of the absent as they were entered last, likewise; withdrawn: whose was taken back.
    """

    opened: BallotOpened | None = None
    votes: Mapping[str, tuple[ChoiceMark, ...]] = field(default_factory=dict)
    letters: Mapping[str, LetterRecorded | LetterCorrected] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    closed: BallotClosed | None = None
    cancelled: BallotCancelled | None = None

    @property
    def open(self) -> bool:
        return self.opened is not None and self.closed is None and self.cancelled is None

    @property
    def given(self) -> Mapping[str, tuple[ChoiceMark, ...]]:
        """What each voter said, by name or by letter."""
        return {**self.votes, **{voter: letter.marks for voter, letter in self.letters.items()}}

    @property
    def is_secret(self) -> bool:
        return self.opened is not None and self.opened.mode is BallotMode.SECRET


def ballot(ground: BallotGround) -> Decider[Ballot]:
    """The ballot aggregate, deciding on this ground."""
    return replace(READ_BALLOT, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: BallotGround, state: Ballot, command: Any) -> Sequence[Any]:
    if isinstance(command, OpenBallot):
        return _open(ground, state, command)
    opened = known(state, command.ballot)
    match command:
        case VoteByName():
            return _vote(ground, state, opened, command)
        case RecordLetter():
            return _letter(ground, state, opened, command)
        case CorrectLetter():
            return _correct_letter(ground, state, opened, command)
        case WithdrawLetter():
            return _withdraw_letter(ground, state, opened, command)
        case CloseBallot():
            return _close(ground, state, opened, command)
        case CancelBallot():
            return _cancel(state, command)
    raise TypeError(f"A ballot takes no {type(command).__name__}")


def known(state: Ballot, ballot: str) -> BallotOpened:
    """How it was opened. Raises NotFound."""
    if state.opened is None:
        raise NotFound(f"There is no ballot {ballot}.", ballot=ballot)
    return state.opened


def _open(ground: BallotGround, state: Ballot, command: OpenBallot) -> Sequence[Any]:
    if state.opened is not None:
        if state.opened == _made(command, state.opened.rule, state.opened.opened_by) and state.opened.rule.rule == command.rule:
            return []
        raise _refused("ballot", "other_particulars", "There is a ballot of this id with other particulars.")
    rule = _require_rule(ground, command)
    _check_choices(command)
    _check_electorate(ground, command)
    if not ground.campaign_known:
        raise NotFound(f"There is no campaign {command.campaign}.", campaign=command.campaign)
    if command.run_off_of is not None:
        _check_run_off(ground.before or Ballot(), command)
    return [_made(command, rule, ground.actor)]


def _made(command: OpenBallot, rule: BallotRule, opened_by: str) -> BallotOpened:
    """Voters in the order of their ids: it says nothing of them, and their places in the box follow it."""
    return BallotOpened(
        ballot=command.ballot,
        campaign=command.campaign,
        council=command.council,
        cluster=command.cluster,
        purpose=command.purpose,
        title=command.title,
        choices=command.choices,
        kind=command.kind,
        most=command.most,
        mode=command.mode,
        electorate=tuple(sorted(command.electorate)),
        absent=tuple(sorted(command.absent)),
        rule=rule,
        run_off_of=command.run_off_of,
        opened_by=opened_by,
    )


def _refused(at: str, fault: str, message: str, **details: Any) -> BallotRefused:
    return BallotRefused(message, fault=fault, errors=[{"at": at, "message": message}], **details)


def _require_rule(ground: BallotGround, command: OpenBallot) -> BallotRule:
    if ground.rule is None:
        raise _refused("rule", "no_rule", "No such rule is in force today.")
    return ground.rule


def _check_choices(command: OpenBallot) -> None:
    keys = [one.choice for one in command.choices]
    if len(set(keys)) < len(keys):
        raise _refused("choices", "twice", "Name each once.")
    least = 1 if command.kind is BallotKind.APPROVE_EACH else 2
    if len(keys) < least:
        raise _refused("choices", "too_few_choices", "Name at least two to choose from.")
    if command.kind is BallotKind.CHOOSE_UP_TO and not 1 <= command.most < len(keys):
        raise _refused("most", "places", "Give fewer places than there are choices, at least one.")
    if command.kind is not BallotKind.CHOOSE_UP_TO and command.most != 1:
        raise _refused("most", "places", "A number of places goes with choosing up to so many alone.")


def _check_electorate(ground: BallotGround, command: OpenBallot) -> None:
    electors = set(command.electorate)
    if len(electors) < len(command.electorate):
        raise _refused("electorate", "twice", "Name each once.")
    if ground.strangers:
        raise _refused("electorate", "strangers", "Not all of these are accounts.", accounts=list(ground.strangers[:STRANGERS_NAMED]))
    least = SECRET_ELECTORS_MIN if command.mode is BallotMode.SECRET else 1
    if len(electors) < least:
        raise _refused("electorate", "too_few_voters", "A secret ballot takes five voters; of fewer no vote stays secret.", least=least)
    if len(set(command.absent)) < len(command.absent) or not electors.issuperset(command.absent):
        raise _refused("absent", "absent", "Only voters are noted as absent, each once.")


def _check_run_off(before: Ballot, command: OpenBallot) -> None:
    """A run-off is between those left of a ballot that decided nothing, by the same voters."""
    if before.opened is None or before.closed is None or before.closed.outcome is not Outcome.UNDECIDED:
        raise _refused("run_off_of", "no_run_off", "A run-off follows a ballot that was counted and left a place open.")
    if {one.choice for one in command.choices} != run_off_between(before.closed.counts):
        raise _refused("choices", "run_off_choices", "A run-off is between those who are tied, or the two with the most votes.")
    if set(command.electorate) != set(before.opened.electorate):
        raise _refused("electorate", "run_off_electorate", "In a run-off the same vote as before.")


def check_elector(opened: BallotOpened, account: str) -> None:
    """Raises NotAnElector: only who was named at the opening votes, and nobody in anyone's place."""
    if account not in opened.electorate:
        raise NotAnElector("This account is not among those who vote here; nobody votes for another.", ballot=opened.ballot)
    if account not in opened.entitled:
        raise NotAnElector("This account was noted as absent, and by the rule of this ballot the absent do not vote.", ballot=opened.ballot)


def check_open(state: Ballot) -> None:
    """Raises BallotClosedAlready."""
    if not state.open:
        raise BallotClosedAlready("This ballot is over; it takes no votes and is not closed again.")


def check_marks(opened: BallotOpened, marks: Mapping[str, Mark]) -> None:
    """Raises PaperRefused for a paper that says more than it may; the words are the same whatever it says."""
    places = opened.places
    fits = set(marks) <= {one.choice for one in opened.choices}
    if places is not None:
        fits = fits and len(marks) <= places and Mark.AGAINST not in marks.values()
    if not fits:
        raise PaperRefused("This paper cannot be taken: mark what is on it, and no more than it asks for.", ballot=opened.ballot)


def checked(opened: BallotOpened) -> Callable[[Sequence[str]], None]:
    """As `check_marks`, for the marks of a paper in the order of the choices, "" where it leaves one blank."""

    def check(marks: Sequence[str]) -> None:
        check_marks(opened, {one.choice: Mark(mark) for one, mark in zip(opened.choices, marks, strict=True) if mark})

    return check


def _vote(ground: BallotGround, state: Ballot, opened: BallotOpened, command: VoteByName) -> Sequence[Any]:
    if opened.mode is not BallotMode.BY_NAME:
        raise BallotNotByThisWay("Votes in this ballot are not given by name.", ballot=opened.ballot)
    check_elector(opened, ground.actor)
    if state.votes.get(ground.actor) == command.marks:
        return []
    if ground.actor in state.given:
        raise AlreadyVoted("You have voted in this ballot.", ballot=opened.ballot)
    check_open(state)
    _check_named(opened, command.marks)
    return [VoteCastByName(opened.ballot, ground.actor, command.marks)]


def _letter(ground: BallotGround, state: Ballot, opened: BallotOpened, command: RecordLetter) -> Sequence[Any]:
    """By whoever opened the ballot, for a voter who was noted as absent and has not voted by the own account."""
    if opened.mode is BallotMode.SECRET:
        raise BallotNotByThisWay(
            "In a secret ballot no letter is entered, for whoever enters one knows whose it is; the absent vote by their own account.",
            ballot=opened.ballot,
        )
    made = LetterRecorded(opened.ballot, command.voter, command.marks, command.document, command.sha256)
    if state.letters.get(command.voter) == made:
        return []
    _check_enters_letters(ground, opened)
    if command.voter not in opened.absent:
        raise _no_letter("voter", "not_absent", "Only a voter who was noted as absent gives a written opinion.")
    if not opened.rule.absent_may_vote:
        raise _no_letter("voter", "not_asked", "By the rule of this ballot the absent are not asked.")
    if command.voter in state.given:
        raise _no_letter("voter", "voted", "This voter has voted.")
    check_open(state)
    _check_named(opened, command.marks)
    return [made]


def _correct_letter(ground: BallotGround, state: Ballot, opened: BallotOpened, command: CorrectLetter) -> Sequence[Any]:
    """By whoever opened the ballot, while it is open: afterwards it has been counted."""
    held = state.letters.get(command.voter)
    if held is not None and (held.marks, held.document, held.sha256) == (command.marks, command.document, command.sha256):
        return []
    _check_enters_letters(ground, opened)
    _check_entered(state, command.voter)
    check_open(state)
    _check_named(opened, command.marks)
    return [LetterCorrected(opened.ballot, command.voter, command.marks, command.document, command.sha256, command.reason)]


def _withdraw_letter(ground: BallotGround, state: Ballot, opened: BallotOpened, command: WithdrawLetter) -> Sequence[Any]:
    if command.voter in state.withdrawn:
        return []
    _check_enters_letters(ground, opened)
    _check_entered(state, command.voter)
    check_open(state)
    return [LetterWithdrawn(opened.ballot, command.voter, command.reason)]


def _check_enters_letters(ground: BallotGround, opened: BallotOpened) -> None:
    if ground.actor != opened.opened_by:
        raise _no_letter("ballot", "not_yours", "The account that opened this ballot enters the letters.")


def _check_entered(state: Ballot, voter: str) -> None:
    if voter not in state.letters:
        raise _no_letter("voter", "none_entered", "No letter of this voter is entered.")


def _no_letter(at: str, fault: str, message: str) -> LetterRefused:
    return LetterRefused(message, fault=fault, errors=[{"at": at, "message": message}])


def _check_named(opened: BallotOpened, given: Sequence[ChoiceMark]) -> None:
    """Raises PaperRefused."""
    marks = {one.choice: one.mark for one in given}
    if len(marks) < len(given):
        raise PaperRefused("This paper cannot be taken: mark each choice once.", ballot=opened.ballot)
    check_marks(opened, marks)


def _not_closed(at: str, fault: str, message: str, missing: int | None = None) -> ClosingRefused:
    return ClosingRefused(message, fault=fault, missing=missing, errors=[{"at": at, "message": message}])


def check_closing(opened: BallotOpened, actor: str, reason: str | None, cast: int) -> None:
    """Whoever opened it closes it, with a reason while votes are missing; once all have voted, anyone who may. Raises ClosingRefused.

    How many are missing the one is told who opened it: whoever could ask at any moment would see each vote come in.
    """
    missing = len(opened.entitled) - cast
    if missing <= 0:
        return
    if actor != opened.opened_by:
        raise _not_closed("ballot", "not_yours", "Until all have voted, the account that opened this ballot closes it.")
    if not (reason or "").strip():
        raise _not_closed("reason", "votes_missing", "Not all have voted; say why the ballot is closed all the same.", missing)


def _close(ground: BallotGround, state: Ballot, opened: BallotOpened, command: CloseBallot) -> Sequence[Any]:
    if opened.mode is BallotMode.SECRET:  # once it is closed nothing is left by which it could be counted again
        if state.closed is not None and state.closed.reason == command.reason:
            return []
        check_open(state)
    made = _closed(ground, state, opened, command)
    if state.closed == made:
        return []
    check_open(state)
    return [made]


def _closed(ground: BallotGround, state: Ballot, opened: BallotOpened, command: CloseBallot) -> BallotClosed:
    tally = _tally(ground, state, opened, command)
    if opened.mode is not BallotMode.HANDS:
        check_closing(opened, ground.actor, command.reason, tally.cast)
    found = counted(
        opened.rule,
        tally,
        [one.choice for one in opened.choices],
        electors=len(opened.electorate),
        present=len(opened.electorate) - len(opened.absent),
        places=opened.places,
        secret=opened.mode is BallotMode.SECRET,
    )
    return BallotClosed(opened.ballot, found.of, found.cast, found.blank, found.invalid, found.choices, found.outcome, command.reason)


def _tally(ground: BallotGround, state: Ballot, opened: BallotOpened, command: CloseBallot) -> Tally:
    if opened.mode is BallotMode.HANDS:
        letters = _of_names(opened, state.given)
        return _of_hands(opened, command, entitled=len(opened.entitled) - letters.cast).with_others(letters)
    if command.hands or command.cast is not None:
        raise BallotNotByThisWay("This ballot is counted from its votes; nobody enters figures.", ballot=opened.ballot)
    if opened.mode is BallotMode.BY_NAME:
        return _of_names(opened, state.given)
    if ground.tally is None:
        raise _not_closed("ballot", "uncounted", "The box has not been counted; try again in a moment.")
    return ground.tally


def _of_names(opened: BallotOpened, votes: Mapping[str, tuple[ChoiceMark, ...]]) -> Tally:
    def marked(choice: Choice, mark: Mark) -> int:
        return sum(ChoiceMark(choice.choice, mark) in marks for marks in votes.values())

    return Tally(
        cast=len(votes),
        blank=sum(not marks for marks in votes.values()),
        invalid=0,
        in_favour=tuple(marked(one, Mark.FOR) for one in opened.choices),
        against=tuple(marked(one, Mark.AGAINST) for one in opened.choices),
        absent=len(votes.keys() & set(opened.absent)),
    )


def _of_hands(opened: BallotOpened, command: CloseBallot, *, entitled: int) -> Tally:
    """What the secretary counted; entitled: how many may raise a hand. Raises ClosingRefused where it cannot be."""
    said = {one.choice: one for one in command.hands}
    cast = command.cast if command.cast is not None else -1
    votes = cast - command.blank - command.invalid
    fits = (
        said.keys() == {one.choice for one in opened.choices}
        and len(said) == len(command.hands)
        and min(command.blank, command.invalid, votes) >= 0
        and cast <= entitled
        and all(min(one.in_favour, one.against) >= 0 and one.in_favour + one.against <= votes for one in command.hands)
    )
    if opened.places is not None:
        fits = (
            fits and all(one.against == 0 for one in command.hands) and sum(one.in_favour for one in command.hands) <= votes * opened.places
        )
    if not fits:
        raise _not_closed("hands", "hands", "These hands cannot be: more than voted, or more than may.")
    present = len(opened.electorate) - len(opened.absent)
    ordered = [said[one.choice] for one in opened.choices]
    return Tally(
        cast=cast,
        blank=command.blank,
        invalid=command.invalid,
        in_favour=tuple(one.in_favour for one in ordered),
        against=tuple(one.against for one in ordered),
        absent=max(0, cast - present),
    )


def _cancel(state: Ballot, command: CancelBallot) -> Sequence[Any]:
    made = BallotCancelled(command.ballot, command.reason)
    if state.cancelled == made:
        return []
    check_open(state)
    return [made]


def _evolve(state: Ballot, event: Any) -> Ballot:
    match event:
        case BallotOpened():
            return replace(state, opened=event)
        case VoteCastByName():
            return replace(state, votes={**state.votes, event.voter: event.marks})
        case LetterRecorded() | LetterCorrected():
            return replace(state, letters={**state.letters, event.voter: event}, withdrawn=state.withdrawn - {event.voter})
        case LetterWithdrawn():
            left = {voter: letter for voter, letter in state.letters.items() if voter != event.voter}
            return replace(state, letters=left, withdrawn=state.withdrawn | {event.voter})
        case BallotClosed():
            return replace(state, closed=event)
        case BallotCancelled():
            return replace(state, cancelled=event)
    return state


READ_BALLOT: Decider[Ballot] = Decider(Ballot(), lambda _state, _command: (), _evolve)
"""A ballot that is only read."""
