"""Score records for tests, each recorded a minute after the one before it."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.rankings.domain import Row, Score, Standings

START = datetime(2024, 12, 1, 9, tzinfo=UTC)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def a_score(
    unit: str,
    item: str,
    score: str | None,
    *,
    by: str = "head",
    in_pass: str = "cluster",
    minute: int = 0,
    event: str | None = None,
    reason: str | None = None,
) -> Score:
    return Score(unit, item, in_pass, by, None if score is None else Decimal(score), at(minute), event, reason)


def scores_of(unit: str, in_pass: str = "cluster", /, **by_item: str) -> list[Score]:
    """One record per item; an underscore in a name stands for the point of a key, as A_1 for A.1."""
    return [a_score(unit, item.replace("_", "."), score, in_pass=in_pass) for item, score in by_item.items()]


def row_of(board: Standings, unit: str) -> Row:
    row = board.row(unit)
    assert row is not None
    return row


def places(board: Standings) -> list[tuple[int | None, str]]:
    return [(row.rank, row.unit) for row in board.rows]


def sums(row: Row) -> tuple[str, ...]:
    """total, content, bonus, penalty as text."""
    return tuple("none" if one is None else f"{one:f}" for one in (row.total, row.content, row.bonus, row.penalty))


def figures(told: Any, *names: str) -> tuple[Any, ...]:
    """Some fields of what was told, to be held against plain numbers."""
    return tuple(getattr(told, name) for name in names)


def joined(*parts: Iterable[Score]) -> list[Score]:
    return [score for part in parts for score in part]


def without(scores: Iterable[Score], scorers: Collection[str]) -> tuple[Score, ...]:
    """The records without those of some scorers."""
    return tuple(score for score in scores if score.scorer not in scorers)
