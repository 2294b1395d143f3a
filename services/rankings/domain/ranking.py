"""The order of a board of thousands, kept unit by unit: a change moves one line and separates anew only the totals that it touches."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate

from services.rankings.domain.board import Row, Status
from services.rankings.domain.lines import Line
from services.rankings.domain.ties import separated
from shared.rubric.model import Rubric


class Ranking:
    """Lines of units in the order of `standings`: ranked by rank, then disqualified, then without scores; equals in the given order."""

    def __init__(self, rubric: Rubric, units: Sequence[str]) -> None:
        self._rubric = rubric
        self._order = {unit: order for order, unit in enumerate(units)}
        self._lines: dict[str, Line] = {}
        self._votes: Mapping[str, int] = {}
        self._totals: list[Decimal] = []  # of ranked lines, ascending
        self._sharing: dict[Decimal, list[int]] = {}  # the units of a total, as places in the given order, ascending
        self._unranked: dict[Status, list[int]] = {Status.DISQUALIFIED: [], Status.NO_SCORES: []}
        self._units = tuple(units)
        self._separated: dict[Decimal, list[list[Row]]] = {}
        self._ends: list[int] | None = None  # how many ranked units stand at each total or above it, the highest first

    def __len__(self) -> int:
        return len(self._lines)

    def put(self, lines: Iterable[Line]) -> None:
        """Take in lines, each in place of the one its unit had."""
        self._ends = None
        for line in lines:
            unit = line.row.unit
            before = self._lines.get(unit)
            if before is not None:
                self._remove(before.row)
            self._lines[unit] = line
            insort(self._place(line.row), self._order[unit])

    def vote(self, votes: Mapping[str, int] | None) -> None:
        """The recorded votes for units, or none."""
        if self._votes != (votes or {}):
            self._votes = votes or {}
            self._separated.clear()

    def index(self, unit: str) -> int:
        """The place of a unit's row in the order of the board, from 0. Raises KeyError."""
        row = self._lines[unit].row
        at = self._order[unit]
        if row.status is Status.RANKED and row.total is not None:
            place = len(self._totals) - 1 - bisect_left(self._totals, row.total)
            before = self._counted()[place - 1] if place else 0
            shared = [one.unit for sharing in self._places(row.total) for one in sharing]
            return before + shared.index(unit)
        ahead = self._ranked() + (len(self._unranked[Status.DISQUALIFIED]) if row.status is Status.NO_SCORES else 0)
        return ahead + bisect_left(self._unranked[row.status], at)

    def row(self, unit: str) -> Row:
        """The row of a unit, with rank and ties. Raises KeyError."""
        at = self.index(unit)
        return self.rows(at, at + 1)[0]

    def rows(self, start: int = 0, end: int | None = None) -> list[Row]:
        """Rows in the order of the board, from `start` to before `end`."""
        end = len(self._lines) if end is None else min(end, len(self._lines))
        found: list[Row] = []
        at = start
        counted = self._counted()
        place = bisect_right(counted, start)
        while at < end and place < len(counted):
            first = counted[place - 1] if place else 0
            rank = first + 1
            for sharing in self._places(self._totals[-1 - place]):
                for number, row in enumerate(sharing, start=rank - 1):
                    if start <= number < end:
                        found.append(replace(row, rank=rank, tied_with=self._tied_with(row)))
                rank += len(sharing)
            at = counted[place]
            place += 1
        unranked = [*self._unranked[Status.DISQUALIFIED], *self._unranked[Status.NO_SCORES]]
        ranked = self._ranked()
        found.extend(self._lines[self._units[order]].row for order in unranked[max(0, start - ranked) : max(0, end - ranked)])
        return found

    def ranked(self) -> int:
        """How many units hold a rank."""
        return self._ranked()

    def _place(self, row: Row) -> list[int]:
        """Where the unit of a row is kept."""
        if row.status is not Status.RANKED or row.total is None:
            return self._unranked[row.status]
        self._separated.pop(row.total, None)
        if row.total not in self._sharing:
            insort(self._totals, row.total)
            self._sharing[row.total] = []
        return self._sharing[row.total]

    def _remove(self, row: Row) -> None:
        kept = self._place(row)
        del kept[bisect_left(kept, self._order[row.unit])]
        if not kept and row.status is Status.RANKED and row.total is not None:
            del self._sharing[row.total]
            del self._totals[bisect_left(self._totals, row.total)]

    def _places(self, total: Decimal) -> list[list[Row]]:
        if total not in self._separated:
            rows = [self._lines[self._units[order]].row for order in self._sharing[total]]
            compare = lambda step, row: self._lines[row.unit].compared(step)  # noqa: E731
            self._separated[total] = separated(rows, self._rubric.tie_breaks, self._votes, compare)
        return self._separated[total]

    def _tied_with(self, row: Row) -> tuple[str, ...]:
        sharing = self._sharing[row.total] if row.total is not None else []
        return tuple(unit for unit in (self._units[order] for order in sharing) if unit != row.unit)

    def _counted(self) -> list[int]:
        if self._ends is None:
            self._ends = list(accumulate(len(self._sharing[total]) for total in reversed(self._totals)))
        return self._ends

    def _ranked(self) -> int:
        counted = self._counted()
        return counted[-1] if counted else 0


def placed(row: Row, on_board: Row) -> Row:
    """A row that was made by itself, with the rank and the ties that its unit has on a board."""
    return replace(row, rank=on_board.rank, tied_with=on_board.tied_with, tie_steps=on_board.tie_steps)
