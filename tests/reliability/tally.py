"""What all the kills of a run come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.accounting import Account


@dataclass
class Tally:
    """kills: by failpoint and backend; faults: whatever else is not as it must be."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def faultless(self) -> bool:
        return not (self.lost or self.doubled or self.faults)

    def add(self, account: Account, faults: Sequence[str]) -> None:
        self.written += account.written
        self.lost += account.lost
        self.doubled += account.doubled
        self.faults += faults

    def table(self) -> str:
        """Kills, a line for each failpoint, a column for each backend."""
        points = sorted({point for point, _ in self.kills})
        backends = sorted({backend for _, backend in self.kills})
        counts = {point: [self.kills[point, backend] for backend in backends] for point in points}
        counts["all"] = [sum(column) for column in zip(*counts.values(), strict=True)]
        head = " " * 26 + "".join(f"{backend:>16}" for backend in backends)
        return "\n".join([head, *(f"  {point:24}" + "".join(f"{count:16}" for count in row) for point, row in counts.items())])
