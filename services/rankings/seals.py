"""Boards under seal: a digest of what a board says, taken of boards as they are shown and as the logs give them anew.

They are read and written out some units at a time, in the order of the board, so that one of ten thousand units takes little more memory
than one of a hundred; between two units whoever waits in this process is let in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import zip_longest
from typing import Any, TypeVar

import sqlalchemy as sa

from services.rankings import boards, canonical, domain, views
from services.rankings.boards import BoardName
from services.rankings.replay import ENDS
from shared import rubric as rubrics
from shared.bounds import BOARD_UNITS_AT_ONCE
from shared.plain import plain
from shared.projection import Reading
from shared.projection.tables import cursors
from shared.store import Sieve

SEALED = (BoardName.STANDINGS, BoardName.FLAG)
"""What a final result consists of. Who leads next is decided apart from it, and later."""

RESTS_ON = ("registry", "campaigns", "evaluations")
"""The services whose events make these boards."""

UNITS_AT_ONCE = 50
"""Units whose sheets are read together: some megabytes of a large campaign's, some hundredths of a second of work."""

_BESIDE = frozenset({"title", "cluster_name", "names", "state", "frozen", "seal", "as_of"})
"""What is shown with a board and does not belong to the result: words that may change later, and what is said about the board itself."""

One = TypeVar("One")

Breathe = Callable[[], None]
"""Called between two stretches of work: lets others of the process work, and may raise."""


def _at_once() -> None:
    """Nobody else waits in the process of the console."""


