"""Ratings (đánh giá, xếp loại định kỳ) of the people of a unit, or of its units: one stream per unit, period and scheme, one per year.

A period holds what was entered; points and grades follow from it by the scheme's version that the stream names. A year's grades are an act
of authority and stand as they were recognised, whatever is corrected in a period later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from services.evaluations.domain.errors import (
    DocumentMissing,
    PeriodUnknown,
    QuotaExceeded,
    RatingsClosed,
    RatingsRefused,
    RatingsStale,
    ReasonMissing,
)
from services.evaluations.domain.periods import PeriodKind, period_of
from services.evaluations.domain.rating_points import (
    QuotaLine,
    RatedRow,
    RowFault,
    grade_of,
    points_of,
    quota_lines,
    row_faults,
)
from services.evaluations.domain.schemes import Scheme
from shared.decider import Decider
from shared.plain import plain

ROWS_EACH = 20
"""Rows of one event: with the longest words that the schema lets in, they stay under the bytes that an event may have."""

GRADES_EACH = 100
"""Grades of one event, for the same reason; a grade takes less."""

Row = TypeVar("Row")


class RatingState(StrEnum):
    """open: đang nhập; submitted: đã trình, chờ duyệt; approved: đã duyệt."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class EnterRatings:
    """Enter or change rows of a period, and take out those of `removed`. version: the stream's as it was read, where the writer cares."""

    unit: str
    period: str
    scheme: str
    rows: tuple[RatedRow, ...] = ()
    removed: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SubmitRatings:
    """Put a period's ratings before whoever approves."""

    unit: str
    period: str
    scheme: str


@dataclass(frozen=True, slots=True)
class ReturnRatings:
    """Give them back for correction."""

    unit: str
    period: str
    scheme: str
    reason: str


@dataclass(frozen=True, slots=True)
class ApproveRatings:
    """Approve them, on effective_on; variant: the quota that holds in place of the common one, with the document that lets it."""

    unit: str
    period: str
    scheme: str
    effective_on: date
    document: str | None = None
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectRating:
    """Put one row of approved ratings right; they wait for approval again."""

    unit: str
    period: str
    scheme: str
    row: RatedRow
    reason: str


@dataclass(frozen=True, slots=True)
class RatingsEntered:
    """Rows of a period were entered or changed; each stands as a whole in the place of what was said of its subject before."""

    unit: str
    period: str
    scheme: str
    scheme_version: int
    rows: tuple[RatedRow, ...]


@dataclass(frozen=True, slots=True)
class RatingsRemoved:
    """These subjects are not rated here in this period."""

    unit: str
    period: str
    scheme: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatingsSubmitted:
    """The ratings of a period wait for approval."""

    unit: str
    period: str
    scheme: str
    submitted_on: date

    @property
    def effective_on(self) -> date:
        return self.submitted_on


@dataclass(frozen=True, slots=True)
class RatingsReturned:
    """They were given back and are open again."""

    unit: str
    period: str
    scheme: str
    reason: str


@dataclass(frozen=True, slots=True)
class RatingsApproved:
    """They were approved."""

    unit: str
    period: str
    scheme: str
    effective_on: date
    document: str | None
    variant: str | None


@dataclass(frozen=True, slots=True)
class RatingCorrected:
    """A row of approved ratings was put right, and all of them wait for approval again."""

    unit: str
    period: str
    scheme: str
    scheme_version: int
    row: RatedRow
    reason: str


@dataclass(frozen=True, slots=True)
class RatingGround:
    """What the decision rests on from outside: the scheme in the version that holds for these ratings, and the legal date."""

    scheme: Scheme
    today: date


@dataclass(frozen=True, slots=True)
class Ratings:
    """The ratings of a unit in a period as their stream says they are."""

    rows: Mapping[str, RatedRow] = field(default_factory=dict)
    scheme_version: int | None = None
    state: RatingState = RatingState.OPEN
    version: int = 0


def ratings(ground: RatingGround) -> Decider[Ratings]:
    """The ratings of a period, deciding on this ground."""
    return replace(READ_RATINGS, decide=lambda state, command: _decide(ground, state, command))


def errors_of(scheme: Scheme, rows: Sequence[RatedRow]) -> list[dict[str, Any]]:
    """The faults of rows as a refusal has them: {"at": "subject.figure", "code", "values", "message"}."""
    twice = {row.subject for place, row in enumerate(rows) if row.subject in {one.subject for one in rows[:place]}}
    found = [_said(subject, RowFault("subject", "twice", {})) for subject in sorted(twice)]
    return found + [_said(row.subject, fault) for row in rows for fault in row_faults(scheme, row)]


def graded_of(scheme: Scheme, rows: Mapping[str, RatedRow]) -> list[tuple[str, str]]:
    """The group and grade of each row that has one, as `quota_lines` takes them."""
    pairs = [(row.group, grade_of(row, points_of(scheme, row))) for row in rows.values()]
    return [(group, grade) for group, grade in pairs if grade is not None]


def check_quotas(lines: Sequence[QuotaLine]) -> None:
    """Raises QuotaExceeded naming the quotas that are used beyond what they allow."""
    over = [line for line in lines if line.left < 0]
    if over:
        first = over[0]
        raise QuotaExceeded(
            f"{first.used} are graded {first.grade}, {first.percent:f} % of {first.base} = {first.exact:f} allow {first.allowed}: lower "
            f"{-first.left} with a reason.",
            lines=[{**plain(line), "left": line.left} for line in over],
        )


