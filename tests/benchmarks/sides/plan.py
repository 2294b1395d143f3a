"""What a producer in a process of its own is to append; the arguments of that process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """per_second: events a second, 0 for as fast as they go."""

    events: int
    per_commit: int
    payload_bytes: int
    per_second: int = 0

    def to_argument(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def of(arguments: Sequence[str]) -> Plan:
        """From the last argument of a process."""
        return Plan(**json.loads(arguments[-1]))
