"""Councils over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

councils = blueprint("councils", "/councils", "Councils (hội đồng thi đua - khen thưởng), their terms and members.")
BLUEPRINTS = (councils,)


@councils.route("")
class Councils(MethodView):
    @councils.response(200, schemas.CouncilLine(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All councils, without their members."""
        return list(query("registry", "councils"))

    @councils.arguments(schemas.FormCouncil)
    @councils.response(201, schemas.Recorded)
    @councils.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Form a council."""
        return told("registry", "form_council", body)


@councils.route("/<council>")
class Council(MethodView):
    @councils.response(200, schemas.Council)
    def get(self, council: str) -> Any:
        """A council with its terms and members."""
        return query("registry", "council", council=council)


@councils.route("/<council>/terms")
class Terms(MethodView):
    @councils.arguments(schemas.OpenTerm)
    @councils.response(201, schemas.Recorded)
    @councils.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], council: str) -> Command:
        """Open a term."""
        return told("registry", "open_term", body, council=council)


@councils.route("/<council>/terms/<term>/members")
class Members(MethodView):
    @councils.arguments(schemas.AppointMember)
    @councils.response(201, schemas.Recorded)
    @councils.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], council: str, term: str) -> Command:
        """Appoint a person to a seat."""
        return told("registry", "appoint_member", body, council=council, term=term)


@councils.route("/<council>/terms/<term>/members/<person>/relief")
class Relief(MethodView):
    @councils.arguments(schemas.RelieveMember)
    @councils.response(201, schemas.Recorded)
    @councils.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], council: str, term: str, person: str) -> Command:
        """Relieve a person of their seat."""
        return told("registry", "relieve_member", body, council=council, term=term, person=person)
