"""Lines of boards kept in the process between reads, so that a board of thousands is not computed from all its sheets each time.

What is kept can be thrown away at any moment. It is made anew unit by unit: the rows say which units changed since, by positions of the
log, and only their lines are computed again. Where events were parked, retried or discarded meanwhile, which no cursor tells, all of it is.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from services.rankings import boards, domain, views
from shared import rubric as rubrics
from shared.bounds import ANSWERS_KEPT_MAX, BOARD_LINES_KEPT_MAX, BOARD_UNITS_AT_ONCE
from shared.calendar import legal_date, utc_now
from shared.projection import Reading
from shared.projection.tables import cursors, parked

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Made:
    """The lines of all units of a campaign. content: its rubric as it was published."""

    content: dict[str, Any]
    units: tuple[str, ...]
    lines: domain.Lines
    ranking: domain.Ranking


@dataclass
class KeptBoard:
    """A campaign's lines at one cut: as the logs of evaluations gave them up to `positions`, by site, on a day."""

    campaign: str
    cut: views.Cut
    made: Made | None = None
    positions: dict[str, int] = field(default_factory=dict)
    parked: frozenset[tuple[str, str, int]] = frozenset()
    day: date = date.min
    lock: threading.RLock = field(default_factory=threading.RLock)

    def followed(self, reading: Reading, day: date) -> Made:
        """The lines where the rows are; day: by which adjustments expire. Raises NotFound.

        What another request took in, which looked at the rows later, stays: it is newer than this one asks for.
        """
        positions, waiting = _positions(reading), _parked(reading)
        if self.made is None or waiting != self.parked:
            found = boards.campaign_or_refusal(reading, self.campaign)
            rubric, units = rubrics.from_data(found["content"]), tuple(found["audience"])
            made = Made(found["content"], units, domain.Lines(rubric), domain.Ranking(rubric, units))
            self._compute(reading, made, units, day)
            self.made = made
        elif any(positions.get(site, 0) < position for site, position in self.positions.items()):
            return self.made
        else:
            changed = views.sheets.changed_since(reading, self.campaign, self.positions) if positions != self.positions else set()
            if day != self.day:
                changed |= views.adjustments.expiring(reading, self.campaign)
            if changed:
                self._compute(reading, self.made, changed, day)
        self.positions, self.parked, self.day = positions, waiting, day
        return self.made

    def _compute(self, reading: Reading, made: Made, changed: Collection[str], day: date) -> None:
        few = changed if len(changed) <= BOARD_UNITS_AT_ONCE else None  # the rows of many are read with all that stand between them
        counted = views.Counted(reading, self.campaign, self.cut, few)
        decided = views.adjustments.standing(reading, self.campaign, self.cut, day, few)
        for some in counted.runs(set(made.units).intersection(changed)):
            made.ranking.put([made.lines.of(unit, counted.unread(unit), decided.get(unit, ())) for unit in some])
            time.sleep(0)  # whoever else waits in this process


@dataclass
class KeptWork:
    """What was worked out for a question from the rows of some campaigns, as the logs of evaluations gave them up to `positions`.

    units: how many it keeps something of; state: what else it was made from.
    """

    units: int
    made: Any = None
    state: object = None
    positions: dict[str, int] = field(default_factory=dict)
    parked: frozenset[tuple[str, str, int]] = frozenset()
    lock: threading.RLock = field(default_factory=threading.RLock)

    def followed(self, reading: Reading, campaigns: Collection[str], state: object, make: Callable[[], Any]) -> Any:
        positions, waiting = _positions(reading), _parked(reading)
        if self.made is None or waiting != self.parked or state != self.state or self._changed(reading, campaigns, positions):
            self.made = make()
            self.state, self.parked = state, waiting
        self.positions = positions
        return self.made

    def _changed(self, reading: Reading, campaigns: Collection[str], positions: dict[str, int]) -> bool:
        return positions != self.positions and any(views.sheets.changed_since(reading, campaign, self.positions) for campaign in campaigns)


