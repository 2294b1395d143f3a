"""Entrypoints for ratings of people and units, by period and by year."""

from __future__ import annotations

from typing import Any

from services.evaluations.domain import periods, rating_points
from services.evaluations.domain import ratings as periodic
from services.evaluations.domain import year_ratings as yearly
from services.evaluations.domain.schemes import Scheme
from services.evaluations.rules.ratings import SCHEMES
from services.evaluations.schemas import ratings as schemas
from services.evaluations.service.base import Part
from services.evaluations.views import ratings as views
from shared.calendar import legal_date, utc_now
from shared.decider import Decider
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load

PERIODS_MAX = 100
"""Periods of one answer: eight years of months, and of more than these nobody asks at once."""


class Ratings(Part):
    """Ratings of a unit's people or units: entered, approved by another account, and graded for the year."""

    @rpc
    def enter_ratings(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.EnterRatings, request.data)
        return self._take_ratings(request, command, self._rating_decider(command))

    @rpc
    def submit_ratings(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.SubmitRatings, request.data)
        return self._take_ratings(request, command, self._rating_decider(command))

    @rpc
    def return_ratings(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.ReturnRatings, request.data)
        return self._take_ratings(request, command, self._rating_decider(command))

    @rpc
    def approve_ratings(self, request: Request) -> dict[str, Any]:
        """Not by an account that entered or corrected them."""
        self.permit(request)
        command = load(schemas.ApproveRatings, request.data)
        return self._take_ratings(request, command, self.apart(request, self._rating_decider(command), stream_of(command)))

    @rpc
    def correct_rating(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.CorrectRating, request.data)
        return self._take_ratings(request, command, self._rating_decider(command))

    @rpc
    def decide_year_grade(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.DecideYearGrade, request.data)
        decider = yearly.year_ratings(self._rating_year(command.unit, command.year, command.scheme))
        return self.facts.execute(request, decider, year_stream(command.unit, command.year, command.scheme), command)

    @rpc
    def recognise_year(self, request: Request) -> dict[str, Any]:
        """Not by an account that graded somebody lower."""
        self.permit(request)
        command = load(schemas.RecogniseYear, request.data)
        stream = year_stream(command.unit, command.year, command.scheme)
        decider = yearly.year_ratings(self._rating_year(command.unit, command.year, command.scheme))
        return self.facts.execute(request, self.apart(request, decider, stream), stream, command)

    @rpc
    def rating_schemes(self, request: Request) -> list[dict[str, Any]]:
        """The rating schemes in all their versions."""
        self.permit(request)
        return plain(SCHEMES.schemes)

    @rpc
    def rating_periods(self, request: Request) -> list[dict[str, Any]]:
        """The periods that a `unit` has ratings of, the latest first."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.rating_periods_of(reading, str(request.data["unit"]), first=PERIODS_MAX))

    @rpc
    def ratings(self, request: Request) -> dict[str, Any]:
        """The ratings of a `unit` in a `period` by a `scheme`: the scheme, rows with their points and grade, and how the quotas stand."""
        self.permit(request)
        key = load(schemas.SubmitRatings, request.data)
        state, _ = self.facts.load(periodic.READ_RATINGS, stream_of(key))
        scheme = self._rating_scheme(key.scheme, key.period, state)
        return plain(
            _told(scheme, key.period, list(state.rows.values())) | {"unit": key.unit, "state": state.state, "version": state.version}
        )

    @rpc
    def rehearse_ratings(self, request: Request) -> dict[str, Any]:
        """What these rows of a period would come to, and `errors` for which they would be refused; nothing is recorded."""
        self.permit(request)
        command = load(schemas.EnterRatings, request.data)
        state, _ = self.facts.load(periodic.READ_RATINGS, stream_of(command))
        scheme = self._rating_scheme(command.scheme, command.period, state)
        errors = periodic.errors_of(scheme, command.rows)
        faulty = {error["at"].rpartition(".")[0] for error in errors}
        rows = {**state.rows, **{row.subject: row for row in command.rows if row.subject not in faulty}}
        kept = [row for subject, row in rows.items() if subject not in command.removed]
        return plain({**_told(scheme, command.period, kept), "errors": errors})

    @rpc
    def year_grades(self, request: Request) -> list[dict[str, Any]]:
        """The grades of years that were recognised in a `unit`, of all or of one `subject`, with the document of each."""
        self.permit(request)
        subject = request.data.get("subject")
        with self.views.reading() as reading:
            return plain(views.year_grades_of(reading, str(request.data["unit"]), None if subject is None else str(subject)))

    @rpc
    def year_ratings(self, request: Request) -> dict[str, Any]:
        """Where the subjects of a `unit` stand at the end of a `year` by a `scheme`, how the quotas stand, and what was recognised."""
        self.permit(request)
        asked = load(schemas.AskYear, request.data)
        ground = self._rating_year(asked["unit"], asked["year"], asked["scheme"])
        state, _ = self.facts.load(yearly.READ_YEAR, year_stream(asked["unit"], asked["year"], asked["scheme"]))
        lines = yearly.year_quotas(ground, state, asked["variant"])
        return plain(
            {
                "unit": asked["unit"],
                "year": asked["year"],
                "scheme": ground.scheme,
                "waiting": ground.waiting,
                "standings": yearly.standings(ground, state),
                "quotas": [_line(line) for line in lines],
                "recognised": state.grades,
                "by": _by(state),
            }
        )

    def _rating_decider(self, command: Any) -> Decider[periodic.Ratings]:
        state, _ = self.facts.load(periodic.READ_RATINGS, stream_of(command))
        return periodic.ratings(periodic.RatingGround(self._rating_scheme(command.scheme, command.period, state), legal_date(utc_now())))

    def _take_ratings(self, request: Request, command: Any, decider: Decider[periodic.Ratings]) -> dict[str, Any]:
        return self.facts.execute(request, decider, stream_of(command), command)

    def _rating_scheme(self, key: str, period: str, state: periodic.Ratings) -> Scheme:
        """The version that the ratings were begun under, else the one that is in force at the end of the period."""
        if state.scheme_version is not None:
            return SCHEMES.version(key, state.scheme_version)
        return SCHEMES.on(key, periods.period_of(period).last_day)

    def _rating_year(self, unit: str, year: int, scheme: str) -> yearly.YearGround:
        with self.views.reading() as reading:
            known = [row["period"] for row in views.rating_periods_of(reading, unit, year=year, scheme=scheme)]
        states = self.facts.load_many(periodic.READ_RATINGS, [rating_stream(unit, period, scheme) for period in known])
        found = {period: states[rating_stream(unit, period, scheme)] for period in known}
        return yearly.year_ground(SCHEMES, scheme, year, found, legal_date(utc_now()))


def rating_stream(unit: str, period: str, scheme: str) -> str:
    """Keys hold no colon, so the parts never run together."""
    return f"rating-{unit}:{period}:{scheme}"


def stream_of(command: Any) -> str:
    return rating_stream(command.unit, command.period, command.scheme)


def year_stream(unit: str, year: int, scheme: str) -> str:
    return f"year-rating-{unit}:{year}:{scheme}"


def _told(scheme: Scheme, period: str, rows: list[rating_points.RatedRow]) -> dict[str, Any]:
    pairs = [(row, rating_points.points_of(scheme, row)) for row in rows]
    graded = [(row.group, grade) for row, points in pairs if (grade := rating_points.grade_of(row, points)) is not None]
    at = periods.period_of(period)
    return {
        "period": period,
        "scheme": scheme,
        "rows": [{**plain(row), "points": points, "grade": rating_points.grade_of(row, points)} for row, points in pairs],
        "quotas": _lines(scheme, graded, at.kind),
        "last_day": at.last_day,
    }


def _lines(scheme: Scheme, graded: list[tuple[str, str]], kind: periods.PeriodKind) -> list[dict[str, Any]]:
    """The quotas of a period and, as not `binding` yet, those of the year: how they would stand if it ended like this."""
    lines = [_line(line) for line in rating_points.quota_lines(scheme, graded, kind)]
    held = {line["quota"] for line in lines}
    shared = {grade.key for grade in scheme.grades}
    of_year = rating_points.quota_lines(scheme, graded, periods.PeriodKind.YEAR)
    return [*lines, *(_line(line, binding=False) for line in of_year if line.quota not in held and line.grade in shared)]


def _line(line: rating_points.QuotaLine, *, binding: bool = True) -> dict[str, Any]:
    return {**plain(line), "left": line.left, "binding": binding}


def _by(state: yearly.YearRatings) -> dict[str, Any] | None:
    if not state.recognised:
        return None
    first = state.recognised[0]
    return {"document": first.document, "on": first.effective_on, "variant": first.variant}
