"""Injects the ballot box."""

from __future__ import annotations

from functools import partial
from typing import Any

from nameko.extensions import DependencyProvider

from services.evaluations.box import BallotBox
from shared.ground import Ground, configuration
from shared.site_key import site_key
from shared.store import EventStore

OVER = ("evaluations.BallotClosed", "evaluations.BallotCancelled")


class BoxProvider(DependencyProvider):
    """Opens the box at start, and destroys what a process that died left of ballots that are over."""

    ground = Ground()
    box: BallotBox

    def setup(self) -> None:
        self.box = BallotBox(self.ground.database, partial(site_key, configuration()))
        self.box.prepare()
        finish(self.box, self.ground.store)

    def get_dependency(self, worker_ctx: Any) -> BallotBox:
        return self.box


def finish(box: BallotBox, store: EventStore) -> None:
    """Destroy the boxes of ballots whose end was recorded by a process that died before it came to that."""
    for ballot in box.standing():
        if any(event.type in OVER for event in store.stream(f"ballot-{ballot}")):
            box.destroy(ballot)
