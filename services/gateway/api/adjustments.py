"""Adjustments over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

adjustments = blueprint("adjustments", "/campaigns/<campaign>/adjustments", "Bonus, penalty and exclusion beside the sheets.")
rules = blueprint("adjustment-rules", "/adjustment-rules", "The grounds for adjustments, as dated data.")
BLUEPRINTS = (adjustments, rules)


@adjustments.route("")
class Adjustments(MethodView):
    @adjustments.arguments(schemas.AdjustmentsAsked, location="query")
    @adjustments.response(200, schemas.Adjustment(many=True))
    def get(self, asked: dict[str, Any], campaign: str) -> list[dict[str, Any]]:
        """The adjustments of a campaign, or of a unit in it."""
        return list(query("evaluations", "adjustments", campaign=campaign, **asked))

    @adjustments.arguments(schemas.MakeAdjustment)
    @adjustments.response(201, schemas.Recorded)
    @adjustments.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Adjust a unit's result."""
        return told("evaluations", "make_adjustment", body, campaign=campaign)


@adjustments.route("/<adjustment>/reversal")
class Reversal(MethodView):
    @adjustments.arguments(schemas.ReverseAdjustment)
    @adjustments.response(201, schemas.Recorded)
    @adjustments.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, adjustment: str) -> Command:
        """Take an adjustment back; not by the account that made it."""
        return told("evaluations", "reverse_adjustment", body, campaign=campaign, adjustment=adjustment)


@rules.route("")
class Rules(MethodView):
    @rules.response(200, schemas.AdjustmentRule(many=True))
    def get(self) -> list[dict[str, Any]]:
        """The rules of all times."""
        return list(query("evaluations", "adjustment_rules"))
