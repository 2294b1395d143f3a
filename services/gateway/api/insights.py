"""Questions about boards over the API: who can still win, what if, how firm, what changed, over the seasons, hints, an event in the log."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query
from shared.plain import plain

insights = blueprint("insights", "/campaigns/<campaign>/insights", "Questions about boards; what only supposes says so: `hypothetical`.")
units = blueprint("units", "/units/<unit>", "A unit over its seasons.")
clusters = blueprint("leading", "/clusters/<cluster>", "Who consents to lead or declines it, and hints about scoring.")
log = blueprint("log", "/audit/events", "Where an event stands in the log.")
BLUEPRINTS = (insights, units, clusters, log)


@insights.route("/prospects")
class Prospects(MethodView):
    @insights.arguments(schemas.PartAsked, location="query")
    @insights.response(200, schemas.Prospects)
    def get(self, asked: dict[str, Any], campaign: str) -> Any:
        """For each unit the best and the worst place still possible."""
        return query("rankings", "prospects", campaign=campaign, **asked)


@insights.route("/firmness")
class Firmness(MethodView):
    @insights.arguments(schemas.FirmnessAsked, location="query")
    @insights.response(200, schemas.Firm)
    def get(self, asked: dict[str, Any], campaign: str) -> Any:
        """By how much all weights may change before another unit overtakes the first."""
        return query("rankings", "firmness", campaign=campaign, **plain(asked))


@insights.route("/board")
class BoardUnder(MethodView):
    @insights.arguments(schemas.UnderAsked, location="query")
    @insights.response(200, schemas.SupposedBoard)
    def get(self, asked: dict[str, Any], campaign: str) -> Any:
        """The standings as they would be under another published version of the rules."""
        return query("rankings", "board_under", campaign=campaign, **plain(asked))


@insights.route("/what-if")
class WhatIf(MethodView):
    @insights.arguments(schemas.Supposed)
    @insights.response(200, schemas.SupposedBoard)
    def post(self, body: dict[str, Any], campaign: str) -> Any:
        """The standings under other weights, other rules, or without some scorers. Nothing of it is kept."""
        return query("rankings", "what_if", campaign=campaign, **plain(body))


@insights.route("/comparison")
class Comparison(MethodView):
    @insights.arguments(schemas.ComparedAsked, location="query")
    @insights.response(200, schemas.Compared)
    def get(self, asked: dict[str, Any], campaign: str) -> Any:
        """This campaign's board beside another."""
        given = plain(asked)
        runs = {"before": given.get("other", campaign), "after": campaign}
        sides: dict[str, Any] = {
            side: {"campaign": run, **{name: given[f"{side}_{name}"] for name in ("as_of", "rubric") if f"{side}_{name}" in given}}
            for side, run in runs.items()
        }
        return query("rankings", "compare", **sides, **{name: given[name] for name in ("limit", "start") if name in given})


@insights.route("/units/<unit>/evidence")
class Evidence(MethodView):
    @insights.arguments(schemas.AsOf, location="query")
    @insights.response(200, schemas.Proof(many=True))
    def get(self, asked: dict[str, Any], campaign: str, unit: str) -> Any:
        """The evidence behind the scores of a unit, by digest."""
        return query("rankings", "proofs", campaign=campaign, unit=unit, **plain(asked))


@units.route("/seasons")
class Seasons(MethodView):
    @units.response(200, schemas.Seasons)
    def get(self, unit: str) -> Any:
        """A unit in every campaign that it, or an organisation that it goes on from, took part in."""
        lineage = query("registry", "lineage", organisation=unit)
        before = list(dict.fromkeys(step["organisation"] for step in lineage["ancestors"]))
        return query("rankings", "history", unit=unit, before=before)


@clusters.route("/honesty")
class Honesty(MethodView):
    @clusters.arguments(schemas.HintsAsked, location="query")
    @clusters.response(200, schemas.Honesty)
    def get(self, asked: dict[str, Any], cluster: str) -> Any:
        """Hints about scoring over the seasons of a cluster; for the office and inspectors."""
        return query("rankings", "honesty", cluster=cluster, **asked)


@clusters.route("/seasons/<int:season>/answers/<unit>")
class LeadershipAnswer(MethodView):
    @clusters.arguments(schemas.LeadershipAnswer)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], cluster: str, season: int, unit: str) -> tuple[dict[str, Any], int]:
        """A unit consents to lead in a season, or declines it."""
        consents = body.pop("consents")
        return told("registry", "consent_to_lead" if consents else "decline_to_lead", body, cluster=cluster, season=season, unit=unit)


@log.route("/<event>")
class EventPlace(MethodView):
    @log.response(200, schemas.EventPlace)
    def get(self, event: str) -> Any:
        """Where an event stands in the log of its service, with its digest and its neighbours'."""
        return query("audit", "place", event=event)
