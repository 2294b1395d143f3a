"""The arithmetic of ratings: points and grade of a period, the grade of a year, and how many of a grade there may be.

All of it is exact; the total alone is rounded, as its scheme declares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.evaluations.domain.periods import PeriodKind
from services.evaluations.domain.schemes import Figure, Grade, Group, Part, Quota, QuotaRounding, Scheme, Within
from shared.rubric import Kind
from shared.rubric.model import Rounding, RoundingMode
from shared.rubric.panel import as_decimal, rounded

SHOWN = Rounding(2, RoundingMode.DOWN)
"""How the parts of a total are shown. Cut off, they never seem to reach a boundary that they do not; nothing is computed from them."""


@dataclass(frozen=True, slots=True)
class RatedRow:
    """What is entered of one subject: its group of like duties, whether it leads, figures by key, and disqualifying facts by key.

    unrated: why it is not rated in this period, such as a long leave; decided, because: the grade that the head decided, never above the
    one that follows from the figures, and why.
    """

    subject: str
    group: str
    leads: bool
    figures: dict[str, Decimal]
    facts: tuple[str, ...] = ()
    unrated: str | None = None
    decided: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """What a row comes to.

    groups, shares: points of each group and percent of each part, as they are shown; derived: the grade by the total, `lowered` by these
    ceilings and facts.
    """

    total: Decimal
    groups: dict[str, Decimal]
    shares: dict[str, Decimal]
    derived: str
    lowered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row: at a figure, or at `facts`, `decided`, `because`. code: what kind of fault; values: what it names."""

    at: str
    code: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """How far a quota is used: percent of `base` heads is `exact`, of which `allowed` remain after rounding.

    group: the group of like duties, None where the unit as a whole is counted.
    """

    quota: str
    grade: str
    group: str | None
    percent: Decimal
    base: int
    exact: Decimal
    rounding: QuotaRounding
    allowed: int
    used: int

    @property
    def left(self) -> int:
        """How many more there may be; below 0 by how many there are too many."""
        return self.allowed - self.used


@dataclass(frozen=True, slots=True)
class YearPoints:
    """What a year comes to: how many periods are rated, the mean of their points, how often each grade; grade: None before enough are."""

    periods: int
    mean: Decimal | None
    counts: dict[str, int]
    grade: str | None
    forced_by: tuple[str, ...]


def filled(scheme: Scheme, row: RatedRow) -> dict[str, Decimal]:
    """The figures that are asked of a row, with what the scheme says of an empty one."""
    given = {figure.key: row.figures.get(figure.key, figure.default) for figure in _asked(scheme, row)}
    return {key: value for key, value in given.items() if value is not None}


def row_faults(scheme: Scheme, row: RatedRow) -> list[RowFault]:
    """Everything that is wrong with a row, each at its place; none where it may be recorded."""
    faults = []
    for fact in row.facts:
        rule = next((one for one in scheme.disqualifiers if one.key == fact), None)
        if rule is None or (rule.leaders and not row.leads):
            faults.append(RowFault("facts", "unknown_fact" if rule is None else "leaders_only", {"given": fact}))
    if row.unrated is not None:
        return faults
    asked = {figure.key for figure in _asked(scheme, row)}
    strange = [key for key in row.figures if key not in asked]
    faults += [RowFault(key, "leaders_only" if scheme.figure(key) else "unknown_figure", {"given": key}) for key in strange]
    figures = filled(scheme, row)
    faults += [fault for figure in _asked(scheme, row) if (fault := _figure_fault(scheme, figure, figures)) is not None]
    return faults or _decision_faults(scheme, row)


