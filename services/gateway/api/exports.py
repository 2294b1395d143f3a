"""Exports over the API: every score record as JSON, CSV and Excel."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import exports, schemas
from services.gateway.api import blueprint
from services.gateway.downloads import XLSX, attachment
from services.gateway.offload import beside
from services.gateway.pages import common
from services.gateway.workbooks.boards import workbook
from shared.event import instant_text

records = blueprint("exports", "/campaigns/<campaign>/exports", "Every score of a campaign's standings: JSON, CSV, Excel.")
BLUEPRINTS = (records,)


@records.route("/scores")
class Scores(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, schemas.ScoreRecords)
    def get(self, asked: dict[str, Any], campaign: str) -> Any:
        """A row per unit, item, pass and scorer, with what became of the score."""
        export = _export(asked, campaign)
        said = {name: export.board[name] for name in ("campaign", "illustrative", "frozen", "seal")}
        return {**said, "state": export.state, "as_of": export.as_of, "rows": [asdict(line) for line in exports.lines(export)]}


@records.route("/scores.csv")
class Csv(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=exports.CSV)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The same rows as CSV, each with the state and instant of the standings."""
        return attachment(beside(exports.as_csv, _export(asked, campaign)), f"diem-{campaign}.csv", exports.CSV)


@records.route("/standings.xlsx")
class Excel(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=XLSX)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The standings, every score, and the summary sheet of each unit."""
        return attachment(beside(workbook, _export(asked, campaign)), f"bang-diem-{campaign}.xlsx")


def _export(asked: dict[str, Any], campaign: str) -> exports.Export:
    return exports.gathered(campaign, {"as_of": instant_text(asked["as_of"])} if "as_of" in asked else {}, common.now())
