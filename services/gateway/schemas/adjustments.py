"""Adjustments over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, points, text
from shared.bounds import EVIDENCE_FILES_MAX, TEXT_MAX
from shared.schema import ExactDecimal
from shared.schema import key as identifier
from shared.schema import name as line

ADJUSTMENT_KINDS = ("bonus", "penalty", "gate")


class AdjustmentsAsked(Asked):
    """All of the campaign, or of one unit."""

    unit = text()


class MakeAdjustment(Asked):
    """Adjust a unit's result: by a rule of the rulebook, or beside it with kind, title and points."""

    adjustment = identifier()
    unit = identifier()
    rule = text(allow_none=True, validate=validate.Length(max=100))
    kind = text(allow_none=True, validate=validate.OneOf(ADJUSTMENT_KINDS))
    points = ExactDecimal(allow_none=True, metadata={"type": "string", "format": "decimal", "example": "10"})
    title = text(allow_none=True, validate=validate.Length(max=300))
    reason = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))
    authority = line()
    document = line()
    evidence = fields.List(fields.String(), metadata={"description": "SHA-256 of files"}, validate=validate.Length(max=EVIDENCE_FILES_MAX))
    effective_on = fields.Date(required=True)
    expires_on = fields.Date(allow_none=True)


class AdjustedUnit(Asked):
    """Whose adjustment it is, or is going to be."""

    unit = identifier()


class UnitFile(Answer):
    """A file that a sheet of the unit shows."""

    pass_key = text()
    scorer = text()
    item = text()
    sha256 = text()
    name = text()
    media_type = text()
    size = fields.Integer(metadata={"description": "Bytes"})


class KeptFile(Answer):
    """A file that was kept, by the digest under which an adjustment names it; media type by its content, size in bytes."""

    sha256 = text()
    media_type = text()
    size = fields.Integer(metadata={"description": "Bytes"})


class ReverseAdjustment(Asked):
    """Take an adjustment of a unit back."""

    unit = identifier()
    reason = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))
    authority = line()


class Adjustment(Answer):
    """An adjustment, and whether it was reversed."""

    adjustment = text()
    unit = text()
    rule = text("Key in the rulebook", allow_none=True)
    kind = text(", ".join(ADJUSTMENT_KINDS))
    points = points("As a magnitude; null for a gate")
    title = text()
    reason = text()
    authority = text()
    document = text()
    evidence = fields.List(fields.String())
    effective_on = day()
    expires_on = day(nullable=True)
    reversed = fields.Dict(allow_none=True, metadata={"description": "on, reason, authority"})


class AdjustmentRule(Answer):
    """A rule of the rulebook."""

    rule = text()
    kind = text(", ".join(ADJUSTMENT_KINDS))
    title = text()
    points = points("What it gives or takes; null for a gate")
    fixed = fields.Boolean(metadata={"description": "Exactly so many points, otherwise at most"})
    family = text("Of the rules that share one, one counts", allow_none=True)
    basis = text()
    verified = fields.Boolean(metadata={"description": "Whether the text of the basis was read"})
    from_on = day(nullable=True)
    until_on = day(nullable=True)
