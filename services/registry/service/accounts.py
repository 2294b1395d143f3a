"""Entrypoints for accounts, their roles, and the founding of the network."""

from __future__ import annotations

from typing import Any

from services.registry import domain, schemas, views
from services.registry.service.base import Part
from shared.access import NETWORK, Role
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Accounts(Part):
    """The network's founding, accounts and roles."""

    @rpc
    def found_network(self, request: Request) -> dict[str, Any]:
        """Found the network with its first administrator; refused once it has one."""
        account = load(schemas.OpenAccount, {key: request.data[key] for key in ("account", "login", "post")})
        grant = domain.GrantRole(account.account, Role.ADMINISTRATOR, NETWORK)
        founded = domain.FoundNetwork(account.account, bool(request.data.get("sample", False)))
        opened = self.facts.execute_all(
            request,
            [
                (domain.NETWORK, "network", founded),
                (domain.LOGIN, f"login-{account.login}", account),
                (domain.ACCOUNT, f"account-{account.account}", account),
            ],
        )
        granting = Request(request.actor, request.data, f"{request.id}:grant", request.correlation)
        self.facts.execute(granting, domain.ACCOUNT, f"account-{account.account}", grant)
        return dict(opened[0])

    @rpc
    def network_state(self, request: Request) -> dict[str, Any]:
        """Whether the network is founded, and whether it holds sample accounts."""
        state, _ = self.facts.load(domain.NETWORK, "network")
        return {"founded": state is not None, "sample": state is not None and state.sample}

    @rpc
    def open_account(self, request: Request) -> dict[str, Any]:
        self.views.require(request, Role.ADMINISTRATOR)
        command = load(schemas.OpenAccount, request.data)
        if command.organisation is not None:
            self._existing(command.organisation)
        answers = self.facts.execute_all(
            request,
            [
                (domain.LOGIN, f"login-{command.login}", command),
                (domain.ACCOUNT, f"account-{command.account}", command),
            ],
        )
        return dict(answers[1])

    @rpc
    def grant_role(self, request: Request) -> dict[str, Any]:
        self.views.require(request, Role.ADMINISTRATOR)
        command = load(schemas.GrantRole, request.data)
        return self.facts.execute(request, domain.ACCOUNT, f"account-{command.account}", command)

    @rpc
    def revoke_role(self, request: Request) -> dict[str, Any]:
        self.views.require(request, Role.ADMINISTRATOR)
        command = load(schemas.RevokeRole, request.data)
        return self.facts.execute(request, domain.ACCOUNT, f"account-{command.account}", command)

    @rpc
    def account_by_login(self, request: Request) -> dict[str, Any] | None:
        """The account of a sign-in name with its roles; for the gateway, which checks the password."""
        with self.views.reading() as reading:
            found = views.account_by_login(reading, str(request.data["login"]))
        return found and self._with_roles(found)

    @rpc
    def accounts(self, request: Request) -> list[dict[str, Any]]:
        self.views.require(request, Role.ADMINISTRATOR)
        with self.views.reading() as reading:
            return plain(views.all_accounts(reading))

    def _with_roles(self, account: dict[str, Any]) -> dict[str, Any]:
        held = self.views.grants(account["account"])
        return dict(account, roles=[{"role": str(grant.role), "scope": grant.scope} for grant in held])
