"""Rows in memory: what folds read and write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

Key = Any
"""The values of a row's key: a tuple of them, or the value itself where the key is one column."""

Row = dict[str, Any]
Load = Callable[[sa.Table, Row], Row | None]
"""load(table, key): the row of this key as it stands in the database, or None."""


class _Shape:
    """What is asked of a table for each row, looked up once: SQLAlchemy takes longer to answer than a fold to run."""

    def __init__(self, table: sa.Table) -> None:
        self.blank: Row = {column.name: None for column in table.columns}
        self.columns = frozenset(self.blank)
        self.key = tuple(column.name for column in table.primary_key)
        self._table = table.name
        self._values: Callable[[Mapping[str, Any]], Key] = itemgetter(*self.key)

    def key_of(self, row: Mapping[str, Any]) -> Key:
        try:
            return self._values(row)
        except KeyError as error:
            raise TypeError(f"{self._table} are told by {', '.join(self.key)}: {error.args[0]} is missing") from None

    def named(self, at: Key) -> Row:
        return dict(zip(self.key, at if len(self.key) > 1 else (at,), strict=True))


_shape = lru_cache(maxsize=512)(_Shape)


class _Gathered:
    """Of one table: the rows that were read, and by key what was written; None for a row that is not there, or no more."""

    __slots__ = ("read", "shape", "written")

    def __init__(self, shape: _Shape) -> None:
        self.shape = shape
        self.read: dict[Key, Row | None] = {}
        self.written: dict[Key, Row | None] = {}


class Rows:
    """The rows that a page touches, gathered in memory and written together.

    A fold reads and writes rows here only, so it is a function of rows and event and can be tried without a database.
    """

    def __init__(self, load: Load = lambda _table, _key: None) -> None:
        self._load = load
        self._by_table: dict[sa.Table, _Gathered] = {}

    def get(self, table: sa.Table, **key: Any) -> Row | None:
        """The row of this key as it stands in the page, or None."""
        gathered = self._gathered(table)
        shape = gathered.shape
        at = shape.key_of(key)
        if at in gathered.written:
            found = gathered.written[at]
        elif at in gathered.read:
            found = gathered.read[at]
        else:
            found = gathered.read[at] = self._load(table, shape.named(at))
        return None if found is None else {**shape.blank, **found}

    def put(self, table: sa.Table, **row: Any) -> None:
        """Write a whole row in place of whatever has its key; columns not named are null."""
        gathered = self._gathered(table)
        shape = gathered.shape
        if not shape.columns.issuperset(row):
            raise TypeError(f"{table.name} has no column {', '.join(sorted(row.keys() - shape.columns))}")
        gathered.written[shape.key_of(row)] = row

    def change(self, table: sa.Table, key: Mapping[str, Any], **values: Any) -> None:
        """Set some columns of a row; a row that is not there yet is made with what is known."""
        self.put(table, **{**(self.get(table, **key) or key), **values})

    def remove(self, table: sa.Table, **key: Any) -> None:
        gathered = self._gathered(table)
        gathered.written[gathered.shape.key_of(key)] = None

    def changes(self) -> Iterator[tuple[sa.Table, list[Row], list[Row]]]:
        """Per table: the rows to write, whole, and the keys to remove."""
        for table, gathered in self._by_table.items():
            if gathered.written:
                shape = gathered.shape
                whole = len(shape.columns)
                written = [row if len(row) == whole else {**shape.blank, **row} for row in gathered.written.values() if row is not None]
                yield table, written, [shape.named(at) for at, row in gathered.written.items() if row is None]

    def _gathered(self, table: sa.Table) -> _Gathered:
        gathered = self._by_table.get(table)
        if gathered is None:
            gathered = self._by_table[table] = _Gathered(_shape(table))
        return gathered
