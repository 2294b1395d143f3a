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
from shared.rubric.model import (
    Cap,
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
    "Cap",
    "Group",
    "Imbalance",
    "Item",
    "ItemUnknown",
    "Kind",
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
    "from_data",
    "imbalances",
    "load_yaml",
    "problems",
    "to_data",
]
