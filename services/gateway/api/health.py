"""Probes: does this process live, is the network ready."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint
from services.gateway.network import health_of
from services.gateway.problems import RETRY_AFTER_SECONDS
from shared.config import SERVICES

probes = blueprint("health", "", "Probes; also without the prefix.", open_to_all=True)
BLUEPRINTS = (probes,)
OTHERS = tuple(service for service in SERVICES if service != "gateway")


@probes.route("/health")
class Health(MethodView):
    @probes.response(200, schemas.Alive)
    @probes.doc(security=[])
    def get(self) -> dict[str, str]:
        """This process answers."""
        return {"status": "alive"}


@probes.route("/ready")
class Ready(MethodView):
    @probes.response(200, schemas.Readiness)
    @probes.alt_response(503, schema=schemas.Readiness)
    @probes.doc(security=[])
    def get(self) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Whether every service answers, with the head of each log and how far each view has followed."""
        found = {service: health_of(service) for service in OTHERS}
        missing = [service for service, health in found.items() if health is None]
        body = {
            "status": "not ready" if missing else "ready",
            "missing": missing,
            "parked": sum(len(health.get("parked", [])) for health in found.values() if health),
            "services": {
                service: {"head": health.get("head"), "cursors": health.get("cursors", []), "parked": len(health.get("parked", []))}
                for service, health in found.items()
                if health
            },
        }
        return (body, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}) if missing else (body, 200, {})
