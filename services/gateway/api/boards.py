"""The three boards and their explanation over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint
from services.gateway.network import query
from shared.event import instant_text

boards = blueprint("boards", "/campaigns/<campaign>/boards", "Boards: standings, flag, leader; three separate things.")
BLUEPRINTS = (boards,)


@boards.route("/<any(standings, flag, leader):board>")
class Board(MethodView):
    @boards.arguments(schemas.AsOf, location="query")
    @boards.response(200, schemas.Board)
    def get(self, asked: dict[str, Any], campaign: str, board: str) -> Any:
        """A board, now or as it stood at an instant."""
        return query("rankings", "board", campaign=campaign, board=board, **_at(asked))


@boards.route("/<any(standings, flag):board>/pending")
class PendingBoard(MethodView):
    @boards.response(200, schemas.Board)
    def get(self, campaign: str, board: str) -> Any:
        """A board of a frozen campaign with the sheets that came after the freeze; for the office and inspectors."""
        return query("rankings", "pending_board", campaign=campaign, board=board)


@boards.route("/standings/<unit>")
class Explanation(MethodView):
    @boards.arguments(schemas.AsOf, location="query")
    @boards.response(200, schemas.Explanation)
    def get(self, asked: dict[str, Any], campaign: str, unit: str) -> Any:
        """Why a unit stands where it stands, down to the event behind each score."""
        return query("rankings", "explain", campaign=campaign, unit=unit, **_at(asked))


def _at(asked: dict[str, Any]) -> dict[str, Any]:
    return {"as_of": instant_text(asked["as_of"])} if "as_of" in asked else {}
