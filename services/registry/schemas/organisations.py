"""Organisations at the boundary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from services.registry import domain
from services.registry.domain.organisations import Change
from shared.errors import ValidationFailed
from shared.schema import Record, key, load, name, schema_of

CHANGES_MAX = 12_000
"""Changes that are recorded as one: a workbook of ten thousand rows is recorded as a whole or not at all, which takes some seconds."""

HEIRS_MAX = 200
"""Heirs of one organisation; the most that a commune went to in 2025 is under ten."""

_HEIRS = fields.List(fields.Nested(schema_of(domain.Heir, organisation=key())), required=True, validate=validate.Length(max=HEIRS_MAX))
_VALUE = fields.String(required=True, allow_none=True, validate=name().validators)

RegisterOrganisation = schema_of(domain.RegisterOrganisation, organisation=key(), name=name(), level=name())
RenameOrganisation = schema_of(domain.RenameOrganisation, organisation=key(), name=name(), document=name())
RecodeOrganisation = schema_of(domain.RecodeOrganisation, organisation=key(), document=name())
RetypeOrganisation = schema_of(domain.RetypeOrganisation, organisation=key(), level=name(), document=name())
MoveOrganisation = schema_of(domain.MoveOrganisation, organisation=key(), document=name())
MergeOrganisation = schema_of(domain.MergeOrganisation, organisation=key(), into=key(), document=name())
SplitOrganisation = schema_of(domain.SplitOrganisation, organisation=key(), heirs=_HEIRS, document=name())
DissolveOrganisation = schema_of(domain.DissolveOrganisation, organisation=key(), document=name())
CorrectOrganisation = schema_of(domain.CorrectOrganisation, organisation=key(), value=_VALUE, reason=name())

CHANGES: Mapping[str, type[Record]] = {
    "register": RegisterOrganisation,
    "rename": RenameOrganisation,
    "recode": RecodeOrganisation,
    "retype": RetypeOrganisation,
    "move": MoveOrganisation,
    "merge": MergeOrganisation,
    "split": SplitOrganisation,
    "dissolve": DissolveOrganisation,
    "correct": CorrectOrganisation,
}
"""The schema of each change of a batch, by what it calls itself in "change"."""


def load_changes(data: Mapping[str, Any]) -> list[Change]:
    """The changes of a batch: {"changes": [{"change": "register", ...}, ...]}.

    Raises ValidationFailed whose `errors` name every place of every change.
    """
    given = data.get("changes")
    if not isinstance(given, list) or not 0 < len(given) <= CHANGES_MAX:
        message = f"Give 1 to {CHANGES_MAX} changes."
        raise ValidationFailed(message, errors=[{"at": "changes", "message": message}])
    changes: list[Change] = []
    errors: list[dict[str, str]] = []
    for place, one in enumerate(given):
        try:
            changes.append(_load_change(one))
        except ValidationFailed as error:
            errors += [{"at": f"changes[{place}].{at['at']}", "message": at["message"]} for at in error.details["errors"]]
    if errors:
        shown = "; ".join(f"{error['at']}: {error['message']}" for error in errors[:5])
        more = f" (and {len(errors) - 5} more)" if len(errors) > 5 else ""
        raise ValidationFailed(f"The changes cannot be read: {shown}{more}", errors=errors)
    return changes


def _load_change(one: Any) -> Change:
    schema = CHANGES.get(str(one.get("change"))) if isinstance(one, dict) else None
    if schema is None:
        message = f"Choose one of {', '.join(CHANGES)}."
        raise ValidationFailed(message, errors=[{"at": "change", "message": message}])
    change: Change = load(schema, {field: value for field, value in one.items() if field != "change"})
    return change


def _registered_before_sectors(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew no kind and no parent by sector."""
    return {**data, "kind": None, "sector_parent": None}


EVENTS = (
    schema_of(domain.OrganisationRegistered),
    schema_of(domain.OrganisationRenamed),
    schema_of(domain.OrganisationRecoded),
    schema_of(domain.OrganisationRetyped),
    schema_of(domain.OrganisationMoved),
    schema_of(domain.OrganisationMerged),
    schema_of(domain.OrganisationSplit),
    schema_of(domain.OrganisationDissolved),
    schema_of(domain.OrganisationCorrected),
)
UPCASTERS = {("registry.OrganisationRegistered", 1): _registered_before_sectors}
