"""Awards over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, season_year, text
from shared.bounds import TEXT_MAX
from shared.schema import key as identifier
from shared.schema import name as line


class ProposeFlag(Asked):
    """Propose the flag for a unit."""

    proposal = identifier()
    campaign = identifier()
    unit = identifier()
    form = line()
    reason = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


def head_count() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(min=0, max=1000))


class RecordVote(Asked):
    """The council's vote that was held on paper, counted on all its members."""

    members = head_count()
    in_favour = head_count()
    against = head_count()
    blank = head_count()
    absent = head_count()
    held_on = fields.Date(required=True)
    minutes = line()
    corrects = text("Why an earlier vote is corrected", allow_none=True, validate=validate.Length(max=TEXT_MAX))


class TakeBallot(Asked):
    """A ballot that was counted in this campaign, from which the council's vote is taken over."""

    ballot = identifier()
    minutes = line()
    corrects = text("Why an earlier vote is corrected", allow_none=True, validate=validate.Length(max=TEXT_MAX))


class Decide(Asked):
    """The decision: number, date, signatory by post, deciding authority."""

    number = line()
    decided_on = fields.Date(required=True)
    signatory = line()
    authority = line()


class Proposal(Answer):
    """A proposal with its vote and decision."""

    proposal = text()
    campaign = text()
    season = fields.Integer()
    cluster = text()
    unit = text()
    form = text()
    reason = text()
    state = text("proposed, voted or decided")
    vote = fields.Dict(
        allow_none=True,
        metadata={"description": "counts, held_on, minutes, threshold, ratio, passed; ballot {ballot, passed}, null of a vote on paper"},
    )
    decision = fields.Dict(allow_none=True)
    ballots = fields.List(
        fields.Dict(),
        metadata={"description": "ballot, title, closed_on, members, in_favour, verdict: from which the vote may be taken over"},
    )


class Decision(Answer):
    """A line of the register of decisions (sổ quyết định)."""

    number = text()
    decided_on = day()
    signatory = text()
    authority = text()
    unit = text()
    form = text()
    season = fields.Integer()
    campaign = text()
    proposal = text()
    event = text("The event that this line rests on")


class HandOver(Asked):
    """The rotation flag (cờ luân lưu) passes to the leader of the new season."""

    handover = identifier()
    cluster = identifier()
    season = season_year()
    from_unit = text(allow_none=True, validate=validate.Length(max=100))
    to_unit = identifier()
    handed_on = fields.Date(required=True)
    document = line()


class HandedOver(Answer):
    """A hand-over of the rotation flag."""

    handover = text()
    cluster = text()
    season = fields.Integer()
    from_unit = text(allow_none=True)
    to_unit = text()
    handed_on = day()
    document = text()
