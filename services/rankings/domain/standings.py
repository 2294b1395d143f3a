"""Standings of a cluster (bảng xếp hạng): from a rubric and recorded scores to places, exactly and explainably.

Order of computation, each value exact until a rounding that the rubric declares:

1. of every (unit, item, pass, scorer) the latest record counts; a record without a score withdraws the earlier one;
2. of every item the last pass that holds a score counts, over all its scorers;
3. panel score = statistic of those scores, panel rounding; points = weight x panel score, item rounding;
4. a group's cap trims its bonus, then its content; the caps over bonus and penalty trim their sums;
5. total = content + bonus - penalty, cap over the total, total rounding;
6. units of equal total go through the rubric's chain of tie-breaks; who is equal at its end shares a place (1, 1, 3).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from services.rankings.domain.board import (
    CapApplied,
    Contribution,
    Failure,
    ItemResult,
    Note,
    PassResult,
    Row,
    Score,
    Standings,
    Status,
)
from services.rankings.domain.ties import separated
from shared.errors import DomainError
from shared.rubric.model import Item, Kind, Rubric
from shared.rubric.panel import as_decimal, panel_of, rounded, weighted


class UnitRepeated(DomainError):
    """A unit was named twice: it would hold two places."""

    code: ClassVar[str] = "rankings.unit_repeated"


def standings(
    rubric: Rubric,
    units: Sequence[str],
    scores: Iterable[Score],
    *,
    as_of: datetime | None = None,
    votes: Mapping[str, int] | None = None,
) -> Standings:
    """The board of `units` by the scores recorded up to and including `as_of` (an instant with zone), or by all.

    `votes` holds the recorded votes for a unit, for a rubric whose chain ends in a vote. Raises `UnitRepeated`.
    """
    if len(set(units)) < len(units):
        repeated = sorted({unit for unit in units if list(units).count(unit) > 1})
        raise UnitRepeated(f"Units named more than once: {', '.join(repeated)}; name each once.", units=repeated)
    records, ignored = _records(rubric, units, scores, as_of)
    drafts = {unit: _row(rubric, unit, records[unit]) for unit in units}
    by_total: dict[Decimal, list[Row]] = defaultdict(list)
    for row in drafts.values():
        if row.status is Status.RANKED and row.total is not None:
            by_total[row.total].append(row)
    ranked: list[Row] = []
    for total in sorted(by_total, reverse=True):
        for sharing in separated(by_total[total], rubric.tie_breaks, votes or {}):
            rank = len(ranked) + 1
            ranked.extend(replace(row, rank=rank) for row in sharing)
    unranked = [row for status in (Status.DISQUALIFIED, Status.NO_SCORES) for row in drafts.values() if row.status is status]
    return Standings(rubric, as_of, (*ranked, *unranked), tuple(ignored))


@dataclass(slots=True)
class _Records:
    standing: list[Score]
    superseded: list[Score]


_ByPass = dict[str, _Records]


def _records(
    rubric: Rubric, units: Sequence[str], scores: Iterable[Score], as_of: datetime | None
) -> tuple[dict[str, dict[str, _ByPass]], list[Score]]:
    """Records as [unit][item][pass], and those that do not belong to the board."""
    known_items = frozenset(item.key for item in rubric.items())
    known_passes = frozenset(rubric.pass_keys())
    records: dict[str, dict[str, _ByPass]] = {unit: {} for unit in units}
    latest: dict[tuple[str, str, str, str], Score] = {}
    ignored: list[Score] = []
    for score in sorted((s for s in scores if as_of is None or s.recorded_at <= as_of), key=lambda s: s.recorded_at):
        if score.unit not in records or score.item not in known_items or score.pass_key not in known_passes:
            ignored.append(score)
            continue
        held = records[score.unit].setdefault(score.item, {}).setdefault(score.pass_key, _Records([], []))
        key = (score.unit, score.item, score.pass_key, score.scorer)
        before = latest.get(key)
        if before is not None:
            held.superseded.append(before)
        latest[key] = score
    for score in latest.values():
        held = records[score.unit][score.item][score.pass_key]
        (held.superseded if score.score is None else held.standing).append(score)
    for by_item in records.values():
        for by_pass in by_item.values():
            for held in by_pass.values():
                held.standing.sort(key=lambda s: s.scorer)
                held.superseded.sort(key=lambda s: s.recorded_at)
    return records, ignored


def _row(rubric: Rubric, unit: str, records: Mapping[str, _ByPass]) -> Row:
    passes = rubric.pass_keys()
    results: list[ItemResult] = []
    failures: list[Failure] = []
    caps: list[CapApplied] = []
    groups: dict[str, Decimal | None] = {}
    content = bonus = penalty = Fraction(0)
    for group in rubric.groups:
        sums = dict.fromkeys(Kind, Fraction(0))
        valued = False
        for item in group.items:
            result, panel, value = _item(item, passes, records.get(item.key, {}))
            results.append(result)
            if panel is None or value is None:
                continue
            if item.threshold is not None and panel < Fraction(item.threshold):
                failures.append(Failure(item.key, as_decimal(panel, item.panel_rounding), item.threshold))
            sums[item.kind] += value
            valued = valued or item.kind is not Kind.GATE
        added = _trimmed(rubric, f"group:{group.key}", sums[Kind.CONTENT] + sums[Kind.BONUS], caps)
        kept_bonus = max(Fraction(0), added - sums[Kind.CONTENT])
        content += added - kept_bonus
        bonus += kept_bonus
        penalty += sums[Kind.PENALTY]
        groups[group.key] = as_decimal(added - sums[Kind.PENALTY]) if valued else None
    bonus = _trimmed(rubric, "bonus", bonus, caps)
    penalty = _trimmed(rubric, "penalty", penalty, caps)
    total = rounded(_trimmed(rubric, "total", content + bonus - penalty, caps), rubric.total_rounding)
    scored = any(result.value is not None for result in results)
    status = Status.DISQUALIFIED if failures else Status.RANKED if scored else Status.NO_SCORES
    return Row(
        unit=unit,
        status=status,
        rank=None,
        total=as_decimal(total, rubric.total_rounding) if scored else None,
        content=as_decimal(content) if scored else None,
        bonus=as_decimal(bonus) if scored else None,
        penalty=as_decimal(penalty) if scored else None,
        groups=groups,
        items=tuple(results),
        missing=tuple(r.key for r in results if r.value is None and r.kind in (Kind.CONTENT, Kind.GATE)),
        disqualified=tuple(failures),
        caps=tuple(caps),
    )


def _item(item: Item, passes: Sequence[str], by_pass: _ByPass) -> tuple[ItemResult, Fraction | None, Fraction | None]:
    """The item's result with its exact panel score and value."""
    counted: PassResult | None = None
    panel: Fraction | None = None
    history: list[PassResult] = []
    for key in passes:
        held = by_pass.get(key)
        if held is None:
            continue
        result, exact = _pass(item, key, held)
        if not held.standing:
            history.append(result)
            continue
        if counted is not None:
            history.append(counted)
        counted, panel = result, exact
    history.sort(key=lambda result: passes.index(result.pass_key))
    value = None if panel is None else weighted(item, panel)
    sign = {Kind.PENALTY: -1, Kind.GATE: 0}.get(item.kind, 1)
    item_result = ItemResult(
        key=item.key,
        kind=item.kind,
        value=counted.value if counted else None,
        points=None if value is None else as_decimal(sign * value, item.item_rounding),
        panel=counted.panel if counted else None,
        pass_key=counted.pass_key if counted else None,
        contributions=counted.contributions if counted else (),
        superseded=counted.superseded if counted else (),
        note=counted.note if counted else None,
        history=tuple(history),
    )
    return item_result, panel, value


def _pass(item: Item, key: str, held: _Records) -> tuple[PassResult, Fraction | None]:
    scores = [score.score for score in held.standing if score.score is not None]
    if not scores:
        return PassResult(key, None, None, (), tuple(held.superseded), None), None
    panel = panel_of(item, scores)
    exact = panel.value
    result = PassResult(
        pass_key=key,
        panel=None if exact is None else as_decimal(exact, item.panel_rounding),
        value=None if exact is None else as_decimal(weighted(item, exact), item.item_rounding),
        contributions=tuple(map(Contribution, held.standing, panel.dropped)),
        superseded=tuple(held.superseded),
        note=Note.TOO_FEW_SCORES if exact is None else None,
    )
    return result, exact


def _trimmed(rubric: Rubric, over: str, value: Fraction, applied: list[CapApplied]) -> Fraction:
    for cap in rubric.caps:
        if cap.over == over and value > Fraction(cap.maximum):
            after = Fraction(cap.maximum)
            applied.append(CapApplied(over, cap.maximum, as_decimal(value), as_decimal(after)))
            return after
    return value
