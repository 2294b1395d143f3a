"""Commands and events of evaluations at their boundary."""

from services.evaluations.schemas import sheets
from services.evaluations.schemas.sheets import ImportSheets, ScoreItems, SubmitSheet
from shared.schema import Catalogue

EVENTS = Catalogue("evaluations", *sheets.EVENTS, upcasters=sheets.UPCASTERS)

__all__ = ["EVENTS", "ImportSheets", "ScoreItems", "SubmitSheet"]
