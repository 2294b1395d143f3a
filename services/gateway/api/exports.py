"""Exports over the API: the boards with all their rows, and every score record, as JSON, CSV and Excel."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import board_files, exports, schemas
from services.gateway.api import at, blueprint
from services.gateway.downloads import XLSX
from services.gateway.pages import common

records = blueprint("exports", "/campaigns/<campaign>/exports", "A campaign's boards and every score: JSON, CSV, Excel.")
BLUEPRINTS = (records,)


@records.route("/scores")
class Scores(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, schemas.ScoreRecords)
    def get(self, asked: dict[str, Any], campaign: str) -> Any:
        """A row per unit, item, pass and scorer, with what became of the score."""
        export = exports.gathered(campaign, at(asked), common.now())
        said = {name: export.board[name] for name in ("campaign", "illustrative", "frozen", "seal")}
        return {**said, "state": export.state, "as_of": export.as_of, "rows": [asdict(line) for line in exports.lines(export)]}


@records.route("/scores.csv")
class Csv(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=exports.CSV)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The same rows as CSV, each with the state and instant of the standings."""
        return board_files.scores_csv(campaign, at(asked))


@records.route("/standings.xlsx")
class Excel(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=XLSX)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The standings, every score, and the summary sheet of each unit."""
        return board_files.standings_excel(campaign, at(asked))


@records.route("/<any(standings, flag, leader):board>")
class WholeBoard(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, schemas.Board)
    def get(self, asked: dict[str, Any], campaign: str, board: str) -> Any:
        """A board with the rows of all its pages."""
        return exports.whole(campaign, board, at(asked))


@records.route("/flag.csv")
class FlagCsv(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=exports.CSV)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The flag board as CSV: eligibility with each reason, and what the chain of ties compared."""
        return board_files.flag_csv(campaign, at(asked))


@records.route("/flag.xlsx")
class FlagExcel(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=XLSX)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The flag board as a workbook."""
        return board_files.flag_excel(campaign, at(asked))


@records.route("/leader.csv")
class LeaderCsv(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=exports.CSV)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The leader board as CSV: who led when, consents and refusals, and who is designated by what document."""
        return board_files.leader_csv(campaign, at(asked))


@records.route("/leader.xlsx")
class LeaderExcel(MethodView):
    @records.arguments(schemas.AsOf, location="query")
    @records.response(200, content_type=XLSX)
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """The leader board as a workbook."""
        return board_files.leader_excel(campaign, at(asked))
