"""What the parts of the registry's service share."""

from __future__ import annotations

from services.registry import schemas, views
from shared.access import Role
from shared.errors import NotFound
from shared.service import FactsProvider, Service, ViewsProvider

OFFICE = (Role.OFFICE, Role.ADMINISTRATOR)


class Part(Service):
    """Base of the parts: the registry's facts and views."""

    name = "registry"
    model = views.MODEL
    facts = FactsProvider(schemas.EVENTS)
    views = ViewsProvider(views.MODEL)

    def _existing(self, organisation: str) -> None:
        """An organisation is known by its own stream, so that one registered a moment ago counts."""
        if not self.facts.store.stream(f"organisation-{organisation}"):
            raise NotFound(f"There is no organisation {organisation}; register it first.", organisation=organisation)
