"""Accounts, their roles and the founding of the network at the boundary."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.registry import domain
from shared.bounds import TEXT_MAX
from shared.schema import Upcaster, key, name, schema_of, storable


def is_account_id(text: str) -> bool:
    """An account's id is a UUID, so that none can pass for an actor of another kind, such as the operator at the console."""
    try:
        uuid.UUID(text)
    except ValueError as error:
        raise ValidationError("Give a UUID.") from error
    return True


_LOGIN = fields.String(
    required=True,
    validate=validate.Regexp(r"^[a-z0-9][a-z0-9._-]{2,59}$(?!\n)", error="Use 3 to 60 of a-z, 0-9, '.', '-', '_'; small letters only."),
)
_ACCOUNT = fields.String(required=True, validate=is_account_id)
_SCOPE = fields.String(required=True, validate=validate.Length(min=1, max=100))
_REASON = fields.String(required=True, validate=[validate.Length(min=1, max=TEXT_MAX), storable])

OpenAccount = schema_of(domain.OpenAccount, account=_ACCOUNT, login=_LOGIN, post=name())
GrantRole = schema_of(domain.GrantRole, account=key(), scope=_SCOPE)
RevokeRole = schema_of(domain.RevokeRole, account=key(), scope=_SCOPE)
DelegateRole = schema_of(domain.DelegateRole, account=key(), to_account=key(), scope=_SCOPE, reason=_REASON)
EndDelegation = schema_of(domain.EndDelegation, account=key(), to_account=key(), scope=_SCOPE, reason=_REASON)

EVENTS = (
    schema_of(domain.NetworkFounded),
    schema_of(domain.LoginReserved),
    schema_of(domain.AccountOpened),
    schema_of(domain.RoleGranted),
    schema_of(domain.RoleRevoked),
    schema_of(domain.RoleDelegated),
    schema_of(domain.DelegationEnded),
)


def _granted_without_dates(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "from_on": None, "until_on": None, "document": None}


def _revoked_at_once(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "effective_on": None, "reason": None}


UPCASTERS: dict[tuple[str, int], Upcaster] = {
    ("registry.RoleGranted", 1): _granted_without_dates,
    ("registry.RoleRevoked", 1): _revoked_at_once,
}
