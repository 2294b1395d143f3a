"""Urging at the boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.campaigns import domain
from shared.bounds import TEXT_MAX
from shared.schema import Record, schema_of, storable

WORKING_DAYS_MAX = 2_500
"""Working days that are counted on from a day: ten years, beyond which every holiday is a guess."""

_said = validate.Regexp(r"(?s).*\S", error="Missing data for required field.")
_one_address = validate.Regexp(
    r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$(?!\n)", error="Give one address, such as vanthu@example.gov.vn."
)

RemindUnit = schema_of(domain.RemindUnit, text=fields.String(required=True, validate=[_said, validate.Length(max=TEXT_MAX), storable]))
SetUnitMailbox = schema_of(
    domain.SetUnitMailbox, address=fields.String(required=True, allow_none=True, validate=[validate.Length(max=254), _one_address])
)


class AskDue(Record):
    """What is due or late; every part left out asks for all."""

    record = dict

    campaign = fields.String(load_default=None, allow_none=True)
    cluster = fields.String(load_default=None, allow_none=True)
    unit = fields.String(load_default=None, allow_none=True)
    about = fields.Enum(domain.About, by_value=True, load_default=None, allow_none=True)
    late = fields.Boolean(load_default=False)


class AskWorkingDays(Record):
    """The working days from one day to another, or the day that is so many after one."""

    record = dict

    first = fields.Date(required=True)
    last = fields.Date(load_default=None, allow_none=True)
    count = fields.Integer(load_default=0, strict=True, validate=validate.Range(-WORKING_DAYS_MAX, WORKING_DAYS_MAX))


EVENTS = (schema_of(domain.UnitReminded), schema_of(domain.UnitMailboxSet))
