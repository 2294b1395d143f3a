"""Ballots over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, text
from shared.bounds import BALLOT_CHOICES_MAX, BALLOT_COUNT_MAX, BALLOT_ELECTORS_MAX, NAME_MAX
from shared.schema import key as identifier
from shared.schema import name as line

BALLOT_PURPOSES = ("acclaim", "council", "tie")
BALLOT_KINDS = ("approve_each", "choose_one", "choose_up_to")
BALLOT_MODES = ("secret", "by_name", "hands")
SUBJECTS = ("unit", "person", "initiative")


def _one_of(words: tuple[str, ...]) -> fields.String:
    return text(required=True, validate=validate.OneOf(words))


def _reference() -> fields.String:
    return text(allow_none=True, validate=validate.Length(min=1, max=100))


def _count() -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, BALLOT_COUNT_MAX))


class BallotChoice(Asked):
    """A unit, person or initiative by its id; words: what the paper calls it, of a person the post."""

    choice = identifier()
    subject = _one_of(SUBJECTS)
    words = line(required=False, length_max=200)


class OpenBallot(Asked):
    """A ballot: on what, by which rule, and the accounts that may vote, fixed from then on; absent: those of them who are not there."""

    ballot = identifier()
    purpose = _one_of(BALLOT_PURPOSES)
    title = line()
    choices = fields.List(fields.Nested(BallotChoice), required=True, validate=validate.Length(min=1, max=BALLOT_CHOICES_MAX))
    kind = _one_of(BALLOT_KINDS)
    mode = _one_of(BALLOT_MODES)
    electorate = fields.List(identifier(), required=True, validate=validate.Length(min=1, max=BALLOT_ELECTORS_MAX))
    rule = identifier()
    most = fields.Integer(strict=True, validate=validate.Range(1, BALLOT_CHOICES_MAX))
    absent = fields.List(identifier(), validate=validate.Length(max=BALLOT_ELECTORS_MAX))
    campaign = _reference()
    council = _reference()
    cluster = _reference()
    run_off_of = _reference()


class ChoiceMark(Asked):
    """What a paper says of a choice; one that is left blank is not named."""

    choice = identifier()
    mark = _one_of(("for", "against"))


class BallotVote(Asked):
    """The vote of the account that is signed in; nobody votes for another. Without marks: a blank paper."""

    marks = fields.List(fields.Nested(ChoiceMark), required=True, validate=validate.Length(max=BALLOT_CHOICES_MAX))


class VoteRecorded(Answer):
    """The vote was counted; the answer is the same whatever it was."""

    ballot = text()
    recorded = fields.Boolean()


class RaisedHands(Asked):
    """Hands raised for and against a choice."""

    choice = identifier()
    in_favour = _count()
    against = _count()


class WrittenOpinion(Asked):
    """What a letter says, its number and day."""

    marks = fields.List(fields.Nested(ChoiceMark), required=True, validate=validate.Length(max=BALLOT_CHOICES_MAX))
    document = line()
    sha256 = text("Of the letter's scan", allow_none=True, validate=validate.Length(equal=64))


class BallotLetter(WrittenOpinion):
    """The written opinion of a voter who was noted as absent, entered as their vote; never in a secret ballot."""

    voter = identifier()


class CorrectBallotLetter(WrittenOpinion):
    """The letter as it is, and why it was entered otherwise."""

    reason = line()


class WithdrawBallotLetter(Asked):
    """Why the letter is not of this voter."""

    reason = line()


class CloseBallot(Asked):
    """Close and count; with a reason while votes are missing. hands, cast, blank, invalid: of a show of hands alone."""

    reason = text(allow_none=True, validate=validate.Length(min=1, max=NAME_MAX))
    hands = fields.List(fields.Nested(RaisedHands), validate=validate.Length(max=BALLOT_CHOICES_MAX))
    cast = _count()
    blank = _count()
    invalid = _count()


class BallotsAsked(Asked):
    """Only those of a campaign."""

    campaign = text()


class BallotLine(Answer):
    """A ballot in the list."""

    ballot = text()
    campaign = text(allow_none=True)
    purpose = text()
    title = text()
    mode = text()
    opened_on = day()
    state = text("open, counted or cancelled")
    ended_on = day(nullable=True)
    outcome = text("decided, undecided, no_quorum or too_few", allow_none=True)
    run_off_of = text(allow_none=True)


class Ballot(BallotLine):
    """A ballot; while it is open without any count."""

    choices = fields.List(fields.Dict(), metadata={"description": "choice, subject, words"})
    kind = text()
    most = fields.Integer()
    electorate = fields.List(fields.String(), metadata={"description": "The accounts that may vote"})
    absent = fields.List(fields.String(), metadata={"description": "Those of them who were noted as absent"})
    letters = fields.List(fields.String(), metadata={"description": "Whose written opinions are entered, for who opened the ballot"})
    entered = fields.List(
        fields.Dict(), metadata={"description": "What was entered of them, while the ballot is open: voter, marks, document, sha256"}
    )
    rule = fields.Dict(
        metadata={"description": "percent, strictly, base, quorum, absent_may_vote, basis, verified, as they held at the opening"}
    )
    count = fields.Dict(
        allow_none=True,
        metadata={
            "description": "of: what shares are of; cast, blank, invalid; counts [{choice, in_favour, against, verdict}]. Null where "
            "a figure of a secret ballot would tell of single votes"
        },
    )
    may_vote = fields.Boolean(metadata={"description": "Whether the account that asks may vote"})
    voted = fields.Boolean(allow_none=True, metadata={"description": "Whether it has; how, nobody says"})
    cast = fields.Integer(allow_none=True, metadata={"description": "How many have voted, for the account that opened it"})
    entitled = fields.Integer()
    run_off_between = fields.List(fields.String())


class MyBallot(Answer):
    """An open ballot in which the account that asks may vote."""

    ballot = text()
    title = text()
    mode = text()
    campaign = text(allow_none=True)
    opened_on = day()
    voted = fields.Boolean()


class BallotRule(Answer):
    """A rule by which a ballot may be opened today."""

    rule = text()
    title = text()
    percent = text("Share in favour that is needed")
    strictly = fields.Boolean(metadata={"description": "Whether the share must be passed, not only reached"})
    base = text("all: of all who may vote; present: of those present and the absent who voted")
    quorum = text("The part of all who may vote that has to hand in a paper", allow_none=True)
    absent_may_vote = fields.Boolean()
    basis = text()
    verified = fields.Boolean(metadata={"description": "Whether the sentence of the law was read"})
