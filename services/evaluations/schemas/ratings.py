"""Commands and events of ratings at their boundary."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.evaluations.domain import rating_points, ratings, year_ratings
from shared.schema import ExactDecimal, Record, key, name, schema_of, storable

ROWS_MAX = 1_000
"""Rows of one save: a unit of 500 people twice over."""

REASON_MAX = 200
"""Letters of a reason in a row: with it the rows of one event stay under the bytes that an event may have."""

GROUP_MAX = 60
"""Letters of the name of a group of like duties, for the same reason."""

FIGURES_MAX = 30
"""Figures and facts of a row: twice what any known scheme has."""


def _reason() -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=[validate.Length(min=1, max=REASON_MAX), storable])


def _year() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(2000, 2099))


def _keys(length_max: int) -> fields.List[str]:
    return fields.List(key(), load_default=(), validate=validate.Length(max=length_max))


RatedRow = schema_of(
    rating_points.RatedRow,
    subject=key(),
    group=name(length_max=GROUP_MAX),
    figures=fields.Dict(keys=key(), values=ExactDecimal(required=True), required=True, validate=validate.Length(max=FIGURES_MAX)),
    facts=_keys(FIGURES_MAX),
    unrated=_reason(),
    because=_reason(),
)
_ROWS = fields.List(fields.Nested(RatedRow), load_default=(), validate=validate.Length(max=ROWS_MAX))
_AT = {"unit": key(), "period": key(), "scheme": key()}
_OF_YEAR: dict[str, fields.Field[Any]] = {"unit": key(), "scheme": key(), "year": _year()}

EnterRatings = schema_of(ratings.EnterRatings, **_AT, rows=_ROWS, removed=_keys(ROWS_MAX))
SubmitRatings = schema_of(ratings.SubmitRatings, **_AT)
ReturnRatings = schema_of(ratings.ReturnRatings, **_AT)
ApproveRatings = schema_of(ratings.ApproveRatings, **_AT)
CorrectRating = schema_of(ratings.CorrectRating, **_AT, row=fields.Nested(RatedRow, required=True))
DecideYearGrade = schema_of(year_ratings.DecideYearGrade, **_OF_YEAR, subject=key())
RecogniseYear = schema_of(year_ratings.RecogniseYear, **_OF_YEAR, document=name())


class AskYear(Record):
    """Which year of which unit by which scheme; variant: the quota that is tried in place of the common one."""

    record = dict

    unit = key()
    year = _year()
    scheme = key()
    variant = fields.String(load_default=None, allow_none=True)


EVENTS = (
    schema_of(ratings.RatingsEntered),
    schema_of(ratings.RatingsRemoved),
    schema_of(ratings.RatingsSubmitted),
    schema_of(ratings.RatingsReturned),
    schema_of(ratings.RatingsApproved),
    schema_of(ratings.RatingCorrected),
    schema_of(year_ratings.YearGradeDecided),
    schema_of(year_ratings.YearGradesRecognised),
)
