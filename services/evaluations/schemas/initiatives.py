"""Commands and events of initiatives at their boundary."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.evaluations.domain import initiatives
from shared.bounds import TEXT_MAX
from shared.schema import Record, key, name, schema_of, storable

AUTHORS_MAX = 30
"""Authors of one initiative: more than any certificate names."""


def _words() -> fields.String:
    """Some lines of text, not empty."""
    said = validate.Regexp(r"(?s).*\S", error="Missing data for required field.")
    return fields.String(required=True, validate=[said, validate.Length(max=TEXT_MAX), storable])


def _year(**options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(2000, 2099), **(options or {"required": True}))


SubmitInitiative = schema_of(
    initiatives.SubmitInitiative,
    initiative=key(),
    unit=key(),
    authors=fields.List(key(), required=True, validate=validate.Length(min=1, max=AUTHORS_MAX)),
    title=name(),
    summary=_words(),
    year=_year(),
)
ExamineInitiative = schema_of(initiatives.ExamineInitiative, council=key(), minutes=name())
RecogniseInitiative = schema_of(initiatives.RecogniseInitiative, authority=key(), certificate=name())
RefuseInitiative = schema_of(initiatives.RefuseInitiative, reason=_words())
WithdrawInitiative = schema_of(initiatives.WithdrawInitiative, reason=_words())


class AskInitiatives(Record):
    """All initiatives, or those of a unit, person or year."""

    record = dict

    unit = fields.String(load_default=None, allow_none=True)
    person = fields.String(load_default=None, allow_none=True)
    year = _year(load_default=None, allow_none=True)


class AskUsable(Record):
    """Whose initiatives count in a year, with this authority where it has a rule of its own, and in which scope at least."""

    record = dict

    year = _year()
    unit = fields.String(load_default=None, allow_none=True)
    person = fields.String(load_default=None, allow_none=True)
    authority = fields.String(load_default=None, allow_none=True)
    scope = fields.Enum(initiatives.Scope, by_value=True, load_default=initiatives.Scope.GRASSROOTS)


EVENTS = (
    schema_of(initiatives.InitiativeSubmitted),
    schema_of(initiatives.InitiativeExamined),
    schema_of(initiatives.InitiativeRecognised),
    schema_of(initiatives.InitiativeRefused),
    schema_of(initiatives.InitiativeWithdrawn),
)
