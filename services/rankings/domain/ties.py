"""Units of equal total: the rubric's declared chain separates them, or they stay equal; never a name or an id."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from services.rankings.domain.board import Row, TieStep
from shared.rubric.model import Kind, TieBreak, TieBy

Marks = tuple[tuple[Decimal, int], ...]
"""A mark and how many times it was given, downward."""

# Greater comes first; () is "nothing to compare" and comes last. It is made of nothing but what the step shows.
_Key = Marks


Compare = Callable[[TieBreak, Row], TieStep]
"""compare(step, row): what a step of the chain compares of a row, votes apart; not yet decided."""


def separated(rows: Sequence[Row], chain: Sequence[TieBreak], votes: Mapping[str, int], compare: Compare | None = None) -> list[list[Row]]:
    """Rows of one total as places in order, each of the rows that share it, with what was compared written on them.

    compare: where the rows do not hold the items that steps look at.
    """
    return _split(list(rows), chain, votes, compare or compared_items)


def _split(rows: list[Row], chain: Sequence[TieBreak], votes: Mapping[str, int], compare: Compare) -> list[list[Row]]:
    if len(rows) == 1 or not chain:
        return [rows]
    step = chain[0]
    if step.by is TieBy.VOTE:
        compared = {row.unit: _vote(step, row.unit, votes) for row in rows}
        # A vote speaks of the units that were voted on: one that leaves out a tied unit was not about this tie.
        if any(one.value is None for one in compared.values()):
            return _split(_with_step(rows, compared, decided=False), chain[1:], votes, compare)
    else:
        compared = {row.unit: compare(step, row) for row in rows}
    keys = {unit: _key(one) for unit, one in compared.items()}
    places = sorted(set(keys.values()), reverse=True)
    marked = _with_step(rows, compared, decided=len(places) > 1)
    return [part for place in places for part in _split([row for row in marked if keys[row.unit] == place], chain[1:], votes, compare)]


def _with_step(rows: Sequence[Row], compared: Mapping[str, TieStep], *, decided: bool) -> list[Row]:
    return [replace(row, tie_steps=(*row.tie_steps, replace(compared[row.unit], decided=decided))) for row in rows]


def _vote(step: TieBreak, unit: str, votes: Mapping[str, int]) -> TieStep:
    return TieStep(step.by, step.key, Decimal(votes[unit]) if unit in votes else None, (), decided=False)


def compared_items(step: TieBreak, row: Row) -> TieStep:
    """What a step other than a vote compares of a row that holds its items."""
    value: Decimal | None = None
    marks: Marks = ()
    match step.by:
        case TieBy.ITEM:
            item = row.item(step.key or "")
            value = item.value if item.kind is Kind.GATE else item.points
        case TieBy.COUNT_HIGHEST:
            marks = counted_marks(item.panel for item in row.items if item.kind is Kind.CONTENT and item.panel is not None)
        case TieBy.SCORERS:
            value = Decimal(len({one.score.scorer for item in row.items for one in item.contributions}))
        case _:
            value = summed(step, row)
    return TieStep(step.by, step.key, value, marks, decided=False)


def summed(step: TieBreak, row: Row) -> Decimal | None:
    """What a step compares that looks at the sums of a row."""
    match step.by:
        case TieBy.GROUP:
            return row.groups[step.key or ""]
        case TieBy.CONTENT:
            return row.content
        case TieBy.BONUS:
            return row.bonus
        case TieBy.PENALTIES:
            return row.penalty
    raise ValueError(f"{step.by} does not compare a sum of the row")


def counted_marks(panels: Iterable[Decimal]) -> Marks:
    """How many times each mark was given, the highest first."""
    return tuple(sorted(Counter(panels).items(), reverse=True))


def _key(step: TieStep) -> _Key:
    if step.by is TieBy.COUNT_HIGHEST:
        return step.marks
    if step.value is None:
        return ()
    return ((-step.value if step.by is TieBy.PENALTIES else step.value, 0),)
