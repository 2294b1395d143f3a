"""Entrypoints for campaigns."""

from __future__ import annotations

from typing import Any

from services.campaigns import domain, schemas, views
from services.campaigns.service.base import Part
from shared.access import Role
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Campaigns(Part):
    """Campaigns with their passes, registrations and covenants."""

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
