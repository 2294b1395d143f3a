"""The audit over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint
from services.gateway.network import command, query

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
