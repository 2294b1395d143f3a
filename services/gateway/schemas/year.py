"""A campaign's year over the API: phases, covenant, target titles, freeze."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, text
from shared.bounds import COMPACT_LETTERS_MAX, PHASES_MAX, TEXT_MAX
from shared.schema import key as identifier
from shared.schema import name as line


def _reason(*, required: bool = True) -> fields.String:
    return text("Why", required=required, validate=validate.Length(min=1, max=TEXT_MAX))


class PlannedPhase(Asked):
    """A phase of the year, both days included; a pass of scoring under the key of the rubric's pass."""

    key = identifier()
    title = line()
    from_on = fields.Date(required=True)
    due_on = fields.Date(required=True)


class PlanPhases(Asked):
    """The phases in their order; a plan that replaces another says why."""

    phases = fields.List(fields.Nested(PlannedPhase), required=True, validate=validate.Length(min=1, max=PHASES_MAX))
    reason = _reason(required=False)


class OpenPhase(Asked):
    """The day on which the phase began, today where left out."""

    on = fields.Date()


class ExtendPhase(Asked):
    """The new last day (gia hạn)."""

    due_on = fields.Date(required=True)
    reason = _reason()


class GiveGrace(Asked):
    """Until when these units, or all where none is named, may be late (ân hạn)."""

    until_on = fields.Date(required=True)
    units = fields.List(identifier())
    reason = _reason()


class ClosePhase(Asked):
    """The day on which the phase ended, today where left out; before its last day with a reason (đóng sớm)."""

    on = fields.Date()
    reason = _reason(required=False)


class ClosePass(Asked):
    """Why the pass is closed, where that is before its last day."""

    reason = _reason(required=False)


class ReopenPhase(Asked):
    """Until when the phase is open again (mở lại)."""

    due_on = fields.Date(required=True)
    reason = _reason()


class RecordRegistration(Asked):
    """The day on the paper of a registration."""

    registered_on = fields.Date(required=True)


class IssueCompact(Asked):
    """The text that the members sign (giao ước thi đua)."""

    title = line()
    text = fields.String(required=True, validate=validate.Length(min=1, max=COMPACT_LETTERS_MAX))
    issued_on = fields.Date(required=True)


class RegisterTarget(Asked):
    """The day on which the target was registered, today where left out."""

    registered_on = fields.Date()


class Reason(Asked):
    """Why."""

    reason = _reason()


class CampaignTree(Answer):
    """A campaign with those launched under it."""

    campaign = text()
    title = text()
    kind = text("regular, thematic or adhoc")
    organiser = text(allow_none=True)
    cluster = text()
    state = text("open or final")
    children = fields.List(fields.Dict())


class Target(Answer):
    """A title that a unit strives for, or a person of it by id."""

    campaign = text()
    unit = text()
    person = text("None for the unit itself", allow_none=True)
    title = text("Code of the title")
    registered_on = day()


class EmulationTitle(Answer):
    """A title in force (danh hiệu thi đua)."""

    code = text()
    name = text()
    subject = text("person or collective")
    basis = text()
    verified = fields.Boolean()


class TitlesOn(Asked):
    """The day on which the titles are in force, today where left out."""

    on = fields.Date()
