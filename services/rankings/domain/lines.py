"""A unit's line on a board of thousands: what `standings` says of it but for its items, from the sheets that count.

`standings` keeps every record with the use that was made of it, for the explanation. A board of ten thousand units has no room for that:
a line takes from each sheet the scores that stand, and goes through the same sums, caps and ties. The rows are those of `standings` without
their items; a property of the tests compares both.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction
from operator import itemgetter
from typing import Protocol, Self

from services.rankings.domain.board import Adjustment, Row, TieStep
from services.rankings.domain.standings import Sums, passes_of, row_of
from services.rankings.domain.ties import Marks, counted_marks, summed
from shared.rubric.model import Group, Item, Kind, Rubric, TieBreak, TieBy
from shared.rubric.panel import as_decimal, panel_of, weighted


class Sheet(Protocol):
    """A sheet that counts."""

    @property
    def pass_key(self) -> str: ...

    @property
    def scorer(self) -> str: ...

    def standing(self) -> Mapping[str, str | None]:
        """By item the score that was recorded last, as text; None where it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row without items, rank and ties, and what the chain of ties compares of its items: by item key, marks, number of scorers."""

    row: Row
    values: Mapping[str, Decimal | None]
    marks: Marks
    scorers: int

    def compared(self, step: TieBreak) -> TieStep:
        value: Decimal | None = None
        marks: Marks = ()
        match step.by:
            case TieBy.ITEM:
                value = self.values[step.key or ""]
            case TieBy.COUNT_HIGHEST:
                marks = self.marks
            case TieBy.SCORERS:
                value = Decimal(self.scorers)
            case _:
                value = summed(step, self.row)
        return TieStep(step.by, step.key, value, marks, decided=False)


Counted = tuple[Mapping[str, str], dict[str, list[Decimal]], int]
"""By item the score that counts, as text, or the several that do; and the number of scorers."""


class Lines:
    """Makes lines by one rubric, of which it looks up once what it asks of every sheet."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self._passes = {key: order for order, key in enumerate(passes_of(rubric))}
        self._required = {item.key: order for order, item in enumerate(rubric.items()) if item.kind in (Kind.CONTENT, Kind.GATE)}
        self._keys = frozenset(item.key for item in rubric.items())
        self._compared = frozenset(step.key for step in rubric.tie_breaks if step.by is TieBy.ITEM and step.key)
        chain = {step.by for step in rubric.tie_breaks}
        self._marks, self._scorers = TieBy.COUNT_HIGHEST in chain, TieBy.SCORERS in chain
        self._groups = [_Group.of(group, self._compared) for group in rubric.groups]

    def of(self, unit: str, sheets: Iterable[Sheet], adjustments: Sequence[Adjustment]) -> Line:
        """The line of a unit. `adjustments` are those that stand, in the order of recording."""
        with localcontext(_EXACT):
            return self._of(unit, self._counted(sheets), adjustments)

    def _of(self, unit: str, counted: Counted, adjustments: Sequence[Adjustment]) -> Line:
        single, several, scorers = counted
        made = Sums()
        values: dict[str, Decimal | None] = {}
        panels: list[Decimal] = []
        absent: list[str] = []
        for group in self._groups:
            sums = made.of(group.key)
            others = group.others
            for kind, items, taken in group.plain:
                whole = items.keys() <= single.keys()
                given = [*map(Decimal, taken(single))] if whole else [Decimal(single[key]) for key in items if key in single]
                if given:
                    made.take(sums, kind, Fraction(*sum(given, _ZERO).as_integer_ratio()))
                    if self._marks and kind is Kind.CONTENT:
                        panels.extend(as_decimal(Fraction(one)) for one in given)
                if not whole:
                    absent.extend(key for key in items if key not in single and key not in several)
                    if several:
                        others = (*others, *(item for key, item in items.items() if key in several))
            for item in others:
                scores = several.get(item.key) or ([Decimal(single[item.key])] if item.key in single else [])
                panel = panel_of(item, scores).value if scores else None
                value = None if panel is None else weighted(item, panel)
                if panel is None or value is None:
                    absent.append(item.key)
                else:
                    made.take(sums, item.kind, value)
                    made.check(item, panel)
                    if self._marks and item.kind is Kind.CONTENT:
                        panels.append(as_decimal(panel, item.panel_rounding))
                if item.key in self._compared:
                    sign = -1 if item.kind is Kind.PENALTY else 1
                    values[item.key] = None if value is None else as_decimal(sign * value, item.item_rounding)
        if absent:
            made.missing = sorted((key for key in absent if key in self._required), key=self._required.__getitem__)
        return Line(row_of(self.rubric, unit, made, adjustments), values, counted_marks(panels) if panels else (), scorers)

    def _counted(self, sheets: Iterable[Sheet]) -> Counted:
        """By item what its last pass with a score gave: one score as text, or several; and how many scorers gave any, if that is asked."""
        by_pass: dict[str, list[Sheet]] = {}
        for sheet in sheets:
            if sheet.pass_key in self._passes:
                by_pass.setdefault(sheet.pass_key, []).append(sheet)
        single: Mapping[str, str] = {}
        several: dict[str, list[Decimal]] = {}
        names: set[str] = set()
        left = self._keys
        for key in sorted(by_pass, key=self._passes.__getitem__, reverse=True):
            given = [_without_blanks(sheet.standing()) for sheet in by_pass[key]]
            if len(given) == 1 and left is self._keys:
                single = given[0]
            else:
                alone: dict[str, str] = {}
                for item in left:
                    scores = [one[item] for one in given if item in one]
                    if len(scores) == 1:
                        alone[item] = scores[0]
                    elif scores:
                        several[item] = list(map(Decimal, scores))
                single = {**single, **alone}
            if self._scorers:
                names.update(sheet.scorer for sheet, scores in zip(by_pass[key], given, strict=True) if not left.isdisjoint(scores))
            left = left.difference(single, several)
            if not left:
                break  # what went before was replaced whole, and need not be looked at
        return single, several, len(names)


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of a rubric: its items that are worth what a single scorer gave them, by kind, and the others."""

    key: str
    plain: tuple[tuple[Kind, Mapping[str, Item], Callable[[Mapping[str, str]], Sequence[str]]], ...]  # the last takes the scores of all
    others: tuple[Item, ...]

    @classmethod
    def of(cls, group: Group, compared: Collection[str]) -> Self:
        plain: dict[Kind, dict[str, Item]] = {}
        for item in group.items:
            if _as_it_is(item) and item.key not in compared:
                plain.setdefault(item.kind, {})[item.key] = item
        others = tuple(item for item in group.items if item.key not in plain.get(item.kind, {}))
        return cls(group.key, tuple((kind, items, _taker(list(items))) for kind, items in plain.items()), others)


def _taker(keys: Sequence[str]) -> Callable[[Mapping[str, str]], Sequence[str]]:
    if len(keys) == 1:
        return lambda scores: (scores[keys[0]],)
    return itemgetter(*keys)


def _as_it_is(item: Item) -> bool:
    asked = (item.panel_rounding, item.item_rounding, item.threshold)
    return not item.dropped and item.weight == 1 and all(one is None for one in asked)


def _without_blanks(scores: Mapping[str, str | None]) -> Mapping[str, str]:
    if None in scores.values():
        return {item: score for item, score in scores.items() if score is not None}
    return scores  # type: ignore[return-value]


_ZERO = Decimal(0)
_EXACT = Context(prec=400, traps=[Inexact])
"""More digits than any sum of scores has; one that did not fit would be an error, not a rounded sum."""
