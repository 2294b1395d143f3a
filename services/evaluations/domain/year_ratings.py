"""The ratings of a year (xếp loại chất lượng cuối năm): what follows from the approved periods, lowered by decision, and recognised.

One stream per unit, year and scheme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.evaluations.domain.errors import RatingsClosed, RatingsRefused, ReasonMissing
from services.evaluations.domain.periods import PeriodKind
from services.evaluations.domain.rating_points import Points, QuotaLine, RatedRow, YearPoints, points_of, quota_lines, year_of
from services.evaluations.domain.ratings import GRADES_EACH, Ratings, RatingState, check_quotas, check_variant, parts_of
from services.evaluations.domain.schemes import Scheme, Schemes
from shared.decider import Decider
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class DecideYearGrade:
    """Grade a subject lower for the year than its periods say; `grade` None takes such a decision back."""

    unit: str
    year: int
    scheme: str
    subject: str
    grade: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class RecogniseYear:
    """Recognise the year's grades by a document of effective_on; variant: the quota in place of the common one."""

    unit: str
    year: int
    scheme: str
    document: str
    effective_on: date
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectGrade:
    """The grade of a subject for the year, in its group of like duties."""

    subject: str
    group: str
    grade: str


@dataclass(frozen=True, slots=True)
class YearGradeDecided:
    """The head graded a subject lower for the year, or took that back (`grade` None)."""

    unit: str
    year: int
    scheme: str
    subject: str
    grade: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class YearGradesRecognised:
    """Subjects were graded for a year by a document; a unit with many has several of these, of one document."""

    unit: str
    year: int
    scheme: str
    scheme_version: int
    grades: tuple[SubjectGrade, ...]
    document: str
    effective_on: date
    variant: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subject stands at the end of a year: the group of its last period, what the year comes to, and the grade that counts."""

    subject: str
    group: str
    points: YearPoints
    decided: str | None
    because: str | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class YearGround:
    """What the decision rests on from outside: the scheme, what each subject's year comes to with its group, what waits, the legal date.

    waiting: periods of the year that are entered and not approved.
    """

    scheme: Scheme
    subjects: Mapping[str, tuple[str, YearPoints]]
    waiting: tuple[str, ...]
    today: date


@dataclass(frozen=True, slots=True)
class YearRatings:
    """The ratings of a year as their stream says they are."""

    decided: Mapping[str, YearGradeDecided] = field(default_factory=dict)
    recognised: tuple[YearGradesRecognised, ...] = ()

    @property
    def grades(self) -> dict[str, SubjectGrade]:
        return {one.subject: one for event in self.recognised for one in event.grades}


def year_ground(schemes: Schemes, key: str, year: int, periods: Mapping[str, Ratings], today: date) -> YearGround:
    """The ground of a year: the ratings of its periods by key. Each is computed by the version that it was entered under."""
    rated: dict[str, list[tuple[RatedRow, Points | None]]] = defaultdict(list)
    for at in sorted(periods):
        found = periods[at]
        if found.state is RatingState.APPROVED and found.scheme_version is not None:
            by = schemes.version(key, found.scheme_version)
            for row in found.rows.values():
                rated[row.subject].append((row, points_of(by, row)))
    scheme = schemes.on(key, date(year, 12, 31))
    waiting = tuple(at for at in sorted(periods) if periods[at].rows and periods[at].state is not RatingState.APPROVED)
    return YearGround(scheme, {subject: (rows[-1][0].group, year_of(scheme, rows)) for subject, rows in rated.items()}, waiting, today)


def standings(ground: YearGround, state: YearRatings) -> list[Standing]:
    """Where each subject stands, by subject."""
    found = []
    for subject, (group, points) in sorted(ground.subjects.items()):
        decided = state.decided.get(subject)
        lower = decided.grade if decided is not None else None
        grade = points.grade
        if grade is not None and lower is not None:
            grade = max(grade, lower, key=ground.scheme.year_place)
        found.append(Standing(subject, group, points, lower, decided.reason if lower and decided else None, grade))
    return found


def year_quotas(ground: YearGround, state: YearRatings, variant: str | None = None) -> list[QuotaLine]:
    """How far the year's quotas are used."""
    graded = [(one.group, one.grade) for one in standings(ground, state) if one.grade is not None]
    return quota_lines(ground.scheme, graded, PeriodKind.YEAR, variant)


