"""Who can still win, told from boards of all units at once: what `Outlook` is held against.

The extremes of all sheets still to come are put into the engine itself, with every score in memory, and pairs of units of an equal total
are looked at one by one. Of a board of thousands there is no room and no time for that.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from services.rankings.domain import Awaited, ItemResult, Prospect, Row, Score, Standings, Status
from shared.rubric import Item, Kind, Rubric, Statistic, TieBy

_SHORT = (Statistic.TRIMMED_MEAN, Statistic.SUM)
_LATER = datetime.max.replace(tzinfo=UTC)

_Reach = tuple[bool, Decimal, bool]

Compute = Callable[[Sequence[Score]], Standings]
"""The board of these scores, all else as it is: units, rules, votes, adjustments."""


def prospects_at_once(board: Standings, scores: Sequence[Score], awaited: Awaited, compute: Compute) -> tuple[Prospect, ...]:
    """The prospects of every unit, in the order of the board. `scores` are those that the board is made of."""
    rubric = board.rubric
    units = [row.unit for row in board.rows]
    highest = _extreme(rubric, units, scores, awaited, compute, up=True)
    lowest = _extreme(rubric, units, scores, awaited, compute, up=False)
    endless = any(
        item.statistic is Statistic.SUM and item.scored_in(key) for key, who in awaited.items() if who is None for item in rubric.items()
    )
    bare = {row.unit for row in board.rows if _may_end_bare(rubric, row, awaited)}
    field = _Field(board, {row.unit: row for row in highest.rows}, {row.unit: row for row in lowest.rows}, bare)
    open_items = {unit: tuple(item.key for item in rubric.items() if any(_free(rubric, item, unit, awaited))) for unit in units}
    return tuple(_prospect(field, row, open_items[row.unit], endless=endless) for row in board.rows)


class _Field:
    """All units at both of their extremes."""

    def __init__(self, board: Standings, high: Mapping[str, Row], low: Mapping[str, Row], bare: Collection[str]) -> None:
        self.high, self.low, self.bare = high, low, bare
        self.chain = bool(board.rubric.tie_breaks)
        self.votable = any(step.by is TieBy.VOTE for step in board.rubric.tie_breaks)
        self.rows = {row.unit: row for row in board.rows}
        self.ranks = {row.unit: row.rank for row in board.rows}
        # who may end unranked stands certainly above nobody, who cannot be ranked possibly above nobody
        certain = [row for row in low.values() if row.status is Status.RANKED and row.unit not in bare]
        possible = [row for row in high.values() if row.status is Status.RANKED]
        self._certain, self._possible = _by_total(certain), _by_total(possible)
        self._certain_at, self._possible_at = _at_total(certain), _at_total(possible)

    def above_for_certain(self, unit: str, total: Decimal) -> tuple[int, bool]:
        """How many units stand above this one however all goes, and whether that is exact."""
        count = len(self._certain) - bisect_right(self._certain, total)
        return self._settled(unit, count, self._certain_at.get(total, ()), doubtful=False)

    def above_possibly(self, unit: str, total: Decimal) -> tuple[int, bool]:
        """How many units may come to stand above this one, and whether that is exact."""
        count = len(self._possible) - bisect_right(self._possible, total) - (self.high[unit].total > total)  # type: ignore[operator]
        return self._settled(unit, count, self._possible_at.get(total, ()), doubtful=True)

    def _settled(self, unit: str, count: int, equal: Sequence[str], *, doubtful: bool) -> tuple[int, bool]:
        """With those of equal total: as they stand where nothing of both is open; else they are above if the `doubtful` are counted."""
        exact = True
        for other in equal if self.chain else ():
            if other == unit:
                continue
            mine, theirs = self.ranks[unit], self.ranks[other]
            if mine is not None and theirs is not None and self._parted(unit, other):
                count += theirs < mine
            else:
                count += doubtful
                exact = False
        return count, exact

    def _parted(self, unit: str, other: str) -> bool:
        """Whether two units of equal total keep their order: nothing of either is open, and no vote to come could part them otherwise."""
        if any(self.high[one].items != self.low[one].items for one in (unit, other)):
            return False
        steps = zip(self.rows[unit].tie_steps, self.rows[other].tie_steps, strict=False)
        first = next((mine.by for mine, theirs in steps if (mine.value, mine.marks) != (theirs.value, theirs.marks)), None)
        return first is not TieBy.VOTE and (first is not None or not self.votable)


def _prospect(field: _Field, row: Row, open_items: tuple[str, ...], *, endless: bool) -> Prospect:
    unit = row.unit
    high, low = field.high[unit], field.low[unit]
    best = worst = None
    best_exact = worst_exact = True
    if high.status is Status.RANKED and high.total is not None:
        above, best_exact = (0, False) if endless else field.above_for_certain(unit, high.total)
        best = 1 + above
    if unit not in field.bare and low.status is Status.RANKED and low.total is not None:
        rankable = sum(one.status is Status.RANKED for one in field.high.values())
        above, worst_exact = (rankable - 1, False) if endless else field.above_possibly(unit, low.total)
        worst = 1 + above
    return Prospect(
        unit=unit,
        rank=row.rank,
        total=row.total,
        best=best,
        best_exact=best_exact,
        worst=worst,
        worst_exact=worst_exact,
        lowest=low.total if low.status is Status.RANKED else None,
        highest=high.total if high.status is Status.RANKED and not endless else None,
        open_items=open_items,
    )


def _may_end_bare(rubric: Rubric, row: Row, awaited: Awaited) -> bool:
    """Whether the unit may end without any value: nothing has one yet, or what has one may come before a panel too small to trim."""
    order = rubric.pass_keys()

    def may(item: Item, result: ItemResult) -> bool:
        if result.value is None:
            return True
        later = order[order.index(result.pass_key) + 1 :] if result.pass_key in order else ()
        return item.statistic is Statistic.TRIMMED_MEAN and any(
            _free(rubric, item, row.unit, {key: awaited[key] for key in later if key in awaited})
        )

    return all(may(rubric.item(result.key), result) for result in row.items)


def _by_total(rows: Sequence[Row]) -> list[Decimal]:
    return sorted(row.total for row in rows if row.total is not None)


def _at_total(rows: Sequence[Row]) -> dict[Decimal, list[str]]:
    found: dict[Decimal, list[str]] = {}
    for row in rows:
        if row.total is not None:
            found.setdefault(row.total, []).append(row.unit)
    return found


def _extreme(rubric: Rubric, units: Sequence[str], scores: Sequence[Score], awaited: Awaited, compute: Compute, *, up: bool) -> Standings:
    """The board with every unit at its highest, or lowest.

    A later pass decides an item, and mostly reaches further than any before. Where it need not, for a panel too small to trim or a sum over
    fewer scorers, each number of passes that are really held is tried, and for each item the best taken. A unit that would be highest
    without any value is not ranked by that: it takes the one value that costs it least.
    """
    passes = [key for key in rubric.pass_keys() if key in awaited]
    short = any(item.statistic in _SHORT for item in rubric.items())
    tries = [passes[:held] for held in range(len(passes), -1, -1)] if short else [passes]
    chosen: dict[tuple[str, str], tuple[_Reach, list[Score]]] = {}
    valued: dict[str, tuple[_Reach, str, list[Score]]] = {}
    for held in tries:
        added = {
            (unit, item.key): list(_free(rubric, item, unit, {key: awaited[key] for key in held}, up=up))
            for unit in units
            for item in rubric.items()
        }
        tried = compute([*scores, *(one for several in added.values() for one in several)])
        for row in tried.rows:
            for result in row.items:
                at, reach = (row.unit, result.key), _reach(rubric.item(result.key), result)
                if held != passes and rubric.item(result.key).statistic not in _SHORT:
                    continue
                if at not in chosen or (reach > chosen[at][0] if up else reach < chosen[at][0]):
                    chosen[at] = (reach, added[at])
                if result.value is not None and (row.unit not in valued or reach > valued[row.unit][0]):
                    valued[row.unit] = (reach, result.key, added[at])
    if len(tries) == 1:
        return tried
    for unit, (reach, item, several) in valued.items() if up else ():
        if not any(has_value for (_, _, has_value), _ in (chosen[unit, one.key] for one in rubric.items())):
            chosen[unit, item] = (reach, several)
    return compute([*scores, *(one for _, several in chosen.values() for one in several)])


def _free(rubric: Rubric, item: Item, unit: str, awaited: Awaited, *, up: bool = True) -> Iterator[Score]:
    """The scores that are still to be given for an item, at one end: the most for the unit, or the least."""
    score = item.maximum if up != (item.kind is Kind.PENALTY) else Decimal(0)
    for key in rubric.pass_keys():
        if key not in awaited or not item.scored_in(key):
            continue
        who = awaited[key]
        scorers = [f"?{seat}" for seat in range(2 * item.dropped + 1)] if who is None else who.get(unit, ())
        yield from (Score(unit, item.key, key, scorer, score, _LATER) for scorer in scorers)


def _reach(item: Item, result: ItemResult) -> _Reach:
    """How good an item's result is for the unit: that it does not keep it from being ranked, then its points, then that it has a value."""
    fails = item.threshold is not None and result.panel is not None and result.panel < item.threshold
    return (not fails, Decimal(0) if result.points is None else result.points, result.value is not None)
