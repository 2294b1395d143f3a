"""The boards of one campaign, worked out from its record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from services.rankings.second.figures import added, panel, read, rounded, written
from services.rankings.second.record import APPEAL, NEVER, Breathe, Json, Record, at_once

Figures = dict[str, Any]
"""What a board says of a unit, by the names that the board itself has for it; sums as text."""

_NOTHING = Fraction(0)


@dataclass(slots=True)
class Worked:
    """A unit's items: by key the panel score and the value, who gave the scores, whether a threshold was missed."""

    panels: dict[str, Fraction] = field(default_factory=dict)
    values: dict[str, Fraction] = field(default_factory=dict)
    scorers: set[str] = field(default_factory=set)
    failed: bool = False


class Worker:
    """Works out the items of units. What the same marks of an item come to is worked out once."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._passes = [*(rule["key"] for rule in record.rubric["passes"]), APPEAL]
        self._known: dict[tuple[str, tuple[str, ...]], tuple[Fraction | None, Fraction]] = {}

    def worked(self, unit: str) -> Worked:
        """Of each item the last pass in which somebody scored it."""
        found = Worked()
        scores = self.record.scores(unit)
        given = [scores[key] for key in reversed(self._passes) if key in scores]
        for item in _items(self.record):
            key = item["key"]
            last: dict[str, str] = {}
            for of_pass in given:
                last = {scorer: mark for scorer, marks in of_pass.items() if (mark := marks.get(key)) is not None}
                if last:
                    break
            else:
                continue
            found.scorers |= last.keys()
            score, value = self._of(item, tuple(last.values()))
            if score is not None:
                found.panels[key], found.values[key] = score, value
                found.failed |= item.get("threshold") is not None and score < read(item["threshold"])
        return found

    def _of(self, item: Json, marks: tuple[str, ...]) -> tuple[Fraction | None, Fraction]:
        """Panel score and value; no panel score where too few are left."""
        known = self._known.get((item["key"], marks))
        if known is None:
            score = panel(item, [read(text) for text in marks])
            value = _NOTHING if score is None else rounded(read(item.get("weight", "1")) * score, item.get("item_rounding"))
            known = self._known[item["key"], marks] = score, value
        return known


def opinion(record: Record, breathe: Breathe = at_once) -> dict[str, dict[str, Figures]]:
    """By board (standings, flag) and unit: its figures."""
    worker = Worker(record)
    owed = [item["key"] for item in _items(record) if item.get("kind", "content") in ("content", "gate")]
    standings: dict[str, Figures] = {}
    complete = set()
    for unit in record.units:
        worked = worker.worked(unit)
        standings[unit] = _sums(record, unit, worked)
        if all(key in worked.values for key in owed):
            complete.add(unit)
        breathe()
    ranked = [unit for unit in record.units if standings[unit]["status"] == "ranked"]
    place = 1
    for sharing in _places(worker, standings, ranked, [{"by": "total"}, *record.rubric.get("tie_breaks", ())]):
        for unit in sharing:
            standings[unit]["rank"] = place
        place += len(sharing)
        breathe()
    return {"standings": standings, "flag": _flag(record, standings, complete)}


def _items(record: Record) -> Iterator[Json]:
    for group in record.rubric["groups"]:
        yield from group["items"]


def _sums(record: Record, unit: str, worked: Worked) -> Figures:
    """Groups, content, bonus, penalty and total, each cap in its turn; what was decided apart from the sheets is bonus or penalty, too."""
    decided = record.adjustments.get(unit, ())
    caps = {cap["over"]: read(cap["maximum"]) for cap in record.rubric.get("caps", ())}

    def capped(over: str, value: Fraction) -> Fraction:
        return min(value, caps.get(over, value))

    content = bonus = penalty = _NOTHING
    groups: dict[str, str | None] = {}
    for group in record.rubric["groups"]:
        of_kind: dict[str, list[Fraction]] = {"content": [], "bonus": [], "penalty": []}
        counted = [item for item in group["items"] if item["key"] in worked.values and item.get("kind", "content") != "gate"]
        for item in counted:
            of_kind[item.get("kind", "content")].append(worked.values[item["key"]])
        of = {kind: added(values) for kind, values in of_kind.items()}
        kept = capped(f"group:{group['key']}", of["content"] + of["bonus"])
        # the cap of a group takes from its bonus first
        content += min(of["content"], kept)
        bonus += kept - min(of["content"], kept)
        penalty += of["penalty"]
        groups[group["key"]] = written(kept - of["penalty"]) if counted else None
    for one in decided:
        bonus += read(one["points"]) if one["kind"] == "bonus" else _NOTHING
        penalty += read(one["points"]) if one["kind"] == "penalty" else _NOTHING
    bonus, penalty = capped("bonus", bonus), capped("penalty", penalty)
    rule = record.rubric.get("total_rounding")
    total = rounded(capped("total", content + bonus - penalty), rule)
    scored = bool(worked.values)
    excluded = worked.failed or any(one["kind"] == "gate" for one in decided)
    return {
        "status": "disqualified" if excluded else "ranked" if scored else "no_scores",
        "rank": None,
        "total": written(total, rule) if scored else None,
        "content": written(content) if scored else None,
        "bonus": written(bonus) if scored else None,
        "penalty": written(penalty) if scored else None,
        "groups": groups,
    }


def _places(worker: Worker, standings: Mapping[str, Figures], units: Sequence[str], chain: Sequence[Json]) -> Iterator[list[str]]:
    """Those who share a place, place after place: each step of the chain separates those whom the steps before it left equal."""
    if len(units) < 2 or not chain:
        yield list(units)
        return
    compared = _compared(worker, standings, units, chain[0])
    equal: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for unit in units:
        equal[compared[unit]].append(unit)
    for value in sorted(equal, reverse=True):
        yield from _places(worker, standings, equal[value], chain[1:])


def _compared(worker: Worker, standings: Mapping[str, Figures], units: Sequence[str], step: Json) -> dict[str, tuple[Any, ...]]:
    """What a step sees in each unit, as tuples of which the greater comes first; the empty one, where there is nothing to see, last."""
    record = worker.record
    kinds = {item["key"]: item.get("kind", "content") for item in _items(record)}

    def shown(text: str | None, sign: int = 1) -> tuple[Any, ...]:
        return () if text is None else (sign * read(text),)

    match step["by"]:
        case "total" | "content" | "bonus":
            return {unit: shown(standings[unit][step["by"]]) for unit in units}
        case "penalties":
            return {unit: shown(standings[unit]["penalty"], -1) for unit in units}
        case "group":
            return {unit: shown(standings[unit]["groups"][step["key"]]) for unit in units}
        case "item":
            sign = -1 if kinds[step["key"]] == "penalty" else 1
            rule = next(item.get("item_rounding") for item in _items(record) if item["key"] == step["key"])
            values = {unit: worker.worked(unit).values.get(step["key"]) for unit in units}
            return {unit: () if value is None else shown(written(value, rule), sign) for unit, value in values.items()}
        case "scorers":
            return {unit: (len(worker.worked(unit).scorers),) for unit in units}
        case "vote":
            voted = all(unit in record.votes for unit in units)  # of another tie than this one says nothing
            return {unit: (record.votes[unit],) if voted else () for unit in units}
        case "count_highest":
            rules = {item["key"]: item.get("panel_rounding") for item in _items(record) if kinds[item["key"]] == "content"}
            given = {
                unit: Counter(read(written(mark, rules[key])) for key, mark in worker.worked(unit).panels.items() if key in rules)
                for unit in units
            }
            marks = sorted({mark for count in given.values() for mark in count}, reverse=True)
            return {unit: tuple(given[unit][mark] for mark in marks) for unit in units}
    raise ValueError(f"a rubric knows no tie-break by {step['by']!r}")


def _flag(record: Record, standings: Mapping[str, Figures], complete: Collection[str]) -> dict[str, Figures]:
    """Who may be proposed: registered, covenant signed, there to the season's end, ranked, and every item of content and gate scored."""
    following = f"{record.season + 1}-01-01"
    eligible = {
        unit: unit in record.registered
        and unit in record.covenants
        and record.ended.get(unit, NEVER) > following
        and standings[unit]["status"] == "ranked"
        and unit in complete
        for unit in record.units
    }
    best = min((standings[unit]["rank"] for unit in record.units if eligible[unit]), default=None)
    return {
        unit: {
            "rank": standings[unit]["rank"],
            "total": standings[unit]["total"],
            "eligible": eligible[unit],
            "candidate": eligible[unit] and standings[unit]["rank"] == best,
        }
        for unit in record.units
    }
