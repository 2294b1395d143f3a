"""Accounts, their roles and the founding of the network at the boundary."""

from __future__ import annotations

import uuid

from marshmallow import ValidationError, fields, validate

from services.registry import domain
from shared.access import Role
from shared.schema import key, name, schema_of


def is_account_id(text: str) -> bool:
    """An account's id is a UUID, so that none can pass for an actor of another kind, such as the operator at the console."""
    try:
        uuid.UUID(text)
    except ValueError as error:
        raise ValidationError("Give a UUID.") from error
    return True


_ROLE = fields.String(required=True, validate=validate.OneOf([str(role) for role in Role]))
_LOGIN = fields.String(
    required=True,
    validate=validate.Regexp(r"^[a-z0-9][a-z0-9._-]{2,59}$(?!\n)", error="Use 3 to 60 of a-z, 0-9, '.', '-', '_'; small letters only."),
)
_ACCOUNT = fields.String(required=True, validate=is_account_id)
_SCOPE = fields.String(required=True, validate=validate.Length(min=1, max=100))

OpenAccount = schema_of(domain.OpenAccount, account=_ACCOUNT, login=_LOGIN, post=name())
GrantRole = schema_of(domain.GrantRole, account=key(), role=_ROLE, scope=_SCOPE)
RevokeRole = schema_of(domain.RevokeRole, account=key(), role=_ROLE, scope=_SCOPE)

EVENTS = (
    schema_of(domain.NetworkFounded),
    schema_of(domain.LoginReserved),
    schema_of(domain.AccountOpened),
    schema_of(domain.RoleGranted),
    schema_of(domain.RoleRevoked),
)
