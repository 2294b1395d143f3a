"""Commands on several sheets of one scorer at once, at their boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.evaluations import domain
from shared.bounds import WORKBOOK_SHEETS_MAX
from shared.schema import Record, schema_of


class ScoredSheet(Record):
    """Scores to change on the sheet of one unit; `version` as it was read."""

    record = dict

    unit = fields.String(required=True)
    scores = fields.List(fields.Nested(schema_of(domain.ItemScore)), required=True, validate=validate.Length(min=1))
    version = fields.Integer(required=True, strict=True)


class ScoreSheets(Record):
    """Scores on sheets of one scorer in a pass; the campaign, pass and scorer are those of all of them."""

    record = dict

    campaign = fields.String(required=True)
    pass_key = fields.String(required=True)
    scorer = fields.String(required=True)
    sheets = fields.List(
        fields.Nested(ScoredSheet),
        required=True,
        validate=validate.Length(min=1, max=WORKBOOK_SHEETS_MAX, error=f"Give 1 to {WORKBOOK_SHEETS_MAX} sheets; send several workbooks."),
    )
