"""Entrypoints for organisations."""

from __future__ import annotations

from typing import Any

from services.registry import domain, schemas, views
from services.registry.service.base import OFFICE, Part
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Organisations(Part):
    """Organisations and their lineage."""

    @rpc
    def register_organisation(self, request: Request) -> dict[str, Any]:
        self.views.require(request, *OFFICE)
        command = load(schemas.RegisterOrganisation, request.data)
        if command.parent is not None:
            self._existing(command.parent)
        return self.facts.execute(request, domain.ORGANISATION, f"organisation-{command.organisation}", command)

    @rpc
    def organisations(self, request: Request) -> list[dict[str, Any]]:
        with self.views.reading() as reading:
            return plain(views.all_organisations(reading))
