"""The boards of one campaign, worked out from its record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from services.rankings.second.figures import panel, read, rounded, written
from services.rankings.second.record import APPEAL, NEVER, Json, Record

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


def opinion(record: Record) -> dict[str, dict[str, Figures]]:
    """By board (standings, flag) and unit: its figures."""
    worked = {unit: _worked(record, unit) for unit in record.units}
    standings = {unit: _sums(record, unit, worked[unit]) for unit in record.units}
    ranked = [unit for unit in record.units if standings[unit]["status"] == "ranked"]
    place = 1
    for sharing in _places(record, standings, worked, ranked, [{"by": "total"}, *record.rubric.get("tie_breaks", ())]):
        for unit in sharing:
            standings[unit]["rank"] = place
        place += len(sharing)
    return {"standings": standings, "flag": _flag(record, standings, worked)}


def _items(record: Record) -> Iterator[Json]:
    for group in record.rubric["groups"]:
        yield from group["items"]


def _worked(record: Record, unit: str) -> Worked:
    """Of each item the last pass in which somebody scored it."""
    found = Worked()
    passes = [*(rule["key"] for rule in record.rubric["passes"]), APPEAL]
    for item in _items(record):
        given = record.scores.get(unit, {}).get(item["key"], {})
        last = next((given[key] for key in reversed(passes) if key in given), None)
        if last is None:
            continue
        found.scorers |= last.keys()
        score = panel(item, [read(text) for text in last.values()])
        if score is None:
            continue
        found.panels[item["key"]] = score
        found.values[item["key"]] = rounded(read(item.get("weight", "1")) * score, item.get("item_rounding"))
        found.failed |= item.get("threshold") is not None and score < read(item["threshold"])
    return found


def _sums(record: Record, unit: str, worked: Worked) -> Figures:
    """Groups, content, bonus, penalty and total, each cap in its turn; what was decided apart from the sheets is bonus or penalty, too."""
    decided = [one for one in record.adjustments.values() if one["unit"] == unit]
    caps = {cap["over"]: read(cap["maximum"]) for cap in record.rubric.get("caps", ())}

    def capped(over: str, value: Fraction) -> Fraction:
        return min(value, caps.get(over, value))

    content = bonus = penalty = _NOTHING
    groups: dict[str, str | None] = {}
    for group in record.rubric["groups"]:
        of = dict.fromkeys(("content", "bonus", "penalty"), _NOTHING)
        counted = [item for item in group["items"] if item["key"] in worked.values and item.get("kind", "content") != "gate"]
        for item in counted:
            of[item.get("kind", "content")] += worked.values[item["key"]]
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


def _places(
    record: Record, standings: Mapping[str, Figures], worked: Mapping[str, Worked], units: Sequence[str], chain: Sequence[Json]
) -> Iterator[list[str]]:
    """Those who share a place, place after place: each step of the chain separates those whom the steps before it left equal."""
    if len(units) < 2 or not chain:
        yield list(units)
        return
    compared = _compared(record, standings, worked, units, chain[0])
    for value in sorted(set(compared.values()), reverse=True):
        yield from _places(record, standings, worked, [unit for unit in units if compared[unit] == value], chain[1:])


def _compared(
    record: Record, standings: Mapping[str, Figures], worked: Mapping[str, Worked], units: Sequence[str], step: Json
) -> dict[str, tuple[Any, ...]]:
    """What a step sees in each unit, as tuples of which the greater comes first; the empty one, where there is nothing to see, last."""
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
            values = {unit: worked[unit].values.get(step["key"]) for unit in units}
            return {unit: () if value is None else shown(written(value, rule), sign) for unit, value in values.items()}
        case "scorers":
            return {unit: (len(worked[unit].scorers),) for unit in units}
        case "vote":
            voted = all(unit in record.votes for unit in units)  # of another tie than this one says nothing
            return {unit: (record.votes[unit],) if voted else () for unit in units}
        case "count_highest":
            rules = {item["key"]: item.get("panel_rounding") for item in _items(record) if kinds[item["key"]] == "content"}
            given = {
                unit: Counter(read(written(mark, rules[key])) for key, mark in worked[unit].panels.items() if key in rules)
                for unit in units
            }
            marks = sorted({mark for count in given.values() for mark in count}, reverse=True)
            return {unit: tuple(given[unit][mark] for mark in marks) for unit in units}
    raise ValueError(f"a rubric knows no tie-break by {step['by']!r}")


def _flag(record: Record, standings: Mapping[str, Figures], worked: Mapping[str, Worked]) -> dict[str, Figures]:
    """Who may be proposed: registered, covenant signed, there to the season's end, ranked, and every item of content and gate scored."""
    owed = [item["key"] for item in _items(record) if item.get("kind", "content") in ("content", "gate")]
    following = f"{record.season + 1}-01-01"
    eligible = {
        unit: unit in record.registered
        and unit in record.covenants
        and record.ended.get(unit, NEVER) > following
        and standings[unit]["status"] == "ranked"
        and all(key in worked[unit].values for key in owed)
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