def year_ratings(ground: YearGround) -> Decider[YearRatings]:
    """The ratings of a year, deciding on this ground."""
    return replace(READ_YEAR, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: YearGround, state: YearRatings, command: Any) -> Sequence[Any]:
    match command:
        case DecideYearGrade():
            return _decide_grade(ground, state, command)
        case RecogniseYear():
            return _recognise(ground, state, command)
    raise TypeError(f"Ratings of a year take no {type(command).__name__}")


def _decide_grade(ground: YearGround, state: YearRatings, command: DecideYearGrade) -> Sequence[Any]:
    made = YearGradeDecided(command.unit, command.year, command.scheme, command.subject, command.grade, command.reason)
    held = state.decided.get(command.subject)
    if made == held or (held is None and command.grade is None):
        return []
    if state.recognised:
        raise RatingsClosed(f"The grades of {command.year} are recognised.", state="recognised")
    if command.subject not in ground.subjects:
        raise NotFound(f"{command.subject} has no approved rating of {command.year} in {command.unit}.", subject=command.subject)
    if not command.reason.strip():
        raise ReasonMissing("Say why.")
    if command.grade is not None:
        _check_lower(ground, command.subject, command.grade)
    return [made]


def _check_lower(ground: YearGround, subject: str, grade: str) -> None:
    known = [one.key for one in ground.scheme.year.grades]
    derived = ground.subjects[subject][1].grade
    code = "unknown_grade" if grade not in known else ""
    if not code and derived is not None and ground.scheme.year_place(grade) < ground.scheme.year_place(derived):
        code = "grade_raised"
    if code:
        values = {"given": grade, "derived": derived or ""}
        words = f"{subject}: {grade} is no grade of the year, or above {derived}, which the periods give."
        raise RatingsRefused(words, errors=[{"at": f"{subject}.decided", "code": code, "values": values, "message": words}])


def _recognise(ground: YearGround, state: YearRatings, command: RecogniseYear) -> Sequence[Any]:
    if state.recognised:
        if (state.recognised[0].document, state.recognised[0].effective_on) == (command.document, command.effective_on):
            return []
        raise RatingsClosed(f"The grades of {command.year} are recognised by {state.recognised[0].document}.", state="recognised")
    if ground.waiting:
        raise RatingsClosed(f"Periods wait for approval: {', '.join(ground.waiting)}.", state="waiting")
    if command.effective_on > ground.today:
        raise RatingsClosed(f"{command.effective_on} is still to come; give the day of the document.", state="open")
    grades = [SubjectGrade(one.subject, one.group, one.grade) for one in standings(ground, state) if one.grade is not None]
    if not grades:
        raise RatingsClosed(f"Nobody has enough rated periods in {command.year}.", state="open")
    check_variant(ground.scheme, PeriodKind.YEAR, command.variant, command.document)
    check_quotas(year_quotas(ground, state, command.variant))
    at = (command.unit, command.year, command.scheme, ground.scheme.version)
    by = (command.document, command.effective_on, command.variant)
    return [YearGradesRecognised(*at, part, *by) for part in parts_of(grades, GRADES_EACH)]


def _evolve(state: YearRatings, event: Any) -> YearRatings:
    match event:
        case YearGradeDecided():
            return replace(state, decided={**state.decided, event.subject: event})
        case YearGradesRecognised():
            return replace(state, recognised=(*state.recognised, event))
    return state


READ_YEAR: Decider[YearRatings] = Decider(YearRatings(), lambda _state, _command: (), _evolve)
"""The ratings of a year that are only read."""
