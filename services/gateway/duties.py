"""What is due: the sheets that the visitor's units have to fill, and how far a campaign has come."""

from __future__ import annotations

from typing import Any

from services.gateway import visitors
from services.gateway.network import query
from shared.access import NETWORK, Role


def scorers() -> list[str]:
    """The ids in whose name the visitor fills sheets: the units they are secretary of, and for the office the organisers of clusters."""
    mine = visitors.scopes(Role.SECRETARY)
    if visitors.holds(Role.OFFICE, scope=NETWORK):
        mine += [cluster["organiser"] for cluster in query("registry", "clusters")]
    return list(dict.fromkeys(mine))


def mine() -> list[dict[str, Any]]:
    """The visitor's tasks, the open ones first, by due date."""
    asking = scorers()
    found = query("evaluations", "tasks", units=asking) if asking else []
    return sorted(found, key=lambda task: (task["state"] != "open", task["due_on"] or "9999", task["title"], task["unit"]))


def reminders() -> list[dict[str, Any]]:
    """What the visitor's units owe and were reminded of, by the day it is due on."""
    rows = [row for unit in visitors.scopes(Role.SECRETARY) for row in query("campaigns", "due", unit=unit)["rows"]]
    return sorted((row for row in rows if row["reminded"]), key=lambda row: (row["due_on"], row["unit"]))
