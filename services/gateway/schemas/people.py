"""People, their posts and transfers over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, rows, text
from shared.schema import key as identifier
from shared.schema import name as line


class PersonDetails(Asked):
    """Who a person is. Kept sealed, opened for those who may read it; nothing beyond this is kept."""

    full_name = line(length_max=100)
    sex = text(allow_none=True, validate=validate.OneOf(["female", "male"]))
    born_on = fields.Date(allow_none=True)
    identity_number = text("9 or 12 digits", allow_none=True)


class RegisterPerson(PersonDetails):
    """A person with their first post. `person`: a UUID, made of the Idempotency-Key where none is given."""

    person = fields.UUID()
    unit = identifier()
    post = line()
    from_on = fields.Date(required=True)
    document = text(allow_none=True, validate=validate.Length(max=300))


class CorrectDetails(PersonDetails):
    """All details as they should be, and why they are corrected."""

    reason = line()


class TakePost(Asked):
    """A post in a unit from a date."""

    unit = identifier()
    post = line()
    from_on = fields.Date(required=True)
    document = text(allow_none=True, validate=validate.Length(max=300))


class LeavePost(Asked):
    """The last day in a post of a unit."""

    unit = identifier()
    post = line()
    until_on = fields.Date(required=True)
    document = text(allow_none=True, validate=validate.Length(max=300))


class OfferTransfer(Asked):
    """The post that would be left, and the unit and first day of the new one."""

    transfer = identifier()
    post = line()
    from_unit = identifier()
    to_unit = identifier()
    moves_on = fields.Date(required=True)
    document = line()


class AcceptTransfer(Asked):
    """The post at the receiving unit, and the document that says so."""

    post = line()
    document = line()


class EndTransfer(Asked):
    """Why a transfer is refused or withdrawn."""

    reason = line()


class ForgetPerson(Asked):
    """The legal ground on which a person is forgotten, and the day they asked for it."""

    ground = line()
    requested_on = fields.Date(required=True)


class PostPeriod(Answer):
    """A period in a post; `until_on` is its last day."""

    unit = text()
    post = text()
    from_on = day()
    until_on = day(nullable=True)
    document = text(allow_none=True)


class FindPeople(Asked):
    """Who is looked for: words of the name or their beginnings, with or without marks, in a unit and all that are under it."""

    unit = fields.String(required=True)
    name = fields.String(required=True, validate=validate.Length(min=2, max=100))


class PersonLine(PostPeriod):
    """A period of a person in a post of a unit; of one who is forgotten a mark stands in the place of the name."""

    person = text()
    full_name = text()
    forgotten_on = day(nullable=True)


class Transfer(Answer):
    """A transfer: offered by one unit, accepted or refused by the other, or withdrawn."""

    transfer = text()
    person = text()
    post = text()
    from_unit = text()
    to_unit = text()
    moves_on = day()
    document = text()
    state = text("offered, accepted, refused or withdrawn")
    into_post = text(allow_none=True)
    reason = text(allow_none=True)


class OfferedTransfer(Transfer):
    """A transfer that waits for an answer."""

    full_name = text()


class Person(Answer):
    """A person with posts and transfers."""

    person = text()
    full_name = text()
    forgotten_on = day(nullable=True)
    ground = text(allow_none=True)
    posts = rows(PostPeriod)
    transfers = rows(Transfer)


class KnownDetails(Answer):
    """All that is kept of who a person is."""

    full_name = text()
    sex = text(allow_none=True)
    born_on = day(nullable=True)
    identity_number = text(allow_none=True)
