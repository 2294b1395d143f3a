"""Facts that the tests of ratings and initiatives start from: rows that come to what one likes, and one of every event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.evaluations.domain import initiatives, ratings, year_ratings
from services.evaluations.domain.rating_points import RatedRow
from services.evaluations.rules.ratings import SCHEMES
from shared.decider import Decider

TODAY = date(2026, 4, 2)
DECREE = SCHEMES.version("nd-335-2025", 1)
TREASURY = SCHEMES.version("kbnn-abc", 1)
STEPPED = SCHEMES.version("mau-03", 1)
UNITS = SCHEMES.version("don-vi", 1)
AT: dict[str, Any] = {"unit": "btp", "period": "2026-03", "scheme": "nd-335-2025"}
OF_YEAR: dict[str, Any] = {"unit": "btp", "year": 2026, "scheme": "nd-335-2025"}
WHOLE = {"general": "30", "assigned": "10", "completed": "10", "on_quality": "10", "on_progress": "10"}
LEADING = {"unit_result": "100", "organising": "100", "unity": "100"}


def a_row(subject: str = "p1", *, leads: bool = False, group: str = "Chuyên viên", more: Any = None, **figures: Any) -> RatedRow:
    """Somebody who did everything, but for these figures; more: other fields of the row."""
    said = {**WHOLE, **(LEADING if leads else {}), **{key: str(value) for key, value in figures.items()}}
    return RatedRow(subject, group, leads, {key: Decimal(value) for key, value in said.items()}, **(more or {}))


def a_row_of(points: str, subject: str = "p1", group: str = "Chuyên viên", **more: Any) -> RatedRow:
    """Somebody with so many points, 70 of them for results, or all for results where they are fewer."""
    general = max(Decimal(0), Decimal(points) - 70)
    done = str(min(Decimal(70), Decimal(points)))
    figures = {"general": general, "assigned": Decimal(70), **dict.fromkeys(("completed", "on_quality", "on_progress"), Decimal(done))}
    return RatedRow(subject, group, False, figures, **more)


def a_month(letter: str, subject: str = "p1") -> RatedRow:
    """A month of the Treasury with this grade."""
    discipline = {"A": 25, "B": 5, "C": 0, "D": 0}[letter]
    on_time = {"A": 60, "B": 60, "C": 55, "D": 30}[letter]
    figures = {"files": 60, "files_on_time": on_time, "discipline": discipline, "initiatives": 5}
    return RatedRow(subject, "Giao dịch viên", False, {key: Decimal(value) for key, value in figures.items()})


def the_ratings(scheme: Any = DECREE, today: date = TODAY) -> Decider[ratings.Ratings]:
    return ratings.ratings(ratings.RatingGround(scheme, today))


def enter(*rows: RatedRow, **more: Any) -> ratings.EnterRatings:
    return ratings.EnterRatings(**AT, rows=rows, **more)


def entered(*rows: RatedRow, period: str = "2026-03") -> ratings.RatingsEntered:
    return ratings.RatingsEntered(**{**AT, "period": period}, scheme_version=1, rows=rows)


SUBMIT = ratings.SubmitRatings(**AT)
SUBMITTED = ratings.RatingsSubmitted(**AT, submitted_on=TODAY)
RETURNED = ratings.RatingsReturned(**AT, reason="Thiếu số việc chậm")
APPROVE = ratings.ApproveRatings(**AT, effective_on=TODAY, document="12/QĐ-BTP")
APPROVED = ratings.RatingsApproved(**AT, effective_on=TODAY, document="12/QĐ-BTP", variant=None)
CORRECT = ratings.CorrectRating(**AT, row=a_row(delays=1), reason="Ghi sót một lần chậm")
CORRECTED = ratings.RatingCorrected(**AT, scheme_version=1, row=a_row(delays=1), reason="Ghi sót một lần chậm")
DECIDE = year_ratings.DecideYearGrade(**OF_YEAR, subject="p1", grade="HTT", reason="Chỉ tiêu xuất sắc đã hết")
DECIDED = year_ratings.YearGradeDecided(**OF_YEAR, subject="p1", grade="HTT", reason="Chỉ tiêu xuất sắc đã hết")
RECOGNISE = year_ratings.RecogniseYear(**OF_YEAR, document="99/QĐ-BTP", effective_on=date(2026, 12, 31))
RECOGNISED = year_ratings.YearGradesRecognised(
    **OF_YEAR,
    scheme_version=1,
    grades=(year_ratings.SubjectGrade("p1", "Chuyên viên", "HTT"),),
    document="99/QĐ-BTP",
    effective_on=date(2026, 12, 31),
    variant=None,
)

SUBMIT_INITIATIVE = initiatives.SubmitInitiative(
    "sk-1", "btp", ("p1", "p2"), "Số hoá hồ sơ", "Rút ngắn thời gian xử lý", 2026, date(2026, 2, 1)
)
INITIATIVE_SUBMITTED = initiatives.InitiativeSubmitted(
    "sk-1", "btp", ("p1", "p2"), "Số hoá hồ sơ", "Rút ngắn thời gian xử lý", 2026, date(2026, 2, 1)
)
EXAMINED = initiatives.InitiativeExamined(
    "sk-1", "hd-sang-kien", initiatives.Scope.MINISTRY_OR_PROVINCE, initiatives.Finding.PASSED, "BB 3/BB-HĐSK", date(2026, 2, 20)
)
INITIATIVE_RECOGNISED = initiatives.InitiativeRecognised("sk-1", initiatives.Scope.GRASSROOTS, "btp", "Mẫu 13 số 7", date(2026, 3, 1))
INITIATIVE_REFUSED = initiatives.InitiativeRefused("sk-1", "Không mới", date(2026, 3, 1))
INITIATIVE_WITHDRAWN = initiatives.InitiativeWithdrawn("sk-1", "Nộp nhầm")

EVENTS = [
    entered(a_row(leads=True, major_errors=1, more={"facts": ("disciplined",)}), a_row("p2", more={"decided": "HTT", "because": "Vì"})),
    ratings.RatingsRemoved(**AT, subjects=("p3",)),
    SUBMITTED,
    RETURNED,
    APPROVED,
    CORRECTED,
    DECIDED,
    RECOGNISED,
    INITIATIVE_SUBMITTED,
    EXAMINED,
    INITIATIVE_RECOGNISED,
    INITIATIVE_REFUSED,
    INITIATIVE_WITHDRAWN,
]
"""One of every event of ratings and initiatives."""


def in_period(event: Any, period: str) -> Any:
    return replace(event, period=period)
