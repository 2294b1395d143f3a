"""Appeals over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, rows, text
from services.gateway.schemas.evaluations import ItemScore
from shared.bounds import TEXT_MAX
from shared.schema import key as identifier

OUTCOMES = ("upheld", "partly", "rejected")


def _words() -> fields.String:
    return text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


class AppealsAsked(Asked):
    """All of the campaign, or of one unit."""

    unit = text()


class LodgeAppeal(Asked):
    """Appeal (khiếu nại, đề nghị phúc tra) of a unit against the scores of these items."""

    appeal = identifier()
    unit = identifier()
    items = fields.List(identifier(), required=True, validate=validate.Length(min=1))
    text = _words()


class AnswerAppeal(Asked):
    """The answer in 20 letters or more; new scores, each with its reason, unless the appeal is rejected."""

    unit = identifier()
    outcome = text(required=True, validate=validate.OneOf(OUTCOMES))
    answer = _words()
    scores = fields.List(fields.Nested(ItemScore))


class WithdrawAppeal(Asked):
    """Why the unit does not uphold its appeal."""

    unit = identifier()
    reason = _words()


class Appeal(Answer):
    """An appeal with its answer."""

    appeal = text()
    unit = text()
    items = fields.List(fields.String())
    text = text()
    lodged_on = day()
    due_on = day("The last day on which it could be lodged")
    state = fields.String(metadata={"description": "lodged, answered or withdrawn"})
    withdrawn = fields.String(allow_none=True, metadata={"description": "Why it was withdrawn"})
    answered = fields.Dict(allow_none=True, metadata={"description": "outcome, answer, scores [{item, score, reason}], on"})


class Appeals(Answer):
    """The appeals of a campaign and the term for them."""

    appeals = rows(Appeal)
    term = fields.Dict(
        allow_none=True,
        metadata={"description": "since, due_on, tentative, working_days, basis, verified; null while there is nothing to appeal against"},
    )
    unfinished = fields.List(fields.String(), metadata={"description": "Passes for whose closing the scores of answers wait"})
