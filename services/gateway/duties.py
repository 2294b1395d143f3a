"""What is due: the sheets that the visitor's units have to fill, and how far a campaign has come."""

from __future__ import annotations

from typing import Any

from services.gateway import visitors
from services.gateway.network import query
from shared.access import Role


def scorers() -> list[str]:
    """The ids in whose name the visitor fills sheets: the units they are secretary of, and for the office the organisers of clusters."""
    mine = visitors.scopes(Role.SECRETARY)
    if visitors.holds(Role.OFFICE):
        mine += [cluster["organiser"] for cluster in query("registry", "clusters")]
    return list(dict.fromkeys(mine))


def mine() -> list[dict[str, Any]]:
    """The visitor's tasks, the open ones first, by due date."""
    asking = scorers()
    found = query("evaluations", "tasks", units=asking) if asking else []
    return sorted(found, key=lambda task: (task["state"] != "open", task["due_on"] or "9999", task["title"], task["unit"]))
