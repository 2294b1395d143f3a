"""Entrypoints for campaigns: launching, taking part, passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.campaigns import domain, schemas, views
from services.campaigns.service.base import Part
from shared.ballot_results import ballot_known, counted_in
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Campaigns(Part):
    """Campaigns with their passes, registrations and covenants."""

    @rpc
    def launch_campaign(self, request: Request) -> dict[str, Any]:
        self.permit(request, organiser=self._organiser_of(str(request.data.get("cluster"))))
        command: domain.LaunchCampaign = load(schemas.LaunchCampaign, request.data)
        ground = self._ground(command.cluster, command.season, command.rubric)
        running, _ = self.facts.load(domain.READ, f"campaign-{command.campaign}")
        if running.launched is None:
            ground = replace(ground, rubric=self._in_use(command.rubric))
        with self.views.reading() as reading:
            named = {*command.units, *([command.organiser] if command.organiser else [])}
            known = frozenset(key for key in named if views.is_unit(reading, key))
        ground = replace(ground, known=known, parent=self._parent(command.parent))
        return self.facts.execute(request, domain.campaign(ground), f"campaign-{command.campaign}", command)

    @rpc
    def register_unit(self, request: Request) -> dict[str, Any]:
        """Register a unit today."""
        self._permit(request)
        return self._execute(request, load(schemas.RegisterUnit, request.data))

    @rpc
    def record_registration(self, request: Request) -> dict[str, Any]:
        """Record a registration that came on paper, with the day on it; the office answers for it."""
        self._permit(request)
        return self._execute(request, load(schemas.RecordRegistration, request.data))

    @rpc
    def issue_compact(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.IssueCompact, request.data))

    @rpc
    def sign_covenant(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.SignCovenant, request.data))

    @rpc
    def open_pass(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.OpenPass, request.data))

    @rpc
    def close_pass(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.ClosePass, request.data))

    @rpc
    def record_tie_vote(self, request: Request) -> dict[str, Any]:
        """Record a vote between tied units that was held on paper."""
        self._permit(request)
        return self._execute(request, load(schemas.RecordTieVote, request.data))

    @rpc
    def take_tie_ballot(self, request: Request) -> dict[str, Any]:
        """Take the vote between tied units over from a ballot that was counted in the network."""
        self._permit(request)
        command = load(schemas.TakeTieBallot, request.data)
        with self.views.reading() as reading:
            held = ballot_known(reading, command.ballot)
        return self._execute(request, command, ballot=held)

    @rpc
    def campaigns(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_campaigns(reading))

    @rpc
    def campaign(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        with self.views.reading() as reading:
            found = views.campaign_of(reading, str(request.data["campaign"]))
        if found is None:
            raise NotFound(f"There is no campaign {request.data['campaign']}.")
        return plain(found)

    @rpc
    def campaign_tree(self, request: Request) -> dict[str, Any]:
        """The campaigns that this one was launched under, and those under it, from the topmost."""
        self.permit(request)
        with self.views.reading() as reading:
            found = views.tree(reading, str(request.data["campaign"]))
        if found is None:
            raise NotFound(f"There is no campaign {request.data['campaign']}.")
        return plain(found)

    @rpc
    def tie_ballots(self, request: Request) -> list[dict[str, Any]]:
        """The ballots between tied units of a campaign that decided something: ballot, title, closed_on, results; the newest first."""
        self.permit(request)
        with self.views.reading() as reading:
            held = counted_in(reading, [str(request.data["campaign"])], (domain.TIE,))
        shown = ("ballot", "title", "closed_on", "results")
        return plain([{name: getattr(one, name) for name in shown} for one in held if one.outcome == "decided"])

    @rpc
    def unsigned(self, request: Request) -> list[str]:
        """The units that have not signed the covenant of a campaign."""
        self.permit(request)
        with self.views.reading() as reading:
            return views.unsigned(reading, str(request.data["campaign"]))

    def _organiser_of(self, cluster: str) -> str | tuple[()]:
        """Who organises the cluster, whoever the request names: to name oneself gives no right to launch."""
        with self.views.reading() as reading:
            found = views.cluster_in(reading, cluster, 0)
        return str(found["organiser"]) if found else ()

    def _in_use(self, rubric: str) -> Any:
        state, _ = self.facts.load(domain.RUBRIC, f"rubric-{rubric}")
        return state.in_use(rubric)

    def _parent(self, campaign: str | None) -> domain.Parent | None:
        if campaign is None:
            return None
        state, _ = self.facts.load(domain.READ, f"campaign-{campaign}")
        if state.launched is None:
            raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
        above = state.launched
        published, _ = self.facts.load(domain.RUBRIC, f"rubric-{above.rubric}")
        rubric = published.table(above.rubric)
        return domain.Parent(campaign, above.title, above.season, above.starts_on, above.ends_on, state.final, rubric)
