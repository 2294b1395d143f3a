"""Two opinions on the same boards, figure by figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.rankings.second.opinion import opinion
from services.rankings.second.record import Breathe, Record, at_once

Board = Mapping[str, Iterable[Mapping[str, Any]]]
"""A board as plain data; nothing is looked at but its `rows`, once."""

SHOWN_MAX = 20
"""Differences that are told of one board; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of a unit that a board and the second opinion do not agree on, to the last digit; None where one has no such unit."""

    unit: str
    figure: str
    board: Any
    second: Any


@dataclass(frozen=True, slots=True)
class Compared:
    """A board beside the second opinion on it: how many figures differ, and the first of them, at most SHOWN_MAX."""

    board: str
    count: int
    differences: tuple[Difference, ...]


def compared(boards: Mapping[str, Board], record: Record | None, breathe: Breathe = at_once) -> list[Compared]:
    """Boards of a campaign by name, as plain data, each beside the second opinion that this record gives."""
    second = {} if record is None else opinion(record, breathe)
    found = {name: differences(board, second.get(name, {}), breathe) for name, board in boards.items()}
    return [Compared(name, len(those), tuple(those[:SHOWN_MAX])) for name, those in found.items()]


def differences(shown: Board, second: Mapping[str, Mapping[str, Any]], breathe: Breathe = at_once) -> list[Difference]:
    """Where a board, as plain data, says something else than the second opinion on it, by unit."""
    found: list[Difference] = []
    rows = set()
    for row in shown["rows"]:
        rows.add(row["unit"])
        found.extend(_of_unit(row["unit"], row, second.get(row["unit"])))
        breathe()
    for unit in second:
        if unit not in rows:
            found.extend(_of_unit(unit, None, second[unit]))
    return found


def _of_unit(unit: str, row: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> Iterator[Difference]:
    if row is None or second is None:
        yield Difference(unit, "unit", row and unit, second and unit)
        return
    of_board = dict(_flat({name: row[name] for name in second}))
    for figure, value in _flat(second):
        if of_board.get(figure) != value:
            yield Difference(unit, figure, of_board.get(figure), value)


def _flat(figures: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value
