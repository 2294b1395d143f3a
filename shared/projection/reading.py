"""How rows are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the live generation: `reading[table]` is the table to select from, on `reading.connection`."""

    connection: sa.Connection
    generation: int
    tables: Mapping[str, sa.Table]

    def __getitem__(self, table: sa.Table) -> sa.Table:
        return self.tables[table.name]

    def among(self, column: sa.ColumnElement[str], values: Iterable[str]) -> sa.ColumnElement[bool]:
        """Whether a column holds one of these values, which may be many.

        To PostgreSQL they go as one array: psycopg looks through a statement of hundreds of values for longer than the server answers it.
        """
        known = list(values)
        if len(known) == 1:
            return column == known[0]
        if self.connection.dialect.name != "postgresql":
            return column.in_(known)
        return column == sa.any_(sa.literal(known, ARRAY(sa.Text)))

    def all(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries."""
        return [dict(row) for row in self.connection.execute(statement).mappings()]

    def one(self, statement: sa.Select[Any]) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        row = self.connection.execute(statement).mappings().first()
        return None if row is None else dict(row)
