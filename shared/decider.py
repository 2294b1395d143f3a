"""An aggregate as two pure functions over a frozen state: decide what happens, evolve by what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Decider(Generic[State]):
    """What an aggregate is: its state before anything happened, its decision and its evolution.

    decide(state, command) gives the events that follow, none when the command changes nothing, or raises a DomainError;
    evolve(state, event) gives the next state and never refuses: what happened, happened.
    snapshots: for an aggregate whose stream may grow long and whose state is a dataclass, the version of what `evolve` makes of events,
    so that states may be kept. Raise it when `initial` or `evolve` changes: a state kept before is then not what the events give.
    """

    initial: State
    decide: Callable[[State, Any], Sequence[Any]]
    evolve: Callable[[State, Any], State]
    snapshots: int | None = None

    def fold(self, events: Iterable[Any]) -> State:
        """The state after these events, from the beginning."""
        state = self.initial
        for event in events:
            state = self.evolve(state, event)
        return state
