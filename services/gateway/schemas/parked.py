"""Parked events over the API."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, instant, rows, text
from shared.bounds import TEXT_MAX


class ParkedLine(Answer):
    """An event that `service` could not fold, or that waits behind one of its stream (then without attempts)."""

    service = text("whose read model")
    producer = text("the service that recorded it")
    site = text()
    position = fields.Integer(metadata={"description": "In the producer's log"})
    stream = text()
    attempts = fields.Integer()
    first_error = text("of the first attempt", allow_none=True)
    last_error = text("of the last attempt", allow_none=True)
    parked_at = instant()
    tried_at = instant(nullable=True)


class DiscardedLine(Answer):
    """An event that an operator has left out of a read model."""

    service = text("whose read model")
    producer = text("the service that recorded it")
    site = text()
    position = fields.Integer()
    stream = text()
    event = text("its id")
    reason = text()
    actor = text("the account, or `system` for the console")
    discarded_at = instant()


class Parked(ma.Schema):
    """What is parked and what was discarded; `missing`: services that do not answer."""

    parked = rows(ParkedLine)
    discarded = rows(DiscardedLine)
    missing = fields.List(fields.String())


class ParkedEvent(ParkedLine):
    """A parked event with all that is known."""

    event = fields.Dict(metadata={"description": "The event as a CloudEvent"})
    first_trace = text("of the first attempt", allow_none=True)
    last_trace = text("of the last attempt", allow_none=True)


class Retried(Answer):
    """What came of it: events folded, events of this service still parked."""

    freed = fields.Integer()
    left = fields.Integer()


class DiscardParked(Asked):
    """Why the event is left out; it is recorded."""

    reason = text(required=True, validate=validate.Length(min=1, max=TEXT_MAX))


class Discarded(Retried):
    """What came of it; `repeated`: it had been discarded before."""

    repeated = fields.Boolean()
