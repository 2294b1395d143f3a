"""Campaigns over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

campaigns = blueprint("campaigns", "/campaigns", "Campaigns (phong trào thi đua): registrations, covenants, passes.")
BLUEPRINTS = (campaigns,)


@campaigns.route("")
class Campaigns(MethodView):
    @campaigns.response(200, schemas.CampaignLine(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All campaigns."""
        return list(query("campaigns", "campaigns"))

    @campaigns.arguments(schemas.LaunchCampaign)
    @campaigns.response(201, schemas.Recorded)
    @campaigns.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Launch a campaign."""
        return told("campaigns", "launch_campaign", body)


@campaigns.route("/<campaign>")
class Campaign(MethodView):
    @campaigns.response(200, schemas.Campaign)
    def get(self, campaign: str) -> Any:
        """A campaign with its units and passes."""
        return query("campaigns", "campaign", campaign=campaign)


@campaigns.route("/<campaign>/units/<unit>/registration")
class Registration(MethodView):
    @campaigns.response(201, schemas.Recorded)
    @campaigns.alt_response(200, schema=schemas.Recorded)
    def put(self, campaign: str, unit: str) -> Command:
        """Register a unit."""
        return told("campaigns", "register_unit", {}, campaign=campaign, unit=unit)


@campaigns.route("/<campaign>/units/<unit>/covenant")
class Covenant(MethodView):
    @campaigns.arguments(schemas.SignCovenant)
    @campaigns.response(201, schemas.Recorded)
    @campaigns.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], campaign: str, unit: str) -> Command:
        """Sign the covenant."""
        return told("campaigns", "sign_covenant", body, campaign=campaign, unit=unit)


@campaigns.route("/<campaign>/passes/<pass_key>/opening")
class Opening(MethodView):
    @campaigns.arguments(schemas.OpenPass)
    @campaigns.response(201, schemas.Recorded)
    @campaigns.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, pass_key: str) -> Command:
        """Open a pass of scoring."""
        return told("campaigns", "open_pass", body, campaign=campaign, pass_key=pass_key)


@campaigns.route("/<campaign>/passes/<pass_key>/closing")
class Closing(MethodView):
    @campaigns.arguments(schemas.ClosePass)
    @campaigns.response(201, schemas.Recorded)
    @campaigns.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, pass_key: str) -> Command:
        """Close a pass, before its last day with a reason."""
        return told("campaigns", "close_pass", body, campaign=campaign, pass_key=pass_key)


@campaigns.route("/<campaign>/tie-vote")
class TieVote(MethodView):
    @campaigns.arguments(schemas.RecordTieVote)
    @campaigns.response(201, schemas.Recorded)
    @campaigns.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Record the conference's vote between units of equal score that was held on paper."""
        return told("campaigns", "record_tie_vote", body, campaign=campaign)


@campaigns.route("/<campaign>/tie-vote/ballot")
class TieBallot(MethodView):
    @campaigns.arguments(schemas.TakeTieBallot)
    @campaigns.response(201, schemas.Recorded)
    @campaigns.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Take the vote between units of equal score over from a ballot that was counted in the network."""
        return told("campaigns", "take_tie_ballot", body, campaign=campaign)


@campaigns.route("/<campaign>/finalisation")
class Finalisation(MethodView):
    @campaigns.response(201, schemas.Recorded)
    @campaigns.alt_response(200, schema=schemas.Recorded)
    def post(self, campaign: str) -> Command:
        """Make the result final: nothing in the campaign changes any more."""
        return told("campaigns", "finalise", {}, campaign=campaign)
