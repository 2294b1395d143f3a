"""Campaigns as a nameko service: entrypoints only."""

from __future__ import annotations

from typing import Any

from services.campaigns import domain, schemas, views
from shared import rubric as rubrics
from shared.access import Role
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load
from shared.service import FactsProvider, Service, ViewsProvider


class CampaignsService(Service):
    """Rubrics, campaigns with their passes, registrations and covenants."""

    name = "campaigns"
    model = views.MODEL
    facts = FactsProvider(schemas.EVENTS)
    views = ViewsProvider(views.MODEL)

    @rpc
    def publish_rubric(self, request: Request) -> dict[str, Any]:
        self.views.require(request, Role.OFFICE)
        command = load(schemas.PublishRubric, request.data)
        rubric = rubrics.from_data(command.rubric)
        return self.facts.execute(request, domain.RUBRIC, f"rubric-{rubric.key}", command)

    @rpc
    def launch_campaign(self, request: Request) -> dict[str, Any]:
        self.views.require(request, Role.OFFICE)
        command = load(schemas.LaunchCampaign, request.data)
        ground = self._ground(command.cluster, command.season, command.rubric)
        return self.facts.execute(request, domain.campaign(ground), f"campaign-{command.campaign}", command)

    @rpc
    def register_unit(self, request: Request) -> dict[str, Any]:
        command = load(schemas.RegisterUnit, request.data)
        self.views.require(request, Role.OFFICE, Role.SECRETARY, scopes=[command.unit])
        return self._execute(request, command)

    @rpc
    def sign_covenant(self, request: Request) -> dict[str, Any]:
        command = load(schemas.SignCovenant, request.data)
        self.views.require(request, Role.OFFICE, Role.SECRETARY, scopes=[command.unit])
        return self._execute(request, command)

    @rpc
    def open_pass(self, request: Request) -> dict[str, Any]:
        return self._lead(request, load(schemas.OpenPass, request.data))

    @rpc
    def close_pass(self, request: Request) -> dict[str, Any]:
        return self._lead(request, load(schemas.ClosePass, request.data))

    @rpc
    def record_tie_vote(self, request: Request) -> dict[str, Any]:
        return self._lead(request, load(schemas.RecordTieVote, request.data))

    @rpc
    def finalise(self, request: Request) -> dict[str, Any]:
        self.views.require(request, Role.OFFICE)
        return self._execute(request, load(schemas.FinaliseCampaign, request.data))

    @rpc
    def rubrics(self, request: Request) -> list[dict[str, Any]]:
        with self.views.reading() as reading:
            return plain(views.all_rubrics(reading))

    @rpc
    def rubric(self, request: Request) -> dict[str, Any]:
        with self.views.reading() as reading:
            content = views.rubric_content(reading, str(request.data["rubric"]))
        if content is None:
            raise NotFound(f"There is no rubric {request.data['rubric']}.")
        return content

    @rpc
    def campaigns(self, request: Request) -> list[dict[str, Any]]:
        with self.views.reading() as reading:
            return plain(views.all_campaigns(reading))

    @rpc
    def campaign(self, request: Request) -> dict[str, Any]:
        with self.views.reading() as reading:
            found = views.campaign_of(reading, str(request.data["campaign"]))
        if found is None:
            raise NotFound(f"There is no campaign {request.data['campaign']}.")
        return plain(found)

    def _lead(self, request: Request, command: domain.OpenPass | domain.ClosePass | domain.RecordTieVote) -> dict[str, Any]:
        """Passes are opened and closed, and tie votes recorded, by the office or by the leader of the campaign's cluster."""
        launched = self._launched(command.campaign)
        self.views.require(request, Role.OFFICE, Role.LEADER, scopes=[launched.cluster])
        return self._execute(request, command)

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
