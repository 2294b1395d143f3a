"""Two boards beside each other (so sánh hai bảng): who moved, by how much, and what moved them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.rankings.domain.board import ItemResult, Row, Standings

ITEMS_SHOWN = 5
"""Items named as reasons of one unit, those that moved it most; the others are summed."""


class Direction(StrEnum):
    """Where a unit went: up, down, nowhere; onto the board or the ranking (`entered`), or off it (`left`)."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    ENTERED = "entered"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class ItemMoved:
    """An item that gave a unit other points; None where it had none. `events` are the ids of the scores that count now and did not before,
    `passes` the pass that counted before and now.
    """

    item: str
    title: str
    before: Decimal | None
    after: Decimal | None
    difference: Decimal
    passes: tuple[str | None, str | None]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitMoved:
    """A unit on both boards. `difference` of the totals = the items named + `others` (the other items, which `others_count` says how many)
    + `rest`: adjustments, caps and roundings.
    """

    unit: str
    direction: Direction
    rank_before: int | None
    rank_after: int | None
    total_before: Decimal | None
    total_after: Decimal | None
    difference: Decimal | None
    items: tuple[ItemMoved, ...]
    others: Decimal
    others_count: int
    rest: Decimal
    adjustments_gained: tuple[str, ...]
    adjustments_lost: tuple[str, ...]


def compare(before: Standings, after: Standings) -> tuple[UnitMoved, ...]:
    """Every unit of either board: those of the later one in its order, then those that are no more on it."""
    olds = {row.unit: row for row in before.rows}
    news = {row.unit: row for row in after.rows}
    titles = {item.key: item.title for board in (before, after) for item in board.rubric.items()}
    return tuple(_moved(unit, olds.get(unit), news.get(unit), titles) for unit in dict.fromkeys((*news, *olds)))


def _moved(unit: str, old: Row | None, new: Row | None, titles: Mapping[str, str]) -> UnitMoved:
    rank_before, rank_after = (None if row is None else row.rank for row in (old, new))
    total_before, total_after = (None if row is None else row.total for row in (old, new))
    items = sorted(_items(old, new, titles), key=lambda one: (-abs(one.difference), one.item))
    shown, hidden = items[:ITEMS_SHOWN], items[ITEMS_SHOWN:]
    difference = None if total_before is None or total_after is None else total_after - total_before
    explained = sum((one.difference for one in items), Decimal(0))
    held, holds = ({one.adjustment: one.title for one in row.adjustments} if row else {} for row in (old, new))
    return UnitMoved(
        unit=unit,
        direction=_direction(rank_before, rank_after),
        rank_before=rank_before,
        rank_after=rank_after,
        total_before=total_before,
        total_after=total_after,
        difference=difference,
        items=tuple(shown),
        others=sum((one.difference for one in hidden), Decimal(0)),
        others_count=len(hidden),
        rest=Decimal(0) if difference is None else difference - explained,
        adjustments_gained=tuple(title for key, title in holds.items() if key not in held),
        adjustments_lost=tuple(title for key, title in held.items() if key not in holds),
    )


def _direction(before: int | None, after: int | None) -> Direction:
    if before == after:
        return Direction.SAME
    if before is None:
        return Direction.ENTERED
    if after is None:
        return Direction.LEFT
    return Direction.UP if after < before else Direction.DOWN


def _items(old: Row | None, new: Row | None, titles: Mapping[str, str]) -> Iterator[ItemMoved]:
    olds, news = ({item.key: item for item in row.items} if row else {} for row in (old, new))
    for key in dict.fromkeys((*news, *olds)):
        before, after = olds.get(key), news.get(key)
        points_before, points_after = (None if one is None else one.points for one in (before, after))
        if points_before == points_after:
            continue
        counted = _events(before)
        yield ItemMoved(
            item=key,
            title=titles[key],
            before=points_before,
            after=points_after,
            difference=(points_after or Decimal(0)) - (points_before or Decimal(0)),
            passes=(None if before is None else before.pass_key, None if after is None else after.pass_key),
            events=tuple(event for event in _events(after) if event not in counted),
        )


def _events(result: ItemResult | None) -> tuple[str, ...]:
    """The events behind the scores that count for an item, each once."""
    given = result.contributions if result is not None else ()
    return tuple(dict.fromkeys(one.score.event for one in given if one.score.event is not None))