class Shelf:
    """What is kept over one database.

    Of boards, and of what was worked out for questions, BOARD_LINES_KEPT_MAX lines at most besides what was read last.
    """

    def __init__(self) -> None:
        self._work: OrderedDict[tuple[int, Hashable], KeptWork] = OrderedDict()
        self._boards: OrderedDict[tuple[int, str, views.Cut], KeptBoard] = OrderedDict()
        self._answers: OrderedDict[Hashable, tuple[Hashable, dict[str, Any]]] = OrderedDict()

    def board(self, generation: int, campaign: str, cut: views.Cut) -> KeptBoard:
        key = (generation, campaign, cut)
        if key not in self._boards:
            self._boards[key] = KeptBoard(campaign, cut)
        self._boards.move_to_end(key)
        while len(self._boards) > 1 and sum(len(one.made.units) for one in self._boards.values() if one.made) > BOARD_LINES_KEPT_MAX:
            self._boards.popitem(last=False)
        return self._boards[key]

    def work(self, generation: int, question: Hashable, units: int) -> KeptWork:
        held = self._work.setdefault((generation, question), KeptWork(units))
        self._work.move_to_end((generation, question))
        while len(self._work) > 1 and sum(one.units for one in self._work.values()) > BOARD_LINES_KEPT_MAX:
            self._work.popitem(last=False)
        return held

    def answer(self, question: Hashable, state: Hashable, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        held = self._answers.get(question)
        told = held[1] if held is not None and held[0] == state else make()
        self._answers[question] = state, told
        self._answers.move_to_end(question)
        while len(self._answers) > ANSWERS_KEPT_MAX:
            self._answers.popitem(last=False)
        return told


_shelves: WeakKeyDictionary[sa.Engine, Shelf] = WeakKeyDictionary()


def answered(reading: Reading, question: Hashable, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `make` answers to the question, made anew only where an event was folded, parked or let go since, or a day has begun."""
    here = (cursors.c.model == views.MODEL.name, cursors.c.generation == reading.generation)
    query = sa.select(cursors.c.site, cursors.c.service, cursors.c.position).where(*here)
    positions = frozenset((row.site, row.service, row.position) for row in reading.connection.execute(query))
    state = (reading.generation, positions, _parked(reading), legal_date(utc_now()))
    return _shelves.setdefault(reading.connection.engine, Shelf()).answer(question, state, make)


def worked_out(
    reading: Reading, question: Hashable, campaigns: Collection[Mapping[str, Any]], state: object, make: Callable[[], _Made]
) -> _Made:
    """What `make` makes of the rows of these campaigns, made anew only where a fact of evaluations changed one of them, or the `state` is
    another. Who asks while it is made waits for it.
    """
    shelf = _shelves.setdefault(reading.connection.engine, Shelf())
    held = shelf.work(reading.generation, question, sum(len(found["audience"]) for found in campaigns))
    with held.lock:
        made: _Made = held.followed(reading, [found["campaign"] for found in campaigns], state, make)
        return made


def forget() -> None:
    """Throw away all that is kept; the next read makes it anew."""
    _shelves.clear()


@contextmanager
def made(
    reading: Reading, found: Mapping[str, Any], as_of: datetime | None = None, *, with_pending: bool = False, today: date | None = None
) -> Iterator[Made]:
    """The lines and the ranking of a campaign as these rows give them, held against changes while they are read.

    found: the campaign as `views.particulars_of` has it; the rest as `boards.inputs` has it. Raises NotFound.
    """
    shelf = _shelves.setdefault(reading.connection.engine, Shelf())
    kept = shelf.board(reading.generation, found["campaign"], boards.cut_of(found, as_of, with_pending=with_pending))
    with kept.lock:
        lines = kept.followed(reading, boards.day_of(found, as_of, with_pending=with_pending, today=today))
        lines.ranking.vote(boards.votes_of(found, as_of))
        yield lines


def _positions(reading: Reading) -> dict[str, int]:
    here = (cursors.c.model == views.MODEL.name, cursors.c.generation == reading.generation, cursors.c.service == views.sheets.SERVICE)
    return {row.site: row.position for row in reading.connection.execute(sa.select(cursors.c.site, cursors.c.position).where(*here))}


def _parked(reading: Reading) -> frozenset[tuple[str, str, int]]:
    query = sa.select(parked.c.site, parked.c.service, parked.c.position)
    here = (parked.c.model == views.MODEL.name, parked.c.generation == reading.generation)
    return frozenset((row.site, row.service, row.position) for row in reading.connection.execute(query.where(*here)))
