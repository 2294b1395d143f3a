"""Accounts with their roles as one asks for them."""

from __future__ import annotations

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
    """Accounts with the roles that each holds."""
    table, held = reading[accounts], reading[access.grants]
    roles: dict[str, list[dict[str, str]]] = {}
    for row in reading.all(sa.select(held).order_by(held.c.role, held.c.scope)):
        roles.setdefault(row["account"], []).append({"role": row["role"], "scope": row["scope"]})
    return [dict(row, roles=roles.get(row["account"], [])) for row in reading.all(sa.select(table).order_by(table.c.login))]
