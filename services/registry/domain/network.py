"""The network itself and its first administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.registry.domain.errors import AlreadyThere
from shared.decider import Decider


@dataclass(frozen=True, slots=True)
class FoundNetwork:
    """Found the network of this site; `sample` marks one that holds sample accounts with published passwords."""

    administrator: str
    sample: bool


@dataclass(frozen=True, slots=True)
class NetworkFounded:
    """This site's network exists, with its first administrator."""

    administrator: str
    sample: bool


def _decide_network(state: NetworkFounded | None, command: FoundNetwork) -> Sequence[Any]:
    made = NetworkFounded(command.administrator, command.sample)
    if state is None:
        return [made]
    if state == made:
        return []
    raise AlreadyThere("This network has been founded already; sign in as its administrator.", administrator=state.administrator)


NETWORK: Decider[NetworkFounded | None] = Decider(None, _decide_network, lambda _state, event: event)
