"""Pairing, inspections and urging over the API."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, rows, text
from shared.bounds import NAME_MAX, TEXT_MAX
from shared.schema import key as identifier
from shared.schema import name as line

PAIRING_RULES = ("not_kin", "not_last_year")
SEVERITIES = ("remark", "shortcoming", "violation")
ABOUT = ("registration", "compact", "sheet", "follow_up")
CHANNELS = ("page", "mail")


def _words(*, required: bool = True) -> fields.String:
    return text(required=required, validate=validate.Length(min=1, max=TEXT_MAX))


def _keys() -> fields.List[str]:
    return fields.List(identifier(), required=True, validate=validate.Length(min=1))


class DrawPairing(Asked):
    """Draw who checks whom; `reason` where it has been drawn already. The seed is drawn by the service, and recorded."""

    checks_each = fields.Integer(strict=True, validate=validate.Range(1, 3))
    rules = fields.List(text(validate=validate.OneOf(PAIRING_RULES)))
    reason = _words(required=False)


class CorrectPair(Asked):
    """Who checks this unit, and why it is not as drawn."""

    checkers = _keys()
    reason = _words()


class Pairing(Answer):
    """A draw: as it was recorded, and as it stands."""

    pass_key = text()
    drawn = fields.Dict(metadata={"description": "seed, checks_each, rules, units, kin, last_year, pairs [{unit, by}], reason"})
    corrected = fields.List(fields.Dict(), metadata={"description": "unit, checkers, reason"})
    pairs = fields.List(fields.Dict(), metadata={"description": "unit, by: its checkers as it stands"})
    breaches = fields.List(fields.Dict(), metadata={"description": "unit, checker, rule that a correction leaves"})
    reproduced = fields.Boolean(metadata={"description": "The recorded seed gives the recorded pairs"})
    opened = fields.Boolean(metadata={"description": "The pass is open or over; who checks whom is fixed"})


class OfUnit(Asked):
    """Only those of a campaign or unit."""

    campaign = text()
    unit = text()


class PlanInspection(Asked):
    """An inspection (kiểm tra) of a unit: day, the posts of the team, plan or decision; within a campaign or apart from any."""

    inspection = identifier()
    unit = identifier()
    planned_on = fields.Date(required=True)
    team = fields.List(line(), required=True, validate=validate.Length(min=1, max=30))
    document = line()
    campaign = text(allow_none=True, validate=validate.Length(min=1, max=100))


class HappenedOn(Asked):
    """The day on which it took place."""

    effective_on = fields.Date(required=True)


class RecordFinding(Asked):
    """What was found; until when the unit follows it up, where it has to."""

    finding = identifier()
    severity = text(required=True, validate=validate.OneOf(SEVERITIES))
    follow_up_due_on = fields.Date(allow_none=True)
    text = _words()


class FollowUpFinding(Asked):
    """What the unit did about a finding, and when."""

    text = _words()
    effective_on = fields.Date(required=True)


class ConcludeInspection(Asked):
    """The conclusion (kết luận) by a document of a day."""

    conclusion = _words()
    document = line()
    effective_on = fields.Date(required=True)


class Because(Asked):
    """Why."""

    reason = _words()


class InspectionLine(Answer):
    """An inspection in the list."""

    inspection = text()
    campaign = text(allow_none=True)
    unit = text()
    planned_on = day()
    team = fields.List(fields.String())
    document = text()
    state = text("planned, held, concluded or cancelled")
    held_on = day(nullable=True)
    concluded_on = day(nullable=True)


class Inspection(InspectionLine):
    """An inspection with its findings."""

    findings = fields.List(
        fields.Dict(), metadata={"description": "finding, text, severity, follow_up_due_on, follow_ups [{on, text}], open"}
    )


class DueAsked(Asked):
    """Everything that is due, or only of a campaign, cluster, unit or kind, or only what is late."""

    campaign = text()
    cluster = text()
    unit = text()
    about = text(validate=validate.OneOf(ABOUT))
    late = fields.Boolean()


class DueLine(Answer):
    """One thing that a unit owes."""

    unit = text()
    about = text("registration, compact, sheet or follow_up")
    campaign = text(allow_none=True)
    subject = text("Which one: <pass>/<unit scored> or <inspection>/<finding>", allow_none=True)
    due_on = day()
    left = fields.Integer(allow_none=True, metadata={"description": "Working days left, the day itself counted"})
    late = fields.Integer(allow_none=True, metadata={"description": "Working days late"})
    tentative = fields.Boolean(metadata={"description": "A year's decision on days off is not known yet"})
    reminded = fields.Dict(allow_none=True, metadata={"description": "times, last_on, text, channel of the latest reminder"})


class Due(Answer):
    """Who has not."""

    today = day()
    rows = rows(DueLine)
    units = fields.List(fields.Dict(), metadata={"description": "unit, owed, late: the most late first"})


class RemindUnit(Asked):
    """Remind a unit of what it owes; by mail to its functional mailbox, or on its pages only."""

    unit = identifier()
    about = text(required=True, validate=validate.OneOf(ABOUT))
    campaign = text(allow_none=True, validate=validate.Length(max=100))
    subject = text(allow_none=True, validate=validate.Length(max=NAME_MAX))
    channel = text(validate=validate.OneOf(CHANNELS))
    text = _words()


class SetMailbox(Asked):
    """The functional mailbox (hộp thư công vụ) of a unit, null for none; never a person's address."""

    address = text(required=True, allow_none=True, validate=validate.Length(min=3, max=254))


class Mailbox(Answer):
    """Where mail to a unit goes."""

    unit = text()
    address = text()


class Mails(Answer):
    """The mails of reminders: how many wait, went or failed, and the latest, those that failed first."""

    counts = fields.Dict()
    mails = fields.List(fields.Dict(), metadata={"description": "event, unit, address, about, due_on, state, attempts, next_at, error"})


class RetriedMail(Answer):
    """Whether the mail had been given up, and is tried again."""

    retried = fields.Boolean()


class WorkingDaysAsked(Asked):
    """From `first` to `last`, both counted, or `count` working days after `first`."""

    first = fields.Date(required=True)
    last = fields.Date()
    count = fields.Integer()

    @ma.validates_schema
    def _one_question(self, data: dict[str, object], **_: object) -> None:
        if ("last" in data) == ("count" in data):
            raise ma.ValidationError("Give either the last day or the number of working days.", "last")


class WorkingDays(Answer):
    """A number of working days, or a day; tentative where a year's decision on days off is not known yet."""

    days = fields.Integer()
    on = day()
    tentative = fields.Boolean()
