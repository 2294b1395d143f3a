"""Accounts with their roles as one asks for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.registry.views.model import MODEL
from shared import access
from shared.event import Event
from shared.projection import Reading, Rows

accounts = sa.Table(
    "accounts",
    MODEL.metadata,
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("login", sa.String(60), nullable=False),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("organisation", sa.String(100)),
)


@MODEL.on("registry.AccountOpened")
def _opened(rows: Rows, event: Event) -> None:
    rows.put(accounts, **event.data)


def account_by_login(reading: Reading, login: str) -> dict[str, Any] | None:
    table = reading[accounts]
    return reading.one(sa.select(table).where(table.c.login == login))


def all_accounts(reading: Reading) -> list[dict[str, Any]]:
    """Accounts with the roles granted to each (`roles`), its stand-ins (`lent`) and for whom it stands in (`borrowed`), with their days."""
    table, held, lent = reading[accounts], reading[access.granted_roles], reading[access.lent_roles]
    roles = _by(reading.all(sa.select(held).order_by(held.c.role, held.c.scope)), "account")
    rows = reading.all(sa.select(lent).order_by(lent.c.from_on, lent.c.role, lent.c.scope, lent.c.account, lent.c.to_account))
    lending, borrowing = _by(rows, "account"), _by(rows, "to_account")
    return [
        dict(row, roles=roles.get(row["account"], []), lent=lending.get(row["account"], []), borrowed=borrowing.get(row["account"], []))
        for row in reading.all(sa.select(table).order_by(table.c.login))
    ]


def all_posts(reading: Reading) -> list[dict[str, Any]]:
    """The posts that have accounts: {account, post, organisation}."""
    table = reading[accounts]
    return reading.all(sa.select(table.c.account, table.c.post, table.c.organisation).order_by(table.c.post, table.c.account))


def lent_by(reading: Reading, account: str | None, today: date) -> list[dict[str, Any]]:
    """The roles that an account, or with None any account, lends on a day or later."""
    lent = reading[access.lent_roles]
    query = sa.select(lent).where(lent.c.until_on >= today)
    if account is not None:
        query = query.where(lent.c.account == account)
    return reading.all(query.order_by(lent.c.from_on, lent.c.role, lent.c.scope, lent.c.account, lent.c.to_account))


def administrators(reading: Reading) -> list[str]:
    """The accounts to which the administration of the network is granted without end."""
    held = reading[access.granted_roles]
    query = sa.select(held.c.account).where(
        held.c.role == access.Role.ADMINISTRATOR, held.c.scope == access.NETWORK, held.c.until_on.is_(None)
    )
    return [row["account"] for row in reading.all(query.order_by(held.c.account))]


def _by(rows: list[dict[str, Any]], name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append({column: value for column, value in row.items() if column != name})
    return found
