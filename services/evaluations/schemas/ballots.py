"""Ballots at the boundary."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.evaluations.domain import ballots
from services.evaluations.schemas.evidence import digest_or_none
from shared.bounds import BALLOT_CHOICES_MAX, BALLOT_COUNT_MAX, BALLOT_ELECTORS_MAX
from shared.schema import Record, key, name, schema_of

WORDS_MAX = 200
"""Letters by which a paper calls a choice: two lines on a phone."""

PAPER_LETTERS_MAX = 400
"""Letters of a sealed paper of BALLOT_CHOICES_MAX choices, and some more."""


def _some(one: Any, most: int) -> fields.List[Any]:
    return fields.List(one, required=True, validate=validate.Length(min=1, max=most))


def _any(one: Any, most: int) -> fields.List[Any]:
    return fields.List(one, load_default=(), validate=validate.Length(max=most))


def _count(default: int | None = 0) -> fields.Integer:
    return fields.Integer(strict=True, load_default=default, allow_none=default is None, validate=validate.Range(0, BALLOT_COUNT_MAX))


def _reference() -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=100))


Choice = schema_of(ballots.Choice, choice=key(), words=name(required=False, length_max=WORDS_MAX))
HandCount = schema_of(ballots.HandCount, in_favour=_count(), against=_count())
OpenBallot = schema_of(
    ballots.OpenBallot,
    ballot=key(),
    title=name(),
    choices=_some(fields.Nested(Choice), BALLOT_CHOICES_MAX),
    electorate=_some(key(), BALLOT_ELECTORS_MAX),
    rule=key(),
    most=fields.Integer(strict=True, load_default=1, validate=validate.Range(1, BALLOT_CHOICES_MAX)),
    absent=_any(key(), BALLOT_ELECTORS_MAX),
    campaign=_reference(),
    council=_reference(),
    cluster=_reference(),
    run_off_of=_reference(),
)
VoteByName = schema_of(ballots.VoteByName, marks=_any(fields.Nested(schema_of(ballots.ChoiceMark)), BALLOT_CHOICES_MAX))
RecordLetter = schema_of(
    ballots.RecordLetter,
    voter=key(),
    marks=_any(fields.Nested(schema_of(ballots.ChoiceMark)), BALLOT_CHOICES_MAX),
    document=name(),
    sha256=digest_or_none(),
)
CorrectLetter = schema_of(
    ballots.CorrectLetter,
    voter=key(),
    marks=_any(fields.Nested(schema_of(ballots.ChoiceMark)), BALLOT_CHOICES_MAX),
    document=name(),
    reason=name(),
    sha256=digest_or_none(),
)
WithdrawLetter = schema_of(ballots.WithdrawLetter, voter=key(), reason=name())
CloseBallot = schema_of(
    ballots.CloseBallot, hands=_any(fields.Nested(HandCount), BALLOT_CHOICES_MAX), cast=_count(None), blank=_count(), invalid=_count()
)
CancelBallot = schema_of(ballots.CancelBallot, reason=name())


class CastVote(Record):
    """A vote in a secret ballot: the paper as it was sealed to the ballot's public key."""

    record = dict

    ballot = key()
    paper = fields.String(required=True, validate=validate.Length(min=1, max=PAPER_LETTERS_MAX))


EVENTS = (
    schema_of(ballots.BallotOpened),
    schema_of(ballots.VoteCastByName),
    schema_of(ballots.LetterRecorded),
    schema_of(ballots.LetterCorrected),
    schema_of(ballots.LetterWithdrawn),
    schema_of(ballots.BallotClosed),
    schema_of(ballots.BallotCancelled),
)
