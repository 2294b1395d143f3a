"""Score sheets over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, Recorded, day, instant, rows, text
from shared.bounds import IMPORT_SHEETS_MAX, RETURN_REASON_LETTERS_MIN, TEXT_MAX
from shared.schema import ExactDecimal
from shared.schema import key as identifier


def _version() -> fields.Integer:
    return fields.Integer(
        strict=True,
        metadata={"description": "Of the sheet as it was read; refused (409 evaluations.sheet_stale) when it has moved on since"},
    )


class ItemScore(Asked):
    """A score for an item; null takes back what was given. `reason`: needed where the score differs from the pass before."""

    item = identifier()
    score = ExactDecimal(required=True, allow_none=True, metadata={"type": "string", "format": "decimal", "example": "12.50"})
    reason = text(allow_none=True, validate=validate.Length(max=TEXT_MAX))


class ScoreItems(Asked):
    """Scores to change on a sheet; items not named stay as they are."""

    scores = fields.List(fields.Nested(ItemScore), required=True, validate=validate.Length(min=1))
    version = _version()


class SubmitSheet(Asked):
    """Hand the sheet in, as it was read."""

    version = _version()


class ReturnSheet(Asked):
    """Why a sheet is given back, for which items (all where none is named), and by when it is to come back."""

    reason = text(f"{RETURN_REASON_LETTERS_MIN} letters or more", required=True, validate=validate.Length(max=TEXT_MAX))
    items = fields.List(identifier(), load_default=list)
    due_on = fields.Date(allow_none=True, metadata={"description": "The day on which the pass is due, where none is given"})


class CommentOnItem(Asked):
    """Words about an item of a sheet."""

    comment = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


class EvidenceFile(Asked):
    """A file: pdf, docx, xlsx, png or jpeg by its content."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class RemoveEvidence(Asked):
    """Why a file is taken back."""

    reason = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


class SheetToImport(Asked):
    """One scorer's sheet on one unit."""

    unit = identifier()
    scorer = text(required=True, validate=validate.Length(min=1, max=100))
    scores = fields.List(fields.Nested(ItemScore), required=True)
    handed_in_on = fields.Date(allow_none=True, metadata={"description": "The day on the paper; today where it has none"})


class ImportSheets(Asked):
    """Sheets of one pass, recorded and submitted all or none."""

    pass_key = identifier()
    sheets = fields.List(fields.Nested(SheetToImport), required=True, validate=validate.Length(min=1, max=IMPORT_SHEETS_MAX))


class Imported(Answer):
    """Where the events of an import stand, sheet by sheet."""

    sheets = rows(Recorded)
    position = fields.Integer()


class Sheet(Answer):
    """A score sheet (phiếu chấm điểm): one scorer's pass over one unit."""

    campaign = text()
    unit = text()
    pass_key = text()
    scorer = text()
    state = text("waiting, open, submitted or closed")
    version = fields.Integer()
    due_on = day("Of a sheet that was returned the day by which it is due again", nullable=True)
    extended = fields.Boolean(metadata={"description": "Whether the day on which the pass is due was moved; not of a returned sheet"})
    grace_until = day("The last day of grace: late, but allowed", nullable=True)
    editable = fields.Boolean()
    recused = fields.Dict(allow_none=True, metadata={"description": "ground and reason, where the scorer stepped back"})
    returned = fields.Dict(allow_none=True, metadata={"description": "reason and items, of a sheet that was given back and is not back"})
    requires_evidence = fields.Boolean(metadata={"description": "Whether it is handed in only with the evidence that is asked for"})
    blind = fields.Boolean(metadata={"description": "Whether files are kept without what names their makers"})
    groups = fields.List(
        fields.Dict(),
        metadata={"description": "key, title, maximum, items with score, reason, previous, baseline, evidence, comments, flagged"},
    )
    totals = fields.Dict(metadata={"description": "content, bonus, penalty, total as decimal text"})
    missing = fields.List(fields.String())
    evidence_missing = fields.List(fields.String(), metadata={"description": "Items with points that need evidence and have none"})


class SheetLine(Answer):
    """A sheet in the list of sheets."""

    unit = text()
    pass_key = text()
    scorer = text()
    state = text()
    version = fields.Integer()
    submitted_at = instant(nullable=True)
    returned = fields.Boolean()
    scored = fields.Integer()


class Task(Answer):
    """A sheet that one of your units has to fill in an open pass."""

    campaign = text()
    title = text()
    season = fields.Integer()
    unit = text()
    pass_key = text()
    scorer = text()
    due_on = day(nullable=True)
    extended = fields.Boolean()
    grace_until = day(nullable=True)
    returned = fields.Boolean()
    state = text("open or submitted")
    scored = fields.Integer()
    items = fields.Integer()
    optional = fields.Integer(metadata={"description": "How many of the items may stay blank: bonus, penalty, gate"})
