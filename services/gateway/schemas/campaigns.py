"""Rubrics and campaigns over the API."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, points, season_year, text
from shared.bounds import TEXT_MAX
from shared.schema import key as identifier
from shared.schema import name as line


class Rubric(Answer):
    """A rubric as shared/rubric/README.md documents it: key, title, season, scale, passes, groups of items, roundings, tie-breaks."""

    key = text()
    title = text()
    season = fields.Integer()
    scale = points()
    passes = fields.List(fields.Dict())
    groups = fields.List(fields.Dict())


class PublishRubric(ma.Schema):
    """A whole rubric; read and checked by the service, which names every place where it does not hold."""

    class Meta:
        unknown = ma.INCLUDE

    key = identifier()
    title = line()
    season = season_year()
    scale = fields.Raw(required=True, metadata={"type": "string", "format": "decimal"})
    passes = fields.List(fields.Dict(), required=True)
    groups = fields.List(fields.Dict(), required=True)


class RubricLine(Answer):
    """A rubric in the list of rubrics."""

    rubric = text()
    title = text()
    season = fields.Integer()
    scale = points()


class LaunchCampaign(Asked):
    """A campaign (phong trào thi đua) of a cluster for a season, scored by a rubric."""

    campaign = identifier()
    title = line()
    cluster = identifier()
    season = season_year()
    rubric = identifier()
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    registration_due_on = fields.Date(required=True)
    legal_basis = text(required=True, validate=validate.Length(max=TEXT_MAX))
    illustrative = fields.Boolean(metadata={"description": "The scores are examples; every page and export then says so"})


class CampaignLine(Answer):
    """A campaign in the list of campaigns."""

    campaign = text()
    title = text()
    cluster = text()
    season = fields.Integer()
    rubric = text()
    starts_on = day()
    ends_on = day()
    registration_due_on = day()
    legal_basis = text()
    state = text("open or final")
    finalised_on = day(nullable=True)


class Campaign(CampaignLine):
    """A campaign with its units and passes."""

    units = fields.List(fields.Dict(), metadata={"description": "unit, registered_on, covenant {signatory, signed_on}"})
    passes = fields.List(fields.Dict(), metadata={"description": "pass_key, title, state, due_on, assignments [{unit, scorers}]"})


class VoteCount(Asked):
    """The votes that one of the tied units received."""

    unit = identifier()
    votes = fields.Integer(strict=True, required=True, validate=validate.Range(min=0, max=100_000))


class RecordTieVote(Asked):
    """The vote of the cluster's conference between units of equal score, for a rubric whose tie chain asks for one."""

    counts = fields.List(fields.Nested(VoteCount), required=True, validate=validate.Length(min=2))
    held_on = fields.Date(required=True)
    minutes = line()


class SignCovenant(Asked):
    """Who signed the covenant (giao ước thi đua), by post, and when."""

    signatory = line()
    signed_on = fields.Date(required=True)


class Assignment(Asked):
    """Who scores a unit."""

    unit = identifier()
    scorers = fields.List(fields.String(validate=validate.Length(min=1, max=100)), required=True)


class OpenPass(Asked):
    """The last day of the pass, and who scores whom where it is not the usual way of the pass."""

    due_on = fields.Date(required=True)
    assignments = fields.List(fields.Nested(Assignment), load_default=list)


class Empty(Asked):
    """Nothing to say beyond the address."""
