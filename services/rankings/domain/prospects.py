"""Who can still win (ai còn khả năng): for each unit the best and the worst place that the passes still to come leave open.

What a closed pass gave stands. In a pass that is open, the sheets handed in stand, and whoever has not handed in may give any score from 0
to an item's maximum; a pass not yet opened may give any. Sheets of different units do not hang on one another, every statistic, cap and
rounding keeps the order of what goes in, and so the extremes of a unit are reached at the extremes of its scores. These go into the unit's
line as sheets do, with the caps, thresholds and adjustments that stand: unit by unit, and of each its two totals are kept. Places come from
the totals of all, in order.

Left aside: adjustments and answers to appeals that are yet to come, a sheet returned, a closed pass opened again.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from services.rankings.domain.board import Adjustment, Row, Status
from services.rankings.domain.lines import Lines, Sheet
from services.rankings.domain.standings import passes_of
from services.rankings.domain.turns import Turn, turns
from shared.rubric.model import Item, Kind, Rubric, Statistic, TieBy
from shared.rubric.panel import panel_of, weighted

Awaited = Mapping[str, Mapping[str, Sequence[str]] | None]
"""The passes that are not closed: {pass: {unit: [scorer who has not handed in]}}, None for one not yet opened: its scorers nobody knows."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a unit may still come to.

    best: None where it cannot be ranked any more; worst: None where it may end unranked. `lowest` and `highest` are the totals at the
    extremes, None where the unit is not ranked at that one. A place is exact, or a bound (nothing beyond it is possible) where equal totals
    would go through a chain of tie-breaks whose values are open, or the number of scorers of a sum is. `open_items` can still change.
    """

    unit: str
    rank: int | None
    total: Decimal | None
    best: int | None
    best_exact: bool
    worst: int | None
    worst_exact: bool
    lowest: Decimal | None
    highest: Decimal | None
    open_items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extremes:
    """The totals of a unit at both of its ends, None where it is not ranked at that one.

    bare: it may end without any value; settled: no score of it is still to come.
    """

    lowest: Decimal | None
    highest: Decimal | None
    bare: bool
    settled: bool


class Outlook:
    """The prospects of all units of a board: `put` takes them in one by one, and only when all are there are places asked for."""

    def __init__(self, rubric: Rubric, awaited: Awaited) -> None:
        self._coming = _Coming(rubric, awaited)
        self._chain = bool(rubric.tie_breaks)
        self._votable = any(step.by is TieBy.VOTE for step in rubric.tie_breaks)
        self._rows: dict[str, Row] = {}
        self._ends: dict[str, Extremes] = {}

    def put(self, row: Row, sheets: Sequence[Sheet]) -> None:
        """Take in a unit by its row on the board and the sheets that count."""
        self._rows[row.unit] = row
        self._ends[row.unit] = self._coming.extremes(row, sheets)

    def of(self, unit: str) -> Prospect:
        """The prospect of a unit. Raises KeyError."""
        row, ends, endless = self._rows[unit], self._ends[unit], self._coming.endless
        best, best_exact = self._best(unit)
        worst, worst_exact = None, True
        if ends.lowest is not None and not ends.bare:
            rankable = len(self._possible.totals)
            above, worst_exact = (rankable - 1, False) if endless else self._possible.above(unit, ends.lowest, doubtful=True)
            if not endless and ends.highest is not None and ends.highest > ends.lowest:
                above -= 1  # itself, at its other end
            worst = 1 + above
        return Prospect(
            unit=unit,
            rank=row.rank,
            total=row.total,
            best=best,
            best_exact=best_exact,
            worst=worst,
            worst_exact=worst_exact,
            lowest=ends.lowest,
            highest=None if endless else ends.highest,
            open_items=self._coming.items_of(unit),
        )

    @cached_property
    def may_win(self) -> int:
        """How many units may still come first, for all that is known."""
        return sum(self._best(unit)[0] == 1 for unit in self._rows)

    def _best(self, unit: str) -> tuple[int | None, bool]:
        highest = self._ends[unit].highest
        if highest is None:
            return None, True
        above, exact = (0, False) if self._coming.endless else self._certain.above(unit, highest, doubtful=False)
        return 1 + above, exact

    @cached_property
    def _certain(self) -> "_Field":
        """Who ends ranked however all goes, at the least: who may end unranked stands certainly above nobody."""
        return self._field({unit: ends.lowest for unit, ends in self._ends.items() if ends.lowest is not None and not ends.bare})

    @cached_property
    def _possible(self) -> "_Field":
        """Who may end ranked, at the most: who cannot be ranked stands possibly above nobody."""
        return self._field({unit: ends.highest for unit, ends in self._ends.items() if ends.highest is not None})

    def _field(self, totals: Mapping[str, Decimal]) -> "_Field":
        ranked = [(row.rank, row) for unit, row in self._rows.items() if row.rank is not None and self._ends[unit].settled]
        settled = [row for _, row in sorted(ranked, key=lambda one: one[0])] if self._chain else []
        return _Field(totals, settled, chain=self._chain, votable=self._votable)


class _Field:
    """Units at one of their ends, by total; `settled` are the ranked rows that stay as they are, in the order of the board."""

    def __init__(self, totals: Mapping[str, Decimal], settled: Sequence[Row], *, chain: bool, votable: bool) -> None:
        self.totals, self._chain, self._votable = totals, chain, votable
        self._sorted = sorted(totals.values())
        self._at: dict[Decimal, int] = {}
        for total in totals.values():
            self._at[total] = self._at.get(total, 0) + 1
        self._parted: dict[str, tuple[int, int]] = {}
        by_total: dict[Decimal, list[Row]] = {}
        for row in settled:
            if row.total is not None:
                by_total.setdefault(row.total, []).append(row)
        for sharing in by_total.values():
            self._part(sharing, 0, 0, 0)

    def above(self, unit: str, total: Decimal, *, doubtful: bool) -> tuple[int, bool]:
        """How many units of the field stand above this one at this total, and whether that is exact.

        Those of an equal total: as they stand where nothing of both is open; else they are above if the `doubtful` are counted.
        """
        above = len(self._sorted) - bisect_right(self._sorted, total)
        equal = self._at.get(total, 0) - (self.totals.get(unit) == total)
        if not equal or not self._chain:
            return above, True
        ahead, behind = self._parted.get(unit, (0, 0))
        open_ = equal - ahead - behind
        return above + ahead + (open_ if doubtful else 0), not open_

    def _part(self, sharing: Sequence[Row], step: int, ahead: int, behind: int) -> None:
        """Count for each of these settled rows of equal total how many stay ahead of it and behind it, by what no vote to come can turn.

        All were equal in the steps of the chain before this one; `ahead` and `behind` were parted from them by these.
        """
        if len(sharing) == 1 or step == len(sharing[0].tie_steps):
            # equal to the end of the chain: they share a place, but a vote may part them
            equal = 0 if self._votable else len(self._members(sharing))
            for row in sharing:
                self._parted[row.unit] = ahead, behind + (equal - (row.unit in self.totals) if equal else 0)
            return
        branches: dict[object, list[Row]] = {}
        for row in sharing:
            branches.setdefault((row.tie_steps[step].value, row.tie_steps[step].marks), []).append(row)
        if sharing[0].tie_steps[step].by is TieBy.VOTE:
            for branch in branches.values():
                self._part(branch, step + 1, ahead, behind)
            return
        passed, left = 0, len(self._members(sharing))
        for branch in branches.values():
            mine = len(self._members(branch))
            left -= mine
            self._part(branch, step + 1, ahead + passed, behind + left)
            passed += mine

    def _members(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if row.unit in self.totals]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as it may still come in, at one end."""

    pass_key: str
    scorer: str
    scores: Mapping[str, str]

    def standing(self) -> Mapping[str, str]:
        return self.scores


