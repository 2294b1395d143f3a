"""Parts of a board: a page of its rows, and one row with its explanation, from the lines that are kept.

A row of a page is that of the board without its items, which the explanation has, and without the names of those of equal total.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.rankings import boards, domain, kept, views
from services.rankings.boards import BoardName
from shared.errors import NotFound
from shared.plain import plain
from shared.projection import Reading


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows: `limit` of them after so many, of those whose name or id holds the words of `search`, in the order of the board."""

    limit: int
    after: int = 0
    search: str = ""


def page(
    reading: Reading, campaign: str, name: BoardName, part: Part, as_of: datetime | None = None, *, with_pending: bool = False
) -> dict[str, Any]:
    """A part of a board as data: `rows` as said above, `found` rows in all, the number `after` which the next page begins or None.

    Raises NotFound for an unknown campaign.
    """
    found = _particulars(reading, campaign)
    with kept.made(reading, found, as_of, with_pending=with_pending) as made:
        ranking = made.ranking
        places: Sequence[int] = places_of(reading, made, part.search) if part.search.strip() else range(len(ranking))
        chosen = places[part.after : part.after + part.limit]
        told: dict[str, Any] = {"ranked": ranking.ranked(), "units": len(ranking)}
        match name:
            case BoardName.STANDINGS:
                rows = _rows(ranking, chosen)
                told |= {"rubric": found["rubric"], "scale": made.content["scale"]}
            case BoardName.FLAG | BoardName.LEADER:
                standings = domain.Standings(made.lines.rubric, as_of, tuple(ranking.rows()), ())
                whole = boards.beside(reading, found, made.units, standings, name)
                rows = [whole["rows"][place] for place in chosen]
                told |= {key: value for key, value in whole.items() if key != "rows"}
        told |= {"rules": made.content, "found": len(places)}
    named = {row["unit"] for row in rows} | _named(told)
    names = views.names_of(reading, named)
    end = part.after + len(rows)
    return {
        **told,
        **boards.about(found, name, as_of),
        "names": {unit: names.get(unit, unit) for unit in sorted(named)},
        "rows": [{**row, "name": names.get(row["unit"], row["unit"])} for row in rows],
        "after": end if end < told["found"] else None,
    }


def marked(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with its `revision`, which tells it from any that says something else."""
    text = json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**answer, "revision": hashlib.sha256(text.encode()).hexdigest()[:32]}


def explanation(reading: Reading, campaign: str, unit: str, as_of: datetime | None = None) -> dict[str, Any]:
    """Why a unit stands where it stands, down to the event behind each score. Raises NotFound, UnitNotRanked."""
    found = _particulars(reading, campaign)
    with kept.made(reading, found, as_of) as made:
        if unit not in made.units:
            raise domain.UnitNotRanked(f"Unit {unit} is not in these standings.", unit=unit)
        placed, ranked, rubric = made.ranking.row(unit), made.ranking.ranked(), made.lines.rubric
    cut = boards.cut_of(found, as_of)
    sheets = views.Counted(reading, campaign, cut, [unit]).whole().get(unit, [])
    scores = views.scores_of(sheets)
    (row,) = domain.standings(rubric, [unit], scores, as_of=as_of, adjustments=placed.adjustments).rows
    told: dict[str, Any] = plain(domain.explained(rubric, domain.placed(row, placed), ranked, as_of))
    named = {sheet.scorer for sheet in sheets} | {unit, *told["tied_with"]}
    names = views.names_of(reading, named)
    about = boards.about(found, BoardName.STANDINGS, as_of)
    return {
        **told,
        **{key: about[key] for key in ("campaign", "title", "season", "cluster", "state", "frozen", "illustrative")},
        "name": names.get(unit, unit),
        "names": {key: names.get(key, key) for key in named - {unit} | {sheet.scorer for sheet in sheets}},
    }


def _particulars(reading: Reading, campaign: str) -> dict[str, Any]:
    found = views.particulars_of(reading, campaign)
    if found is None:
        raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
    return found


def _named(told: Mapping[str, Any]) -> set[str]:
    """The units that a board names beside its rows."""
    designated = told.get("designated") or {}
    return {*told.get("candidates", ()), *filter(None, [designated.get("leader")]), *designated.get("deputies", ())}


def _rows(ranking: domain.Ranking, places: Sequence[int]) -> list[dict[str, Any]]:
    if not places:
        return []
    if isinstance(places, range):
        first = max(0, places[0] - 1)
        around = dict(enumerate(ranking.rows(first, places[-1] + 2), start=first))
    else:
        around = {at: row for place in places for at, row in enumerate(ranking.rows(max(0, place - 1), place + 2), start=max(0, place - 1))}
    return [_row(around, place) for place in places]


def _row(around: Mapping[int, domain.Row], place: int) -> dict[str, Any]:
    row = around[place]
    told: dict[str, Any] = plain(row)
    del told["items"], told["tied_with"]
    shared = any(row.rank is not None and around[at].rank == row.rank for at in (place - 1, place + 1) if at in around)
    return {**told, "complete": row.complete, "tied": len(row.tied_with), "shared": shared}


def places_of(reading: Reading, made: kept.Made, search: str) -> list[int]:
    """The places on a board, from 0, of the units whose name or id holds these words."""
    words = search.casefold().split()
    names = views.names_of(reading)
    told = ((unit, f"{names.get(unit, '')} {unit}".casefold()) for unit in made.units)
    return sorted(made.ranking.index(unit) for unit, text in told if all(word in text for word in words))
