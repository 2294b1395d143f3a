"""Entrypoints for accounts, their roles, and the founding of the network."""

from __future__ import annotations

from typing import Any

from services.registry import domain, schemas, views
from services.registry.service.base import Part
from shared import permissions
from shared.access import NETWORK, Role
from shared.calendar import legal_date, utc_now
from shared.facts import Decision
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Accounts(Part):
    """The network's founding, accounts, roles and delegations."""

    @rpc
    def found_network(self, request: Request) -> dict[str, Any]:
        """Found the network with its first administrator; refused once it has one."""
        self.permit(request)
        account = load(schemas.OpenAccount, {key: request.data[key] for key in ("account", "login", "post")})
        grant = domain.GrantRole(account.account, Role.ADMINISTRATOR, NETWORK)
        founded = domain.FoundNetwork(account.account, bool(request.data.get("sample", False)))
        opened = self.facts.execute_all(
            request,
            [
                (domain.NETWORK, "network", founded),
                (domain.LOGIN, f"login-{account.login}", account),
                (domain.ACCOUNT, _stream(account.account), account),
            ],
        )
        granting = Request(request.actor, request.data, f"{request.id}:grant", request.correlation)
        self._on_account(granting, grant, domain.ScopeKind.NETWORK)
        return dict(opened[0])

    @rpc
    def network_state(self, request: Request) -> dict[str, Any]:
        """Whether the network is founded, and whether it holds sample accounts."""
        self.permit(request)
        state, _ = self.facts.load(domain.NETWORK, "network")
        return {"founded": state is not None, "sample": state is not None and state.sample}

    @rpc
    def open_account(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.OpenAccount, request.data)
        if command.organisation is not None:
            self._existing(command.organisation)
        answers = self.facts.execute_all(
            request,
            [
                (domain.LOGIN, f"login-{command.login}", command),
                (domain.ACCOUNT, _stream(command.account), command),
            ],
        )
        return dict(answers[1])

    @rpc
    def grant_role(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.GrantRole, request.data)
        ends = (command.role, command.scope) == (Role.ADMINISTRATOR, NETWORK) and command.until_on is not None
        return self._on_account(request, command, self._kind_of(command.scope), takes_administration=ends)

    @rpc
    def revoke_role(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.RevokeRole, request.data)
        ends = (command.role, command.scope) == (Role.ADMINISTRATOR, NETWORK)
        return self._on_account(request, command, takes_administration=ends)

    @rpc
    def delegate_role(self, request: Request) -> dict[str, Any]:
        """Let another account stand in for a time: what one holds oneself, or, as administrator, what anybody holds."""
        self.permit(request)
        return self._on_account(request, load(schemas.DelegateRole, request.data))

    @rpc
    def end_delegation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._on_account(request, load(schemas.EndDelegation, request.data))

    @rpc
    def account_by_login(self, request: Request) -> dict[str, Any] | None:
        """The account of a sign-in name with the roles that it holds today; for the gateway, which checks the password."""
        self.permit(request)
        with self.views.reading() as reading:
            found = views.account_by_login(reading, str(request.data["login"]))
        return found and self._with_roles(found)

    @rpc
    def accounts(self, request: Request) -> list[dict[str, Any]]:
        """Every account with the roles granted to it and those that it lends, past and to come."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_accounts(reading))

    @rpc
    def posts(self, request: Request) -> list[dict[str, Any]]:
        """The posts that have accounts, among which one chooses a stand-in."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_posts(reading))

    @rpc
    def lent_roles(self, request: Request) -> list[dict[str, Any]]:
        """The roles that an `account` lends, now and to come; without one, what all accounts lend."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.lent_by(reading, request.data.get("account"), legal_date(utc_now())))

    @rpc
    def permissions(self, request: Request) -> dict[str, Any]:
        """The table of permissions, and the duties that are kept apart."""
        self.permit(request)
        return plain(permissions.table().to_data())

    def _on_account(
        self, request: Request, command: Any, scope: domain.ScopeKind | None = None, *, takes_administration: bool = False
    ) -> dict[str, Any]:
        today = legal_date(utc_now())
        stand_in = getattr(command, "to_account", None)
        known = stand_in is not None and self.facts.load(domain.ACCOUNT, _stream(stand_in))[0].opened is not None
        ground = domain.AccountGround(today, scope, known)
        state, _ = self.facts.load(domain.ACCOUNT, _stream(command.account))
        resting_on = self._another_administrator(ground, command.account) if takes_administration and state.administers(today) else []
        return self.facts.execute(request, domain.account(ground), _stream(command.account), command, resting_on=resting_on)

    def _another_administrator(self, ground: domain.AccountGround, account: str) -> list[Decision]:
        """What is asked of another administrator, so that two who take the role from each other cannot both succeed."""
        with self.views.reading() as reading:
            others = [other for other in views.administrators(reading) if other != account]
        for other in others:
            if self.facts.load(domain.ACCOUNT, _stream(other))[0].administers(ground.today):
                return [(domain.account(ground), _stream(other), domain.KeepAdministering(other))]
        raise domain.LastAdministrator("The last administrator stays: give the role without end to another account first.")

    def _kind_of(self, scope: str) -> domain.ScopeKind | None:
        """What a scope is, by its own stream, so that one made a moment ago counts; None where there is none."""
        if scope == NETWORK:
            return domain.ScopeKind.NETWORK
        for kind in (domain.ScopeKind.CLUSTER, domain.ScopeKind.ORGANISATION):
            if self.facts.store.stream(f"{kind}-{scope}"):
                return kind
        return None

    def _with_roles(self, account: dict[str, Any]) -> dict[str, Any]:
        held = self.views.grants(account["account"])
        return dict(account, roles=[{"role": str(grant.role), "scope": grant.scope} for grant in held])


def _stream(account: str) -> str:
    return f"account-{account}"
