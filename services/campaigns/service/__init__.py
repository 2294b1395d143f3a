"""The campaigns service as a nameko service: entrypoints only."""

from __future__ import annotations

from services.campaigns.service.campaigns import Campaigns
from services.campaigns.service.rubrics import Rubrics


class CampaignsService(Rubrics, Campaigns):
    """Rubrics, campaigns with their passes, registrations and covenants."""
