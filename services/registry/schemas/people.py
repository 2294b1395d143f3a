"""People, their posts and transfers at the boundary: here alone are personal data in clear."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any

import marshmallow as ma
from marshmallow import validate

from services.registry import domain
from services.registry.schemas.accounts import is_account_id
from shared.plain import plain, reader_of
from shared.schema import key, name, schema_of

FULL_NAME_MAX = 100
"""Letters of a person's name: twice what the longest have."""

BORN_FROM = date(1900, 1, 1)
"""An earlier date of birth is a typing error."""


class Sex(StrEnum):
    """Giới tính."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class Details:
    """Who a person is; of party membership, health and the like nothing is kept.

    identity_number: số căn cước of 12 digits, or chứng minh nhân dân of 9.
    """

    full_name: str = field(repr=False)
    sex: Sex | None = field(default=None, repr=False)
    born_on: date | None = field(default=None, repr=False)
    identity_number: str | None = field(default=None, repr=False)

    def to_data(self) -> dict[str, Any]:
        """The plain data that are sealed; a name is the same name however its accents were typed."""
        return {**plain(asdict(self)), "full_name": unicodedata.normalize("NFC", self.full_name)}

    @staticmethod
    def from_data(data: dict[str, Any]) -> Details:
        made: Details = _READ_DETAILS(data)
        return made


_READ_DETAILS = reader_of(Details)

PERSONAL = tuple(one.name for one in fields(Details))
"""The fields of a request that go no further than to be sealed."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What is asked of a person who is registered besides their details."""

    person: str
    post: str
    unit: str
    from_on: date
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What is asked of a correction besides the details as they should be."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class AskPeople:
    """Whose people are asked for: of a unit, who is in its posts on a day, or ever was."""

    unit: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SeekPeople:
    """Who is looked for by name: in a unit and below it."""

    unit: str
    name: str = field(repr=False)


def _person() -> ma.fields.String:
    """A UUID, so that an id says nothing of the person."""
    return ma.fields.String(required=True, validate=is_account_id)


def _reference() -> ma.fields.String:
    """A document's number and date, where there is one."""
    return _optional(name())


def _optional(field: ma.fields.String) -> ma.fields.String:
    return ma.fields.String(load_default=None, allow_none=True, validate=field.validators)


PersonDetails = schema_of(
    Details,
    full_name=name(length_max=FULL_NAME_MAX),
    born_on=ma.fields.Date(load_default=None, allow_none=True, validate=validate.Range(min=BORN_FROM, error="Not a valid date.")),
    identity_number=ma.fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^(\d{9}|\d{12})$(?!\n)", error="Use 9 or 12 digits.")
    ),
)
RegisterPerson = schema_of(Registration, person=_person(), post=name(), document=_reference())
CorrectDetails = schema_of(Correction, person=_person(), reason=name())
PeopleOf = schema_of(AskPeople)
FindPeople = schema_of(SeekPeople, name=ma.fields.String(required=True, validate=validate.Length(min=2, max=FULL_NAME_MAX)))
TakePost = schema_of(domain.TakePost, person=_person(), post=name(), document=_reference())
LeavePost = schema_of(domain.LeavePost, person=_person(), post=name(), document=_reference())
OfferTransfer = schema_of(domain.OfferTransfer, transfer=key(), person=_person(), post=name(), document=name())
AcceptTransfer = schema_of(domain.AcceptTransfer, transfer=key(), person=_person(), post=name(), document=name())
RefuseTransfer = schema_of(domain.RefuseTransfer, transfer=key(), person=_person(), reason=name())
WithdrawTransfer = schema_of(domain.WithdrawTransfer, transfer=key(), person=_person(), reason=name())
ForgetPerson = schema_of(domain.ForgetPerson, person=_person(), ground=name())

EVENTS = (
    schema_of(domain.PersonRegistered),
    schema_of(domain.PersonDetailsCorrected),
    schema_of(domain.PostTaken),
    schema_of(domain.PostLeft),
    schema_of(domain.TransferOffered),
    schema_of(domain.TransferAccepted),
    schema_of(domain.TransferRefused),
    schema_of(domain.TransferWithdrawn),
    schema_of(domain.PersonForgotten),
)
