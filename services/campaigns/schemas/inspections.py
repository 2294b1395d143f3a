"""Inspections at the boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.campaigns import domain
from shared.bounds import TEXT_MAX
from shared.schema import key, name, schema_of, storable

TEAM_MAX = 30
"""Posts of one team: more than ever travel."""


def _words() -> fields.String:
    """Some lines of text, not empty."""
    said = validate.Regexp(r"(?s).*\S", error="Missing data for required field.")
    return fields.String(required=True, validate=[said, validate.Length(max=TEXT_MAX), storable])


_TEAM = fields.List(name(), required=True, validate=validate.Length(min=1, max=TEAM_MAX))

PlanInspection = schema_of(domain.PlanInspection, inspection=key(), team=_TEAM, document=name())
HoldInspection = schema_of(domain.HoldInspection)
RecordFinding = schema_of(domain.RecordFinding, finding=key(), text=_words())
FollowUpFinding = schema_of(domain.FollowUpFinding, text=_words())
ConcludeInspection = schema_of(domain.ConcludeInspection, conclusion=_words(), document=name())
CancelInspection = schema_of(domain.CancelInspection, reason=_words())

EVENTS = (
    schema_of(domain.InspectionPlanned),
    schema_of(domain.InspectionHeld),
    schema_of(domain.FindingRecorded),
    schema_of(domain.FindingFollowedUp),
    schema_of(domain.InspectionConcluded),
    schema_of(domain.InspectionCancelled),
)
