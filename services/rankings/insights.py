"""Questions about boards: what would be if, what changed, who can still win, how firm, how honest. All from what boards are made of.

What is asked here obeys the freeze because boards do (`boards.cut_of`): no question sees a sheet that the board does not. What if, what
changed and a unit's seasons are told from lines, which a board of thousands has room for; the others need every score at once, and say
of a board that is too large for that how large it may be.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from services.rankings import boards, domain, kept, views
from services.rankings.boards import Inputs
from shared import rubric as rubrics
from shared.bounds import BOARD_ROWS_PAGE_MAX, COMPARED_CELLS_MAX, INSIGHT_CELLS_MAX, INSIGHT_LINES_CELLS_MAX
from shared.errors import DomainError, NotFound
from shared.projection import Reading


class BoardTooLarge(DomainError):
    """A board is too large to be computed again and again for a question."""

    code: ClassVar[str] = "rankings.board_too_large"


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
    made_of = _inputs(reading, campaign, as_of)
    made_of = replace(made_of, rubric=_rules(reading, made_of.found, rubric))
    made = domain.standings_data(made_of.standings())
    names = views.names_of(reading, made_of.units)
    rows = [{**row, "name": names.get(row["unit"], row["unit"])} for row in made["rows"]]
    return {
        **made,
        **_head(made_of.found, made_of.as_of),
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
    found = _known(reading, supposed.campaign, INSIGHT_LINES_CELLS_MAX)
    with kept.made(reading, found, supposed.as_of) as made:
        was = {row.unit: row for row in made.ranking.rows()}
    rubric = domain.reweighted(_rules(reading, found, supposed.rubric), supposed.weights)
    scorers = _scorers(reading, found, supposed.as_of)
    domain.check_scorers(supposed.without, scorers)
    rows, ignored = list(was.values()), 0
    if supposed.rubric or supposed.weights or supposed.without:
        ranking, ignored = _would_be(reading, found, rubric, supposed.as_of, supposed.without)
        rows = ranking.rows()
    shown = rows[supposed.start : supposed.start + supposed.limit]
    end = supposed.start + len(shown)
    names = views.names_of(reading, {*(row.unit for row in shown), *scorers})
    return {
        **_head(found, supposed.as_of),
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


def firmness(reading: Reading, campaign: str, percent: Decimal) -> dict[str, Any]:
    """How firm the first place is against changes of all weights within a share (see `domain.sensitivity`)."""
    made_of = _inputs(reading, campaign)
    found = domain.firmness(made_of.standings(), percent, lambda rubric: replace(made_of, rubric=rubric).standings())
    names = views.names_of(reading, made_of.units)
    return {**_head(made_of.found, made_of.as_of), "hypothetical": True, "percent": percent, "firmness": found, "names": names}


def compare(reading: Reading, before: Side, after: Side, limit: int = BOARD_ROWS_PAGE_MAX, start: int = 0) -> dict[str, Any]:
    """Two boards unit by unit, with what moved each, and in what their rules differ.

    `rows`: `limit` of the `units` at most, and no more than whose items are COMPARED_CELLS_MAX in all, from `start` on: those of the later
    board in its order, then those that are no more on it; the `next` begin there. Raises NotFound, BoardTooLarge, SuppositionRefused.
    """
    old, new = (_laid_out(reading, side) for side in (before, after))
    units = list(dict.fromkeys((*new.rows, *old.rows)))
    items = max(_items(one.rubric) for one in (old, new))
    asked = units[start : start + min(limit, max(1, COMPARED_CELLS_MAX // items))]
    end = start + len(asked)
    moved = {row.unit: row for row in domain.compare(old.standings(reading, asked), new.standings(reading, asked))}
    sides = [
        {
            **_head(one.found, one.as_of),
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
        "rows": [moved[unit] for unit in asked],
        "next": end if end < len(units) else None,
        "rules": () if old.rubric == new.rubric else rubrics.differences(old.rubric, new.rubric),
        "names": views.names_of(reading, asked),
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
        asked = set(units)
        mine = [unit for unit in self.rows if unit in asked]
        sheets = views.Counted(reading, self.found["campaign"], boards.cut_of(self.found, self.as_of), mine).whole()
        scores = views.scores_of(sheet for of_unit in sheets.values() for sheet in of_unit)
        adjustments = [one for unit in mine for one in self.rows[unit].adjustments]
        made = domain.standings(self.rubric, mine, scores, as_of=self.as_of, adjustments=adjustments)
        whole = {row.unit: domain.placed(row, self.rows[row.unit]) for row in made.rows}
        return replace(made, rows=tuple(whole[unit] for unit in mine))


def _laid_out(reading: Reading, side: Side) -> LaidOut:
    found = _known(reading, side.campaign, INSIGHT_LINES_CELLS_MAX)
    if side.rubric is None:
        with kept.made(reading, found, side.as_of) as made:
            return LaidOut(found, side.as_of, made.lines.rubric, {row.unit: row for row in made.ranking.rows()})
    rubric = _rules(reading, found, side.rubric)
    ranking, _ = _would_be(reading, found, rubric, side.as_of)
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
            seasons.append({**_head(run, None), **told, "ranked": ranked, "scale": scale})
    return {"unit": unit, "line": line, "names": views.names_of(reading, line), "seasons": seasons}


def prospects(reading: Reading, campaign: str) -> dict[str, Any]:
    """The best and the worst place still possible for each unit (see `domain.prospects`).

    `passes`: those of the rules with what is known of each: waiting, open or closed, as of the freeze where there is one; `items`: how many
    items the rules have.
    """
    made_of = _inputs(reading, campaign)
    cut = boards.cut_of(made_of.found)
    known = views.insights.passes_of(reading, campaign, cut)
    awaited = _awaited(made_of, known, views.insights.recused_of(reading, campaign, cut))
    names = views.names_of(reading, made_of.units)
    found = domain.prospects(
        made_of.standings(), made_of.scores, awaited, lambda scores: replace(made_of, scores=tuple(scores)).standings()
    )
    passes = [
        {
            "pass_key": rule.key,
            "title": rule.title,
            "state": "waiting" if rule.key not in known else "open" if known[rule.key]["open"] else "closed",
        }
        for rule in made_of.rubric.passes
    ]
    return {
        **_head(made_of.found, made_of.as_of),
        "scale": made_of.rubric.scale,
        "items": _items(made_of.rubric),
        "passes": passes,
        "rows": found,
        "names": names,
    }


def honesty(reading: Reading, cluster: str) -> dict[str, Any]:
    """Hints about scoring over all seasons of a cluster (see `domain.honesty`), with what a freeze keeps from others."""
    runs = [run for run in views.all_campaigns(reading) if run["cluster"] == cluster]
    if not runs:
        raise NotFound(f"Cluster {cluster} has no campaign yet.", cluster=cluster)
    seasons, proofs = [], []
    for run in sorted(runs, key=lambda one: (one["season"], one["campaign"])):
        made_of = _inputs(reading, run["campaign"], with_pending=True)
        passes = views.insights.passes_of(reading, run["campaign"])
        closed_at = {key: datetime.fromisoformat(one["closed_at"]) for key, one in passes.items() if one["closed_at"] is not None}
        seasons.append(domain.Season(run["campaign"], run["season"], made_of.standings(), made_of.scores, closed_at))
        for proof in _handed_in(made_of, views.insights.proofs_of(reading, run["campaign"])):
            at = {name: proof[name] for name in ("unit", "item", "pass_key", "scorer", "sha256")}
            proofs.append(domain.Proof(run["campaign"], run["season"], **at))
    return {
        "cluster": cluster,
        "cluster_name": runs[0]["cluster_name"],
        "illustrative": any(run["illustrative"] for run in runs),
        "campaigns": [{name: run[name] for name in ("campaign", "title", "season")} for run in runs],
        "hints": domain.honesty(seasons, proofs),
        "limits": domain.LIMITS,
        "names": views.names_of(reading),
    }


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


def _handed_in(made_of: Inputs, proofs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    counted = {(score.unit, score.pass_key, score.scorer) for score in made_of.scores}
    return [row for row in proofs if (row["unit"], row["pass_key"], row["scorer"]) in counted]


def _inputs(reading: Reading, campaign: str, as_of: datetime | None = None, *, with_pending: bool = False) -> Inputs:
    """What a board is made of, looked at before it is read whole. Raises NotFound, BoardTooLarge."""
    _known(reading, campaign, INSIGHT_CELLS_MAX)
    return boards.inputs(reading, campaign, as_of, with_pending=with_pending)


def _known(reading: Reading, campaign: str, cells_max: int) -> dict[str, Any]:
    """A campaign as `views.campaign_of` has it, of so many units x items at most. Raises NotFound, BoardTooLarge."""
    found = boards.campaign_or_refusal(reading, campaign)
    items = sum(len(group["items"]) for group in found["content"]["groups"])
    if len(found["audience"]) * items > cells_max:
        raise BoardTooLarge(
            f"{found['title']} has {len(found['audience'])} units of {items} items each; this question is answered up to "
            f"{cells_max} in all. Export the board and compute elsewhere.",
            cells=cells_max,
        )
    return found


def _would_be(
    reading: Reading, found: Mapping[str, Any], rubric: rubrics.Rubric, as_of: datetime | None, without: Collection[str] = ()
) -> tuple[domain.Ranking, int]:
    """The units under these rules, without the sheets of some scorers, and how many scores have no place in the rules.

    Line by line, from the sheets of some units at a time.
    """
    cut, day = boards.cut_of(found, as_of), boards.day_of(found, as_of)
    counted = views.Counted(reading, found["campaign"], cut)
    decided = views.adjustments.standing(reading, found["campaign"], cut, day)
    lines, ranking = domain.Lines(rubric), domain.Ranking(rubric, found["audience"])
    items, places, ignored = {item.key for item in rubric.items()}, {*rubric.pass_keys(), domain.APPEAL}, 0
    for some in counted.runs(found["audience"]):
        standing = {unit: [sheet for sheet in counted.unread(unit) if sheet.scorer not in without] for unit in some}
        if rubric.key != found["rubric"]:
            ignored += sum(_out_of_place(sheet, places, items) for of_unit in standing.values() for sheet in of_unit)
        ranking.put([lines.of(unit, of_unit, decided.get(unit, ())) for unit, of_unit in standing.items()])
        time.sleep(0)  # whoever else waits in this process
    ranking.vote(boards.votes_of(found, as_of))
    return ranking, ignored


def _scorers(reading: Reading, found: Mapping[str, Any], as_of: datetime | None) -> list[str]:
    """Whose sheets count."""
    return sorted(views.Counted(reading, found["campaign"], boards.cut_of(found, as_of)).scorers())


def _out_of_place(sheet: domain.Sheet, passes: Collection[str], items: Collection[str]) -> int:
    """How many scores of a sheet have no place in rules with these passes and items."""
    return sum(sheet.pass_key not in passes or item not in items for item in sheet.standing())


def _head(found: Mapping[str, Any], as_of: datetime | None) -> dict[str, Any]:
    """What every answer says about the campaign it is of."""
    names = ("campaign", "title", "season", "cluster", "cluster_name", "illustrative")
    return {
        **{name: found[name] for name in names},
        "state": "final" if found["final"] else "open",
        "frozen": {name: found["frozen"][name] for name in ("since", "reason")} if found["frozen"] else None,
        "as_of": as_of,
    }


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


def _awaited(
    made_of: Inputs, known: Mapping[str, Mapping[str, Any]], recused: Collection[tuple[str, str, str]]
) -> dict[str, dict[str, list[str]] | None]:
    """The passes that are not closed, with the scorers who have handed in nothing that counts; nothing of a final result."""
    if made_of.found["final"]:
        return {}
    out = {(score.pass_key, score.unit, score.scorer) for score in made_of.scores} | set(recused)
    found: dict[str, dict[str, list[str]] | None] = {}
    for key in made_of.rubric.pass_keys():
        if key not in known:
            found[key] = None
        elif known[key]["open"]:
            assigned = known[key]["scorers"].items()
            found[key] = {unit: [scorer for scorer in scorers if (key, unit, scorer) not in out] for unit, scorers in assigned}
    return found
