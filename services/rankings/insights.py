"""Questions about boards: what would be if, what changed, who can still win, how firm, how honest. All from what boards are made of.

What is asked here obeys the freeze because `boards.inputs` does: no question sees a sheet that the board does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from services.rankings import boards, domain, views
from services.rankings.boards import Inputs
from shared import rubric as rubrics
from shared.bounds import INSIGHT_CELLS_MAX
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

    rubric: another published version of its rules; weights: by item, in place of those of the rules; without: scorers left out.
    """

    campaign: str
    as_of: datetime | None = None
    rubric: str | None = None
    weights: dict[str, Decimal] = field(default_factory=dict)
    without: tuple[str, ...] = ()


def board_under(reading: Reading, campaign: str, rubric: str, as_of: datetime | None = None) -> dict[str, Any]:
    """The standings as they would be under another published version of the rules. Marked `hypothetical`: it is not the result."""
    made_of = _under(reading, _inputs(reading, campaign, as_of), rubric)
    made = domain.standings_data(made_of.standings())
    names = views.names_of(reading, made_of.units)
    rows = [{**row, "name": names.get(row["unit"], row["unit"])} for row in made["rows"]]
    return {**made, **_head(made_of), "hypothetical": True, "rules": rubrics.to_data(made_of.rubric), "rows": rows, "names": names}


def what_if(reading: Reading, supposed: Supposition) -> dict[str, Any]:
    """The standings as they would be, each row with what it `was`. Marked `hypothetical`: nothing of it is kept.

    `versions`: the rules that may be supposed; `scorers`: who gave the scores; `ignored`: records that have no place in those rules.
    Raises NotFound, ItemUnknown, SuppositionRefused.
    """
    made_of = _inputs(reading, supposed.campaign, supposed.as_of)
    was = {row.unit: row for row in made_of.standings().rows}
    under = made_of if supposed.rubric is None else _under(reading, made_of, supposed.rubric)
    under = replace(under, rubric=domain.reweighted(under.rubric, supposed.weights), scores=domain.without(under.scores, supposed.without))
    would_be = under.standings()
    names = views.names_of(reading)
    rows = [
        {
            **{name: getattr(row, name) for name in ("unit", "status", "rank", "total", "content", "bonus", "penalty", "groups")},
            "name": names.get(row.unit, row.unit),
            "was": {name: getattr(was[row.unit], name) for name in ("status", "rank", "total")},
        }
        for row in would_be.rows
    ]
    scorers = sorted({score.scorer for score in made_of.scores})
    return {
        **_head(made_of),
        "hypothetical": True,
        "rubric": under.rubric.key,
        "scale": under.rubric.scale,
        "weights": supposed.weights,
        "without": supposed.without,
        "rows": rows,
        "changed": sum(row["rank"] != row["was"]["rank"] for row in rows),
        "ignored": len(would_be.ignored),
        "versions": _versions(reading, made_of),
        "scorers": [{"scorer": scorer, "name": names.get(scorer, scorer)} for scorer in scorers],
        "items": [{"item": item.key, "title": item.title, "kind": item.kind, "weight": item.weight} for item in under.rubric.items()],
    }


def firmness(reading: Reading, campaign: str, percent: Decimal) -> dict[str, Any]:
    """How firm the first place is against changes of all weights within a share (see `domain.sensitivity`)."""
    made_of = _inputs(reading, campaign)
    found = domain.firmness(made_of.standings(), percent, lambda rubric: replace(made_of, rubric=rubric).standings())
    names = views.names_of(reading, made_of.units)
    return {**_head(made_of), "hypothetical": True, "percent": percent, "firmness": found, "names": names}


def compare(reading: Reading, before: Side, after: Side) -> dict[str, Any]:
    """Two boards unit by unit, with what moved each, and in what their rules differ."""
    made = [_side(reading, side) for side in (before, after)]
    old, new = made
    names = views.names_of(reading, {*old.units, *new.units})
    moved = domain.compare(old.standings(), new.standings())
    rules = () if old.rubric == new.rubric else rubrics.differences(old.rubric, new.rubric)
    sides = [
        {**_head(one), "rubric": one.rubric.key, "hypothetical": one.rubric.key != one.found["rubric"], "versions": _versions(reading, one)}
        for one in made
    ]
    return {
        "before": sides[0],
        "after": sides[1],
        "hypothetical": any(side["hypothetical"] for side in sides),
        "illustrative": any(side["illustrative"] for side in sides),
        "rows": moved,
        "rules": rules,
        "names": names,
        "campaigns": _seasons(reading, new.found["cluster"]),
    }


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
        made_of = boards.inputs(reading, run["campaign"])
        standings = made_of.standings()
        ranked = sum(row.rank is not None for row in standings.rows)
        for one in took_part:
            row = standings.row(one)
            if row is not None:
                told = {name: getattr(row, name) for name in ("status", "rank", "total", "groups")}
                seasons.append({**_head(made_of), "unit": one, **told, "ranked": ranked, "scale": made_of.rubric.scale})
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
    items = sum(1 for _ in made_of.rubric.items())
    return {**_head(made_of), "scale": made_of.rubric.scale, "items": items, "passes": passes, "rows": found, "names": names}


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
    sheets = views.sheets.counted(reading, campaign, cut, [unit])
    counted = {(sheet.pass_key, sheet.scorer) for sheet in sheets.get(unit, ())}
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
    found = boards.campaign_or_refusal(reading, campaign)
    items = sum(len(group["items"]) for group in found["content"]["groups"])
    if len(found["audience"]) * items > INSIGHT_CELLS_MAX:
        raise BoardTooLarge(
            f"{found['title']} has {len(found['audience'])} units of {items} items each; such questions are answered up to "
            f"{INSIGHT_CELLS_MAX} in all. Export the board and compute elsewhere.",
            cells=INSIGHT_CELLS_MAX,
        )
    return boards.inputs(reading, campaign, as_of, with_pending=with_pending)


def _head(made_of: Inputs) -> dict[str, Any]:
    """What every answer says about the campaign it is of."""
    found = made_of.found
    names = ("campaign", "title", "season", "cluster", "cluster_name", "illustrative")
    return {
        **{name: found[name] for name in names},
        "state": "final" if found["final"] else "open",
        "frozen": {name: found["frozen"][name] for name in ("since", "reason")} if found["frozen"] else None,
        "as_of": made_of.as_of,
    }


def _side(reading: Reading, side: Side) -> Inputs:
    made_of = _inputs(reading, side.campaign, side.as_of)
    return made_of if side.rubric is None else _under(reading, made_of, side.rubric)


def _under(reading: Reading, made_of: Inputs, rubric: str) -> Inputs:
    """The same under another version of the rules. Raises SuppositionRefused for one that is none."""
    for content in views.insights.versions_of(reading, made_of.found["rubric"]):
        if content["key"] == rubric:
            return replace(made_of, rubric=rubrics.from_data(content))
    raise domain.SuppositionRefused(f"{rubric} is no published version of the rules of this campaign.", rubric=rubric)


def _versions(reading: Reading, made_of: Inputs) -> list[dict[str, Any]]:
    every = views.insights.versions_of(reading, made_of.found["rubric"])
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
