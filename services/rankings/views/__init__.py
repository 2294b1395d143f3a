"""The projection behind every board: the facts of campaigns, sheets and clusters, each with the event it came from.

No total stands in these rows: boards are computed from them, so that none can be out of step with its scores.
"""

from services.rankings.views import adjustments, insights, sheets
from services.rankings.views.campaigns import all_campaigns, campaign_of, participants_of, particulars_of, units_of
from services.rankings.views.counting import Counted, HandIn, scores_of
from services.rankings.views.cuts import Cut, Mark
from services.rankings.views.model import MODEL
from services.rankings.views.registry import ended_by, leaders_of, names_of

__all__ = [
    "MODEL",
    "Counted",
    "Cut",
    "HandIn",
    "Mark",
    "adjustments",
    "all_campaigns",
    "campaign_of",
    "ended_by",
    "insights",
    "leaders_of",
    "names_of",
    "participants_of",
    "particulars_of",
    "scores_of",
    "sheets",
    "units_of",
]
