"""Evaluations (đánh giá, chấm điểm): modules by what is decided."""

from services.evaluations.domain.errors import (
    ItemNotHere,
    ReasonMissing,
    ScoresRefused,
    SheetClosed,
    SheetIncomplete,
    SheetStale,
)
from services.evaluations.domain.sheets import (
    READ,
    Ground,
    ImportSheet,
    ItemScore,
    ItemsScored,
    ScoreItems,
    Sheet,
    SheetSubmitted,
    SubmitSheet,
    baseline,
    sheet,
)

__all__ = [
    "READ",
    "Ground",
    "ImportSheet",
    "ItemNotHere",
    "ItemScore",
    "ItemsScored",
    "ReasonMissing",
    "ScoreItems",
    "ScoresRefused",
    "Sheet",
    "SheetClosed",
    "SheetIncomplete",
    "SheetStale",
    "SheetSubmitted",
    "SubmitSheet",
    "baseline",
    "sheet",
]
