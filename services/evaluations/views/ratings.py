"""Which ratings there are, how far each is, and the grades of years that were recognised. Their rows are read from their streams."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

rating_periods = sa.Table(
    "rating_periods",
    MODEL.metadata,
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("period", sa.String(10), primary_key=True),
    sa.Column("scheme", sa.String(100), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),  # open | submitted | approved
    sa.Column("submitted_on", sa.Date),
    sa.Column("approved_on", sa.Date),
    sa.Column("document", sa.Text),
    sa.Column("reason", sa.Text),
)
year_grades = sa.Table(
    "year_grades",
    MODEL.metadata,
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("scheme", sa.String(100), primary_key=True),
    sa.Column("subject", sa.String(100), primary_key=True),
    sa.Column("group", sa.Text, nullable=False),
    sa.Column("grade", sa.String(100), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("recognised_on", sa.Date, nullable=False),
)


@MODEL.on("evaluations.RatingsEntered")
def _entered(rows: Rows, event: Event) -> None:
    _change(rows, event, state="open")


@MODEL.on("evaluations.RatingsSubmitted")
def _submitted(rows: Rows, event: Event) -> None:
    _change(rows, event, state="submitted", submitted_on=date.fromisoformat(event.data["submitted_on"]), reason=None)


@MODEL.on("evaluations.RatingsReturned")
def _returned(rows: Rows, event: Event) -> None:
    _change(rows, event, state="open", reason=event.data["reason"])


@MODEL.on("evaluations.RatingsApproved")
def _approved(rows: Rows, event: Event) -> None:
    _change(rows, event, state="approved", approved_on=event.effective_on, document=event.data["document"])


@MODEL.on("evaluations.RatingCorrected")
def _corrected(rows: Rows, event: Event) -> None:
    _change(rows, event, state="submitted", reason=event.data["reason"])


@MODEL.on("evaluations.YearGradesRecognised")
def _recognised(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("unit", "year", "scheme")}
    for one in event.data["grades"]:
        rows.put(year_grades, **at, **one, document=event.data["document"], recognised_on=event.effective_on)


def _change(rows: Rows, event: Event, **values: Any) -> None:
    rows.change(rating_periods, {name: event.data[name] for name in ("unit", "period", "scheme")}, **values)


def rating_periods_of(
    reading: Reading, unit: str, *, year: int | None = None, scheme: str | None = None, first: int | None = None
) -> list[dict[str, Any]]:
    """The periods that a unit has ratings of, the latest first."""
    table = reading[rating_periods]
    asked = sa.select(table).where(table.c.unit == unit).order_by(table.c.period.desc(), table.c.scheme)
    if year is not None:
        asked = asked.where(table.c.period.startswith(f"{year}-", autoescape=True))
    if scheme is not None:
        asked = asked.where(table.c.scheme == scheme)
    return reading.all(asked if first is None else asked.limit(first))


def year_grades_of(reading: Reading, unit: str, subject: str | None = None) -> list[dict[str, Any]]:
    """The grades of years that were recognised in a unit, of all or of one subject, the latest first."""
    table = reading[year_grades]
    asked = sa.select(table).where(table.c.unit == unit).order_by(table.c.year.desc(), table.c.scheme, table.c.subject)
    return reading.all(asked if subject is None else asked.where(table.c.subject == subject))
