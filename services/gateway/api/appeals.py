"""Appeals over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

appeals = blueprint("appeals", "/campaigns/<campaign>/appeals", "Appeals (khiếu nại, phúc tra) of units against their scores.")
BLUEPRINTS = (appeals,)


@appeals.route("")
class Appeals(MethodView):
    @appeals.arguments(schemas.AppealsAsked, location="query")
    @appeals.response(200, schemas.Appeals)
    def get(self, asked: dict[str, Any], campaign: str) -> Any:
        """The appeals of a campaign, or of a unit in it, and the term for them."""
        return query("evaluations", "appeals", campaign=campaign, **asked)

    @appeals.arguments(schemas.LodgeAppeal)
    @appeals.response(201, schemas.Recorded)
    @appeals.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Lodge an appeal."""
        return told("evaluations", "lodge_appeal", body, campaign=campaign)


@appeals.route("/<appeal>/answer")
class TheAnswer(MethodView):
    @appeals.arguments(schemas.AnswerAppeal)
    @appeals.response(201, schemas.Recorded)
    @appeals.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, appeal: str) -> Command:
        """Answer an appeal; not by an account that lodged it or scored one of its items."""
        return told("evaluations", "answer_appeal", body, campaign=campaign, appeal=appeal)


@appeals.route("/<appeal>/withdrawal")
class Withdrawal(MethodView):
    @appeals.arguments(schemas.WithdrawAppeal)
    @appeals.response(201, schemas.Recorded)
    @appeals.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, appeal: str) -> Command:
        """Withdraw an appeal that has not been answered."""
        return told("evaluations", "withdraw_appeal", body, campaign=campaign, appeal=appeal)
