"""The campaigns service as a nameko service: entrypoints only."""

from __future__ import annotations

from services.campaigns.service.campaigns import Campaigns
from services.campaigns.service.freezing import Freezing
from services.campaigns.service.inspections import Inspections
from services.campaigns.service.pairing import Pairing
from services.campaigns.service.phases import Phases
from services.campaigns.service.rubrics import Rubrics
from services.campaigns.service.targets import Targets
from services.campaigns.service.urging import Urging


class CampaignsService(Rubrics, Campaigns, Phases, Targets, Pairing, Inspections, Urging, Freezing):
    """Rubrics, campaigns through their year, target titles, who checks whom, inspections, urging, and the seal of the boards."""
