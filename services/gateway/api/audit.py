"""The audit over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import proofs, schemas
from services.gateway.api import blueprint, told
from services.gateway.network import command, query
from shared.errors import NotFound

audit = blueprint("audit", "/audit", "The record of every event of every service, and its verification.")
BLUEPRINTS = (audit,)


@audit.route("/streams")
class Streams(MethodView):
    @audit.response(200, schemas.AuditStream(many=True))
    def get(self) -> list[dict[str, Any]]:
        """What the audit holds of each service's log."""
        return list(query("audit", "streams"))


@audit.route("/verifications")
class Verifications(MethodView):
    @audit.arguments(schemas.LatestAsked, location="query")
    @audit.response(200, schemas.VerificationEnded(many=True))
    def get(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """The verifications that were run, the audit's own with them, the latest first."""
        return list(query("audit", "verifications", **asked))

    @audit.response(200, schemas.Verification)
    def post(self) -> Any:
        """Compare every service's log with the record: gaps, changed and missing events."""
        return command("audit", "verify", {})


@audit.route("/verifications/<verification>")
class Verification(MethodView):
    @audit.response(200, schemas.Verification)
    def get(self, verification: str) -> Any:
        """A verification: how far it is, or what it found."""
        return query("audit", "verification", verification=verification)


@audit.route("/checkpoints")
class Checkpoints(MethodView):
    @audit.arguments(schemas.LatestAsked, location="query")
    @audit.response(200, schemas.Checkpoint(many=True))
    def get(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """The checkpoints taken, the latest first."""
        return list(query("audit", "checkpoints", **asked))

    @audit.response(201, schemas.Recorded)
    @audit.alt_response(200, schema=schemas.Recorded)
    def post(self) -> tuple[dict[str, Any], int]:
        """Take one: note down the heads of all logs."""
        return told("audit", "take_checkpoint", {})


@audit.route("/results/<campaign>/checkpoint")
class ResultCheckpoint(MethodView):
    @audit.response(200, schemas.Checkpoint)
    def get(self, campaign: str) -> Any:
        """The first checkpoint that holds the final result of a campaign."""
        found = query("audit", "result_checkpoint", campaign=campaign)
        if found is None:
            raise NotFound(f"No checkpoint holds a final result of {campaign}.", campaign=campaign)
        return found


@audit.route("/checkpoints/<checkpoint>")
class Checkpoint(MethodView):
    @audit.response(200, schemas.Checkpoint)
    def get(self, checkpoint: str) -> Any:
        """A checkpoint."""
        return query("audit", "checkpoint", checkpoint=checkpoint)


@audit.route("/checkpoints/<checkpoint>/consistency")
class Consistency(MethodView):
    @audit.arguments(schemas.ConsistencyAsked, location="query")
    @audit.response(200, schemas.ConsistencyProof)
    def get(self, asked: dict[str, Any], checkpoint: str) -> Any:
        """The proof that since this checkpoint, or between it and a later one, the logs were only added to."""
        return query("audit", "consistency", before=checkpoint, **asked)


@audit.route("/events/<event>/proof")
class PlaceProof(MethodView):
    @audit.arguments(schemas.ProofAsked, location="query")
    @audit.response(200, schemas.PlaceProof)
    def get(self, asked: dict[str, Any], event: str) -> Any:
        """The proof that an event stands in the log of its service at its position."""
        return proofs.place(event, **asked)
