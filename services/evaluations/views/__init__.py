"""What one asks evaluations."""

from services.evaluations.views.campaigns import campaign_of, scorers_of
from services.evaluations.views.model import MODEL
from services.evaluations.views.sheets import assigned_sheets, open_matters

__all__ = ["MODEL", "assigned_sheets", "campaign_of", "open_matters", "scorers_of"]
