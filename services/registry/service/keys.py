"""Injects the keys under which personal data are sealed."""

from __future__ import annotations

from typing import Any

from nameko.extensions import DependencyProvider

from services.registry.keys import Keys
from shared.ground import Ground, configuration
from shared.store import EventStore

FORGOTTEN = "registry.PersonForgotten"


class KeysProvider(DependencyProvider):
    """Opens the keys at start, and destroys those of people whose forgetting was recorded but not carried out."""

    ground = Ground()
    keys: Keys

    def setup(self) -> None:
        self.keys = Keys.open(self.ground.database, configuration())
        finish(self.keys, self.ground.store)

    def get_dependency(self, worker_ctx: Any) -> Keys:
        return self.keys


def finish(keys: Keys, store: EventStore) -> None:
    """Destroy the keys of those whose forgetting was recorded by a process that died before it came to that."""
    for person in keys.doomed():
        if any(event.type == FORGOTTEN for event in store.stream(f"person-{person}")):
            keys.destroy(person)
        else:
            keys.spare(person)
