"""Score sheets by workbook over the API."""

from __future__ import annotations

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, rows, text
from services.gateway.schemas.organisations import CellFault


class SheetWorkbookWanted(Asked):
    """Whose sheet; all open ones of the scorer where no unit is named."""

    unit = text(validate=validate.Length(min=1, max=100))


class SheetWorkbookBrought(Asked):
    """A filled workbook of score sheets, .xlsx as it was downloaded."""

    file = Upload(required=True)


class SheetWorkbookLooked(Asked):
    """unit: whose sheet the workbook must hold, where it is brought for one.

    contested: whose rows count where both the workbook and somebody else have changed one; without it such rows wait and hinder recording.
    """

    unit = text(validate=validate.Length(min=1, max=100))
    contested = text(validate=validate.OneOf(["mine", "theirs"]))


class SheetWorkbookShown(SheetWorkbookLooked):
    """digest: which preview was looked at; where given, nothing else is recorded than what it showed."""

    digest = text(validate=validate.Length(max=64))


class SheetCellFault(CellFault):
    """A mistake at a cell of a tab ('Bộ Tư pháp'!D12), or of the whole tab, named alone.

    code: not_reckoned, number_unclear, became_date, too_long, or the code by which the service refuses it.
    """

    code = text("What is wrong, for programs")


class SheetRow(Answer):
    """A row that was changed in the workbook: what is saved now, and what the workbook has."""

    unit = text()
    item = text()
    cell = text()
    before = fields.Dict(metadata={"description": "score with a decimal comma, reason"})
    after = fields.Dict(metadata={"description": "score with a decimal comma, reason"})


class SheetWorkbookPreview(Answer):
    """What a workbook would change, which rows two have changed, how many only somebody else has (`kept`), and what is wrong."""

    changes = rows(SheetRow)
    contested = rows(SheetRow)
    kept = fields.Integer()
    faults = rows(SheetCellFault)
    digest = text()


class RecordedSheets(Answer):
    """Where the recorded scores stand; `events` is how many events there are of them, none where nothing changed."""

    events = fields.Integer()
    position = fields.Integer(allow_none=True)
    repeated = fields.Boolean()