def points_of(scheme: Scheme, row: RatedRow) -> Points | None:
    """What a row without faults comes to; None where it is not rated."""
    if row.unrated is not None:
        return None
    figures = filled(scheme, row)
    shares: dict[str, Fraction] = {}
    groups: dict[str, Fraction] = {}
    for group in scheme.groups:
        parts = [part for part in group.parts if row.leads or not part.leaders]
        shares |= {part.key: _share(part, figures) for part in parts}
        weighed = sum((Fraction(part.weight) * shares[part.key] for part in parts), Fraction(0))
        groups[group.key] = Fraction(group.maximum) * weighed / sum(Fraction(part.weight) for part in parts)
    total = max(Fraction(0), sum((_signed(group, groups[group.key]) for group in scheme.groups), Fraction(0)))
    total = rounded(total, scheme.rounding)
    grade, lowered = _lowered(scheme, row, figures, grade_at(scheme.grades, total))
    return Points(
        as_decimal(total, scheme.rounding),
        {key: as_decimal(value, SHOWN) for key, value in groups.items()},
        {key: as_decimal(100 * value, SHOWN) for key, value in shares.items()},
        grade,
        lowered,
    )


def grade_of(row: RatedRow, points: Points | None) -> str | None:
    """The grade that counts: what the head decided, else what follows from the figures; None where the row is not rated."""
    return None if points is None else row.decided or points.derived


def grade_at(grades: Sequence[Grade], points: Fraction) -> str:
    return next(grade.key for grade in grades if points >= grade.at_least or grade is grades[-1])


def quota_lines(scheme: Scheme, graded: Iterable[tuple[str, str]], on: PeriodKind, variant: str | None = None) -> list[QuotaLine]:
    """How far the quotas of a kind of period are used by these subjects: (group of like duties, grade) of each that has a grade."""
    everybody = list(graded)
    groups = sorted({group for group, _ in everybody})
    lines = []
    for quota in scheme.quotas_on(on, variant):
        if Within.UNIT in quota.within:
            lines.append(_line(quota, None, Counter(grade for _, grade in everybody)))
        if Within.GROUP in quota.within:
            lines += [_line(quota, group, Counter(grade for at, grade in everybody if at == group)) for group in groups]
    return lines


def allowed(percent: Decimal, base: int, rounding: QuotaRounding) -> int:
    """How many heads so many percent of `base` are.

    >>> allowed(Decimal(20), 37, QuotaRounding.FLOOR)
    7
    """
    exact = Fraction(percent) * base / 100
    match rounding:
        case QuotaRounding.FLOOR:
            return int(exact)
        case QuotaRounding.HALF_UP:
            return int(rounded(exact, Rounding(0, RoundingMode.HALF_UP)))
        case QuotaRounding.CEILING:
            return int(rounded(exact, Rounding(0, RoundingMode.UP)))
        case QuotaRounding.MIN_ONE:
            return max(int(exact), min(base, 1))


def year_of(scheme: Scheme, rated: Sequence[tuple[RatedRow, Points | None]]) -> YearPoints:
    """What the periods of one subject come to, in the grades of the year.

    A period in which the subject was not rated counts for nothing; a fact that gives a grade for the whole year does so all the same.
    """
    grades = [grade for row, points in rated if (grade := grade_of(row, points)) is not None]
    totals = [Fraction(points.total) for _, points in rated if points is not None]
    mean = sum(totals, Fraction(0)) / len(totals) if totals else None
    counts = Counter(grades)
    found = None
    if mean is not None and len(totals) >= scheme.year.periods_min:
        found = next(grade.key for grade in scheme.year.grades if _holds(scheme, grade.at_least, grade.least, grade.most, mean, counts))
    rules = [one for one in scheme.disqualifiers if one.year and any(one.key in row.facts for row, _ in rated)]
    for rule in rules:
        found = rule.year if found is None else max(found, rule.year, key=scheme.year_place)
    return YearPoints(
        len(totals),
        None if mean is None else as_decimal(rounded(mean, scheme.rounding), scheme.rounding),
        {grade.key: counts[grade.key] for grade in scheme.grades},
        found,
        tuple(rule.key for rule in rules),
    )


def _asked(scheme: Scheme, row: RatedRow) -> list[Figure]:
    return [figure for figure in scheme.figures if row.leads or not figure.leaders]


