"""The sheets that count at a cut; drafts stay with their writers. The answers to appeals (trả lời kiến nghị) are a sheet among them.

They are read whole, for who asks where each score came from, or a pass at a time as it is asked for: the line of a unit on a board needs
the sheets of its last pass alone where they left out nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from services.rankings.domain import APPEAL, Score
from services.rankings.views.cuts import WHOLE, Cut
from services.rankings.views.sheets import SERVICE, hand_ins, recused_by
from shared.bounds import BOARD_UNITS_AT_ONCE
from shared.projection import Reading

Save = dict[str, Any]
"""A save of a sheet as `hand_ins` has it."""

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class HandIn:
    """What a sheet that counts holds; saves: in the order of recording."""

    unit: str
    pass_key: str
    scorer: str
    saves: list[Save]

    def standing(self) -> dict[str, str | None]:
        """By item the score that was recorded last, as text; None where it was withdrawn."""
        if len(self.saves) == 1:
            return self.saves[0]["scores"]  # type: ignore[no-any-return]
        merged: dict[str, str | None] = {}
        for save in self.saves:
            merged.update(save["scores"])
        return merged


@dataclass(frozen=True, slots=True)
class Unread:
    """A sheet that counts, of which only is known which rows hold it: several for the answers to a unit's appeals."""

    unit: str
    pass_key: str
    scorer: str
    hand_ins: tuple[str, ...]
    counted: Counted

    def standing(self) -> dict[str, str | None]:
        """As of a HandIn. Whoever asks sheet by sheet asks in the order of `runs`, so that rows are read once."""
        return self.counted.read(self).standing()


_Saves = Mapping[tuple[str, str, str, str], str]
"""By unit, pass, scorer and hand-in the saves as text: most of it is never looked at."""

_Place = tuple[str, str, tuple[str, ...]]
"""Pass, scorer and hand-ins of a sheet that counts: of ten thousand units too many for objects, which would be swept through each time."""


