"""Who holds which roles: granted and lent in the registry, known to every service from its events, valid on the day of the command."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from shared.event import Event
from shared.projection import Projector, Reading, ReadModel, Rows
from shared.roles import ANONYMOUS, NETWORK, OPERATOR, Grant, Role

__all__ = [
    "ANONYMOUS",
    "GRANTS",
    "NETWORK",
    "OPERATOR",
    "Grant",
    "Role",
    "granted_on",
    "granted_roles",
    "grants_of",
    "lent_on",
    "lent_roles",
]

GRANTS = ReadModel(name="grants", version=2)

granted_roles = sa.Table(
    "granted_roles",
    GRANTS.metadata,
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("role", sa.String(30), primary_key=True),
    sa.Column("scope", sa.String(100), primary_key=True),
    sa.Column("from_on", sa.Date),  # null: from the moment on at which it was granted
    sa.Column("until_on", sa.Date),
    sa.Column("document", sa.Text),
)
lent_roles = sa.Table(
    "lent_roles",
    GRANTS.metadata,
    sa.Column("to_account", sa.String(100), primary_key=True),
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("role", sa.String(30), primary_key=True),
    sa.Column("scope", sa.String(100), primary_key=True),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)


@GRANTS.on("registry.RoleGranted", versions=(1, 2))
def _granted(rows: Rows, event: Event) -> None:
    dates = {name: date.fromisoformat(event.data[name]) for name in ("from_on", "until_on") if event.data.get(name)}
    rows.put(granted_roles, **_held(event), **dates, document=event.data.get("document"))


@GRANTS.on("registry.RoleRevoked", versions=(1, 2))
def _revoked(rows: Rows, event: Event) -> None:
    at = _held(event)
    _end(rows, granted_roles, at, date.fromisoformat(event.data["effective_on"]) if event.schema > 1 else None)


@GRANTS.on("registry.RoleDelegated")
def _lent(rows: Rows, event: Event) -> None:
    dates = {name: date.fromisoformat(event.data[name]) for name in ("from_on", "until_on")}
    rows.put(lent_roles, **_held(event), **dates, to_account=event.data["to_account"], reason=event.data["reason"])


@GRANTS.on("registry.DelegationEnded")
def _returned(rows: Rows, event: Event) -> None:
    at = {**_held(event), "to_account": event.data["to_account"]}
    _end(rows, lent_roles, at, date.fromisoformat(event.data["effective_on"]))


def _held(event: Event) -> dict[str, str]:
    return {name: event.data[name] for name in ("account", "role", "scope")}


def _end(rows: Rows, table: sa.Table, at: dict[str, str], effective_on: date | None) -> None:
    """Let a row hold to the day before; it goes where it would not have begun by then, or ends at once."""
    row = rows.get(table, **at)
    if row is None:
        return
    if effective_on is None or effective_on <= (row["from_on"] or date.min):
        rows.remove(table, **at)
    else:
        rows.change(table, at, until_on=effective_on - timedelta(days=1))


def grants_of(views: Projector, account: str, today: date) -> tuple[Grant, ...]:
    """The roles that this service knows the account to hold on a day: those granted to it and those that it stands in for."""
    with views.reading() as reading:
        rows = [*granted_on(reading, account, today), *lent_on(reading, account, today)]
    found = {Grant(Role(row["role"]), row["scope"]) for row in rows}
    return tuple(sorted(found, key=lambda grant: (grant.role, grant.scope)))


def granted_on(reading: Reading, account: str, today: date) -> list[dict[str, Any]]:
    """The rows of the roles granted to an account that hold on a day."""
    table = reading[granted_roles]
    return reading.all(sa.select(table).where(table.c.account == account, _holds(table, today)))


def lent_on(reading: Reading, account: str, today: date) -> list[dict[str, Any]]:
    """The rows of the roles that an account stands in for on a day, as long as whoever lent them holds them."""
    lent, held = reading[lent_roles], reading[granted_roles]
    same = (held.c.account == lent.c.account) & (held.c.role == lent.c.role) & (held.c.scope == lent.c.scope)
    return reading.all(sa.select(lent).join(held, same).where(lent.c.to_account == account, _holds(lent, today), _holds(held, today)))


def _holds(table: sa.Table, today: date) -> sa.ColumnElement[bool]:
    begun = sa.or_(table.c.from_on.is_(None), table.c.from_on <= today)
    return sa.and_(begun, sa.or_(table.c.until_on.is_(None), table.c.until_on >= today))
