"""Given what happened, when a command comes, then what follows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.decider import Decider


def decided(decider: Decider[Any], given: Iterable[Any], command: Any) -> list[Any]:
    """The events that a command gives on the state after these events.

    Fails where the same command, decided on the state that it made, would say something more: a decision taken twice changes nothing.
    """
    before = list(given)
    events = list(decider.decide(decider.fold(before), command))
    again = list(decider.decide(decider.fold([*before, *events]), command))
    assert again == [], f"{command} gives {again} the second time"
    return events