def _figure_fault(scheme: Scheme, figure: Figure, figures: Mapping[str, Decimal]) -> RowFault | None:
    value = figures.get(figure.key)
    if value is None:
        return RowFault(figure.key, "missing", {})
    if value < 0 or (figure.maximum is not None and value > figure.maximum):
        most = "" if figure.maximum is None else format(figure.maximum, "f")
        return RowFault(figure.key, "below_zero" if value < 0 else "above_maximum", {"given": format(value, "f"), "maximum": most})
    if figure.choices and value not in figure.choices:
        listed = ", ".join(format(choice, "f") for choice in figure.choices)
        return RowFault(figure.key, "no_choice", {"given": format(value, "f"), "choices": listed})
    if value % Decimal((0, (1,), -figure.places)):
        return RowFault(figure.key, "too_precise", {"given": format(value, "f"), "places": str(figure.places)})
    bound = figures.get(figure.within)
    if bound is not None and value > bound:
        other = scheme.figure(figure.within)
        return RowFault(
            figure.key, "above_other", {"given": format(value, "f"), "other": other.title if other else "", "most": format(bound, "f")}
        )
    if value == 0 and any(part.over == figure.key for group in scheme.groups for part in group.parts):
        return RowFault(figure.key, "nothing_assigned", {})
    return None


def _decision_faults(scheme: Scheme, row: RatedRow) -> list[RowFault]:
    if row.decided is None:
        return []
    if row.decided not in {grade.key for grade in scheme.grades}:
        return [RowFault("decided", "unknown_grade", {"given": row.decided})]
    points = points_of(scheme, row)
    if points is not None and scheme.place(row.decided) < scheme.place(points.derived):
        return [RowFault("decided", "grade_raised", {"given": row.decided, "derived": points.derived})]
    if not (row.because or "").strip():
        return [RowFault("because", "reason_missing", {"given": row.decided})]
    return []


def _share(part: Part, figures: Mapping[str, Decimal]) -> Fraction:
    """Between 0 and 1. Where single works are not told apart, losses of all of them are taken from their sum, down to nothing."""
    counted = Fraction(figures[part.of])
    if part.loss:
        counted -= Fraction(part.loss_percent) / 100 * Fraction(figures[part.loss])
    whole = Fraction(figures[part.over] if part.over else part.out_of or 1)
    share = min(Fraction(1), max(Fraction(0), counted / whole))
    if not part.steps:
        return share
    reached = next(step for step in part.steps if 100 * share >= step.at_least)
    return Fraction(reached.points) / Fraction(part.steps[0].points)


def _signed(group: Group, points: Fraction) -> Fraction:
    return -points if group.kind is Kind.PENALTY else points


def _lowered(scheme: Scheme, row: RatedRow, figures: Mapping[str, Decimal], grade: str) -> tuple[str, tuple[str, ...]]:
    """The grade under the scheme's ceilings and the row's facts, and which of them lowered it."""
    bounds = [
        (one.key, one.highest)
        for one in scheme.ceilings
        if (row.leads or not one.leaders) and figures.get(one.figure, Decimal(0)) >= one.at_least
    ]
    bounds += [(one.key, one.gives) for one in scheme.disqualifiers if one.key in row.facts]
    found = grade
    for _, highest in bounds:
        found = scheme.worse(found, highest)
    return found, tuple(key for key, highest in bounds if scheme.place(highest) > scheme.place(grade))


def _line(quota: Quota, group: str | None, counts: Counter[str]) -> QuotaLine:
    base = sum(counts[grade] for grade in quota.of)
    exact = as_decimal(Fraction(quota.percent) * base / 100)
    most = allowed(quota.percent, base, quota.rounding)
    return QuotaLine(quota.key, quota.grade, group, quota.percent, base, exact, quota.rounding, most, counts[quota.grade])


def _holds(
    scheme: Scheme,
    at_least: Decimal | None,
    least: Mapping[str, int] | None,
    most: Mapping[str, int] | None,
    mean: Fraction,
    counts: Counter[str],
) -> bool:
    """Whether a year meets the conditions of a grade: a period counts for the grade that it has and for every worse (`least`) or better."""
    reached = {grade.key: sum(counts[one.key] for one in scheme.grades[: place + 1]) for place, grade in enumerate(scheme.grades)}
    fallen = {grade.key: sum(counts[one.key] for one in scheme.grades[place:]) for place, grade in enumerate(scheme.grades)}
    return (
        (at_least is None or mean >= at_least)
        and all(reached[grade] >= number for grade, number in (least or {}).items())
        and all(fallen[grade] <= number for grade, number in (most or {}).items())
    )
