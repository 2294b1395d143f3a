"""Entrypoints for the phases of a campaign's year."""

from __future__ import annotations

from typing import Any

from services.campaigns import schemas
from services.campaigns.service.base import Part
from shared.rpc import Request, rpc
from shared.schema import load


class Phases(Part):
    """Phases: planned, opened, extended, with grace, closed, opened again."""

    @rpc
    def plan_phases(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.PlanPhases, request.data))

    @rpc
    def open_phase(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.OpenPhase, request.data))

    @rpc
    def extend_phase(self, request: Request) -> dict[str, Any]:
        """Move the last day of a phase or of a pass."""
        self._permit(request)
        return self._execute(request, load(schemas.ExtendPhase, request.data))

    @rpc
    def give_grace(self, request: Request) -> dict[str, Any]:
        """Let some units, or all, be late in a phase or a pass until a day."""
        self._permit(request)
        return self._execute(request, load(schemas.GiveGrace, request.data))

    @rpc
    def close_phase(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.ClosePhase, request.data))

    @rpc
    def reopen_phase(self, request: Request) -> dict[str, Any]:
        """Open a closed phase or pass again."""
        self._permit(request)
        return self._execute(request, load(schemas.ReopenPhase, request.data))
