"""Conflicts of interest and recusals over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

conflicts = blueprint("conflicts", "/campaigns/<campaign>", "Conflicts of interest (xung đột lợi ích) and recusals.")
BLUEPRINTS = (conflicts,)


@conflicts.route("/conflicts")
class Conflicts(MethodView):
    @conflicts.response(200, schemas.ConflictLine(many=True))
    def get(self, campaign: str) -> list[dict[str, Any]]:
        """All potential conflicts of a campaign, blocking or not, and recusals."""
        return list(query("evaluations", "conflicts", campaign=campaign))

    @conflicts.arguments(schemas.DeclareConflict)
    @conflicts.response(201, schemas.Recorded)
    @conflicts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Declare that a scorer is not free towards a unit."""
        return told("evaluations", "declare_conflict", body, campaign=campaign)


@conflicts.route("/conflict-check")
class Check(MethodView):
    @conflicts.arguments(schemas.CheckConflicts, location="query")
    @conflicts.response(200, schemas.ConflictLine(many=True))
    def get(self, asked: dict[str, Any], campaign: str) -> list[dict[str, Any]]:
        """What would stand between a scorer and each unit, called to it or not; nothing is recorded."""
        return list(query("evaluations", "check_conflicts", campaign=campaign, **asked))


@conflicts.route("/conflict-withdrawals")
class Withdrawals(MethodView):
    @conflicts.arguments(schemas.WithdrawConflict)
    @conflicts.response(201, schemas.Recorded)
    @conflicts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Take a declaration back."""
        return told("evaluations", "withdraw_conflict", body, campaign=campaign)


@conflicts.route("/conflict-denials")
class Denials(MethodView):
    @conflicts.arguments(schemas.DenyConflict)
    @conflicts.response(201, schemas.Recorded)
    @conflicts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Say with a reason that there is no conflict."""
        return told("evaluations", "deny_conflict", body, campaign=campaign)


@conflicts.route("/recusals")
class Recusals(MethodView):
    @conflicts.arguments(schemas.RecuseScorer)
    @conflicts.response(201, schemas.Recorded)
    @conflicts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Let a scorer step back from a unit: the sheet is neither owed nor taken."""
        return told("evaluations", "recuse_scorer", body, campaign=campaign)


@conflicts.route("/recusal-withdrawals")
class RecusalWithdrawals(MethodView):
    @conflicts.arguments(schemas.WithdrawRecusal)
    @conflicts.response(201, schemas.Recorded)
    @conflicts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Take a recusal back while the pass is open: the sheet is owed again."""
        return told("evaluations", "withdraw_recusal", body, campaign=campaign)