def _decide(ground: RatingGround, state: Ratings, command: Any) -> Sequence[Any]:
    at = (command.unit, command.period, command.scheme)
    match command:
        case EnterRatings():
            return _enter(ground, state, command)
        case SubmitRatings():
            if state.state is not RatingState.OPEN:
                return []
            if not state.rows:
                raise RatingsClosed(f"Nothing is entered for {command.unit} in {command.period}.", state=str(state.state))
            return [RatingsSubmitted(*at, ground.today)]
        case ReturnRatings():
            if state.state is RatingState.OPEN and state.rows:
                return []
            _check_state(state, RatingState.SUBMITTED)
            _check_reason(command.reason)
            return [RatingsReturned(*at, command.reason)]
        case ApproveRatings():
            return _approve(ground, state, command)
        case CorrectRating():
            return _correct(ground, state, command)
    raise TypeError(f"Ratings take no {type(command).__name__}")


def _enter(ground: RatingGround, state: Ratings, command: EnterRatings) -> Sequence[Any]:
    changed = [row for row in command.rows if state.rows.get(row.subject) != row]
    gone = tuple(subject for subject in command.removed if subject in state.rows)
    if not changed and not gone:
        return []
    period = period_of(command.period)
    if period.kind not in ground.scheme.periods or period.first_day > ground.today:
        raise PeriodUnknown(f"Scheme {command.scheme} rates no {command.period}, or it is still to come.", period=command.period)
    _check_state(state, RatingState.OPEN)
    if command.version is not None and command.version != state.version:
        raise RatingsStale(
            "Somebody else has saved these ratings since you opened them; load them again and compare.",
            version=state.version,
            expected=command.version,
        )
    _check_rows(ground.scheme, command.rows)
    at = (command.unit, command.period, command.scheme)
    made: list[Any] = [RatingsEntered(*at, ground.scheme.version, part) for part in parts_of(changed, ROWS_EACH)]
    return [*made, *([RatingsRemoved(*at, gone)] if gone else [])]


def _approve(ground: RatingGround, state: Ratings, command: ApproveRatings) -> Sequence[Any]:
    if state.state is RatingState.APPROVED:
        return []
    _check_state(state, RatingState.SUBMITTED)
    if command.effective_on > ground.today:
        raise RatingsClosed(f"{command.effective_on} is still to come; give the day it was approved.", state=str(state.state))
    kind = period_of(command.period).kind
    check_variant(ground.scheme, kind, command.variant, command.document)
    check_quotas(quota_lines(ground.scheme, graded_of(ground.scheme, state.rows), kind, command.variant))
    return [RatingsApproved(command.unit, command.period, command.scheme, command.effective_on, command.document, command.variant)]


def _correct(ground: RatingGround, state: Ratings, command: CorrectRating) -> Sequence[Any]:
    if state.rows.get(command.row.subject) == command.row:
        return []
    _check_state(state, RatingState.APPROVED)
    _check_reason(command.reason)
    _check_rows(ground.scheme, [command.row])
    at = (command.unit, command.period, command.scheme)
    return [RatingCorrected(*at, ground.scheme.version, command.row, command.reason)]


def _check_state(state: Ratings, wanted: RatingState) -> None:
    if state.state is not wanted:
        raise RatingsClosed(f"These ratings are {state.state}; this goes only while they are {wanted}.", state=str(state.state))


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why.")


def _check_rows(scheme: Scheme, rows: Sequence[RatedRow]) -> None:
    errors = errors_of(scheme, rows)
    if errors:
        shown = " ".join(error["message"] for error in errors[:3])
        raise RatingsRefused(f"None of the {len(rows)} rows was taken; faults found: {len(errors)}. {shown}", errors=errors)


def check_variant(scheme: Scheme, kind: PeriodKind, variant: str | None, document: str | None) -> None:
    if variant is None:
        return
    if variant not in {quota.key for quota in scheme.quotas if quota.variant and kind in quota.on}:
        raise RatingsRefused(f"Scheme {scheme.key} has no quota {variant} for a {kind}.", errors=[])
    if not (document or "").strip():
        raise DocumentMissing("Name the document that lets the higher quota.")


def _said(subject: str, fault: RowFault) -> dict[str, Any]:
    named = ", ".join(f"{key} {value}" for key, value in fault.values.items())
    words = f"{subject}, {fault.at}: {fault.code.replace('_', ' ')}{f' ({named})' if named else ''}."
    return {"at": f"{subject}.{fault.at}", "code": fault.code, "values": fault.values, "message": words}


def parts_of(rows: Sequence[Row], each: int) -> Iterator[tuple[Row, ...]]:
    for begin in range(0, len(rows), each):
        yield tuple(rows[begin : begin + each])


def _evolve(state: Ratings, event: Any) -> Ratings:
    version = state.version + 1
    match event:
        case RatingsEntered():
            rows = {**state.rows, **{row.subject: row for row in event.rows}}
            return replace(state, rows=rows, scheme_version=event.scheme_version, version=version)
        case RatingsRemoved():
            kept = {subject: row for subject, row in state.rows.items() if subject not in event.subjects}
            return replace(state, rows=kept, version=version)
        case RatingsSubmitted():
            return replace(state, state=RatingState.SUBMITTED, version=version)
        case RatingsReturned():
            return replace(state, state=RatingState.OPEN, version=version)
        case RatingsApproved():
            return replace(state, state=RatingState.APPROVED, version=version)
        case RatingCorrected():
            rows = {**state.rows, event.row.subject: event.row}
            return replace(state, rows=rows, state=RatingState.SUBMITTED, version=version)
    return replace(state, version=version)


READ_RATINGS: Decider[Ratings] = Decider(Ratings(), lambda _state, _command: (), _evolve)
"""The ratings of a period that are only read."""
