"""What is measured: something that appends decisions and, where it has a projection, folds its log into standings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.benchmarks.workload import Decision


class NotAccounted(AssertionError):
    """A contestant does not hold what it was given; its time means nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database of its own: `log` for events, `views` for rows. The two are one where a contestant keeps both together."""

    log: sa.URL
    views: sa.URL

    @property
    def is_sqlite(self) -> bool:
        return self.log.get_backend_name() == "sqlite"

    @property
    def log_file(self) -> Path:
        return Path(str(self.log.database))

    @property
    def log_conninfo(self) -> str:
        """For psycopg without SQLAlchemy."""
        return self.log.set(drivername="postgresql").render_as_string(hide_password=False)


class Contestant(ABC):
    """One side of a comparison, opened on a place; `close` gives back every connection."""

    @abstractmethod
    def append(self, decisions: Sequence[Decision]) -> None:
        """Record the decisions, a commit each. Timed."""

    @abstractmethod
    def recorded(self) -> int:
        """Events in the log, counted by the database."""

    @abstractmethod
    def close(self) -> None: ...


class Projecting(Contestant):
    """A contestant with a projection."""

    @abstractmethod
    def prepare_views(self) -> None:
        """Make the tables of the projection."""

    @abstractmethod
    def follow(self) -> None:
        """Fold the whole log into the projection, which has seen nothing yet. Timed."""

    def settle(self) -> None:
        """What follows the work and is not part of it; not timed."""
        return

    @abstractmethod
    def rebuild(self) -> None:
        """Make the projection again from the first event. Timed."""

    @abstractmethod
    def rows(self) -> int:
        """Score rows in the projection, counted by the database."""
