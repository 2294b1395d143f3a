"""Commands and events of campaigns at their boundary."""

from services.campaigns.schemas import campaigns, rubrics
from services.campaigns.schemas.campaigns import (
    ClosePass,
    FinaliseCampaign,
    LaunchCampaign,
    OpenPass,
    RecordTieVote,
    RegisterUnit,
    SignCovenant,
)
from services.campaigns.schemas.rubrics import PublishRubric
from shared.schema import Catalogue

EVENTS = Catalogue("campaigns", *rubrics.EVENTS, *campaigns.EVENTS)

__all__ = [
    "EVENTS",
    "ClosePass",
    "FinaliseCampaign",
    "LaunchCampaign",
    "OpenPass",
    "PublishRubric",
    "RecordTieVote",
    "RegisterUnit",
    "SignCovenant",
]
