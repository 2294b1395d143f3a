"""What the parts of the campaigns service share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.campaigns import domain, schemas, views
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.rpc import Request
from shared.service import FactsProvider, Service, ViewsProvider


class Part(Service):
    """Base of the parts: facts and views of campaigns, and the ground on which a campaign decides."""

    name = "campaigns"
    model = views.MODEL
    facts = FactsProvider(schemas.EVENTS)
    views = ViewsProvider(views.MODEL)

    def _permit(self, request: Request) -> None:
        """Permit a command on a campaign: its cluster and its organiser are subjects that the table may name."""
        launched = self._launched(str(request.data.get("campaign")))
        self.permit(request, cluster=launched.cluster, organiser=launched.organiser or ())

    def _execute(self, request: Request, command: Any, **circumstances: Any) -> dict[str, Any]:
        """Take a command on a campaign; circumstances: what the ground is to hold beside what it always does."""
        ground = replace(self._ground_of(self._launched(command.campaign)), **circumstances)
        return self.facts.execute(request, domain.campaign(ground), f"campaign-{command.campaign}", command)

    def _launched(self, campaign: str) -> domain.CampaignLaunched:
        state, _ = self.facts.load(domain.READ, f"campaign-{campaign}")
        if state.launched is None:
            raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
        return state.launched

    def _ground_of(self, launched: domain.CampaignLaunched) -> domain.Ground:
        """The ground of a campaign that runs."""
        ground = self._ground(launched.cluster, launched.season, launched.rubric)
        return replace(ground, organiser=launched.organiser or ground.organiser)

    def _ground(self, cluster: str, season: int, rubric: str) -> domain.Ground:
        published, _ = self.facts.load(domain.RUBRIC, f"rubric-{rubric}")
        table = published.table(rubric)
        with self.views.reading() as reading:
            found = views.cluster_in(reading, cluster, season)
        if found is None:
            raise NotFound(f"There is no cluster {cluster}; form it in the registry first.", cluster=cluster)
        return domain.Ground(found["members"], found["organiser"], found["leader"], table, legal_date(utc_now()))
