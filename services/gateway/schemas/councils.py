"""Councils over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, rows, text
from shared.schema import key as identifier
from shared.schema import name as line

SEATS = ("chair", "deputy_chair", "standing", "member", "secretary")


class FormCouncil(Asked):
    """A council of an organisation."""

    council = identifier()
    name = line()
    organisation = identifier()
    formed_on = fields.Date(required=True)
    document = line()


class OpenTerm(Asked):
    """A term; both days belong to it."""

    term = identifier()
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    document = line()


class AppointMember(Asked):
    """A person in a seat, from a day of the term to its end."""

    person = text(required=True, validate=validate.Length(max=36))
    seat = text(required=True, validate=validate.OneOf(SEATS))
    from_on = fields.Date(required=True)


class RelieveMember(Asked):
    """The last day in the seat, and why."""

    until_on = fields.Date(required=True)
    reason = line()


class Seat(Answer):
    """A person in a seat; `relieved_on` is the last day of one who was relieved before the term's end."""

    person = text()
    full_name = text()
    seat = text()
    from_on = day()
    relieved_on = day(nullable=True)
    reason = text(allow_none=True)


class Term(Answer):
    """A term with its members."""

    term = text()
    from_on = day()
    until_on = day()
    document = text()
    members = rows(Seat)


class CouncilLine(Answer):
    """A council in the list of councils."""

    council = text()
    name = text()
    organisation = text()
    formed_on = day()
    document = text()


class Council(CouncilLine):
    """A council with its terms."""

    terms = rows(Term)
