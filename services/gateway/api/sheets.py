"""Score sheets and what is due over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import duties, schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

sheets = blueprint("sheets", "/campaigns/<campaign>", "Score sheets (phiếu chấm điểm).")
tasks = blueprint("tasks", "/tasks", "What is due (việc cần làm).")
BLUEPRINTS = (sheets, tasks)


@sheets.route("/sheets")
class Sheets(MethodView):
    @sheets.response(200, schemas.SheetLine(many=True))
    def get(self, campaign: str) -> list[dict[str, Any]]:
        """The sheets of a campaign."""
        return list(query("evaluations", "sheets", campaign=campaign))


@sheets.route("/sheet-imports")
class Imports(MethodView):
    @sheets.arguments(schemas.ImportSheets)
    @sheets.response(201, schemas.Imported)
    @sheets.alt_response(200, schema=schemas.Imported)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Import sheets of one pass: recorded and submitted all or none."""
        return told("evaluations", "import_sheets", body, campaign=campaign)


@sheets.route("/sheets/<unit>/<pass_key>/<scorer>")
class Sheet(MethodView):
    @sheets.response(200, schemas.Sheet)
    def get(self, campaign: str, unit: str, pass_key: str, scorer: str) -> Any:
        """A sheet with its items, scores and totals."""
        return query("evaluations", "sheet", campaign=campaign, unit=unit, pass_key=pass_key, scorer=scorer)

    @sheets.arguments(schemas.ScoreItems)
    @sheets.response(201, schemas.Recorded)
    @sheets.alt_response(200, schema=schemas.Recorded)
    def patch(self, body: dict[str, Any], campaign: str, unit: str, pass_key: str, scorer: str) -> Command:
        """Score items; those not named stay as they are."""
        return told("evaluations", "score_items", body, campaign=campaign, unit=unit, pass_key=pass_key, scorer=scorer)


@sheets.route("/sheets/<unit>/<pass_key>/<scorer>/submission")
class Submission(MethodView):
    @sheets.arguments(schemas.SubmitSheet, required=False)
    @sheets.response(201, schemas.Recorded)
    @sheets.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, unit: str, pass_key: str, scorer: str) -> Command:
        """Hand in the sheet; it cannot be changed afterwards. With a version only if nobody has saved since."""
        return told("evaluations", "submit_sheet", body, campaign=campaign, unit=unit, pass_key=pass_key, scorer=scorer)


@sheets.route("/sheets/<unit>/<pass_key>/<scorer>/return")
class Return(MethodView):
    @sheets.arguments(schemas.ReturnSheet)
    @sheets.response(201, schemas.Recorded)
    @sheets.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, unit: str, pass_key: str, scorer: str) -> Command:
        """Give a sheet back for correction; until it is handed in again it counts for nothing."""
        return told("evaluations", "return_sheet", body, campaign=campaign, unit=unit, pass_key=pass_key, scorer=scorer)


@sheets.route("/sheets/<unit>/<pass_key>/<scorer>/items/<item>/comments")
class Comments(MethodView):
    @sheets.arguments(schemas.CommentOnItem)
    @sheets.response(201, schemas.Recorded)
    @sheets.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], **at: str) -> Command:
        """Comment on an item of one's own open sheet."""
        return told("evaluations", "comment_item", body, **at)


@sheets.route("/sheets/<unit>/<pass_key>/<scorer>/items/<item>/reviews")
class Reviews(MethodView):
    @sheets.arguments(schemas.CommentOnItem)
    @sheets.response(201, schemas.Recorded)
    @sheets.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], **at: str) -> Command:
        """Comment on an item of a sheet that was handed in: whoever may return it."""
        return told("evaluations", "review_item", body, **at)


@tasks.route("")
class Tasks(MethodView):
    @tasks.response(200, schemas.Task(many=True))
    def get(self) -> list[dict[str, Any]]:
        """The sheets that the visitor's units have to fill in open passes."""
        return duties.mine()
