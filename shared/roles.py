"""The roles of the network and where they hold; how services learn who holds them: `shared.access`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NETWORK = "*"
"""Scope of a role that holds in the whole network."""

OPERATOR = "system"
"""Actor of what services and the console ask in nobody's name; no account has this id, and it holds no role."""

ANONYMOUS = "gateway"
"""Actor of what the gateway asks before anyone has signed in; it holds no role."""


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


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of an account, within a scope: an organisation's or cluster's id, or NETWORK."""

    role: Role
    scope: str
