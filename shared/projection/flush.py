"""Rows on their way from and to the tables of a generation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.projection.rows import Row, Rows
from shared.store.database import Database

Tables = Mapping[str, sa.Table]
"""The tables of one generation, by the names that the model gives them."""

COPY_ROWS_MIN = 20
"""Rows of a table from which on COPY is faster than an upsert for each, also by way of a temporary table (PostgreSQL); measured."""


def gathering(connection: sa.Connection, tables: Tables) -> Rows:
    """Rows that are looked up in these tables."""
    return Rows(lambda table, key: _access(tables[table.name], connection.dialect).load(connection, key))


def flush(database: Database, connection: sa.Connection, tables: Tables, rows: Rows) -> None:
    """Write what was changed, at most once in a transaction."""
    for table, written, removed in rows.changes():
        access = _access(tables[table.name], connection.dialect)
        if database.dialect == "postgresql" and len(written) >= COPY_ROWS_MIN:
            access.copy(connection, written)
        elif written:
            access.upsert(connection, written)
        if removed:
            access.remove(connection, removed)


class _Access:
    """How rows get into one table, through the driver: what SQLAlchemy does for each value, it is asked once for each column."""

    _numbers = count(1)

    def __init__(self, table: sa.Table, dialect: sa.Dialect) -> None:
        quote = dialect.identifier_preparer
        columns, key = list(table.columns), list(table.primary_key)
        names, keys = ([quote.quote(column.name) for column in some] for some in (columns, key))
        mark = "?" if dialect.paramstyle == "qmark" else "%s"
        news = [f"{name} = excluded.{name}" for name in names if name not in keys]
        on_conflict = f"ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {', '.join(news)}" if news else "NOTHING")
        self._name = quote.format_table(table)
        self._names = ", ".join(names)
        self._columns = _Values(columns, dialect)
        self._keys = _Values(key, dialect)
        self._insert = f"INSERT INTO {self._name} ({self._names})"
        self._upsert = f"{self._insert} VALUES ({', '.join(mark for _ in names)}) {on_conflict}"
        self._delete = f"DELETE FROM {self._name} WHERE {' AND '.join(f'{name} = {mark}' for name in keys)}"  # noqa: S608 - names of our own
        self._select = sa.select(table).where(*(column == sa.bindparam(f"of_{column.name}", type_=column.type) for column in key))
        # a name for each table that this process writes: one of the same name may stand in another database, with other columns
        self._incoming = f"incoming_{next(self._numbers)}"
        self._merge = f"{self._insert} SELECT {self._names} FROM {self._incoming} {on_conflict}"  # noqa: S608 - names of our own
        self._comes_again = False
        self._types: list[int] = []

    def load(self, connection: sa.Connection, key: Row) -> Row | None:
        row = connection.execute(self._select, {f"of_{name}": value for name, value in key.items()}).first()
        return None if row is None else dict(row._mapping)

    def upsert(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        connection.exec_driver_sql(self._upsert, self._columns.of(rows))

    def remove(self, connection: sa.Connection, keys: Sequence[Row]) -> None:
        connection.exec_driver_sql(self._delete, self._keys.of(keys))

    def copy(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """COPY straight into the table, which refuses a row that is there already; once it has, by way of a temporary table.

        Most tables of read models are only ever added to, and straight takes little more than half the time.
        """
        if not self._comes_again:
            connection.exec_driver_sql("SAVEPOINT straight")
            try:
                self._copy_into(connection, self._name, rows)
                return
            except IntegrityError as error:
                if not isinstance(error.orig, UniqueViolation):
                    raise
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT straight")
            self._comes_again = True
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE IF NOT EXISTS {self._incoming} (LIKE {self._name}) ON COMMIT DELETE ROWS")
        self._copy_into(connection, self._incoming, rows)
        connection.exec_driver_sql(self._merge)

    def _copy_into(self, connection: sa.Connection, name: str, rows: Sequence[Row]) -> None:
        if not self._types:
            nothing: Any = connection.exec_driver_sql(f"SELECT {self._names} FROM {self._name} LIMIT 0")  # noqa: S608 - names of our own
            self._types = [column.type_code for column in nothing.cursor.description]
        driver: Any = connection.connection.driver_connection
        try:
            with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({self._names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(self._types)
                for row in self._columns.of(rows):
                    copy.write_row(row)
        except psycopg.Error as error:
            raise DBAPIError.instance(None, None, error, psycopg.Error, dialect=connection.dialect) from error


_access = lru_cache(maxsize=512)(_Access)


class _Values:
    """Rows as the driver takes them: tuples in the order of these columns."""

    def __init__(self, columns: Sequence[sa.Column[Any]], dialect: sa.Dialect) -> None:
        self._names = [column.name for column in columns]
        converters = [(place, _converter(column.type, dialect)) for place, column in enumerate(columns)]
        self._converters = [(place, convert) for place, convert in converters if convert is not None]

    def of(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        columns: list[Iterable[Any]] = [map(itemgetter(name), rows) for name in self._names]
        for place, convert in self._converters:
            columns[place] = map(convert, columns[place])
        return list(zip(*columns, strict=True))


def _converter(of: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """What SQLAlchemy would do to each value of this type on its way to the driver."""
    if dialect.name == "postgresql" and isinstance(of, sa.Integer) and not isinstance(of, sa.BigInteger):
        return _fits_integer
    return of.dialect_impl(dialect).bind_processor(dialect)


def _fits_integer(value: int | None) -> int | None:
    # a binary COPY would keep the lower 32 bits of a greater one
    if value is not None and not -(2**31) <= value < 2**31:
        raise OverflowError(f"{value} does not fit into an integer column; let the column be a BigInteger")
    return value
