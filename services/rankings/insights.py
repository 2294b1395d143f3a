"""Questions about boards: what would be if, what changed, a unit over its seasons, the evidence behind its scores.

What is asked here obeys the freeze because boards do (`boards.cut_of`): no question sees a sheet that the board does not. All but
`board_under`, which is a board with every score, are told from lines, which a board of thousands has room for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.rankings import asked, boards, domain, kept, views
from shared import rubric as rubrics
from shared.bounds import BOARD_ROWS_PAGE_MAX, COMPARED_CELLS_MAX, INSIGHT_CELLS_MAX
from shared.projection import Reading


@dataclass(frozen=True, slots=True)
class Side:
    """One of two boards that are compared: of a campaign, now or as of an instant, by its own rules or another version of them."""

    campaign: str
    as_of: datetime | None = None
    rubric: str | None = None


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed of a campaign's board.

    rubric: another published version of its rules; weights: by item, in place of those of the rules; without: scorers left out; limit:
    how many rows are asked for, from `start` on.
    """

    campaign: str
    as_of: datetime | None = None
    rubric: str | None = None
    weights: dict[str, Decimal] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    limit: int = BOARD_ROWS_PAGE_MAX
    start: int = 0


def board_under(reading: Reading, campaign: str, rubric: str, as_of: datetime | None = None) -> dict[str, Any]:
    """The standings as they would be under another published version of the rules. Marked `hypothetical`: it is not the result."""
    asked.known(reading, campaign, INSIGHT_CELLS_MAX)
    made_of = boards.inputs(reading, campaign, as_of)
    made_of = replace(made_of, rubric=_rules(reading, made_of.found, rubric))
    made = domain.standings_data(made_of.standings())
    names = views.names_of(reading, made_of.units)
    rows = [{**row, "name": names.get(row["unit"], row["unit"])} for row in made["rows"]]
    return {
        **made,
        **asked.head(made_of.found, made_of.as_of),
        "hypothetical": True,
        "rules": rubrics.to_data(made_of.rubric),
        "rows": rows,
        "names": names,
    }


def what_if(reading: Reading, supposed: Supposition) -> dict[str, Any]:
    """The standings as they would be, each row with what it `was`. Marked `hypothetical`: nothing of it is kept.

    `rows`: those asked for of the `units`; the `next` begin there; `changed`: how many units would have another rank; `versions`: the rules
    that may be supposed; `scorers`: whose sheets count; `ignored`: scores that have no place in those rules.
    Raises NotFound, BoardTooLarge, ItemUnknown, SuppositionRefused.
    """
    found = asked.known(reading, supposed.campaign)
    with kept.made(reading, found, supposed.as_of) as made:
        was = {row.unit: row for row in made.ranking.rows()}
    asked.breathe()
    rubric = domain.reweighted(_rules(reading, found, supposed.rubric), supposed.weights)
    scorers = _scorers(reading, found, supposed.as_of)
    domain.check_scorers(supposed.without, scorers)
    asked.breathe()
    rows, ignored = list(was.values()), 0
    if supposed.rubric or supposed.weights or supposed.without:
        ranking, ignored = would_be(reading, found, rubric, supposed.as_of, supposed.without)
        rows = ranking.rows()
        asked.breathe()
    shown = rows[supposed.start : supposed.start + supposed.limit]
    end = supposed.start + len(shown)
    names = views.names_of(reading, {*(row.unit for row in shown), *scorers})
    return {
        **asked.head(found, supposed.as_of),
        "hypothetical": True,
        "rubric": rubric.key,
        "scale": rubric.scale,
        "weights": supposed.weights,
        "without": supposed.without,
        "units": len(rows),
        "rows": [_beside(row, was[row.unit], names) for row in shown],
        "next": end if end < len(rows) else None,
        "changed": sum(row.rank != was[row.unit].rank for row in rows),
        "ignored": ignored,
        "versions": _versions(reading, found),
        "scorers": [{"scorer": scorer, "name": names.get(scorer, scorer)} for scorer in scorers],
        "items": [{"item": item.key, "title": item.title, "kind": item.kind, "weight": item.weight} for item in rubric.items()],
    }


