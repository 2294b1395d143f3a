"""Sessions and accounts over the API."""

from __future__ import annotations

from marshmallow import validate

from services.gateway.passwords import LENGTH_MAX, LENGTH_MIN
from services.gateway.schemas.base import Answer, Asked, instant, rows, text
from shared.access import Role
from shared.schema import key as identifier
from shared.schema import name as line


class SignIn(Asked):
    """Login and password."""

    login = text(required=True, validate=validate.Length(max=60))
    password = text(required=True, validate=validate.Length(max=LENGTH_MAX), load_only=True)


class Grant(Answer):
    """A role within a scope: an organisation's or cluster's id, or "*" for the whole network."""

    role = text()
    scope = text()


class Account(Answer):
    """An account; `post` is a position (thư ký, chuyên viên), not a person's name."""

    account = text()
    login = text()
    post = text()
    organisation = text(allow_none=True)
    roles = rows(Grant)


class SessionOpened(Account):
    """A session: send `token` as `Authorization: Bearer <token>` until `expires_at`."""

    token = text()
    expires_at = instant()


class OpenAccount(Asked):
    """An account, with its first password if given."""

    account = identifier()
    login = text(required=True, validate=validate.Length(min=3, max=60))
    post = line()
    organisation = text(allow_none=True)
    password = text(load_only=True, validate=validate.Length(min=LENGTH_MIN, max=LENGTH_MAX))


class GrantRole(Asked):
    """A role to grant or revoke within a scope."""

    role = text(required=True, validate=validate.OneOf([str(role) for role in Role]))
    scope = text(required=True, validate=validate.Length(min=1, max=100))


class SetPassword(Asked):
    """A new password. Who changes their own gives the `current` one."""

    password = text(required=True, load_only=True, validate=validate.Length(min=LENGTH_MIN, max=LENGTH_MAX))
    current = text(load_only=True, validate=validate.Length(max=LENGTH_MAX))
