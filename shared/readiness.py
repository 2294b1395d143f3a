"""What a service says of itself: what it stands on, how far it is, and what is missing before it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from shared.projection import Projector
from shared.store import EventStore
from shared.store.tables import relay

AWAY = "does not answer"


def told(store: EventStore, projector: Projector) -> dict[str, Any]:
    """What its database tells of a service: the head of its log, the relay's place, its read model, what is parked, and `faults`."""
    head = store.head()
    with store.database.read() as connection:
        at = connection.execute(sa.select(relay.c.position, relay.c.fence)).one()
    return {
        "service": store.service,
        "site": store.site,
        "head": head,
        "database": {"state": "ok"},
        "relay": {"position": at.position, "fence": at.fence, "behind": max(0, head - at.position)},
        "model": projector.standing(),
        "cursors": projector.cursors(store.site),
        "parked": [
            {key: row[key] for key in ("site", "service", "position", "stream", "attempts", "last_error")} for row in projector.parked()
        ],
        "faults": projector.faults(),
    }


def untold(service: str, site: str, reason: str) -> dict[str, Any]:
    """The same where its database does not answer."""
    nothing: dict[str, Any] = {"head": 0, "relay": {}, "model": None, "cursors": [], "parked": [], "faults": []}
    return {"service": service, "site": site, "database": {"state": AWAY, "reason": reason}, **nothing}


def missing(health: Mapping[str, Any]) -> list[str]:
    """What keeps a service from being ready; parked events and faults, which wait for an operator, do not.

    In words that may be shown to anyone: without addresses, and without numbers, from which one could see that something is recorded.
    """
    found = []
    if health["database"]["state"] != "ok":
        found.append(f"the database {AWAY}")
    for part, waits_for in (("relay", "the broker or the database"), ("feed", "the broker")):
        state = health.get(part, {}).get("state")
        if state == "waiting":
            found.append(f"the {part} waits for {waits_for}")
        elif state == "starting":
            found.append(f"the {part} is starting")
    model = health["model"]
    if model is not None and model["state"] != "live":
        found.append(f"the read model {model['name']} version {model['version']} is being built")
    return found