def _beside(row: domain.Row, was: domain.Row, names: Mapping[str, str]) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("unit", "status", "rank", "total", "content", "bonus", "penalty", "groups")}
    return {**told, "name": names.get(row.unit, row.unit), "was": {name: getattr(was, name) for name in ("status", "rank", "total")}}


def compare(reading: Reading, before: Side, after: Side, limit: int = BOARD_ROWS_PAGE_MAX, start: int = 0) -> dict[str, Any]:
    """Two boards unit by unit, with what moved each, and in what their rules differ.

    `rows`: `limit` of the `units` at most, and no more than whose items are COMPARED_CELLS_MAX in all, from `start` on: those of the later
    board in its order, then those that are no more on it; the `next` begin there. Raises NotFound, BoardTooLarge, SuppositionRefused.
    """
    old, new = (_laid_out(reading, side) for side in (before, after))
    units = list(dict.fromkeys((*new.rows, *old.rows)))
    items = max(_items(one.rubric) for one in (old, new))
    shown = units[start : start + min(limit, max(1, COMPARED_CELLS_MAX // items))]
    end = start + len(shown)
    moved = {row.unit: row for row in domain.compare(old.standings(reading, shown), new.standings(reading, shown))}
    sides = [
        {
            **asked.head(one.found, one.as_of),
            "rubric": one.rubric.key,
            "hypothetical": one.rubric.key != one.found["rubric"],
            "versions": _versions(reading, one.found),
        }
        for one in (old, new)
    ]
    return {
        "before": sides[0],
        "after": sides[1],
        "hypothetical": any(side["hypothetical"] for side in sides),
        "illustrative": any(side["illustrative"] for side in sides),
        "units": len(units),
        "rows": [moved[unit] for unit in shown],
        "next": end if end < len(units) else None,
        "rules": () if old.rubric == new.rubric else rubrics.differences(old.rubric, new.rubric),
        "names": views.names_of(reading, shown),
        "campaigns": _seasons(reading, new.found["cluster"]),
    }


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A board that is compared: its campaign, its rules, and by unit its row without items, in the order of the board."""

    found: dict[str, Any]
    as_of: datetime | None
    rubric: rubrics.Rubric
    rows: Mapping[str, domain.Row]

    def standings(self, reading: Reading, units: Sequence[str]) -> domain.Standings:
        """The rows of those of these units that are on the board, with their items."""
        among = set(units)
        mine = [unit for unit in self.rows if unit in among]
        sheets = views.Counted(reading, self.found["campaign"], boards.cut_of(self.found, self.as_of), mine).whole()
        scores = views.scores_of(sheet for of_unit in sheets.values() for sheet in of_unit)
        adjustments = [one for unit in mine for one in self.rows[unit].adjustments]
        made = domain.standings(self.rubric, mine, scores, as_of=self.as_of, adjustments=adjustments)
        whole = {row.unit: domain.placed(row, self.rows[row.unit]) for row in made.rows}
        return replace(made, rows=tuple(whole[unit] for unit in mine))


def _laid_out(reading: Reading, side: Side) -> LaidOut:
    found = asked.known(reading, side.campaign)
    if side.rubric is None:
        with kept.made(reading, found, side.as_of) as made:
            return LaidOut(found, side.as_of, made.lines.rubric, {row.unit: row for row in made.ranking.rows()})
    rubric = _rules(reading, found, side.rubric)
    ranking, _ = would_be(reading, found, rubric, side.as_of)
    return LaidOut(found, side.as_of, rubric, {row.unit: row for row in ranking.rows()})


def history(reading: Reading, unit: str, before: Sequence[str] = ()) -> dict[str, Any]:
    """Where a unit stood in every campaign that it took part in, the latest first.

    before: the organisations that it goes on from, by merger or split, as the registry's lineage has them: their seasons are told with it,
    each under its own id.
    """
    line = tuple(dict.fromkeys((unit, *before)))
    seasons = []
    for run in views.all_campaigns(reading):
        took_part = [one for one in line if one in run["audience"]]
        if not took_part:
            continue
        with kept.made(reading, run) as made:
            rows, ranked, scale = [made.ranking.row(one) for one in took_part], made.ranking.ranked(), made.lines.rubric.scale
        for row in rows:
            told = {name: getattr(row, name) for name in ("unit", "status", "rank", "total", "groups")}
            seasons.append({**asked.head(run, None), **told, "ranked": ranked, "scale": scale})
    return {"unit": unit, "line": line, "names": views.names_of(reading, line), "seasons": seasons}


def proofs(reading: Reading, campaign: str, unit: str, as_of: datetime | None = None) -> list[dict[str, Any]]:
    """The evidence behind the scores of a unit, by digest, with the event that attached each; that of a draft stays with its writer."""
    found = boards.campaign_or_refusal(reading, campaign)
    cut = boards.cut_of(found, as_of)
    counted = {(sheet.pass_key, sheet.scorer) for sheet in views.Counted(reading, campaign, cut, [unit]).unread(unit)}
    return [
        {**{name: row[name] for name in ("item", "pass_key", "scorer", "sha256", "media_type", "size")}, "event": row["attached"]["event"]}
        for row in views.insights.proofs_of(reading, campaign, cut, unit)
        if (row["pass_key"], row["scorer"]) in counted
    ]


def would_be(
    reading: Reading, found: Mapping[str, Any], rubric: rubrics.Rubric, as_of: datetime | None = None, without: Collection[str] = ()
) -> tuple[domain.Ranking, int]:
    """The units under these rules, without the sheets of some scorers, and how many scores have no place in the rules.

    Line by line, from the sheets of some units at a time.
    """
    cut, day = boards.cut_of(found, as_of), boards.day_of(found, as_of)
    counted = views.Counted(reading, found["campaign"], cut)
    decided = views.adjustments.standing(reading, found["campaign"], cut, day)
    lines, ranking = domain.Lines(rubric), domain.Ranking(rubric, found["audience"])
    items, places, ignored = {item.key for item in rubric.items()}, {*rubric.pass_keys(), domain.APPEAL}, 0
    runs = counted.runs(found["audience"])
    asked.breathe()
    for some in runs:
        standing = {unit: [sheet for sheet in counted.unread(unit) if sheet.scorer not in without] for unit in some}
        if rubric.key != found["rubric"]:
            ignored += sum(_out_of_place(sheet, places, items) for of_unit in standing.values() for sheet in of_unit)
        ranking.put([lines.of(unit, of_unit, decided.get(unit, ())) for unit, of_unit in standing.items()])
        asked.breathe()
    ranking.vote(boards.votes_of(found, as_of))
    return ranking, ignored


def _scorers(reading: Reading, found: Mapping[str, Any], as_of: datetime | None) -> list[str]:
    """Whose sheets count."""
    return sorted(views.Counted(reading, found["campaign"], boards.cut_of(found, as_of)).scorers())


def _out_of_place(sheet: domain.Sheet, passes: Collection[str], items: Collection[str]) -> int:
    """How many scores of a sheet have no place in rules with these passes and items."""
    return sum(sheet.pass_key not in passes or item not in items for item in sheet.standing())


def _rules(reading: Reading, found: Mapping[str, Any], rubric: str | None) -> rubrics.Rubric:
    """The rules of the campaign, or another version of them. Raises SuppositionRefused for one that is none."""
    if rubric is None:
        return rubrics.from_data(found["content"])
    for content in views.insights.versions_of(reading, found["rubric"]):
        if content["key"] == rubric:
            return rubrics.from_data(content)
    raise domain.SuppositionRefused(f"{rubric} is no published version of the rules of this campaign.", rubric=rubric)


def _items(rubric: rubrics.Rubric) -> int:
    return sum(1 for _ in rubric.items())


def _versions(reading: Reading, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    every = views.insights.versions_of(reading, found["rubric"])
    return [{"rubric": one["key"], "title": one["title"], "season": one["season"]} for one in every]


def _seasons(reading: Reading, cluster: str) -> list[dict[str, Any]]:
    runs = [run for run in views.all_campaigns(reading) if run["cluster"] == cluster]
    return [{name: run[name] for name in ("campaign", "title", "season")} for run in runs]
