"""Entrypoints for inspections."""

from __future__ import annotations

from typing import Any

from services.campaigns import domain, schemas, views
from services.campaigns.service.base import Part
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Inspections(Part):
    """Inspections with their findings, and what units did about them."""

    @rpc
    def plan_inspection(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.PlanInspection, request.data)
        audience = None if command.campaign is None else self._launched(command.campaign).audience
        with self.views.reading() as reading:
            known = views.is_unit(reading, command.unit)
        return self._decide(request, command, domain.InspectionGround(legal_date(utc_now()), known, audience))

    @rpc
    def hold_inspection(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._decide(request, load(schemas.HoldInspection, request.data))

    @rpc
    def record_finding(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._decide(request, load(schemas.RecordFinding, request.data))

    @rpc
    def follow_up_finding(self, request: Request) -> dict[str, Any]:
        """The unit's own secretary answers for it, or the office what came on paper."""
        state, _ = self.facts.load(domain.READ_INSPECTION, f"inspection-{request.data.get('inspection')}")
        self.permit(request, unit=state.planned.unit if state.planned else ())
        return self._decide(request, load(schemas.FollowUpFinding, request.data))

    @rpc
    def conclude_inspection(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._decide(request, load(schemas.ConcludeInspection, request.data))

    @rpc
    def cancel_inspection(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._decide(request, load(schemas.CancelInspection, request.data))

    @rpc
    def inspections(self, request: Request) -> list[dict[str, Any]]:
        """All inspections, or those of a `campaign` or `unit`, the latest first."""
        self.permit(request)
        asked = {name: request.data.get(name) for name in ("campaign", "unit")}
        with self.views.reading() as reading:
            return plain(views.all_inspections(reading, **asked))

    @rpc
    def inspection(self, request: Request) -> dict[str, Any]:
        """One inspection with its findings, for the office, inspectors and the unit."""
        with self.views.reading() as reading:
            found = views.inspection_of(reading, str(request.data["inspection"]))
        self.permit(request, unit=found["unit"] if found else ())
        if found is None:
            raise NotFound(f"There is no inspection {request.data['inspection']}.")
        return plain(found)

    def _decide(self, request: Request, command: Any, ground: domain.InspectionGround | None = None) -> dict[str, Any]:
        decider = domain.inspection(ground or domain.InspectionGround(legal_date(utc_now())))
        return self.facts.execute(request, decider, f"inspection-{command.inspection}", command)
