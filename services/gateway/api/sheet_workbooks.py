"""Score sheets by workbook over the API."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import schemas, sheet_workbook
from services.gateway.api import blueprint, recorded
from services.gateway.api.organisations import PreviewStale
from services.gateway.downloads import XLSX
from services.gateway.workbooks.sheets import Change, Fault, Plan, Subject
from shared.errors import DomainError, ValidationFailed

workbooks = blueprint("sheet-workbooks", "/campaigns/<campaign>/sheet-workbooks/<pass_key>/<scorer>", "Score sheets as workbooks.")
BLUEPRINTS = (workbooks,)


class RowsContested(DomainError):
    """Rows that were changed in the workbook and, since it was made, by somebody else. `details["rows"]`: unit and item of each."""

    code = "gateway.rows_contested"


@workbooks.route("")
class SheetWorkbook(MethodView):
    @workbooks.arguments(schemas.SheetWorkbookWanted, location="query")
    @workbooks.response(200, content_type=XLSX)
    def get(self, wanted: dict[str, Any], campaign: str, pass_key: str, scorer: str) -> Response:
        """The sheet of a unit, or all open ones of the scorer in the pass, to be filled and brought back."""
        return sheet_workbook.download(Subject(campaign, pass_key, scorer), wanted.get("unit"))

    @workbooks.arguments(schemas.SheetWorkbookBrought, location="files")
    @workbooks.arguments(schemas.SheetWorkbookShown, location="query")
    @workbooks.response(201, schemas.RecordedSheets)
    @workbooks.alt_response(200, schema=schemas.RecordedSheets)
    def post(self, files: dict[str, Any], asked: dict[str, Any], campaign: str, pass_key: str, scorer: str) -> tuple[dict[str, Any], int]:
        """Save what a filled workbook has as drafts, all or nothing; `digest` as its preview answered, where one was looked at."""
        subject = Subject(campaign, pass_key, scorer)
        shown, plan = sheet_workbook.read(subject, files["file"].read(), **_looked(asked))
        if shown.digest != asked.get("digest", shown.digest):
            raise PreviewStale("The sheets have changed since the preview: look at it again.", digest=shown.digest)
        if plan.contested:
            found = [{"unit": one.unit, "item": one.line.item} for one in plan.contested]
            raise RowsContested(f"Somebody else has changed {len(found)} of these rows, too; say whose count.", rows=found)
        if plan.faults:
            raise ValidationFailed("Nothing was recorded: the workbook has mistakes.", errors=_faults(plan))
        if not plan.changes:
            return {"events": 0, "position": None, "repeated": False}, 200
        answer = sheet_workbook.record(subject, plan)
        return answer, recorded(answer)


@workbooks.route("/preview")
class SheetWorkbookPreview(MethodView):
    @workbooks.arguments(schemas.SheetWorkbookBrought, location="files")
    @workbooks.arguments(schemas.SheetWorkbookLooked, location="query")
    @workbooks.response(200, schemas.SheetWorkbookPreview)
    def post(self, files: dict[str, Any], asked: dict[str, Any], campaign: str, pass_key: str, scorer: str) -> dict[str, Any]:
        """What a filled workbook would change, row by row, and every mistake by its cell; records nothing."""
        shown, plan = sheet_workbook.read(Subject(campaign, pass_key, scorer), files["file"].read(), **_looked(asked))
        return {
            "changes": [_row(one) for one in shown.changes],
            "contested": [_row(one) for one in shown.contested],
            "kept": shown.kept,
            "faults": _faults(plan),
            "digest": shown.digest,
        }


@workbooks.route("/faults")
class SheetWorkbookFaults(MethodView):
    @workbooks.arguments(schemas.SheetWorkbookBrought, location="files")
    @workbooks.arguments(schemas.SheetWorkbookLooked, location="query")
    @workbooks.response(200, content_type=XLSX)
    def post(self, files: dict[str, Any], asked: dict[str, Any], campaign: str, pass_key: str, scorer: str) -> Response:
        """The workbook that was brought with its faulty rows alone to be seen, each mistake in its cell; 404 where it has none.

        It is put right and brought back: the other rows come along hidden. Records nothing.
        """
        return sheet_workbook.faulty(Subject(campaign, pass_key, scorer), files["file"].read(), **_looked(asked))


def _looked(asked: dict[str, Any]) -> dict[str, Any]:
    """As `sheet_workbook` takes it: whose sheet, and what is chosen of two."""
    return {"unit": asked.get("unit", ""), "choose": lambda _: str(asked.get("contested", ""))}


def _row(one: Change) -> dict[str, Any]:
    sides = {"before": one.before, "after": one.after}
    given = {name: {"score": side.score, "reason": side.reason} for name, side in sides.items()}
    return {"unit": one.unit, "item": one.line.item, "cell": one.line.score_cell, **given}


def _faults(plan: Plan) -> list[dict[str, str]]:
    return [{"at": _at(fault), "message": fault.words, "code": fault.code} for fault in plan.faults]


def _at(fault: Fault) -> str:
    """As a spreadsheet names a cell of a tab."""
    return f"'{fault.tab}'!{fault.cell}" if fault.cell else fault.tab
