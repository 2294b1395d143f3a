"""What the parts of the campaigns service share."""

from __future__ import annotations

from typing import Any

from services.campaigns import domain, schemas, views
from shared import rubric as rubrics
from shared.errors import NotFound
from shared.rpc import Request
from shared.service import FactsProvider, Service, ViewsProvider


class Part(Service):
    """Base of the parts: facts and views of campaigns, and the ground on which a campaign decides."""

    name = "campaigns"
    model = views.MODEL
    facts = FactsProvider(schemas.EVENTS)
    views = ViewsProvider(views.MODEL)

    def _execute(self, request: Request, command: Any) -> dict[str, Any]:
        launched = self._launched(command.campaign)
        ground = self._ground(launched.cluster, launched.season, launched.rubric)
        return self.facts.execute(request, domain.campaign(ground), f"campaign-{command.campaign}", command)

    def _launched(self, campaign: str) -> domain.CampaignLaunched:
        state, _ = self.facts.load(domain.READ, f"campaign-{campaign}")
        if state.launched is None:
            raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
        return state.launched

    def _ground(self, cluster: str, season: int, rubric: str) -> domain.Ground:
        published, _ = self.facts.load(domain.RUBRIC, f"rubric-{rubric}")
        if published is None:
            raise NotFound(f"There is no rubric {rubric}; publish it first.", rubric=rubric)
        with self.views.reading() as reading:
            found = views.cluster_in(reading, cluster, season)
        if found is None:
            raise NotFound(f"There is no cluster {cluster}; form it in the registry first.", cluster=cluster)
        return domain.Ground(found["members"], found["organiser"], found["leader"], rubrics.from_data(published.content))