def digest_of(shown: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON (RFC 8785) of a board as `boards.board` or an export has it.

    The names of units are left out, their ids are in: an organisation that is renamed later keeps its result.
    """
    content = plain(shown)
    digest = _digest({name: value for name, value in content.items() if name != canonical.ROWS})
    for row in content[canonical.ROWS]:
        digest.add(canonical.of_row(row))
    return digest.hexdigest()


def _digest(content: Mapping[str, Any]) -> canonical.Digest:
    return canonical.Digest({name: value for name, value in content.items() if name not in _BESIDE})


class Sealing:
    """The boards of a campaign that are sealed, as rows give them.

    today: the day on which they were shown, where it is another, and the events end before those that say so.
    Raises NotFound for an unknown campaign.
    """

    def __init__(self, reading: Reading, campaign: str, today: date | None = None, breathe: Breathe = _at_once) -> None:
        self._reading, self._breathe = reading, breathe
        self.found = boards.campaign_or_refusal(reading, campaign)
        self.rubric = rubrics.from_data(self.found["content"])
        self._units: tuple[str, ...] = tuple(self.found["audience"])
        self._cut = boards.cut_of(self.found)
        self._rows = self._ranked(boards.day_of(self.found, today=today))

    def _ranked(self, day: date) -> list[domain.Row]:
        """Every row in the order of the board, without its items."""
        lines, ranking = domain.Lines(self.rubric), domain.Ranking(self.rubric, self._units)
        decided = views.adjustments.standing(self._reading, self.found["campaign"], self._cut, day)
        for some in _runs(self._units):
            counted = views.Counted(self._reading, self.found["campaign"], self._cut, some)
            for unit in some:
                ranking.put([lines.of(unit, counted.unread(unit), decided.get(unit, ()))])
                self._breathe()
        ranking.vote(boards.votes_of(self.found, None))
        rows: list[domain.Row] = []
        while len(rows) < len(ranking):
            rows += ranking.rows(len(rows), len(rows) + UNITS_AT_ONCE)
            self._breathe()
        return rows

    @cached_property
    def _flag(self) -> domain.FlagBoard:
        known: dict[str, domain.Eligibility] = {}
        for some in _runs(self._units, BOARD_UNITS_AT_ONCE):
            known |= boards.eligibility(self._reading, self.found, None, some)
            self._breathe()
        return domain.rotation_flag(domain.Standings(self.rubric, None, tuple(self._rows), ()), known)

    def figures(self) -> dict[str, dict[str, Iterable[Mapping[str, Any]]]]:
        """Each board as data with its `rows` alone, one by one, those of the standings without items."""
        rows: dict[BoardName, Iterable[domain.Row | domain.FlagRow]] = {BoardName.STANDINGS: self._rows, BoardName.FLAG: self._flag.rows}
        return {str(name): {canonical.ROWS: map(plain, of_board)} for name, of_board in rows.items()}

    def rows(self) -> Iterator[tuple[domain.Row, list[views.HandIn]]]:
        """Every row in the order of the board, without its items, and the sheets of its unit that count."""
        for some in _runs(self._rows):
            sheets = self._sheets([row.unit for row in some])
            yield from ((row, sheets.get(row.unit, [])) for row in some)

    def strangers(self) -> list[views.HandIn]:
        """Sheets on units that the campaign is not for."""
        units = views.sheets.handed_in(self._reading, self.found["campaign"]).difference(self._units)
        return [sheet for sheets in self._sheets(sorted(units)).values() for sheet in sheets] if units else []

    def standings(self, strays: Sequence[views.HandIn]) -> canonical.Digest:
        """The digest of the standings, to which their rows are to be added. strays: what is shown as ignored."""
        ignored = sorted(views.scores_of(strays), key=lambda score: score.recorded_at)
        beside = domain.standings_data(domain.Standings(self.rubric, None, (), tuple(ignored)))
        return _digest({**self._about(BoardName.STANDINGS), **_but_rows(beside)})

    def flagged(self) -> str:
        """The digest of the board of the flag."""
        beside = plain(replace(self._flag, rows=()))
        digest = _digest({**self._about(BoardName.FLAG), **_but_rows(beside)})
        for row in self._flag.rows:
            digest.add(canonical.of_row(plain(row)))
            self._breathe()
        return digest.hexdigest()

    def _about(self, name: BoardName) -> dict[str, Any]:
        return {**boards.about(self.found, name, None), "rules": self.found["content"]}

    def _sheets(self, units: list[str]) -> dict[str, list[views.HandIn]]:
        """By unit, in an order that is not the database's."""
        counted = views.Counted(self._reading, self.found["campaign"], self._cut, units).whole()
        return {unit: sorted(sheets, key=lambda sheet: (sheet.pass_key, sheet.scorer)) for unit, sheets in counted.items()}


def digests(*sealings: Sealing, breathe: Breathe = _at_once) -> list[list[dict[str, str]]]:
    """Of each of these, the digest of each sealed board: {board, digest}.

    They are written side by side, for what several are made of alike is written once.
    """
    standings = _standings(sealings, breathe)
    return [
        [{"board": str(BoardName.STANDINGS), "digest": digest}, {"board": str(BoardName.FLAG), "digest": sealing.flagged()}]
        for sealing, digest in zip(sealings, standings, strict=True)
    ]


def _standings(sealings: Sequence[Sealing], breathe: Breathe) -> list[str]:
    writers = [canonical.Writer(sealing.rubric) for sealing in sealings]
    for place, sealing in enumerate(sealings):
        if sealing.rubric == sealings[0].rubric:
            writers[place] = writers[0]
    strays = [sealing.strangers() for sealing in sealings]
    while True:
        # what is ignored stands before the rows, and is known when all of them have been seen: as good as never is there any
        written = [sealing.standings(ignored) for sealing, ignored in zip(sealings, strays, strict=True)]
        found = [sealing.strangers() for sealing in sealings]
        for together in zip_longest(*(sealing.rows() for sealing in sealings)):
            for place, of_unit in enumerate(together):
                if of_unit is not None:
                    row, sheets = of_unit
                    written[place].add(writers[place].text(row, sheets))
                    found[place] += writers[place].strays(sheets)
            breathe()
        if found == strays:
            return [digest.hexdigest() for digest in written]
        strays = found


def _runs(those: Sequence[One], length: int = UNITS_AT_ONCE) -> Iterator[Sequence[One]]:
    return (those[start : start + length] for start in range(0, len(those), length))


def _but_rows(board: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in board.items() if name != canonical.ROWS}


def reached(reading: Reading, home: str) -> list[dict[str, Any]]:
    """Where these rows stand in the feeds that the boards rest on: site, service, position; 0 for one of the home site not begun."""
    here = (cursors.c.model == views.MODEL.name, cursors.c.generation == reading.generation, cursors.c.service.in_(RESTS_ON))
    found = reading.connection.execute(sa.select(cursors.c.site, cursors.c.service, cursors.c.position).where(*here))
    every = {(home, service): 0 for service in RESTS_ON} | {(row.site, row.service): row.position for row in found}
    return [{"site": site, "service": service, "position": position} for (site, service), position in sorted(every.items())]


def sieves(campaign: str, rubric: str) -> dict[str, Sieve]:
    """What the boards of a campaign under a rubric rest on, of the log of each service."""
    return {
        "registry": Sieve(types=ENDS),
        "campaigns": Sieve(holding=(("campaign", campaign), ("rubric", rubric))),
        "evaluations": Sieve(holding=(("campaign", campaign),)),
    }
