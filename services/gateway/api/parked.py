"""Events that could not be folded, for administrators; each service checks the role itself."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint
from services.gateway.network import command, query
from shared.config import SERVICES
from shared.errors import NotFound, Unavailable

MODELLED = tuple(service for service in SERVICES if service != "gateway")

parked = blueprint("parked", "/parked", "Events that a service could not fold into its read model, for administrators.")
BLUEPRINTS = (parked,)


@parked.route("")
class Parked(MethodView):
    @parked.response(200, schemas.Parked)
    def get(self) -> dict[str, Any]:
        """What is parked and what was discarded, in every service that answers."""
        found: dict[str, Any] = {"parked": [], "discarded": [], "missing": []}
        for service in MODELLED:
            try:
                told = query(service, "parked")
            except Unavailable:
                found["missing"].append(service)
            else:
                for kind in ("parked", "discarded"):
                    found[kind] += [{**row, "producer": row["service"], "service": service} for row in told[kind]]
        return found


@parked.route("/<service>/<producer>/<int:position>")
class ParkedEvent(MethodView):
    @parked.response(200, schemas.ParkedEvent)
    def get(self, service: str, producer: str, position: int) -> dict[str, Any]:
        """One parked event with its data, first and last error and the trace of each."""
        told = query(_known(service), "parked_event", producer=producer, position=position)
        return {**told, "service": service, "producer": producer}


@parked.route("/<service>/<producer>/<int:position>/retry")
class Retry(MethodView):
    @parked.response(200, schemas.Retried)
    def post(self, service: str, producer: str, position: int) -> Any:
        """Fold the parked events of its stream again, in order."""
        return command(_known(service), "retry_parked", {"producer": producer, "position": position})


@parked.route("/<service>/<producer>/<int:position>/discard")
class Discard(MethodView):
    @parked.arguments(schemas.DiscardParked)
    @parked.response(200, schemas.Discarded)
    def post(self, body: dict[str, Any], service: str, producer: str, position: int) -> Any:
        """Leave it out of the service's read model for good, rebuilds too; what waited behind it is folded. The log keeps it."""
        return command(_known(service), "discard_parked", {"producer": producer, "position": position, **body})


def _known(service: str) -> str:
    if service not in MODELLED:
        raise NotFound(f"There is no service {service!r} with a read model; there are {', '.join(MODELLED)}.", service=service)
    return service
