"""Sessions and accounts over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.passwords import LENGTH_MAX, LENGTH_MIN
from services.gateway.schemas.base import Answer, Asked, day, instant, rows, text
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
    """An account; `post` is a position (thư ký, chuyên viên), not a person's name. `roles`: those that it holds today."""

    account = text()
    login = text()
    post = text()
    organisation = text(allow_none=True)
    roles = rows(Grant)


class DatedGrant(Grant):
    """A role granted, with its first and last day; from_on is null where it was granted before grants had days."""

    from_on = day(nullable=True)
    until_on = day(nullable=True)
    document = text(allow_none=True)


class LentRole(Grant):
    """A role in which `to_account` stands in for `account`, from a first to a last day."""

    account = text()
    to_account = text()
    from_on = day()
    until_on = day()
    reason = text()


class AccountLine(Account):
    """An account with the roles granted to it, its stand-ins (`lent`) and for whom it stands in (`borrowed`), past and to come."""

    roles = rows(DatedGrant)
    lent = rows(LentRole)
    borrowed = rows(LentRole)


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


class _Scoped(Asked):
    role = text(required=True, validate=validate.OneOf([str(role) for role in Role]))
    scope = text(required=True, validate=validate.Length(min=1, max=100))


class GrantRole(_Scoped):
    """A role to grant within a scope, from a day (today) to a last day (none), by a document."""

    from_on = fields.Date(allow_none=True)
    until_on = fields.Date(allow_none=True)
    document = text(allow_none=True, validate=validate.Length(max=2_000))


class RevokeRole(_Scoped):
    """A role to take away; `effective_on`: the first day without it, today where it is not given."""

    effective_on = fields.Date(allow_none=True)
    reason = text(allow_none=True, validate=validate.Length(max=2_000))


class DelegateRole(_Scoped):
    """A role in which another account is to stand in, from a day (today) to a last day."""

    to_account = identifier()
    from_on = fields.Date(allow_none=True)
    until_on = fields.Date(required=True)
    reason = text(required=True, validate=validate.Length(min=1, max=2_000))


class EndDelegation(_Scoped):
    """A delegation to end before its last day; `effective_on`: the first day without it, today where it is not given."""

    to_account = identifier()
    effective_on = fields.Date(allow_none=True)
    reason = text(required=True, validate=validate.Length(min=1, max=2_000))


class Permission(Answer):
    """Who may ask one command (`changes`) or query.

    audience: "everyone" or "signed_in" where no role is needed; roles: per role "*" for the whole network, or the subjects of the request
    that its scope may be; operator: also the network itself; holder: also the account that this field of the request names.
    """

    service = text()
    method = text()
    changes = fields.Boolean()
    audience = text(allow_none=True)
    roles = fields.Dict(keys=fields.String(), values=fields.String())
    operator = fields.Boolean()
    holder = text(allow_none=True)


class Separation(Answer):
    """Who caused one of the events `entered` does not give the command `approves` on the same matter."""

    approves = text()
    entered = fields.List(text())
    basis = text()


class Permissions(Answer):
    """The table of permissions (ma trận phân quyền) and the duties that are kept apart."""

    permissions = rows(Permission)
    separations = rows(Separation)


class SetPassword(Asked):
    """A new password. Who changes their own gives the `current` one."""

    password = text(required=True, load_only=True, validate=validate.Length(min=LENGTH_MIN, max=LENGTH_MAX))
    current = text(load_only=True, validate=validate.Length(max=LENGTH_MAX))
