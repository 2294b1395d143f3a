"""The ranking engine, pure: standings, the flag board, the leader board, and why each row stands where it stands."""

from services.rankings.domain.board import (
    CapApplied,
    Contribution,
    Failure,
    ItemResult,
    Note,
    PassResult,
    Row,
    Score,
    Standings,
    Status,
    TieStep,
)
from services.rankings.domain.data import standings_data
from services.rankings.domain.explanation import Explanation, UnitNotRanked, Use, explain
from services.rankings.domain.flag import Eligibility, FlagBoard, FlagRow, Ineligible, rotation_flag
from services.rankings.domain.leader import Designation, LeaderBoard, LeaderRow, LeaderRule, Led, cluster_leader
from services.rankings.domain.standings import UnitRepeated, standings
from shared.plain import plain

__all__ = [
    "CapApplied",
    "Contribution",
    "Designation",
    "Eligibility",
    "Explanation",
    "Failure",
    "FlagBoard",
    "FlagRow",
    "Ineligible",
    "ItemResult",
    "LeaderBoard",
    "LeaderRow",
    "LeaderRule",
    "Led",
    "Note",
    "PassResult",
    "Row",
    "Score",
    "Standings",
    "Status",
    "TieStep",
    "UnitNotRanked",
    "UnitRepeated",
    "Use",
    "cluster_leader",
    "explain",
    "plain",
    "rotation_flag",
    "standings",
    "standings_data",
]
