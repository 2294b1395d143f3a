"""Who may do what: roles granted in the registry, known to every service from its events, checked where the command is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from shared.errors import NotAllowed
from shared.event import Event
from shared.projection import Projector, ReadModel, Rows

NETWORK = "*"
"""Scope of a role that holds in the whole network."""

OPERATOR = "system"
"""Actor of what the console asks in nobody's name; no account has this id, and it holds no role."""


class Role(StrEnum):
    """Roles of the network; the Vietnamese names are those on screen.

    administrator: quản trị; office: cơ quan thường trực (standing office); leader: khối trưởng (cluster leader);
    secretary: thư ký đơn vị; council: hội đồng; inspector: thanh tra, kiểm tra.
    """

    ADMINISTRATOR = "administrator"
    OFFICE = "office"
    LEADER = "leader"
    SECRETARY = "secretary"
    COUNCIL = "council"
    INSPECTOR = "inspector"


GRANTS = ReadModel(name="grants", version=1)

grants = sa.Table(
    "grants",
    GRANTS.metadata,
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("role", sa.String(30), primary_key=True),
    sa.Column("scope", sa.String(100), primary_key=True),
)


@GRANTS.on("registry.RoleGranted")
def _granted(rows: Rows, event: Event) -> None:
    rows.put(grants, account=event.data["account"], role=event.data["role"], scope=event.data["scope"])


@GRANTS.on("registry.RoleRevoked")
def _revoked(rows: Rows, event: Event) -> None:
    rows.remove(grants, account=event.data["account"], role=event.data["role"], scope=event.data["scope"])


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of an account, within a scope: an organisation's or cluster's id, or NETWORK."""

    role: Role
    scope: str


def grants_of(views: Projector, account: str) -> tuple[Grant, ...]:
    """The roles that this service knows the account to hold."""
    with views.reading() as reading:
        table = reading[grants]
        found = reading.all(sa.select(table).where(table.c.account == account).order_by(table.c.role, table.c.scope))
    return tuple(Grant(Role(row["role"]), row["scope"]) for row in found)


def require(held: Iterable[Grant], *roles: Role, scopes: Iterable[str] = ()) -> None:
    """Let pass who holds one of these roles in the whole network or in one of these scopes.

    Raises NotAllowed, naming the roles that would do.
    """
    allowed = {NETWORK, *scopes}
    if any(grant.role in roles and grant.scope in allowed for grant in held):
        return
    raise NotAllowed(
        f"This needs the role {' or '.join(roles)} here; ask the administrator of the network for it.",
        roles=[str(role) for role in roles],
        scopes=sorted(set(scopes)),
    )