_Reach = tuple[bool, Fraction, bool]
"""How good an item's result is for a unit: that it does not keep it from being ranked, then its points, then that it has a value."""

_NOTHING: _Reach = (True, Fraction(0), False)


class _Coming:
    """What is still to come for units, at either end: the most for a unit, or the least."""

    def __init__(self, rubric: Rubric, awaited: Awaited) -> None:
        self._rubric, self._awaited, self._lines = rubric, awaited, Lines(rubric)
        self._order = passes_of(rubric)
        self._passes = [key for key in rubric.pass_keys() if key in awaited]
        self._items = {key: [item for item in rubric.items() if item.scored_in(key)] for key in self._passes}
        self._short = {item.key: item for item in rubric.items() if item.statistic in (Statistic.TRIMMED_MEAN, Statistic.SUM)}
        self._trimmed = any(item.statistic is Statistic.TRIMMED_MEAN for item in self._short.values())
        self._ends = {up: {item.key: str(_end(item, up=up)) for item in rubric.items()} for up in (True, False)}
        self._full: dict[tuple[str, int, bool], Mapping[str, str]] = {}
        self.endless = any(item.statistic is Statistic.SUM for key in self._passes if awaited[key] is None for item in self._items[key])
        """Whether a pass with any number of scorers is still to be summed."""

    def items_of(self, unit: str) -> tuple[str, ...]:
        """The items that can still change."""
        coming = {item.key for key in self._passes if self._seats(unit, key) for item in self._items[key]}
        return tuple(item.key for item in self._rubric.items() if item.key in coming)

    def extremes(self, row: Row, sheets: Sequence[Sheet]) -> Extremes:
        """How far a unit may come, by its row on the board and the sheets that count."""
        unit = row.unit
        if not any(self._seats(unit, key) for key in self._passes):
            total = row.total if row.status is Status.RANKED else None
            return Extremes(total, total, bare=row.total is None, settled=True)
        given = dict(turns(sheets, self._order)) if self._short else {}
        coming = {up: self._sheets(unit, given, up=up) for up in (True, False)}
        lowest, highest = (self._total(unit, [*sheets, *coming[up]], row.adjustments) for up in (False, True))
        settled = not any(sheet.scores for several in coming.values() for sheet in several)
        return Extremes(lowest, highest, bare=self._may_end_bare(row, given), settled=settled)

    def _total(self, unit: str, sheets: Sequence[Sheet], adjustments: Sequence[Adjustment]) -> Decimal | None:
        row = self._lines.of(unit, sheets, adjustments).row
        return row.total if row.status is Status.RANKED else None

    def _sheets(self, unit: str, given: Mapping[str, Turn], *, up: bool) -> list[_Sheet]:
        """The sheets still to come, at one end.

        A later pass decides an item, and mostly reaches further than any before: there all passes are held. Of items that may do better
        with fewer passes, those of fewer are left out.
        """
        held = self._held(unit, given, up=up)
        found = []
        for number, key in enumerate(self._passes):
            left = {item for item, passes in held.items() if passes <= number}
            for seat, scorer in enumerate(self._seats(unit, key)):
                scores = self._scores(key, 0 if self._awaited[key] is not None else seat, up=up)
                found.append(_Sheet(key, scorer, {item: score for item, score in scores.items() if item not in left} if left else scores))
        return found

    def _scores(self, key: str, seat: int, *, up: bool) -> Mapping[str, str]:
        """What a scorer may give in a pass; seat: of a pass whose scorers nobody knows, in which a panel is as large as the item asks."""
        at = (key, seat, up)
        if at not in self._full:
            self._full[at] = {item.key: self._ends[up][item.key] for item in self._items[key] if seat <= 2 * item.dropped}
        return self._full[at]

    def _seats(self, unit: str, key: str) -> Sequence[str]:
        """Who is still to score a unit in a pass; of a pass not yet opened as many as its largest panel needs."""
        who = self._awaited[key]
        if who is not None:
            return who.get(unit, ())
        return [f"?{seat}" for seat in range(max((2 * item.dropped + 1 for item in self._items[key]), default=0))]

    def _held(self, unit: str, given: Mapping[str, Turn], *, up: bool) -> dict[str, int]:
        """How many of the passes still to come are held, for each item that may reach further with fewer.

        That is so of a panel too small to trim, or a sum over fewer scorers: each number is tried, and the best taken. A unit that would be
        highest without any value is not ranked by that: it takes the one value that costs it least.
        """
        chosen: dict[str, tuple[_Reach, int]] = {}
        valued: tuple[_Reach, str, int] | None = None
        for key, item in self._short.items():
            for held in range(len(self._passes), -1, -1):
                reach = self._reach(item, unit, given, self._passes[:held], up=up)
                if key not in chosen or (reach > chosen[key][0] if up else reach < chosen[key][0]):
                    chosen[key] = reach, held
                if reach[2] and (valued is None or reach > valued[0]):
                    valued = reach, key, held
        bare = up and not any(has_value for (_, _, has_value), _ in chosen.values())
        if bare and valued is not None and not any(self._has_score(item, unit, given) for item in self._rubric.items()):
            chosen[valued[1]] = valued[0], valued[2]
        return {key: held for key, (_, held) in chosen.items()}

    def _has_score(self, item: Item, unit: str, given: Mapping[str, Turn]) -> bool:
        """Whether an item that needs no panel has a score, or is to get one."""
        scored = any(item.key in scores for turn in given.values() for scores in turn.values())
        return item.key not in self._short and (scored or item.key in self.items_of(unit))

    def _reach(self, item: Item, unit: str, given: Mapping[str, Turn], held: Sequence[str], *, up: bool) -> _Reach:
        """How far an item comes when these of the passes still to come are held."""
        end = Decimal(self._ends[up][item.key])
        for key in reversed(self._order):
            scores = [Decimal(scores[item.key]) for scores in given.get(key, {}).values() if item.key in scores]
            if key in held and item.scored_in(key):
                seats = len(self._seats(unit, key)) if self._awaited[key] is not None else 2 * item.dropped + 1
                scores += [end] * seats
            if scores:
                return _reach(item, scores)
        return _NOTHING

    def _may_end_bare(self, row: Row, given: Mapping[str, Turn]) -> bool:
        """Whether the unit may end without any value: nothing has one yet, or what has one may come before a panel too small to trim."""
        return row.total is None or (self._trimmed and all(self._may_lose(item, row.unit, given) for item in self._rubric.items()))

    def _may_lose(self, item: Item, unit: str, given: Mapping[str, Turn]) -> bool:
        for place in reversed(range(len(self._order))):
            turn = given.get(self._order[place], {})
            scores = [Decimal(scores[item.key]) for scores in turn.values() if item.key in scores]
            if scores:
                later = [key for key in self._order[place + 1 :] if key in self._passes and item.scored_in(key)]
                lost = item.statistic is Statistic.TRIMMED_MEAN and any(self._seats(unit, key) for key in later)
                return lost or panel_of(item, scores).value is None
        return True


def _end(item: Item, *, up: bool) -> Decimal:
    return item.maximum if up != (item.kind is Kind.PENALTY) else Decimal(0)


def _reach(item: Item, scores: Sequence[Decimal]) -> _Reach:
    panel = panel_of(item, scores).value
    if panel is None:
        return _NOTHING
    fails = item.threshold is not None and panel < Fraction(item.threshold)
    sign = {Kind.PENALTY: -1, Kind.GATE: 0}.get(item.kind, 1)
    return not fails, sign * weighted(item, panel), True
