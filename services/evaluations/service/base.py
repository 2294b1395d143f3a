"""What the parts of the evaluations service share."""

from __future__ import annotations

from typing import Any

from services.evaluations import schemas, views
from shared.errors import NotFound
from shared.service import FactsProvider, Service, ViewsProvider


class Part(Service):
    """Base of the parts: facts and views of evaluations, and the campaign that a request names."""

    name = "evaluations"
    model = views.MODEL
    facts = FactsProvider(schemas.EVENTS)
    views = ViewsProvider(views.MODEL)

    def _campaign(self, campaign: str) -> dict[str, Any]:
        with self.views.reading() as reading:
            found = views.campaign_of(reading, campaign)
        if found is None:
            raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
        return found
