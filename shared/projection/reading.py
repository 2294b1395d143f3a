"""How rows are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the live generation: `reading[table]` is the table to select from, on `reading.connection`."""

    connection: sa.Connection
    generation: int
    tables: Mapping[str, sa.Table]

    def __getitem__(self, table: sa.Table) -> sa.Table:
        return self.tables[table.name]

    def all(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries."""
        return [dict(row) for row in self.connection.execute(statement).mappings()]

    def one(self, statement: sa.Select[Any]) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        row = self.connection.execute(statement).mappings().first()
        return None if row is None else dict(row)
