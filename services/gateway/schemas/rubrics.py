"""Rubrics, their versions, drafts and templates over the API."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, instant, points, rows, season_year, text
from shared.bounds import TEXT_MAX
from shared.schema import key as identifier
from shared.schema import name as line


class Rubric(Answer):
    """A rubric as shared/rubric/README.md documents it: key, title, season, scale, passes, groups of items, roundings, tie-breaks."""

    key = text()
    title = text()
    season = fields.Integer()
    scale = points()
    legal_basis = fields.List(fields.Dict(), metadata={"description": "title, number, issued_on"})
    in_force_from = day("First day in force", nullable=True)
    in_force_until = day("Last day in force", nullable=True)
    based_on = text("Key of the version before it", allow_none=True)
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
    """A rubric in the list of rubrics, or in the chain of its versions."""

    rubric = text()
    title = text()
    season = fields.Integer()
    scale = points()
    based_on = text("Key of the version before it", allow_none=True)
    published_on = day()
    in_force_from = day(nullable=True)
    in_force_until = day(nullable=True)
    withdrawn_on = day(nullable=True)
    withdrawn_for = text("Why it was withdrawn", allow_none=True)


class WithdrawRubric(Asked):
    """Why no campaign is to be launched under the rubric any more."""

    reason = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


class Difference(Answer):
    """One field in which two rubrics differ, or a part that only one of them has."""

    part = text("rubric, pass, group or item")
    key = text("Of the pass, group or item")
    change = text("added, removed or changed")
    field = text("None where the whole part was added or removed", allow_none=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class Comparison(Answer):
    """Two rubrics in full, and everything in which they differ apart from their keys."""

    before = fields.Nested(Rubric)
    after = fields.Nested(Rubric)
    differences = rows(Difference)


class SaveDraft(Asked):
    """The data of a rubric as far as it has come; it may be incomplete and wrong.

    edition: the edition that was read, 0 for a new draft; refused when somebody else has saved it since.
    """

    content = fields.Dict(keys=fields.String(), required=True)
    edition = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0))


class CopyRubric(Asked):
    """What the copy of a rubric or a template is to be: a draft with a key, title and season of its own."""

    draft = identifier()
    key = identifier()
    title = line()
    season = season_year()
    in_force_from = fields.Date(allow_none=True)
    in_force_until = fields.Date(allow_none=True)


class Edition(Asked):
    """The edition of the draft that was read."""

    edition = fields.Integer(strict=True, required=True, validate=validate.Range(min=1))


class DraftLine(Answer):
    """A draft in the list of drafts; key, title and season as far as it says."""

    draft = text()
    edition = fields.Integer()
    saved_by = text("Account")
    saved_at = instant()


class Draft(DraftLine):
    """A draft with its content."""

    content = fields.Dict()


class TemplateLine(Answer):
    """A template of the gallery."""

    template = text()
    title = text()
    season = fields.Integer()
    scale = points()
    standing = text("confirmed, old or unverified: how far its source may be relied on")
    source = text()
    note = fields.Dict(metadata={"description": "vi and en: what the source confirms and what not"})
    refusal = fields.Dict(allow_none=True, metadata={"description": "Why it could not be published as it stands"})


class Template(TemplateLine):
    """A template with its table."""

    rubric = fields.Nested(Rubric)
