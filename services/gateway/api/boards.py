"""The three boards and their explanation over the API."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask.views import MethodView
from werkzeug.wrappers import Response as BaseResponse

from services.gateway import schemas
from services.gateway.answers import Answer, query_shared
from services.gateway.api import PREFIX, at, blueprint
from services.gateway.network import query

boards = blueprint("boards", "/campaigns/<campaign>/boards", "Boards: standings, flag, leader; three separate things.")
BLUEPRINTS = (boards,)


@boards.route("/<any(standings, flag, leader):board>")
class Board(MethodView):
    @boards.arguments(schemas.AskedBoard, location="query")
    @boards.response(200, schemas.Board)
    @boards.alt_response(304, description="It is what `If-None-Match` names")
    def get(self, asked: dict[str, Any], campaign: str, board: str) -> Any:
        """A board, now or as it stood at an instant; whole with every score where it is small and no part of it is asked for.

        Send the `ETag` of an answer as `If-None-Match` to be told that nothing has changed.
        """
        return _conditional(query_shared("rankings", "board", campaign=campaign, board=board, **{**asked, **at(asked)}))


@boards.route("/<any(standings, flag):board>/pending")
class PendingBoard(MethodView):
    @boards.arguments(schemas.AskedPart, location="query")
    @boards.response(200, schemas.Board)
    def get(self, asked: dict[str, Any], campaign: str, board: str) -> Any:
        """A board of a frozen campaign with what came after the freeze; for the office and inspectors."""
        return query("rankings", "pending_board", campaign=campaign, board=board, **asked)


@boards.route("/standings/<unit>")
class Explanation(MethodView):
    @boards.arguments(schemas.AsOf, location="query")
    @boards.response(200, schemas.Explanation)
    def get(self, asked: dict[str, Any], campaign: str, unit: str) -> Any:
        """Why a unit stands where it stands, down to the event behind each score."""
        found = query("rankings", "explain", campaign=campaign, unit=unit, **at(asked))
        return {**found, "proof_of_place": f"{PREFIX}/audit/events/{{event}}/proof"}


def _conditional(answer: Answer) -> BaseResponse:
    response = Response(answer.text, mimetype="application/json")
    response.set_etag(answer.revision, weak=True)
    return response.make_conditional(request)
