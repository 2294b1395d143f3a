"""What a side of a job can do. Each is opened on empty databases of its own; `close` gives back every connection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from services.evaluations.domain import ScoreItems
from tests.benchmarks.workload import Decision, History, Sheet


class Appending(ABC):
    """Records what was decided, without asking what stands in the stream."""

    @abstractmethod
    def append(self, decisions: Sequence[Decision]) -> None:
        """Record the decisions, a commit each. Timed."""

    @abstractmethod
    def recorded(self) -> int:
        """Events in the log, counted by the database."""

    @abstractmethod
    def close(self) -> None: ...


class Deciding(ABC):
    """Keeps score sheets as aggregates."""

    @abstractmethod
    def begin(self, histories: Sequence[History]) -> None:
        """Record the streams that are there before the clock runs."""

    @abstractmethod
    def decide(self, commands: Sequence[ScoreItems]) -> None:
        """For each command load the sheet, decide, append. Timed."""

    @abstractmethod
    def replay(self, sheets: Sequence[Sheet]) -> int:
        """Load these sheets, each from its stream; the events that their states rest on. Timed."""

    @abstractmethod
    def recorded(self) -> int:
        """Events in the log, counted by the database."""

    @abstractmethod
    def close(self) -> None: ...


class Projecting(ABC):
    """Keeps the standings in step with a log."""

    @abstractmethod
    def catch_up(self) -> None:
        """Fold what the log holds beyond the cursor; cursor and rows in one transaction. Timed."""

    def settle(self) -> None:
        """What follows the work and is not part of it; not timed."""
        return

    @abstractmethod
    def rows(self) -> int:
        """Score rows of the standings, counted by the database."""

    @abstractmethod
    def close(self) -> None: ...
