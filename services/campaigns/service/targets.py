"""Entrypoints for target titles."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.campaigns import domain, schemas, views
from services.campaigns.service.base import Part
from services.campaigns.titles import TITLES
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Targets(Part):
    """Target titles of units and of their people."""

    @rpc
    def register_person_target(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._aim(request, load(schemas.RegisterPersonTarget, request.data))

    @rpc
    def withdraw_person_target(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._aim(request, load(schemas.WithdrawPersonTarget, request.data))

    @rpc
    def register_unit_target(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._aim(request, load(schemas.RegisterUnitTarget, request.data))

    @rpc
    def withdraw_unit_target(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._aim(request, load(schemas.WithdrawUnitTarget, request.data))

    @rpc
    def targets(self, request: Request) -> list[dict[str, Any]]:
        """The targets of a campaign, or of one unit in it."""
        self.permit(request)
        unit = request.data.get("unit")
        with self.views.reading() as reading:
            return plain(views.targets_of(reading, str(request.data["campaign"]), None if unit is None else str(unit)))

    @rpc
    def titles(self, request: Request) -> list[dict[str, Any]]:
        """The titles in force on a day, today where none is given."""
        self.permit(request)
        given = request.data.get("on")
        on = date.fromisoformat(str(given)) if given else legal_date(utc_now())
        return plain([title for title in TITLES if title.in_force(on)])

    def _aim(self, request: Request, command: Any) -> dict[str, Any]:
        state, _ = self.facts.load(domain.READ, f"campaign-{command.campaign}")
        if state.launched is None:
            raise NotFound(f"There is no campaign {command.campaign}.", campaign=command.campaign)
        ground = domain.TargetGround(
            titles=TITLES,
            today=legal_date(utc_now()),
            registered=command.unit in state.registered,
            last_day=state.terms[domain.REGISTRATION].last_day(command.unit),
            final=state.final,
        )
        return self.facts.execute(request, domain.targets(ground), f"targets-{command.campaign}:{command.unit}", command)
