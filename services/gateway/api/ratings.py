"""Ratings over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway.api import blueprint, told
from services.gateway.network import query
from services.gateway.schemas import ratings as schemas
from services.gateway.schemas.base import Recorded
from services.gateway.schemas.campaigns import Empty
from services.gateway.schemas.checking import Because

Command = tuple[dict[str, Any], int]

rating_schemes = blueprint("rating-schemes", "/rating-schemes", "Rating schemes (quy định đánh giá, xếp loại) as dated data.")
ratings = blueprint("ratings", "/ratings", "Ratings of people and units (đánh giá, xếp loại), by period and by year.")
BLUEPRINTS = (rating_schemes, ratings)


@rating_schemes.route("")
class RatingSchemes(MethodView):
    @rating_schemes.response(200, schemas.RatingScheme(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All schemes in all their versions."""
        return list(query("evaluations", "rating_schemes"))


@ratings.route("/<unit>")
class Periods(MethodView):
    @ratings.response(200, schemas.RatingPeriod(many=True))
    def get(self, unit: str) -> list[dict[str, Any]]:
        """The periods that a unit has ratings of, the latest first."""
        return list(query("evaluations", "rating_periods", unit=unit))


@ratings.route("/<unit>/grades")
class Grades(MethodView):
    @ratings.arguments(schemas.WhoseGrades, location="query")
    @ratings.response(200, schemas.YearGrade(many=True))
    def get(self, asked: dict[str, Any], unit: str) -> list[dict[str, Any]]:
        """The grades of years that were recognised in a unit, the latest first."""
        return list(query("evaluations", "year_grades", unit=unit, **asked))


@ratings.route("/<unit>/<period>/<scheme>")
class Ratings(MethodView):
    @ratings.response(200, schemas.Ratings)
    def get(self, unit: str, period: str, scheme: str) -> Any:
        """The ratings of a period, with points and grades."""
        return query("evaluations", "ratings", unit=unit, period=period, scheme=scheme)

    @ratings.arguments(schemas.EnterRatings)
    @ratings.response(201, Recorded)
    @ratings.alt_response(200, schema=Recorded)
    def patch(self, body: dict[str, Any], unit: str, period: str, scheme: str) -> Command:
        """Enter or change rows, all or none; a row stands as a whole in the place of the one before."""
        return told("evaluations", "enter_ratings", body, unit=unit, period=period, scheme=scheme)


@ratings.route("/<unit>/<period>/<scheme>/submission")
class Submission(MethodView):
    @ratings.arguments(Empty)
    @ratings.response(201, Recorded)
    @ratings.alt_response(200, schema=Recorded)
    def post(self, _body: dict[str, Any], unit: str, period: str, scheme: str) -> Command:
        """Put them before whoever approves."""
        return told("evaluations", "submit_ratings", {}, unit=unit, period=period, scheme=scheme)


@ratings.route("/<unit>/<period>/<scheme>/return")
class Return(MethodView):
    @ratings.arguments(Because)
    @ratings.response(201, Recorded)
    @ratings.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], unit: str, period: str, scheme: str) -> Command:
        """Give them back for correction."""
        return told("evaluations", "return_ratings", body, unit=unit, period=period, scheme=scheme)


@ratings.route("/<unit>/<period>/<scheme>/approval")
class Approval(MethodView):
    @ratings.arguments(schemas.ApproveRatings)
    @ratings.response(201, Recorded)
    @ratings.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], unit: str, period: str, scheme: str) -> Command:
        """Approve them; not by an account that entered or corrected them."""
        return told("evaluations", "approve_ratings", body, unit=unit, period=period, scheme=scheme)


@ratings.route("/<unit>/<period>/<scheme>/corrections")
class Corrections(MethodView):
    @ratings.arguments(schemas.CorrectRating)
    @ratings.response(201, Recorded)
    @ratings.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], unit: str, period: str, scheme: str) -> Command:
        """Put a row of approved ratings right; they wait for approval again."""
        return told("evaluations", "correct_rating", body, unit=unit, period=period, scheme=scheme)


@ratings.route("/<unit>/years/<int:year>/<scheme>")
class Year(MethodView):
    @ratings.response(200, schemas.YearRatings)
    def get(self, unit: str, year: int, scheme: str) -> Any:
        """Where everybody stands at the end of a year, and what was recognised."""
        return query("evaluations", "year_ratings", unit=unit, year=year, scheme=scheme)


@ratings.route("/<unit>/years/<int:year>/<scheme>/grades")
class YearGrades(MethodView):
    @ratings.arguments(schemas.DecideYearGrade)
    @ratings.response(201, Recorded)
    @ratings.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], unit: str, year: int, scheme: str) -> Command:
        """Grade somebody lower for the year than the periods say, or take that back."""
        return told("evaluations", "decide_year_grade", body, unit=unit, year=year, scheme=scheme)


@ratings.route("/<unit>/years/<int:year>/<scheme>/recognition")
class Recognition(MethodView):
    @ratings.arguments(schemas.RecogniseYear)
    @ratings.response(201, Recorded)
    @ratings.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], unit: str, year: int, scheme: str) -> Command:
        """Recognise the year's grades by a document; not by an account that graded somebody lower."""
        return told("evaluations", "recognise_year", body, unit=unit, year=year, scheme=scheme)
