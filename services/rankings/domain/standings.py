"""Standings of a cluster (bảng xếp hạng): from a rubric and recorded scores to places, exactly and explainably.

Order of computation, each value exact until a rounding that the rubric declares:

1. of every (unit, item, pass, scorer) the latest record counts; a record without a score withdraws the earlier one;
2. of every item the last pass that holds a score counts, over all its scorers; the answers to appeals are the last pass;
3. panel score = statistic of those scores, panel rounding; points = weight x panel score, item rounding;
4. a group's cap trims its bonus, then its content; adjustments add to bonus and penalty, and the caps over these trim the sums;
5. total = content + bonus - penalty, cap over the total, total rounding;
6. units of equal total go through the rubric's chain of tie-breaks; who is equal at its end shares a place (1, 1, 3).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import ClassVar

from services.rankings.domain.board import (
    APPEAL,
    Adjustment,
    AdjustmentKind,
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
    adjustments: Iterable[Adjustment] = (),
) -> Standings:
    """The board of `units` by the scores and adjustments recorded up to and including `as_of` (an instant with zone), or by all.

    `votes` holds the recorded votes for a unit, for a rubric whose chain ends in a vote; `adjustments` are those that stand, neither
    reversed nor expired. Raises `UnitRepeated`.
    """
    if len(set(units)) < len(units):
        repeated = sorted({unit for unit in units if list(units).count(unit) > 1})
        raise UnitRepeated(f"Units named more than once: {', '.join(repeated)}; name each once.", units=repeated)
    records, ignored = _records(rubric, units, scores, as_of)
    decided: dict[str, list[Adjustment]] = {unit: [] for unit in units}
    for one in sorted((a for a in adjustments if as_of is None or a.recorded_at <= as_of), key=lambda a: (a.recorded_at, a.adjustment)):
        if one.unit in decided:
            decided[one.unit].append(one)
    drafts = {unit: _row(rubric, unit, records[unit], decided[unit]) for unit in units}
    by_total: dict[Decimal, list[Row]] = defaultdict(list)
    for row in drafts.values():
        if row.status is Status.RANKED and row.total is not None:
            by_total[row.total].append(row)
    ranked: list[Row] = []
    for total in sorted(by_total, reverse=True):
        for sharing in separated(_tied(by_total[total]), rubric.tie_breaks, votes or {}):
            rank = len(ranked) + 1
            ranked.extend(replace(row, rank=rank) for row in sharing)
    unranked = [row for status in (Status.DISQUALIFIED, Status.NO_SCORES) for row in drafts.values() if row.status is status]
    return Standings(rubric, as_of, (*ranked, *unranked), tuple(ignored))


def _tied(rows: Sequence[Row]) -> list[Row]:
    """Rows of one total, each with the others named on it."""
    units = [row.unit for row in rows]
    return [replace(row, tied_with=tuple(unit for unit in units if unit != row.unit)) for row in rows]


def passes_of(rubric: Rubric) -> tuple[str, ...]:
    """The passes whose scores may count, in the order in which they follow one another."""
    return tuple(dict.fromkeys((*rubric.pass_keys(), APPEAL)))


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
    known_passes = frozenset(passes_of(rubric))
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


def _row(rubric: Rubric, unit: str, records: Mapping[str, _ByPass], adjustments: Sequence[Adjustment]) -> Row:
    passes = passes_of(rubric)
    results: list[ItemResult] = []
    made = Sums()
    for group in rubric.groups:
        sums = made.of(group.key)
        for item in group.items:
            result, panel, value = _item(item, passes, records.get(item.key, {}))
            results.append(result)
            if panel is not None and value is not None:
                made.take(sums, item.kind, value)
                made.check(item, panel)
            elif item.kind in (Kind.CONTENT, Kind.GATE):
                made.missing.append(item.key)
    return replace(row_of(rubric, unit, made, adjustments), items=tuple(results))


_NOTHING = Fraction(0)
_NO_SUMS = dict.fromkeys(Kind, _NOTHING)


class Sums:
    """What the items of a unit come to, exactly, before caps and adjustments: sums by group and kind, and what is said about items."""

    __slots__ = ("failures", "groups", "missing", "scored", "valued")

    def __init__(self) -> None:
        self.groups: dict[str, dict[Kind, Fraction]] = {}
        self.valued: set[str] = set()
        self.scored = False
        self.missing: list[str] = []
        self.failures: list[Failure] = []

    def of(self, group: str) -> dict[Kind, Fraction]:
        """The sums of a group; the groups are asked for in the order of the rubric."""
        self.groups[group] = sums = dict(_NO_SUMS)
        return sums

    def take(self, sums: dict[Kind, Fraction], kind: Kind, value: Fraction) -> None:
        """Add the value of an item, or of several of a kind, of the group that was asked for last."""
        self.scored = True
        sums[kind] = value if sums[kind] is _NOTHING else sums[kind] + value
        if kind is not Kind.GATE:
            self.valued.add(next(reversed(self.groups)))

    def check(self, item: Item, panel: Fraction) -> None:
        """Note a threshold that the item does not reach."""
        if item.threshold is not None and panel < Fraction(item.threshold):
            self.failures.append(Failure(item.key, as_decimal(panel, item.panel_rounding), item.threshold))


def row_of(rubric: Rubric, unit: str, made: Sums, adjustments: Sequence[Adjustment]) -> Row:
    """A unit's line by the sums of its items: caps, adjustments, total and status; without items, rank and ties."""
    caps: list[CapApplied] = []
    groups: dict[str, Decimal | None] = {}
    contents: list[Fraction] = []
    bonuses: list[Fraction] = []
    penalties: list[Fraction] = []
    for key, sums in made.groups.items():
        if key not in made.valued:
            groups[key] = None
            continue
        points, more, less = sums[Kind.CONTENT], sums[Kind.BONUS], sums[Kind.PENALTY]
        # most groups hold content alone, and to add nothing takes a fraction as long as to add something
        added = _trimmed(rubric, f"group:{key}", points if more is _NOTHING else points + more, caps)
        kept = _NOTHING if more is _NOTHING else max(_NOTHING, added - points)
        contents.append(added if kept is _NOTHING else added - kept)
        bonuses.append(kept)
        penalties.append(less)
        groups[key] = as_decimal(added if less is _NOTHING else added - less)
    content = exact_sum(contents)
    bonus = _trimmed(rubric, "bonus", exact_sum([*bonuses, *_decided(adjustments, AdjustmentKind.BONUS)]), caps)
    penalty = _trimmed(rubric, "penalty", exact_sum([*penalties, *_decided(adjustments, AdjustmentKind.PENALTY)]), caps)
    net = content + bonus - penalty if bonus or penalty else content
    total = rounded(_trimmed(rubric, "total", net, caps), rubric.total_rounding)
    excluded = bool(made.failures) or any(one.kind is AdjustmentKind.GATE for one in adjustments)
    return Row(
        unit=unit,
        status=Status.DISQUALIFIED if excluded else Status.RANKED if made.scored else Status.NO_SCORES,
        rank=None,
        total=as_decimal(total, rubric.total_rounding) if made.scored else None,
        content=as_decimal(content) if made.scored else None,
        bonus=as_decimal(bonus) if made.scored else None,
        penalty=as_decimal(penalty) if made.scored else None,
        groups=groups,
        items=(),
        missing=tuple(made.missing),
        disqualified=tuple(made.failures),
        caps=tuple(caps),
        adjustments=tuple(adjustments),
    )


def exact_sum(values: Sequence[Fraction]) -> Fraction:
    """The sum of some values, at once: fractions added one by one are reduced as often."""
    values = [value for value in values if value is not _NOTHING]
    if len(values) < 2:
        return values[0] if values else _NOTHING
    denominator = lcm(*(value.denominator for value in values))
    return Fraction(sum(value.numerator * (denominator // value.denominator) for value in values), denominator)


def _decided(adjustments: Iterable[Adjustment], kind: AdjustmentKind) -> Iterator[Fraction]:
    return (Fraction(one.points) for one in adjustments if one.kind is kind and one.points is not None)


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
    shown = None if exact is None else as_decimal(exact, item.panel_rounding)
    as_it_is = item.weight == 1 and item.panel_rounding == item.item_rounding
    result = PassResult(
        pass_key=key,
        panel=shown,
        value=shown if as_it_is or exact is None else as_decimal(weighted(item, exact), item.item_rounding),
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
