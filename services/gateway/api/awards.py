"""Proposals, votes, decisions and the hand-over of the rotation flag over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

proposals = blueprint("proposals", "/proposals", "Proposals for an award (đề nghị khen thưởng), their votes and decisions.")
decisions = blueprint("decisions", "/decisions", "The register of decisions (sổ quyết định).")
handovers = blueprint("handovers", "/handovers", "Hand-overs of the rotation flag (bàn giao cờ luân lưu).")
BLUEPRINTS = (proposals, decisions, handovers)


@proposals.route("")
class Proposals(MethodView):
    @proposals.response(200, schemas.Proposal(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All proposals."""
        return list(query("awards", "proposals"))

    @proposals.arguments(schemas.ProposeFlag)
    @proposals.response(201, schemas.Recorded)
    @proposals.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Propose the flag for a unit."""
        return told("awards", "propose_flag", body)


@proposals.route("/<proposal>/vote")
class Vote(MethodView):
    @proposals.arguments(schemas.RecordVote)
    @proposals.response(201, schemas.Recorded)
    @proposals.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], proposal: str) -> Command:
        """Record the council's vote that was held on paper, counted on all its members."""
        return told("awards", "record_vote", body, proposal=proposal)


@proposals.route("/<proposal>/vote/ballot")
class VoteByBallot(MethodView):
    @proposals.arguments(schemas.TakeBallot)
    @proposals.response(201, schemas.Recorded)
    @proposals.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], proposal: str) -> Command:
        """Take the council's vote over from a ballot that was counted in the network."""
        return told("awards", "take_ballot", body, proposal=proposal)


@proposals.route("/<proposal>/decision")
class Decision(MethodView):
    @proposals.arguments(schemas.Decide)
    @proposals.response(201, schemas.Recorded)
    @proposals.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], proposal: str) -> Command:
        """Decide on a proposal whose vote has passed."""
        return told("awards", "decide", body, proposal=proposal)


@decisions.route("")
class Decisions(MethodView):
    @decisions.response(200, schemas.Decision(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All decisions."""
        return list(query("awards", "decisions"))


@handovers.route("")
class Handovers(MethodView):
    @handovers.response(200, schemas.HandedOver(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All hand-overs."""
        return list(query("awards", "handovers"))

    @handovers.arguments(schemas.HandOver)
    @handovers.response(201, schemas.Recorded)
    @handovers.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Hand the rotation flag over to the leader of the new season."""
        return told("awards", "hand_over_flag", body)
