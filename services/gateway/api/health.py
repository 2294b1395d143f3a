"""Probes: does this process live, is the network ready.

Anyone may ask. Whether it is ready, and what is missing, is told to all; how much is recorded, and how far the views have followed, only to
whoever keeps the network running: while a result is frozen, nobody is to see from a number that something was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from services.gateway import schemas, visitors
from services.gateway.api import blueprint
from services.gateway.network import health_of
from services.gateway.problems import RETRY_AFTER_SECONDS
from shared.access import NETWORK, Role
from shared.config import SERVICES
from shared.errors import CommendationError
from shared.readiness import AWAY

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
        """Whether every service answers and has what it stands on. To an administrator also the head of each log, and how far each view
        has followed.
        """
        found = {service: health_of(service) for service in OTHERS}
        reasons = {service: [AWAY] if health is None else list(health["missing"]) for service, health in found.items()}
        missing = [service for service, why in reasons.items() if why]
        body: dict[str, Any] = {
            "status": "not ready" if missing else "ready",
            "missing": missing,
            "reasons": {service: reasons[service] for service in missing},
        }
        if _sees_figures():
            body["parked"] = sum(len(health["parked"]) for health in found.values() if health)
            body["services"] = {service: _shown(health) for service, health in found.items() if health}
        return (body, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}) if missing else (body, 200, {})


def _sees_figures() -> bool:
    """Whether somebody asks who may also see what is parked; nobody while the registry is away."""
    try:
        return visitors.present() is not None and visitors.holds(Role.ADMINISTRATOR, scope=NETWORK)
    except CommendationError:
        return False


def _shown(health: Mapping[str, Any]) -> dict[str, Any]:
    """What an administrator is told of a service: nothing of addresses and accounts, which are in the reasons on its console."""
    relay = {key: health["relay"].get(key) for key in ("state", "position", "behind")}
    kept = {key: health[key] for key in ("head", "cursors", "model")}
    return {**kept, "relay": relay, "parked": len(health["parked"]), "faults": list(health["faults"])}
