"""Organisations over the API."""

from __future__ import annotations

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, day, rows, text
from shared.schema import ExactDecimal
from shared.schema import key as identifier
from shared.schema import name as line

_ATTRIBUTES = ["name", "code", "statistics_code", "kind", "level", "parent", "sector_parent", "opened_on", "succession"]
_CHANGES = ["register", "rename", "recode", "retype", "move", "merge", "split", "dissolve", "correct"]


def _maybe(description: str = "", *, required: bool = False, length_max: int = 300) -> fields.String:
    return text(description, allow_none=True, required=required, validate=validate.Length(max=length_max))


class KnownOn(Asked):
    """The day by whose end in Ha Noi it had been recorded; everything where not given."""

    known_on = fields.Date()


class AsOfDays(KnownOn):
    """The day asked about, today where not given, and the day on which it was known."""

    on = fields.Date()


class WantedOrganisations(AsOfDays):
    """Which organisations: words of name, codes or key, or those directly under one; with `page` a page of 50, counted from 1."""

    q = text(validate=validate.Length(max=300))
    parent = text(validate=validate.Length(max=100))
    sector_parent = text(validate=validate.Length(max=100))
    page = fields.Integer(validate=validate.Range(1, 1_000_000))


class RegisterOrganisation(Asked):
    """An organisation with its level and, where it has them, its parents by territory and by sector."""

    organisation = identifier()
    name = line()
    level = line()
    kind = _maybe()
    opened_on = fields.Date(allow_none=True)
    code = _maybe("The electronic identification code, or that of the statistics office", length_max=100)
    parent = _maybe(length_max=100)
    sector_parent = _maybe(length_max=100)


class OrganisationChange(Asked):
    """What changes from a day on, by which document."""

    effective_on = fields.Date(required=True, metadata={"description": "The first day on which the new holds"})
    document = line()


class RenameOrganisation(OrganisationChange):
    """Another name."""

    name = line()


class RecodeOrganisation(OrganisationChange):
    """Another code in place of the one of the same scheme."""

    code = text(required=True, validate=validate.Length(max=100))


class RetypeOrganisation(OrganisationChange):
    """Another kind or level."""

    kind = _maybe(required=True)
    level = line()


class MoveOrganisation(OrganisationChange):
    """Both parents said anew; null for one that it has not."""

    parent = _maybe(required=True, length_max=100)
    sector_parent = _maybe(required=True, length_max=100)


class MergeOrganisation(OrganisationChange):
    """Merged into another, which ends it."""

    into = identifier()


class Heir(Asked):
    """Who goes on with an organisation's work, and with which part of it where that is known."""

    organisation = identifier()
    share = ExactDecimal(allow_none=True, metadata={"format": "decimal", "example": "0.40"})
    note = _maybe(length_max=2_000)


class SplitOrganisation(OrganisationChange):
    """Divided among heirs; one that is among its own heirs goes on."""

    heirs = fields.List(fields.Nested(Heir), required=True, validate=validate.Length(max=200))


class DissolveOrganisation(OrganisationChange):
    """Ended without an heir."""


class CorrectOrganisation(Asked):
    """What was recorded wrongly, said anew from a day on until the next recorded change."""

    attribute = text(required=True, validate=validate.OneOf(_ATTRIBUTES))
    held_from = fields.Date(required=True, allow_none=True)
    value = _maybe(required=True)
    reason = line()


class OneChange(Asked):
    """A change of one organisation, with the fields that a request of its kind has."""

    class Meta:
        unknown = "include"

    change = text(required=True, validate=validate.OneOf(_CHANGES))
    organisation = identifier()


class RecordOrganisations(Asked):
    """Changes that are recorded together, in this order, or not at all."""

    changes = fields.List(fields.Nested(OneChange), required=True, validate=validate.Length(min=1))


class RecordedOrganisations(Answer):
    """How many events were recorded, and where the last of them stands."""

    position = fields.Integer()
    events = fields.Integer()
    repeated = fields.Boolean()


class Organisation(Answer):
    """An organisation on a day."""

    organisation = text()
    name = text()
    level = text()
    kind = text(allow_none=True)
    code = text(allow_none=True)
    statistics_code = text(allow_none=True)
    parent = text(allow_none=True)
    sector_parent = text(allow_none=True)
    opened_on = day(nullable=True)
    ended_on = day("The first day on which it was no more", nullable=True)


class Used(Answer):
    """A name or code with the days on which it was used."""

    value = text()
    from_on = day(nullable=True)
    until_on = day(nullable=True)


class OrganisationHistory(Organisation):
    """An organisation on a day, with its history as it was known."""

    on = day()
    known_on = day(nullable=True)
    open = fields.Boolean(metadata={"description": "Whether it is there on that day"})
    names = rows(Used)
    codes = rows(Used)
    successions: fields.List[Any] = fields.List(fields.Dict(keys=fields.String()))
    facts: fields.List[Any] = fields.List(fields.Dict(keys=fields.String()))


class LineageStep(Answer):
    """One that an organisation came from or that went on with it; `path` is the way from the one asked for."""

    organisation = text()
    next_to = text()
    on = day("The first day on which the heir held")
    change = text()
    share = text(allow_none=True)
    note = text(allow_none=True)
    depth = fields.Integer()
    path = fields.List(fields.String())


class Lineage(Answer):
    """Whom an organisation came from and who went on with it, the nearest first."""

    ancestors = rows(LineageStep)
    heirs = rows(LineageStep)
    complete = fields.Boolean()


class Held(Answer):
    """Who has or had a code; `until_on` is the first day on which it has it no more, null while it lasts."""

    organisation = text()
    code = text()
    from_on = day(nullable=True)
    until_on = day(nullable=True)


class CodeHolders(Answer):
    """Who has a code on a day, and all that have or had it."""

    code = text("As it is now written")
    organisation = text(allow_none=True)
    held = rows(Held)


class WorkbookBrought(Asked):
    """A filled workbook of organisations: .xlsx as it was downloaded, or .csv in UTF-8 with the same columns."""

    file = Upload(required=True)


class WorkbookShown(Asked):
    """Which preview was looked at; where given, nothing else is recorded than what it showed."""

    digest = text(validate=validate.Length(max=64))


class CellFault(Answer):
    """A mistake in a workbook; `at` is its cell (C7), or the row's number where it is about the whole row."""

    at = text()
    message = text()


class WorkbookPreview(Answer):
    """What a workbook would change, by row, as `POST /organisations/changes` takes it, and what is wrong with it."""

    faults = rows(CellFault)
    changes: fields.List[Any] = fields.List(fields.Dict(keys=fields.String()))
    digest = text()
    rows = fields.Integer()
