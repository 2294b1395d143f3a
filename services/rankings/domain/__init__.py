"""The ranking engine, pure: standings, the flag board, the leader board, and why each row stands where it stands."""

from services.rankings.domain.board import (
    APPEAL,
    Adjustment,
    AdjustmentKind,
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
from services.rankings.domain.comparison import Direction, ItemMoved, UnitMoved, compare
from services.rankings.domain.data import standings_data
from services.rankings.domain.explanation import Explanation, UnitNotRanked, Use, explain, explained
from services.rankings.domain.flag import Eligibility, FlagBoard, FlagRow, Ineligible, rotation_flag
from services.rankings.domain.honesty import LIMITS, Honesty, OwnByItem, Proof, ProofTwice, Saved, Season, honesty, proofs_twice
from services.rankings.domain.leader import Designation, LeaderAnswer, LeaderBoard, LeaderRow, LeaderRule, Led, cluster_leader
from services.rankings.domain.lines import Line, Lines, Sheet
from services.rankings.domain.prospects import Awaited, Outlook, Prospect
from services.rankings.domain.ranking import Ranking, placed
from services.rankings.domain.sensitivity import Firmness, Margins, Method, Rival
from services.rankings.domain.standings import UnitRepeated, passes_of, standings
from services.rankings.domain.whatif import SuppositionRefused, check_scorers, reweighted
from shared.plain import plain

__all__ = [
    "APPEAL",
    "LIMITS",
    "Adjustment",
    "AdjustmentKind",
    "Awaited",
    "CapApplied",
    "Contribution",
    "Designation",
    "Direction",
    "Eligibility",
    "Explanation",
    "Failure",
    "Firmness",
    "FlagBoard",
    "FlagRow",
    "Honesty",
    "Ineligible",
    "ItemMoved",
    "ItemResult",
    "LeaderAnswer",
    "LeaderBoard",
    "LeaderRow",
    "LeaderRule",
    "Led",
    "Line",
    "Lines",
    "Margins",
    "Method",
    "Note",
    "Outlook",
    "OwnByItem",
    "PassResult",
    "Proof",
    "ProofTwice",
    "Prospect",
    "Ranking",
    "Rival",
    "Row",
    "Saved",
    "Score",
    "Season",
    "Sheet",
    "Standings",
    "Status",
    "SuppositionRefused",
    "TieStep",
    "UnitMoved",
    "UnitNotRanked",
    "UnitRepeated",
    "Use",
    "check_scorers",
    "cluster_leader",
    "compare",
    "explain",
    "explained",
    "honesty",
    "passes_of",
    "placed",
    "plain",
    "proofs_twice",
    "reweighted",
    "rotation_flag",
    "standings",
    "standings_data",
]
