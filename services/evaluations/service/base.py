"""What the parts of the evaluations service share."""

from __future__ import annotations

from typing import Any

from services.evaluations import schemas, views
from shared.errors import NotFound
from shared.roles import NETWORK, OPERATOR, Role
from shared.rpc import Request
from shared.service import FactsProvider, Service, ViewsProvider


class Part(Service):
    """Base of the parts: facts and views of evaluations, and the campaign that a request names."""

    name = "evaluations"
    model = views.MODEL
    facts = FactsProvider(schemas.EVENTS)
    views = ViewsProvider(views.MODEL)

    def _permit(self, request: Request) -> None:
        """Permit what is asked of a campaign: its cluster and its organiser are subjects that the table may name."""
        campaign = str(request.data.get("campaign"))
        with self.views.reading() as reading:
            launched = views.launched_in(reading, campaign)
        if launched is None:
            raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
        self.permit(request, cluster=launched["cluster"], organiser=launched["organiser"] or ())

    def _frozen_boards(self, request: Request, campaign: dict[str, Any]) -> list[dict[str, Any]] | None:
        """The positions of a freeze for whoever is not shown what is pending; None where all is shown."""
        held = {(grant.role, grant.scope) for grant in self.views.grants(request.actor)}
        sees_pending = held & {(Role.OFFICE, NETWORK), (Role.INSPECTOR, NETWORK)} or request.actor == OPERATOR
        return None if sees_pending else campaign["frozen"]

    def _campaign(self, campaign: str) -> dict[str, Any]:
        with self.views.reading() as reading:
            found = views.campaign_of(reading, campaign)
        if found is None:
            raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
        return found
