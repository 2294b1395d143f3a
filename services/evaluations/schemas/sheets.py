"""Commands and events of score sheets at their boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.evaluations import domain
from shared.bounds import IMPORT_SHEETS_MAX
from shared.schema import Record, schema_of

ScoreItems = schema_of(domain.ScoreItems)
SubmitSheet = schema_of(domain.SubmitSheet)


class ImportedSheet(Record):
    """One sheet of an import; the campaign and pass are those of the import."""

    record = dict

    unit = fields.String(required=True)
    scorer = fields.String(required=True)
    scores = fields.List(fields.Nested(schema_of(domain.ItemScore)), required=True, validate=validate.Length(min=1))
    handed_in_on = fields.Date(load_default=None, allow_none=True)


class ImportSheets(Record):
    """Sheets of one pass that are entered and handed in together, all or none."""

    record = dict

    campaign = fields.String(required=True)
    pass_key = fields.String(required=True)
    sheets = fields.List(
        fields.Nested(ImportedSheet),
        required=True,
        validate=validate.Length(min=1, max=IMPORT_SHEETS_MAX, error=f"Give 1 to {IMPORT_SHEETS_MAX} sheets; send several imports."),
    )


EVENTS = (schema_of(domain.ItemsScored), schema_of(domain.SheetSubmitted))

UPCASTERS = {("evaluations.SheetSubmitted", 1): domain.SheetSubmitted.from_first}
