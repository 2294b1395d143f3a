"""Rating schemes (quy định đánh giá, xếp loại): what is counted, what it is worth, and which grade follows, as dated data.

Nothing here computes; `rating_points` does. Every rule names its basis, and whether the sentence that says so was read (`verified`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from services.evaluations.domain.errors import SchemeUnknown
from services.evaluations.domain.periods import PeriodKind
from shared.rubric import Kind, Rounding


class Subject(StrEnum):
    """Who is rated. person: cá nhân, by the id in the registry; unit: đơn vị, by its key."""

    PERSON = "person"
    UNIT = "unit"


class QuotaRounding(StrEnum):
    """What becomes of a share of a head: cut off, rounded with halves up, rounded up, or cut off but one at least."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    CEILING = "ceiling"
    MIN_ONE = "min_one"


class Within(StrEnum):
    """Where a quota is counted: in the unit as a whole, or in each group of like duties (nhóm nhiệm vụ tương đồng)."""

    UNIT = "unit"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is entered of each subject, as a number with so many `places`.

    maximum, choices: what it may be; within: the key of another figure that it never exceeds; leaders: asked of leaders only;
    default: what an empty cell says, None where it may not be empty.
    """

    key: str
    title: str
    places: int = 0
    maximum: Decimal | None = None
    within: str = ""
    choices: tuple[Decimal, ...] = ()
    leaders: bool = False
    default: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From so many percent on a part gives these points."""

    at_least: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """A share between nothing and all of its group: figure `of` over figure `over`, or out of a number.

    loss, loss_percent: each of that figure takes so many percent of one of `of` away; steps: the share goes by steps of percent in
    place of continuously; weight: how much the share counts beside the other parts of the group; leaders: counts for leaders only.
    """

    key: str
    title: str
    of: str
    over: str = ""
    out_of: Decimal | None = None
    loss: str = ""
    loss_percent: Decimal = Decimal(0)
    steps: tuple[Step, ...] = ()
    weight: Decimal = Decimal(1)
    leaders: bool = False
    basis: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Points up to `maximum`, by the weighted mean of its parts' shares. A penalty is taken off, a bonus comes on top."""

    key: str
    title: str
    maximum: Decimal
    parts: tuple[Part, ...]
    kind: Kind = Kind.CONTENT
    basis: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade (mức xếp loại) from so many points on."""

    key: str
    title: str
    at_least: Decimal


@dataclass(frozen=True, slots=True)
class Ceiling:
    """With so many of a figure the grade is at most `highest`."""

    key: str
    title: str
    figure: str
    at_least: Decimal
    highest: str
    basis: str
    verified: bool
    leaders: bool = False


@dataclass(frozen=True, slots=True)
class Disqualifier:
    """A fact that gives a grade whatever the points; `year`: the grade that it gives for the whole year, where it does."""

    key: str
    title: str
    gives: str
    basis: str
    verified: bool
    year: str = ""
    leaders: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many percent of those graded one of `of` may be graded `grade`, in each of `within`, in periods of the kinds `on`.

    variant: holds in place of the others of this grade, and only where the approval names it.
    """

    key: str
    title: str
    grade: str
    of: tuple[str, ...]
    percent: Decimal
    within: tuple[Within, ...]
    rounding: QuotaRounding
    on: tuple[PeriodKind, ...]
    basis: str
    verified: bool
    variant: bool = False