class Counted:
    """The sheets of a campaign that count; units: of these alone, which are read at once."""

    def __init__(self, reading: Reading, campaign: str, cut: Cut = WHOLE, units: Collection[str] | None = None) -> None:
        self._reading, self._cut, self._rows = reading, cut, reading[hand_ins]
        done = self._rows
        self._recused = recused_by(reading, campaign, cut)
        ended = cut.within(SERVICE, done.c.returned_at, done.c.site, done.c.returned_position)
        self._which = sa.select(done.c.unit, done.c.pass_key, done.c.scorer, done.c.hand_in, done.c.position).where(
            done.c.campaign == campaign,
            cut.within(SERVICE, done.c.submitted_at, done.c.site, done.c.position),
            sa.or_(done.c.returned_at.is_(None), sa.not_(ended)),
        )
        if units is not None:
            self._which = self._which.where(reading.among(done.c.unit, units))
        self._what = self._which.add_columns(sa.cast(done.c.saves, sa.Text).label("saves"))
        self._at_once = units is not None
        self._held: _Saves = {}
        self._read: dict[str, tuple[tuple[str, str], _Saves]] = {}  # by pass the run of units that was read last

    def whole(self) -> dict[str, list[HandIn]]:
        """By unit, all read at once."""
        self._at_once = True
        return {unit: [self.read(sheet) for sheet in self.unread(unit)] for unit in self._places}

    @cached_property
    def _places(self) -> dict[str, list[_Place]]:
        """By unit; of a whole campaign in the order of the rows."""
        if self._at_once:
            told = self._reading.connection.execute(self._what).all()
            self._held = _held(told)
            return self._standing(told)
        rows = self._reading.connection.execute(self._which.order_by(self._rows.c.unit))
        return self._standing(row for some in rows.partitions(_ROWS_AT_ONCE) for row in some)

    @cached_property
    def _run_of(self) -> dict[str, tuple[str, str]]:
        """By unit the first and the last of those that are read together."""
        units = list(self._places)
        runs = [units[start : start + BOARD_UNITS_AT_ONCE] for start in range(0, len(units), BOARD_UNITS_AT_ONCE)]
        return {unit: (run[0], run[-1]) for run in runs for unit in run}

    def runs(self, units: Iterable[str]) -> Iterator[list[str]]:
        """These units, some at a time: those of which there are sheets in the order in which they are read, then the others."""
        asked = dict.fromkeys(units)
        ordered = [*(unit for unit in self._places if unit in asked), *(unit for unit in asked if unit not in self._places)]
        return (ordered[start : start + BOARD_UNITS_AT_ONCE] for start in range(0, len(ordered), BOARD_UNITS_AT_ONCE))

    def scorers(self) -> set[str]:
        """Whose sheets they are."""
        return {scorer for places in self._places.values() for _, scorer, _ in places}

    def unread(self, unit: str) -> list[Unread]:
        """The sheets of a unit."""
        return [Unread(unit, *place, self) for place in self._places.get(unit, ())]

    def read(self, sheet: Unread) -> HandIn:
        """What a sheet holds; of a whole campaign it is read with those of its pass of as many units as are read together."""
        at = (sheet.unit, sheet.pass_key, sheet.scorer)
        held = self._held if self._at_once else self._held_of_run(sheet)
        saves: list[Save] = [save for hand_in in sheet.hand_ins for save in json.loads(held[*at, hand_in])]
        if self._cut.as_of is not None:
            saves = [save for save in saves if datetime.fromisoformat(save["recorded_at"]) <= self._cut.as_of]
        if len(saves) > 1:
            saves.sort(key=lambda save: (save["recorded_at"], save["version"], save["event"]))
        return HandIn(*at, saves)

    def _held_of_run(self, sheet: Unread) -> _Saves:
        run = self._run_of[sheet.unit]
        before, held = self._read.get(sheet.pass_key, (None, {}))
        if run != before:
            of_run = self._rows.c.unit.between(*run), self._rows.c.pass_key == sheet.pass_key
            held = _held(self._reading.connection.execute(self._what.where(*of_run)).all())
            self._read[sheet.pass_key] = run, held
        return held

    def _standing(self, rows: Iterable[Sequence[Any]]) -> dict[str, list[_Place]]:
        """The latest hand-in of each sheet, but of answers to appeals all: one does not take the place of another, to other items."""
        latest: dict[tuple[str, str, str], tuple[int, str]] = {}
        answers: dict[str, list[str]] = defaultdict(list)
        found: dict[str, list[_Place]] = {}
        for unit, pass_key, scorer, hand_in, position, *_ in rows:
            found.setdefault(unit, [])
            key = (unit, pass_key, scorer)
            if pass_key == APPEAL:
                answers[unit].append(hand_in)
            elif key not in self._recused and (key not in latest or latest[key][0] < position):
                latest[key] = position, hand_in
        for (unit, pass_key, scorer), (_, hand_in) in latest.items():
            found[unit].append((pass_key, scorer, (hand_in,)))
        for unit, kept in answers.items():
            found[unit].append((APPEAL, APPEAL, tuple(kept)))
        return found


def _held(rows: Iterable[Sequence[Any]]) -> _Saves:
    return {(unit, pass_key, scorer, hand_in): saves for unit, pass_key, scorer, hand_in, _, saves in rows}


def scores_of(sheets: Iterable[HandIn]) -> list[Score]:
    """Every score record of these sheets, in the order of recording."""
    records = [
        (save["recorded_at"], save["version"], item, sheet.unit, sheet.pass_key, sheet.scorer, score, save)
        for sheet in sheets
        for save in sheet.saves
        for item, score in save["scores"].items()
    ]
    records.sort(key=lambda record: (*record[:6], record[7]["event"]))
    return [
        Score(
            unit,
            item,
            pass_key,
            scorer,
            None if score is None else Decimal(score),
            datetime.fromisoformat(at),
            save["event"],
            save["reasons"].get(item),
        )
        for at, _, item, unit, pass_key, scorer, score, save in records
    ]
