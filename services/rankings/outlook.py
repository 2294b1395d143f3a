"""How sure places are: who can still win, and how firm the first place is. Both gone through once, some units at a time, and kept.

What is asked here obeys the freeze because boards do (`boards.cut_of`). What is kept of a unit is its totals at both ends, or two sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.rankings import asked, boards, domain, insights, kept, parts, views
from shared import rubric as rubrics
from shared.bounds import BOARD_ROWS_PAGE_MAX
from shared.projection import Reading


def prospects(reading: Reading, campaign: str, limit: int = BOARD_ROWS_PAGE_MAX, start: int = 0, search: str = "") -> dict[str, Any]:
    """The best and the worst place still possible for units (see `domain.prospects`), in the order of the board.

    `rows`: `limit` at most, from `start` on, of the `found` of all `units` whose name or id holds the words of `search`; the `next` begin
    there. `may_win`: how many of all may still come first. `passes`: those of the rules with what is known of each, waiting, open or
    closed, as of the freeze where there is one; `items`: how many items the rules have. Raises NotFound, BoardTooLarge.
    """
    found = asked.known(reading, campaign)
    cut = boards.cut_of(found)
    turns = views.insights.turns_of(reading, campaign, cut)
    with kept.made(reading, found) as made:
        ranking, rubric = made.ranking, made.lines.rubric
        places = parts.places_of(reading, made, search) if search.strip() else range(len(ranking))
        shown = [ranking.rows(place, place + 1)[0].unit for place in places[start : start + limit]]

    def work_out() -> domain.Outlook:
        with kept.made(reading, found) as made:
            of_unit = {row.unit: row for row in made.ranking.rows()}
        asked.breathe()
        counted = views.Counted(reading, campaign, cut)
        runs = counted.runs(of_unit)
        asked.breathe()
        known, recused = views.insights.passes_of(reading, campaign, cut), views.insights.recused_of(reading, campaign, cut)
        outlook = domain.Outlook(rubric, _awaited(found, rubric, known, counted, recused))
        asked.breathe()
        for some in runs:
            for unit in some:
                outlook.put(of_unit[unit], counted.unread(unit))
            asked.breathe()
        return outlook

    state = (turns, found["final"], boards.day_of(found), boards.votes_of(found, None))
    outlook = kept.worked_out(reading, ("prospects", campaign, cut), [found], state, work_out)
    end = start + len(shown)
    return {
        **asked.head(found),
        "scale": rubric.scale,
        "items": asked.items_of(found),
        "passes": [{"pass_key": rule.key, "title": rule.title, "state": _state(turns.get(rule.key))} for rule in rubric.passes],
        "units": len(ranking),
        "may_win": outlook.may_win,
        "found": len(places),
        "rows": [outlook.of(unit) for unit in shown],
        "next": end if end < len(places) else None,
        "names": views.names_of(reading, shown),
    }


def firmness(reading: Reading, campaign: str, percent: Decimal) -> dict[str, Any]:
    """How firm the first place is against changes of all weights within a share (see `domain.sensitivity`).

    `firmness` None where nobody is ranked. Raises NotFound, BoardTooLarge.
    """
    found = asked.known(reading, campaign)
    cut = boards.cut_of(found)
    votes = boards.votes_of(found, None)
    read: dict[str, Sequence[domain.Sheet]] = {}

    def work_out() -> domain.Margins | None:
        with kept.made(reading, found) as made:
            ranked, rubric = made.ranking.rows(0, made.ranking.ranked()), made.lines.rubric
        if not ranked:
            return None
        asked.breathe()
        counted = views.Counted(reading, campaign, cut)
        margins = domain.Margins(rubric, ranked, sheets_of([ranked[0].unit])[ranked[0].unit])
        runs = counted.runs(row.unit for row in ranked[1:])
        asked.breathe()
        for some in runs:
            for unit in some:
                margins.put(unit, counted.unread(unit))
            asked.breathe()
        return margins

    def sheets_of(units: Sequence[str]) -> Mapping[str, Sequence[domain.Sheet]]:
        missing = [unit for unit in units if unit not in read]
        counted = views.Counted(reading, campaign, cut, missing)
        read.update({unit: counted.unread(unit) for unit in missing})
        return {unit: read[unit] for unit in units}

    def under(rules: rubrics.Rubric, rows: Sequence[domain.Row] | None) -> Sequence[domain.Row]:
        if rows is None:
            return insights.would_be(reading, found, rules)[0].rows()
        sheets = sheets_of([row.unit for row in rows])
        lines, ranking = domain.Lines(rules), domain.Ranking(rules, list(sheets))
        ranking.put([lines.of(row.unit, sheets[row.unit], row.adjustments) for row in rows])
        ranking.vote(votes)
        asked.breathe()
        return ranking.rows()

    told = {**asked.head(found), "hypothetical": True, "percent": percent}
    margins = kept.worked_out(reading, ("firmness", campaign, cut), [found], (boards.day_of(found), votes), work_out)
    if margins is None:
        return {**told, "firmness": None, "names": {}}
    firm = margins.firmness(percent, sheets_of, under)
    named = {*firm.first, *firm.overtaken_by, *(rival.unit for rival in firm.rivals)}
    return {**told, "firmness": firm, "names": views.names_of(reading, named)}


def _state(turns: Sequence[Mapping[str, Any]] | None) -> str:
    return "waiting" if not turns else "open" if turns[-1]["open"] else "closed"


def _awaited(
    found: Mapping[str, Any],
    rubric: rubrics.Rubric,
    known: Mapping[str, Mapping[str, Any]],
    counted: views.Counted,
    recused: set[tuple[str, str, str]],
) -> dict[str, dict[str, list[str]] | None]:
    """The passes that are not closed, with the scorers who have handed in nothing that counts; nothing of a final result."""
    if found["final"]:
        return {}
    awaited: dict[str, dict[str, list[str]] | None] = {}
    for key in rubric.pass_keys():
        if key not in known:
            awaited[key] = None
        elif known[key]["open"]:
            awaited[key] = open_ = {}
            for unit, scorers in known[key]["scorers"].items():
                done = {sheet.scorer for sheet in counted.unread(unit) if sheet.pass_key == key}
                open_[unit] = [scorer for scorer in scorers if scorer not in done and (key, unit, scorer) not in recused]
    return awaited
