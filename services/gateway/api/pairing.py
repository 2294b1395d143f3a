"""Who checks whom over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

pairings = blueprint("pairings", "/campaigns/<campaign>", "Pairing for the cross-check (ghép cặp chấm chéo).")
BLUEPRINTS = (pairings,)


@pairings.route("/pairings")
class Pairings(MethodView):
    @pairings.response(200, schemas.Pairing(many=True))
    def get(self, campaign: str) -> list[dict[str, Any]]:
        """The draws of a campaign, each drawn again from its recorded seed to see whether it gives the same."""
        return list(query("campaigns", "pairings", campaign=campaign))


@pairings.route("/passes/<pass_key>/pairing")
class Pairing(MethodView):
    @pairings.arguments(schemas.DrawPairing)
    @pairings.response(201, schemas.Recorded)
    @pairings.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, pass_key: str) -> Command:
        """Draw who checks whom; refused with the rules that cannot hold."""
        return told("campaigns", "draw_pairing", body, campaign=campaign, pass_key=pass_key)


@pairings.route("/passes/<pass_key>/pairing/<unit>")
class Pair(MethodView):
    @pairings.arguments(schemas.CorrectPair)
    @pairings.response(201, schemas.Recorded)
    @pairings.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], campaign: str, pass_key: str, unit: str) -> Command:
        """Name the checkers of a unit by hand, with a reason."""
        return told("campaigns", "correct_pair", body, campaign=campaign, pass_key=pass_key, unit=unit)
