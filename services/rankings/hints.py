"""How honest scoring looks over the seasons of a cluster: hints with their arithmetic, with what a freeze keeps from others.

Of each campaign is kept what its sheets tell, until one of them changes; hints are taken from all of these together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.rankings import asked, domain, kept, views
from shared import rubric as rubrics
from shared.bounds import BOARD_ROWS_PAGE_MAX, COMPARED_CELLS_MAX
from shared.errors import NotFound
from shared.projection import Reading

_UNITS_AT_ONCE = 50
"""Units whose sheets are looked at before others in the process have their turn."""


class Kind(StrEnum):
    """The kinds of hints."""

    OWN = "own"
    LEANINGS = "leanings"
    MUTUAL = "mutual"
    OWN_FAVOUR = "own_favour"
    LATE = "late"
    PROOFS = "proofs"


MARKABLE = (Kind.LEANINGS, Kind.MUTUAL, Kind.OWN_FAVOUR)
"""Those of which some are marked as worth a look."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which hints: of all kinds the first `limit` each, or of one `kind` so many from `start` on; marked: those alone, where some are."""

    limit: int = BOARD_ROWS_PAGE_MAX
    start: int = 0
    kind: Kind | None = None
    marked: bool = False


def honesty(reading: Reading, cluster: str, part: Part) -> dict[str, Any]:
    """Hints about scoring over all seasons of a cluster (see `domain.honesty`).

    `hints`: by kind, and `own_by_item` for the units of `own`, of which there are no more than whose items are COMPARED_CELLS_MAX in all;
    `counts`: by kind how many there are, and how many are marked; `next`: by kind where the next begin. Raises NotFound, BoardTooLarge.
    """
    runs = [run for run in views.all_campaigns(reading) if run["cluster"] == cluster]
    if not runs:
        raise NotFound(f"Cluster {cluster} has no campaign yet.", cluster=cluster)
    found = [asked.known(reading, run["campaign"]) for run in sorted(runs, key=lambda one: (one["season"], one["campaign"]))]
    seasons = tuple(_season(reading, one) for one in found)
    told = kept.worked_out(reading, ("honesty", cluster), found, seasons, lambda: domain.honesty(seasons, asked.breathe))
    kinds = list(Kind) if part.kind is None else [part.kind]
    start = part.start if part.kind is not None else 0
    limits = dict.fromkeys(Kind, part.limit) | {Kind.OWN: min(part.limit, max(1, COMPARED_CELLS_MAX // max(map(asked.items_of, found))))}
    hints: dict[str, Sequence[Any]] = {}
    counts, following = {}, {}
    for kind in kinds:
        every: Sequence[Any] = _twice(reading, found) if kind is Kind.PROOFS else getattr(told, kind)
        marked = [one for one in every if one.marked] if kind in MARKABLE else None
        of_kind = marked if part.marked and marked is not None else every
        hints[kind.value] = of_kind[start : start + limits[kind]]
        end = start + len(hints[kind.value])
        counts[kind.value] = {"all": len(every), "marked": None if marked is None else len(marked)}
        following[kind.value] = end if end < len(of_kind) else None
    hints["own_by_item"] = _own_by_item(reading, found, hints.get(Kind.OWN, ()))
    return {
        "cluster": cluster,
        "cluster_name": runs[0]["cluster_name"],
        "illustrative": any(run["illustrative"] for run in runs),
        "campaigns": [_run(one) for one in reversed(found)],
        "hints": hints,
        "counts": counts,
        "next": following,
        "limits": domain.LIMITS,
        "names": views.names_of(reading, _named(hints)),
    }


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet that counts, with its saves."""

    held: views.HandIn

    @property
    def pass_key(self) -> str:
        return self.held.pass_key

    @property
    def scorer(self) -> str:
        return self.held.scorer

    def standing(self) -> Mapping[str, str | None]:
        return self.held.standing()

    def saves(self) -> list[tuple[datetime, Collection[str]]]:
        return [(datetime.fromisoformat(save["recorded_at"]), save["scores"].keys()) for save in self.held.saves]


def _season(reading: Reading, found: Mapping[str, Any]) -> domain.Season:
    """What the sheets of a campaign tell, those after a freeze among them."""
    campaign = found["campaign"]
    passes = views.insights.passes_of(reading, campaign)
    closed_at = {key: datetime.fromisoformat(one["closed_at"]) for key, one in passes.items() if one["closed_at"] is not None}

    def work_out() -> domain.Season:
        season = _begun(found, closed_at)
        asked.breathe()
        counted = views.Counted(reading, campaign)
        for some in counted.runs(found["audience"]):
            for number, unit in enumerate(some):
                if number % _UNITS_AT_ONCE == 0:
                    asked.breathe()
                season.put(unit, [_Sheet(counted.read(sheet)) for sheet in counted.unread(unit)])
        return season

    return kept.worked_out(reading, ("season", campaign), [found], closed_at, work_out)


def _begun(found: Mapping[str, Any], closed_at: Mapping[str, datetime]) -> domain.Season:
    return domain.Season(found["campaign"], found["season"], rubrics.from_data(found["content"]), closed_at)


def _run(found: Mapping[str, Any]) -> dict[str, Any]:
    """A campaign with the titles of its passes, by key."""
    passes = {rule.key: rule.title for rule in rubrics.from_data(found["content"]).passes}
    return {**{name: found[name] for name in ("campaign", "title", "season")}, "passes": passes}


def _own_by_item(reading: Reading, found: Sequence[Mapping[str, Any]], own: Sequence[Any]) -> list[domain.OwnByItem]:
    """Criterion by criterion what is told of these units as a whole."""
    rows: list[domain.OwnByItem] = []
    for run in found:
        units = [one.unit for one in own if one.campaign == run["campaign"]]
        if not units:
            continue
        season, sheets = _begun(run, {}), views.Counted(reading, run["campaign"], units=units).whole()
        rows.extend(one for unit in units for one in season.own_by_item(unit, sheets.get(unit, [])))
    return rows


def _twice(reading: Reading, found: Sequence[Mapping[str, Any]]) -> list[domain.ProofTwice]:
    """The files of evidence that stand more than once with what counts."""
    digests = views.insights.digests_twice(reading, [run["campaign"] for run in found], asked.breathe)
    places = []
    for run in found if digests else ():
        proofs = views.insights.proofs_of(reading, run["campaign"], digests=digests)
        counted = views.Counted(reading, run["campaign"], units={proof["unit"] for proof in proofs})
        stands = {(sheet.unit, sheet.pass_key, sheet.scorer) for proof in proofs for sheet in counted.unread(proof["unit"])}
        for proof in proofs:
            if (proof["unit"], proof["pass_key"], proof["scorer"]) in stands:
                at = {name: proof[name] for name in ("unit", "item", "pass_key", "scorer", "sha256")}
                places.append(domain.Proof(run["campaign"], run["season"], **at))
    return list(domain.proofs_twice(places))


def _named(hints: Mapping[str, Sequence[Any]]) -> set[str]:
    """The units and scorers of these hints."""
    named = {getattr(one, name) for several in hints.values() for one in several for name in ("unit", "scorer") if hasattr(one, name)}
    named |= {unit for one in hints.get(Kind.MUTUAL, ()) for unit in one.units}
    return named | {who for one in hints.get(Kind.PROOFS, ()) for place in one.places for who in (place.unit, place.scorer)}
