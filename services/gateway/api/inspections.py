"""Inspections over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

inspections = blueprint("inspections", "/inspections", "Inspections (kiểm tra công tác thi đua, khen thưởng) with findings and follow-ups.")
BLUEPRINTS = (inspections,)


@inspections.route("")
class Inspections(MethodView):
    @inspections.arguments(schemas.OfUnit, location="query")
    @inspections.response(200, schemas.InspectionLine(many=True))
    def get(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """All inspections, or those of a campaign or unit, the latest first."""
        return list(query("campaigns", "inspections", **asked))

    @inspections.arguments(schemas.PlanInspection)
    @inspections.response(201, schemas.Recorded)
    @inspections.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Plan an inspection."""
        return told("campaigns", "plan_inspection", body)


@inspections.route("/<inspection>")
class Inspection(MethodView):
    @inspections.response(200, schemas.Inspection)
    def get(self, inspection: str) -> Any:
        """An inspection with its findings, and what the unit did about them."""
        return query("campaigns", "inspection", inspection=inspection)


@inspections.route("/<inspection>/holding")
class Holding(MethodView):
    @inspections.arguments(schemas.HappenedOn)
    @inspections.response(201, schemas.Recorded)
    @inspections.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], inspection: str) -> Command:
        """Record that it took place."""
        return told("campaigns", "hold_inspection", body, inspection=inspection)


@inspections.route("/<inspection>/findings")
class Findings(MethodView):
    @inspections.arguments(schemas.RecordFinding)
    @inspections.response(201, schemas.Recorded)
    @inspections.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], inspection: str) -> Command:
        """Record what was found."""
        return told("campaigns", "record_finding", body, inspection=inspection)


@inspections.route("/<inspection>/findings/<finding>/follow-ups")
class FollowUps(MethodView):
    @inspections.arguments(schemas.FollowUpFinding)
    @inspections.response(201, schemas.Recorded)
    @inspections.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], inspection: str, finding: str) -> Command:
        """Say what the unit did about a finding."""
        return told("campaigns", "follow_up_finding", body, inspection=inspection, finding=finding)


@inspections.route("/<inspection>/conclusion")
class Conclusion(MethodView):
    @inspections.arguments(schemas.ConcludeInspection)
    @inspections.response(201, schemas.Recorded)
    @inspections.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], inspection: str) -> Command:
        """Conclude."""
        return told("campaigns", "conclude_inspection", body, inspection=inspection)


@inspections.route("/<inspection>/cancellation")
class Cancellation(MethodView):
    @inspections.arguments(schemas.Because)
    @inspections.response(201, schemas.Recorded)
    @inspections.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], inspection: str) -> Command:
        """Call off an inspection that has not been held."""
        return told("campaigns", "cancel_inspection", body, inspection=inspection)
