"""Accounts, their roles and passwords over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas, visitors
from services.gateway.api import blueprint, told
from services.gateway.network import query
from shared.errors import NotFound

Command = tuple[dict[str, Any], int]

accounts = blueprint("accounts", "/accounts", "Accounts (tài khoản) and their roles; for administrators.")
permissions = blueprint("permissions", "/permissions", "Who may ask what (ma trận phân quyền); for administrators.")
BLUEPRINTS = (accounts, permissions)


@accounts.route("")
class Accounts(MethodView):
    @accounts.response(200, schemas.AccountLine(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All accounts with the roles granted to them, and their stand-ins."""
        return list(query("registry", "accounts"))

    @accounts.arguments(schemas.OpenAccount)
    @accounts.response(201, schemas.Recorded)
    @accounts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Open an account, with its first password where one is given."""
        password = body.pop("password", None)
        answer = told("registry", "open_account", body)
        if password is not None and not answer[0].get("repeated"):
            visitors.credentials().set_password(body["account"], password)
        return answer


@accounts.route("/<account>/roles")
class Roles(MethodView):
    @accounts.arguments(schemas.GrantRole)
    @accounts.response(201, schemas.Recorded)
    @accounts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], account: str) -> Command:
        """Grant a role, in place of what was said of this role and scope before."""
        return told("registry", "grant_role", body, account=account)


@accounts.route("/<account>/revocations")
class Revocations(MethodView):
    @accounts.arguments(schemas.RevokeRole)
    @accounts.response(201, schemas.Recorded)
    @accounts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], account: str) -> Command:
        """Revoke a role from a day on, with the reason."""
        return told("registry", "revoke_role", body, account=account)


@accounts.route("/<account>/delegations")
class Delegations(MethodView):
    @accounts.response(200, schemas.LentRole(many=True))
    def get(self, account: str) -> list[dict[str, Any]]:
        """The roles that an account lends, now and to come; one's own, or as administrator anybody's."""
        return list(query("registry", "lent_roles", account=account))

    @accounts.arguments(schemas.DelegateRole)
    @accounts.response(201, schemas.Recorded)
    @accounts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], account: str) -> Command:
        """Let another account stand in for a time."""
        return told("registry", "delegate_role", body, account=account)


@accounts.route("/<account>/delegations/end")
class DelegationEnd(MethodView):
    @accounts.arguments(schemas.EndDelegation)
    @accounts.response(201, schemas.Recorded)
    @accounts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], account: str) -> Command:
        """End a delegation before its last day."""
        return told("registry", "end_delegation", body, account=account)


@accounts.route("/<account>/roles/<role>/<scope>")
class OneRole(MethodView):
    @accounts.response(201, schemas.Recorded)
    @accounts.alt_response(200, schema=schemas.Recorded)
    def delete(self, account: str, role: str, scope: str) -> Command:
        """Revoke a role from today on."""
        return told("registry", "revoke_role", {}, account=account, role=role, scope=scope)


@accounts.route("/<account>/password")
class Password(MethodView):
    @accounts.arguments(schemas.SetPassword)
    @accounts.response(204)
    def put(self, body: dict[str, Any], account: str) -> None:
        """Set a password: one's own, giving the current one, or as administrator anybody's. Ends all sessions of the account."""
        me = visitors.required()
        if me.account == account:
            visitors.credentials().check(me.session.login, account, body.get("current", ""))
        elif all(row["account"] != account for row in query("registry", "accounts")):
            raise NotFound(f"There is no account {account}.", account=account)
        visitors.credentials().set_password(account, body["password"])


@permissions.route("")
class Table(MethodView):
    @permissions.response(200, schemas.Permissions)
    def get(self) -> Any:
        """The table of permissions."""
        return query("registry", "permissions")
