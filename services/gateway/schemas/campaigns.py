"""Campaigns over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, season_year, text
from shared.bounds import TEXT_MAX
from shared.schema import key as identifier
from shared.schema import name as line

KINDS = ("regular", "thematic", "adhoc")


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
    kind = text("regular (thường xuyên), thematic (chuyên đề) or adhoc (đột xuất)", validate=validate.OneOf(KINDS))
    organiser = text("Who launches it, where that is not the cluster's organiser")
    parent = text("The campaign that it is launched under: it keeps within its dates and drops none of its criteria")
    units = fields.List(identifier(), metadata={"description": "The units that it is for, in place of the cluster's members"})
    plan_document = text("The plan (kế hoạch), by number and date", validate=validate.Length(max=TEXT_MAX))


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
    kind = text("regular, thematic or adhoc")
    organiser = text(allow_none=True)
    parent = text(allow_none=True)
    plan_document = text()
    frozen = fields.Dict(allow_none=True, metadata={"description": "since, reason; while the boards stand still"})
    seal = fields.Dict(allow_none=True, metadata={"description": "boards [{board, digest}] and positions of a final result"})
    state = text("open or final")
    finalised_on = day(nullable=True)


class Campaign(CampaignLine):
    """A campaign with its units, passes, phases and covenant."""

    units = fields.List(fields.Dict(), metadata={"description": "unit, registered_on, covenant {signatory, signed_on}"})
    passes = fields.List(fields.Dict(), metadata={"description": "pass_key, title, state, due_on, assignments [{unit, scorers}]"})
    phases = fields.List(
        fields.Dict(),
        metadata={"description": "phase, title, is_pass, from_on, due_on, state, opened_on, closed_on, graces, changes; the year in order"},
    )
    compact = fields.Dict(allow_none=True, metadata={"description": "version, title, text, issued_on"})


class VoteCount(Asked):
    """The votes that one of the tied units received."""

    unit = identifier()
    votes = fields.Integer(strict=True, required=True, validate=validate.Range(min=0, max=100_000))


class RecordTieVote(Asked):
    """The vote that the cluster's conference held on paper between units of equal score, where the rubric's tie chain asks for one."""

    counts = fields.List(fields.Nested(VoteCount), required=True, validate=validate.Length(min=2))
    held_on = fields.Date(required=True)
    minutes = line()


class TakeTieBallot(Asked):
    """A ballot that was counted in this campaign, from which the vote between units of equal score is taken over."""

    ballot = identifier()
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
