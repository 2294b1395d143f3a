"""A campaign's year over the API: phases, covenant, target titles, freeze."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

year = blueprint("year", "/campaigns/<campaign>", "A campaign's year: phases with their terms, covenant, target titles, freeze and thaw.")
titles = blueprint("titles", "/titles", "Emulation titles (danh hiệu thi đua) that may be registered as targets.")
BLUEPRINTS = (year, titles)


@year.route("/tree")
class Tree(MethodView):
    @year.response(200, schemas.CampaignTree)
    def get(self, campaign: str) -> Any:
        """The campaigns that this one was launched under, and those under it, from the topmost."""
        return query("campaigns", "campaign_tree", campaign=campaign)


@year.route("/phases")
class Phases(MethodView):
    @year.arguments(schemas.PlanPhases)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], campaign: str) -> Command:
        """Plan the phases of the year."""
        return told("campaigns", "plan_phases", body, campaign=campaign)


@year.route("/phases/<phase>/opening")
class Opening(MethodView):
    @year.arguments(schemas.OpenPhase)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, phase: str) -> Command:
        """Begin a phase that is no pass of scoring."""
        return told("campaigns", "open_phase", body, campaign=campaign, phase=phase)


@year.route("/phases/<phase>/extension")
class Extension(MethodView):
    @year.arguments(schemas.ExtendPhase)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, phase: str) -> Command:
        """Move the last day of a phase or a pass."""
        return told("campaigns", "extend_phase", body, campaign=campaign, phase=phase)


@year.route("/phases/<phase>/grace")
class Grace(MethodView):
    @year.arguments(schemas.GiveGrace)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, phase: str) -> Command:
        """Let units be late in a phase or a pass until a day."""
        return told("campaigns", "give_grace", body, campaign=campaign, phase=phase)


@year.route("/phases/<phase>/closing")
class Closing(MethodView):
    @year.arguments(schemas.ClosePhase)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, phase: str) -> Command:
        """End a phase that is no pass of scoring."""
        return told("campaigns", "close_phase", body, campaign=campaign, phase=phase)


@year.route("/phases/<phase>/reopening")
class Reopening(MethodView):
    @year.arguments(schemas.ReopenPhase)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, phase: str) -> Command:
        """Open a closed phase or pass again."""
        return told("campaigns", "reopen_phase", body, campaign=campaign, phase=phase)


@year.route("/units/<unit>/paper-registration")
class PaperRegistration(MethodView):
    @year.arguments(schemas.RecordRegistration)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], campaign: str, unit: str) -> Command:
        """Record a registration that came on paper, with its day."""
        return told("campaigns", "record_registration", body, campaign=campaign, unit=unit)


@year.route("/compact")
class Compact(MethodView):
    @year.arguments(schemas.IssueCompact)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], campaign: str) -> Command:
        """Give out the covenant, before the first unit signs it."""
        return told("campaigns", "issue_compact", body, campaign=campaign)


@year.route("/compact/unsigned")
class Unsigned(MethodView):
    @year.response(200)
    def get(self, campaign: str) -> list[str]:
        """The units that have not signed the covenant."""
        return list(query("campaigns", "unsigned", campaign=campaign))


@year.route("/targets")
class Targets(MethodView):
    @year.response(200, schemas.Target(many=True))
    def get(self, campaign: str) -> list[dict[str, Any]]:
        """The target titles of all units and their people."""
        return list(query("campaigns", "targets", campaign=campaign))


@year.route("/units/<unit>/targets/<title>")
class UnitTarget(MethodView):
    @year.arguments(schemas.RegisterTarget)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], campaign: str, unit: str, title: str) -> Command:
        """Register the title that a unit strives for."""
        return told("campaigns", "register_unit_target", body, campaign=campaign, unit=unit, title=title)


@year.route("/units/<unit>/targets/<title>/withdrawal")
class UnitTargetWithdrawal(MethodView):
    @year.arguments(schemas.Reason)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, unit: str, title: str) -> Command:
        """Take a unit's target back."""
        return told("campaigns", "withdraw_unit_target", body, campaign=campaign, unit=unit, title=title)


@year.route("/units/<unit>/people/<person>/targets/<title>")
class PersonTarget(MethodView):
    @year.arguments(schemas.RegisterTarget)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], campaign: str, unit: str, person: str, title: str) -> Command:
        """Register the title that a person of the unit strives for, by the person's id in the registry."""
        return told("campaigns", "register_person_target", body, campaign=campaign, unit=unit, person=person, title=title)


@year.route("/units/<unit>/people/<person>/targets/<title>/withdrawal")
class PersonTargetWithdrawal(MethodView):
    @year.arguments(schemas.Reason)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, unit: str, person: str, title: str) -> Command:
        """Take a person's target back."""
        return told("campaigns", "withdraw_person_target", body, campaign=campaign, unit=unit, person=person, title=title)


@year.route("/freeze")
class Freeze(MethodView):
    @year.arguments(schemas.Reason)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Show the boards as they stand now until they are thawed."""
        return told("campaigns", "freeze", body, campaign=campaign)


@year.route("/thaw")
class Thaw(MethodView):
    @year.arguments(schemas.Reason)
    @year.response(201, schemas.Recorded)
    @year.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Show the boards with all that came meanwhile."""
        return told("campaigns", "thaw", body, campaign=campaign)


@titles.route("")
class Titles(MethodView):
    @titles.arguments(schemas.TitlesOn, location="query")
    @titles.response(200, schemas.EmulationTitle(many=True))
    def get(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """The titles in force on a day."""
        given = {"on": asked["on"].isoformat()} if "on" in asked else {}
        return list(query("campaigns", "titles", **given))
