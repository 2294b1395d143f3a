"""People, their posts and transfers over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from marshmallow import fields

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import command_id, query
from shared.ids import derived_id
from shared.plain import plain

Command = tuple[dict[str, Any], int]

people = blueprint("people", "/people", "People (người), their posts (chức vụ) and transfers between units.")
transfers = blueprint("transfers", "/transfers", "Transfers (điều động, thuyên chuyển) that wait for an answer.")
BLUEPRINTS = (people, transfers)


class OfUnit(schemas.Asked):
    """Of which unit."""

    unit = fields.String(required=True)


class PeopleOf(OfUnit):
    """Of which unit, and on which day; without one, all who ever were."""

    on = fields.Date()


@people.route("")
class People(MethodView):
    @people.arguments(PeopleOf, location="query")
    @people.response(200, schemas.PersonLine(many=True))
    def get(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Who is in a post of a unit on a day, or ever was."""
        return list(query("registry", "people", **plain(asked)))

    @people.arguments(schemas.RegisterPerson)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Register a person with their first post. An id is made from the command's where none is given: sent twice, it is one person."""
        person = body.pop("person", None) or derived_id("person", command_id())
        return told("registry", "register_person", body, person=str(person))


@people.route("/search")
class Search(MethodView):
    @people.arguments(schemas.FindPeople)
    @people.response(200, schemas.PersonLine(many=True))
    def post(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Who bears a name and holds a post today in a unit or below it. Asked in a body, for no name stands in an address."""
        return list(query("registry", "find_people", **body))


@people.route("/<person>")
class Person(MethodView):
    @people.response(200, schemas.Person)
    def get(self, person: str) -> Any:
        """A person with their posts and transfers."""
        return query("registry", "person", person=person)


@people.route("/<person>/details")
class Details(MethodView):
    @people.response(200, schemas.KnownDetails)
    def get(self, person: str) -> Any:
        """All that is kept of who a person is; for the standing office and administrators."""
        return query("registry", "person_details", person=person)

    @people.arguments(schemas.CorrectDetails)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], person: str) -> Command:
        """Correct what is kept of who a person is."""
        return told("registry", "correct_details", body, person=person)


@people.route("/<person>/posts")
class Posts(MethodView):
    @people.arguments(schemas.TakePost)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], person: str) -> Command:
        """Take up a post."""
        return told("registry", "take_post", body, person=person)


@people.route("/<person>/posts/leaving")
class Leaving(MethodView):
    @people.arguments(schemas.LeavePost)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], person: str) -> Command:
        """Leave a post."""
        return told("registry", "leave_post", body, person=person)


@people.route("/<person>/transfers")
class Transfers(MethodView):
    @people.arguments(schemas.OfferTransfer)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], person: str) -> Command:
        """Offer a person to another unit."""
        return told("registry", "offer_transfer", body, person=person)


@people.route("/<person>/transfers/<transfer>/acceptance")
class Acceptance(MethodView):
    @people.arguments(schemas.AcceptTransfer)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], person: str, transfer: str) -> Command:
        """Accept a transfer in the name of the receiving unit."""
        return told("registry", "accept_transfer", body, person=person, transfer=transfer)


@people.route("/<person>/transfers/<transfer>/refusal")
class Refusal(MethodView):
    @people.arguments(schemas.EndTransfer)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], person: str, transfer: str) -> Command:
        """Refuse a transfer in the name of the receiving unit."""
        return told("registry", "refuse_transfer", body, person=person, transfer=transfer)


@people.route("/<person>/transfers/<transfer>/withdrawal")
class Withdrawal(MethodView):
    @people.arguments(schemas.EndTransfer)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], person: str, transfer: str) -> Command:
        """Withdraw a transfer in the name of the giving unit."""
        return told("registry", "withdraw_transfer", body, person=person, transfer=transfer)


@people.route("/<person>/erasure")
class Erasure(MethodView):
    @people.arguments(schemas.ForgetPerson)
    @people.response(201, schemas.Recorded)
    @people.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], person: str) -> Command:
        """Forget a person: destroy the key to their data, for ever."""
        return told("registry", "forget_person", body, person=person)


@transfers.route("")
class OpenTransfers(MethodView):
    @transfers.arguments(OfUnit, location="query")
    @transfers.response(200, schemas.OfferedTransfer(many=True))
    def get(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """The transfers from and to a unit that wait for an answer."""
        return list(query("registry", "transfers", **asked))
