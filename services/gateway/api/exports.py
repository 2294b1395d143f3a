"""Exports over the API: the boards with all their rows, and every score record, as JSON, CSV and Excel."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import board_lines, exports, schemas
from services.gateway.api import blueprint
from services.gateway.downloads import XLSX, attachment
from services.gateway.offload import beside
from services.gateway.pages import common
from services.gateway.workbooks.boards import flag_workbook, leader_workbook, workbook
from shared.event import instant_text

records = blueprint("exports", "/campaigns/<campaign>/exports", "A campaign's boards and every score: JSON, CSV, Excel.")
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


@records.route("/<any(standings, flag, leader):board>")
class WholeBoard(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, schemas.Board)
    def get(self, asked: dict[str, Any], campaign: str, board: str) -> Any:
        """A board with the rows of all its pages."""
        return exports.whole(campaign, board, _at(asked))


@records.route("/flag.csv")
class FlagCsv(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=exports.CSV)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The flag board as CSV: eligibility with each reason, and what the chain of ties compared."""
        return attachment(beside(board_lines.flag_csv, _flag(asked, campaign)), f"co-thi-dua-{campaign}.csv", exports.CSV)


@records.route("/flag.xlsx")
class FlagExcel(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=XLSX)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The flag board as a workbook."""
        return attachment(beside(flag_workbook, _flag(asked, campaign)), f"co-thi-dua-{campaign}.xlsx")


@records.route("/leader.csv")
class LeaderCsv(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=exports.CSV)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The leader board as CSV: who led when, consents and refusals, and who is designated by what document."""
        return attachment(beside(board_lines.leader_csv, _leader(asked, campaign)), f"khoi-truong-{campaign}.csv", exports.CSV)


@records.route("/leader.xlsx")
class LeaderExcel(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=XLSX)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The leader board as a workbook."""
        return attachment(beside(leader_workbook, _leader(asked, campaign)), f"khoi-truong-{campaign}.xlsx")


def _at(asked: dict[str, Any]) -> dict[str, Any]:
    return {"as_of": instant_text(asked["as_of"])} if "as_of" in asked else {}


def _export(asked: dict[str, Any], campaign: str) -> exports.Export:
    return exports.gathered(campaign, _at(asked), common.now())


def _flag(asked: dict[str, Any], campaign: str) -> board_lines.FlagBoard:
    return board_lines.flag_board(campaign, _at(asked), common.now())


def _leader(asked: dict[str, Any], campaign: str) -> exports.Shown:
    return board_lines.leader_board(campaign, _at(asked), common.now())
