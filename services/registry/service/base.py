"""What the parts of the registry's service share."""

from __future__ import annotations

from datetime import date

from services.registry import domain, schemas, views
from services.registry.domain import lineage
from shared.errors import NotFound
from shared.service import FactsProvider, Service, ViewsProvider


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

    def _open_on(self, organisation: str, day: date, at: str) -> None:
        """As `_existing`, and open on a day; at: the field that names it. Raises NotFound, NotOpen."""
        state, _ = self.facts.load(domain.ORGANISATION, f"organisation-{organisation}")
        lineage.require_open({organisation: state}, organisation, day, at)
