"""Initiatives over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway.api import blueprint, told
from services.gateway.network import query
from services.gateway.schemas import ratings as schemas
from services.gateway.schemas.base import Recorded
from services.gateway.schemas.checking import Because

Command = tuple[dict[str, Any], int]

initiatives = blueprint("initiatives", "/initiatives", "Initiatives (sáng kiến): submitted, examined by councils, recognised in a scope.")
usable = blueprint("usable-initiatives", "/usable-initiatives", "The initiatives that count as basis of a title in a year.")
BLUEPRINTS = (initiatives, usable)


@initiatives.route("")
class Initiatives(MethodView):
    @initiatives.arguments(schemas.WhichInitiatives, location="query")
    @initiatives.response(200, schemas.Initiative(many=True))
    def get(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """All initiatives, or those of a unit, person or year."""
        return list(query("evaluations", "initiatives", **asked))

    @initiatives.arguments(schemas.SubmitInitiative)
    @initiatives.response(201, Recorded)
    @initiatives.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Submit an initiative."""
        return told("evaluations", "submit_initiative", body)


@initiatives.route("/<initiative>")
class Initiative(MethodView):
    @initiatives.response(200, schemas.Initiative)
    def get(self, initiative: str) -> Any:
        """An initiative with what councils and authorities said."""
        return query("evaluations", "initiative", initiative=initiative)


@initiatives.route("/<initiative>/examinations")
class Examinations(MethodView):
    @initiatives.arguments(schemas.ExamineInitiative)
    @initiatives.response(201, Recorded)
    @initiatives.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], initiative: str) -> Command:
        """Record what a council found."""
        return told("evaluations", "examine_initiative", body, initiative=initiative)


@initiatives.route("/<initiative>/recognitions")
class Recognitions(MethodView):
    @initiatives.arguments(schemas.RecogniseInitiative)
    @initiatives.response(201, Recorded)
    @initiatives.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], initiative: str) -> Command:
        """Recognise it in a scope; not by an account that submitted it or recorded what the council found."""
        return told("evaluations", "recognise_initiative", body, initiative=initiative)


@initiatives.route("/<initiative>/refusal")
class Refusal(MethodView):
    @initiatives.arguments(schemas.RefuseInitiative)
    @initiatives.response(201, Recorded)
    @initiatives.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], initiative: str) -> Command:
        """Refuse to recognise it."""
        return told("evaluations", "refuse_initiative", body, initiative=initiative)


@initiatives.route("/<initiative>/withdrawal")
class Withdrawal(MethodView):
    @initiatives.arguments(Because)
    @initiatives.response(201, Recorded)
    @initiatives.alt_response(200, schema=Recorded)
    def post(self, body: dict[str, Any], initiative: str) -> Command:
        """Take it back."""
        return told("evaluations", "withdraw_initiative", body, initiative=initiative)


@usable.route("")
class UsableInitiatives(MethodView):
    @usable.arguments(schemas.UsableAsked, location="query")
    @usable.response(200, schemas.UsableInitiatives)
    def get(self, asked: dict[str, Any]) -> Any:
        """The initiatives of a unit or person that count in a year."""
        return query("evaluations", "usable_initiatives", **asked)