@dataclass(frozen=True, slots=True)
class YearGrade:
    """A grade of the year: by the mean of the periods' points, by how many periods reach a grade (`least`) or fall to it (`most`)."""

    key: str
    title: str
    at_least: Decimal | None = None
    least: dict[str, int] | None = None
    most: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class YearRule:
    """How the year follows from its periods: the first grade whose conditions hold, once so many periods are rated."""

    grades: tuple[YearGrade, ...]
    periods_min: int
    basis: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme in one version, in force between its dates. `rounding` is that of the total points, the only one there is."""

    key: str
    version: int
    title: str
    subject: Subject
    periods: tuple[PeriodKind, ...]
    from_on: date
    scale: Decimal
    rounding: Rounding
    figures: tuple[Figure, ...]
    groups: tuple[Group, ...]
    grades: tuple[Grade, ...]
    year: YearRule
    basis: str
    verified: bool
    until_on: date | None = None
    ceilings: tuple[Ceiling, ...] = ()
    disqualifiers: tuple[Disqualifier, ...] = ()
    quotas: tuple[Quota, ...] = ()

    def in_force(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)

    def figure(self, key: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.key == key), None)

    def place(self, grade: str) -> int:
        """Where a grade stands, the best first."""
        return next(place for place, one in enumerate(self.grades) if one.key == grade)

    def worse(self, one: str, other: str) -> str:
        return max(one, other, key=self.place)

    def year_place(self, grade: str) -> int:
        """Where a grade of the year stands, the best first."""
        return next(place for place, one in enumerate(self.year.grades) if one.key == grade)

    def quotas_on(self, kind: PeriodKind, variant: str | None = None) -> tuple[Quota, ...]:
        """The quotas of a kind of period; a variant that is named takes the place of the others of its grade."""
        found = [quota for quota in self.quotas if kind in quota.on]
        named = {quota.grade for quota in found if quota.variant and quota.key == variant}
        return tuple(quota for quota in found if (quota.key == variant if quota.grade in named else not quota.variant))


@dataclass(frozen=True, slots=True)
class Schemes:
    """All schemes in all their versions."""

    schemes: tuple[Scheme, ...]

    def version(self, key: str, version: int) -> Scheme:
        """Raises SchemeUnknown: what was rated by a version that is no more cannot be computed."""
        for scheme in self.schemes:
            if (scheme.key, scheme.version) == (key, version):
                return scheme
        raise SchemeUnknown(f"There is no version {version} of rating scheme {key}.", scheme=key)

    def on(self, key: str, day: date) -> Scheme:
        """The newest version of a scheme that is in force on a day. Raises SchemeUnknown."""
        found = [scheme for scheme in self.schemes if scheme.key == key and scheme.in_force(day)]
        if not found:
            raise SchemeUnknown(f"No rating scheme {key} is in force on {day}.", scheme=key)
        return max(found, key=lambda scheme: scheme.version)


def faults_of(scheme: Scheme) -> list[str]:
    """What does not hold together in a scheme, in words; none where it may be used.

    Hand-typed score tables are wrong often: that the groups sum to the scale is checked like any reference to a key.
    """
    return list(_faults(scheme))


def _faults(scheme: Scheme) -> Iterator[str]:
    found = sum((group.maximum for group in scheme.groups if group.kind is Kind.CONTENT), Decimal(0))
    if found != scheme.scale:
        yield f"the groups sum to {found:f}, the scale says {scheme.scale:f}"
    for name, keys in _keys(scheme):
        if len(set(keys)) < len(keys):
            yield f"two {name} of one key"
    yield from _figure_faults(scheme)
    yield from _part_faults(scheme)
    grades, of_year = [grade.key for grade in scheme.grades], [grade.key for grade in scheme.year.grades]
    if not _falls([grade.at_least for grade in scheme.grades]):
        yield "the grades do not fall to 0"
    named = [(one.highest, f"ceiling {one.key}") for one in scheme.ceilings]
    named += [(one.gives, f"disqualifier {one.key}") for one in scheme.disqualifiers]
    named += [(grade, f"year grade {one.key}") for one in scheme.year.grades for grade in (*(one.least or ()), *(one.most or ()))]
    for quota in scheme.quotas:
        known = of_year if PeriodKind.YEAR in quota.on else []
        named += [(grade, f"quota {quota.key}") for grade in (quota.grade, *quota.of) if grade not in known]
    yield from (f"{place} names a grade {grade!r} that there is not" for grade, place in named if grade not in grades)
    yield from (f"disqualifier {one.key} names no grade of the year" for one in scheme.disqualifiers if one.year not in ("", *of_year))
    last = scheme.year.grades[-1] if scheme.year.grades else None
    if last is None or last.at_least or last.least or last.most:
        yield "the year's last grade has a condition, so that a year might have none"


def _keys(scheme: Scheme) -> list[tuple[str, list[str]]]:
    return [
        ("figures", [one.key for one in scheme.figures]),
        ("groups", [one.key for one in scheme.groups]),
        ("parts", [part.key for group in scheme.groups for part in group.parts]),
        ("grades", [one.key for one in scheme.grades]),
        ("grades of the year", [one.key for one in scheme.year.grades]),
        ("ceilings", [one.key for one in scheme.ceilings]),
        ("disqualifiers", [one.key for one in scheme.disqualifiers]),
        ("quotas", [one.key for one in scheme.quotas]),
    ]


def _figure_faults(scheme: Scheme) -> Iterator[str]:
    for figure in scheme.figures:
        if figure.within and scheme.figure(figure.within) is None:
            yield f"figure {figure.key} stays within {figure.within!r}, which there is not"
    for ceiling in scheme.ceilings:
        if scheme.figure(ceiling.figure) is None:
            yield f"ceiling {ceiling.key} looks at {ceiling.figure!r}, which there is not"


def _part_faults(scheme: Scheme) -> Iterator[str]:
    for group in scheme.groups:
        if not any(not part.leaders for part in group.parts):
            yield f"group {group.key} has no part that counts for all"
        for part in group.parts:
            unknown = [key for key in (part.of, part.over, part.loss) if key and scheme.figure(key) is None]
            yield from (f"part {part.key} counts {key!r}, which there is not" for key in unknown)
            if bool(part.over) == (part.out_of is not None):
                yield f"part {part.key} is over a figure or out of a number, one of them"
            if part.steps and not (_falls([step.at_least for step in part.steps]) and _falls([step.points for step in part.steps])):
                yield f"the steps of part {part.key} do not fall to 0"


def _falls(values: Sequence[Decimal]) -> bool:
    return bool(values) and values[-1] == 0 and all(one > other for one, other in pairwise(values))
