"""What one asks evaluations."""

from services.evaluations.views import initiatives as initiatives
from services.evaluations.views import ratings as ratings
from services.evaluations.views.adjustments import adjustment_elsewhere, adjustments_of
from services.evaluations.views.appeals import appeals_of, closed_on, open_appeals
from services.evaluations.views.ballots import all_ballots, ballot_of, open_ballots, open_to, strangers_among
from services.evaluations.views.campaigns import campaign_of, grace_until, launched_in, scorers_of
from services.evaluations.views.conflicts import (
    account_unit,
    called_to,
    entering_for,
    has_nominated,
    kin_in,
    posts_in,
    recused_in,
    said_of_conflicts,
)
from services.evaluations.views.frozen import is_shown
from services.evaluations.views.model import MODEL
from services.evaluations.views.sheets import assigned_sheets, comments_on, open_matters, standing

__all__ = [
    "MODEL",
    "account_unit",
    "adjustment_elsewhere",
    "adjustments_of",
    "all_ballots",
    "appeals_of",
    "assigned_sheets",
    "ballot_of",
    "called_to",
    "campaign_of",
    "closed_on",
    "comments_on",
    "entering_for",
    "grace_until",
    "has_nominated",
    "is_shown",
    "kin_in",
    "launched_in",
    "open_appeals",
    "open_ballots",
    "open_matters",
    "open_to",
    "posts_in",
    "recused_in",
    "said_of_conflicts",
    "scorers_of",
    "standing",
    "strangers_among",
]
