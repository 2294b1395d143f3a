"""Units of equal total: the rubric's declared chain separates them, or they stay equal; never a name or an id."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from services.rankings.domain.board import Row, TieStep
from shared.rubric.model import Kind, TieBreak, TieBy

# Greater comes first; () is "nothing to compare" and comes last. It is made of nothing but what the step shows.
_Key = tuple[tuple[Decimal, int], ...]


def separated(rows: Sequence[Row], chain: Sequence[TieBreak], votes: Mapping[str, int]) -> list[list[Row]]:
    """Rows of one total as places in order, each of the rows that share it, with what was compared written on them."""
    if len(rows) == 1:
        return [list(rows)]
    units = [row.unit for row in rows]
    tied = [replace(row, tied_with=tuple(unit for unit in units if unit != row.unit)) for row in rows]
    return _split(tied, chain, votes)


def _split(rows: list[Row], chain: Sequence[TieBreak], votes: Mapping[str, int]) -> list[list[Row]]:
    if len(rows) == 1 or not chain:
        return [rows]
    step = chain[0]
    compared = {row.unit: _compare(step, row, votes) for row in rows}
    # A vote speaks of the units that were voted on: one that leaves out a tied unit was not about this tie.
    if step.by is TieBy.VOTE and any(one.value is None for one in compared.values()):
        return _split(_with_step(rows, compared, decided=False), chain[1:], votes)
    keys = {unit: _key(one) for unit, one in compared.items()}
    places = sorted(set(keys.values()), reverse=True)
    marked = _with_step(rows, compared, decided=len(places) > 1)
    return [sharing for place in places for sharing in _split([row for row in marked if keys[row.unit] == place], chain[1:], votes)]


def _with_step(rows: Sequence[Row], compared: Mapping[str, TieStep], *, decided: bool) -> list[Row]:
    return [replace(row, tie_steps=(*row.tie_steps, replace(compared[row.unit], decided=decided))) for row in rows]


def _compare(step: TieBreak, row: Row, votes: Mapping[str, int]) -> TieStep:
    value: Decimal | None = None
    marks: tuple[tuple[Decimal, int], ...] = ()
    match step.by:
        case TieBy.GROUP:
            value = row.groups[step.key or ""]
        case TieBy.ITEM:
            item = row.item(step.key or "")
            value = item.value if item.kind is Kind.GATE else item.points
        case TieBy.CONTENT:
            value = row.content
        case TieBy.BONUS:
            value = row.bonus
        case TieBy.PENALTIES:
            value = row.penalty
        case TieBy.COUNT_HIGHEST:
            given = Counter(item.panel for item in row.items if item.kind is Kind.CONTENT and item.panel is not None)
            marks = tuple(sorted(given.items(), reverse=True))
        case TieBy.SCORERS:
            value = Decimal(len({one.score.scorer for item in row.items for one in item.contributions}))
        case TieBy.VOTE:
            value = Decimal(votes[row.unit]) if row.unit in votes else None
    return TieStep(step.by, step.key, value, marks, decided=False)


def _key(step: TieStep) -> _Key:
    if step.by is TieBy.COUNT_HIGHEST:
        return step.marks
    if step.value is None:
        return ()
    return ((-step.value if step.by is TieBy.PENALTIES else step.value, 0),)
