"""The rubric language: its model, its checks, its arithmetic and its text."""

from shared.rubric.balance import Imbalance, Problem, check, imbalances, problems
from shared.rubric.errors import (
    ItemUnknown,
    RubricInvalid,
    RubricUnbalanced,
    RubricUnreadable,
    ScoreOutOfRange,
    ScoreRefused,
    ScoreTooPrecise,
)
from shared.rubric.lineage import Change, Difference, Part, copied, differences
from shared.rubric.model import (
    APPEAL,
    Cap,
    Document,
    Evidence,
    Group,
    Item,
    Kind,
    PassRule,
    Rounding,
    RoundingMode,
    Rubric,
    Statistic,
    TieBreak,
    TieBy,
)
from shared.rubric.score import check_score
from shared.rubric.text import from_data, load_yaml, to_data

__all__ = [
    "APPEAL",
    "Cap",
    "Change",
    "Difference",
    "Document",
    "Evidence",
    "Group",
    "Imbalance",
    "Item",
    "ItemUnknown",
    "Kind",
    "Part",
    "PassRule",
    "Problem",
    "Rounding",
    "RoundingMode",
    "Rubric",
    "RubricInvalid",
    "RubricUnbalanced",
    "RubricUnreadable",
    "ScoreOutOfRange",
    "ScoreRefused",
    "ScoreTooPrecise",
    "Statistic",
    "TieBreak",
    "TieBy",
    "check",
    "check_score",
    "copied",
    "differences",
    "from_data",
    "imbalances",
    "load_yaml",
    "problems",
    "to_data",
]
