"""A service's own database: how it is opened, and the two kinds of transaction, for reading and for writing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import psycopg
import sqlalchemy as sa
from psycopg.pq import ConnStatus, TransactionStatus
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError

from shared.bounds import (
    BROKER_RETRY_SECONDS,
    PG_CONNECT_SECONDS,
    PG_CONNECTIONS_KEPT,
    PG_CONNECTIONS_MAX,
    PG_IDLE_MS,
    PG_IDLE_TRUSTED_SECONDS,
    PG_KEEPALIVE_COUNT,
    PG_KEEPALIVE_SECONDS,
    PG_LOCK_MS,
    PG_POOL_SECONDS,
    PG_STATEMENT_MS,
    PG_UNACKED_MS,
    SQLITE_BUSY_MS,
    START_SECONDS_MAX,
)
from shared.errors import ConfigurationError, Unavailable
from shared.store import deadline
from shared.telemetry import logger

MIGRATION_LOCK = 727_274
"""Key of the advisory lock under which one process at a time makes or changes tables (PostgreSQL)."""

log = logger(__name__)
DialectName = Literal["sqlite", "postgresql"]


class Instant(sa.types.TypeDecorator[datetime]):
    """An instant in UTC, microseconds kept; SQLite, which has no zones, holds it without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(sa.types.TypeDecorator[Decimal]):
    """A Decimal digit for digit, trailing zeros too; text on both databases, for SQLite has no exact number."""

    impl = sa.String(60)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Database:
    """An engine with the two transactions that a service needs."""

    def __init__(self, engine: sa.Engine, statements: sa.Engine | None = None) -> None:
        self.engine = engine
        self._statements = statements or engine
        self.dialect: DialectName = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
        # PostgreSQL by default shows each statement another state; SQLite keeps to one by itself
        self._reader = engine if self.dialect == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")
        # One writer at a time per process: a greenlet that yields inside a SQLite write transaction would else
        # leave the next one waiting on a lock that only the first, which it keeps from running, can free.
        self._writer = threading.RLock()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that sees one state of the database."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, flushed: bool = True) -> Iterator[sa.Connection]:
        """A transaction that takes the write lock at its start (SQLite) and commits at the end of the block.

        flushed: False for what is read again after a crash of the server: the commit then does not wait for the disk (PostgreSQL).
        """
        if self.dialect == "postgresql":
            with self.engine.begin() as connection:
                if not flushed:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
                yield connection
            return
        options = {"sqlite_begin": "BEGIN IMMEDIATE"}
        with self._writer, self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """The driver's own connection, on which every statement is a transaction of its own.

        For what each command and page does: SQLAlchemy takes longer over such a statement than the database. What the driver raises
        comes as SQLAlchemy's error of the same name.
        """
        pooled = None
        try:
            pooled = self._statements.raw_connection()
            yield pooled.driver_connection
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise self._translated(error, pooled) from error
        finally:
            if pooled is not None:
                if self.dialect == "postgresql" and pooled.is_valid and _is_busy(pooled.driver_connection):
                    pooled.invalidate()  # whoever used it was ended while the server was at work
                pooled.close()

    @contextmanager
    def driver_write(self) -> Iterator[Any]:
        """As `write`, on the driver's own connection (SQLite)."""
        with self._writer, self.driver() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def session(self) -> Iterator[sa.Connection]:
        """A connection beside the pool, closed at the end: for what belongs to one session of the server, a lock or LISTEN (PostgreSQL).

        Every statement on it is a transaction of its own.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()
            yield connection

    def _translated(self, error: Exception, pooled: sa.PoolProxiedConnection | None) -> BaseException:
        dialect = self.engine.dialect
        gone = pooled is not None and dialect.is_disconnect(error, pooled, None)  # type: ignore[arg-type]
        if pooled is not None and gone:
            pooled.invalidate(error)
        return DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=dialect)

    def create(self, metadata: sa.MetaData) -> None:
        """Create what is missing, one process at a time."""
        with self.write() as connection:
            if self.dialect == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            metadata.create_all(connection)

    def insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT of this dialect, which knows ON CONFLICT."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    def close(self) -> None:
        self.engine.dispose()
        self._statements.dispose()


def _is_busy(connection: Any) -> bool:
    return bool(connection.pgconn.transaction_status != TransactionStatus.IDLE)


def open_database(url: str, *, wait_seconds: float = START_SECONDS_MAX) -> Database:
    """Open the database of this URL, waiting for a server that is still starting.

    Raises ConfigurationError for an unwritable folder, Unavailable when the server does not answer in time.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(_sqlite_engine(parsed))
    if parsed.get_backend_name() != "postgresql":
        raise ConfigurationError(f"No store for {parsed.get_backend_name()!r}: give sqlite:/// or postgresql+psycopg://")
    engine = _postgresql_engine(parsed)
    # in a pool of their own: to turn a connection from transactions to single statements and back takes longer than some statements
    statements = _postgresql_engine(parsed, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
    deadline.bound(engine, statements)
    until = time.monotonic() + wait_seconds
    shown = parsed.render_as_string(hide_password=True)
    while True:
        try:
            with engine.connect():
                return Database(engine, statements)
        except OperationalError as error:
            reason = str(error.orig).partition("\n")[0]
            if time.monotonic() > until:
                raise Unavailable(f"No database answers at {shown} within {wait_seconds:g} seconds: {reason}") from error
            log.warning("waiting_for_database", database=shown, error=reason)
            time.sleep(BROKER_RETRY_SECONDS)


def _session_settings() -> dict[str, int | str]:
    """What the server is asked to hold each of our sessions to: also when it is the server that no longer hears of us."""
    return {
        "statement_timeout": PG_STATEMENT_MS,
        "lock_timeout": PG_LOCK_MS,
        "idle_in_transaction_session_timeout": PG_IDLE_MS,
        "tcp_keepalives_idle": PG_KEEPALIVE_SECONDS,
        "tcp_keepalives_interval": PG_KEEPALIVE_SECONDS,
        "tcp_keepalives_count": PG_KEEPALIVE_COUNT,
        "tcp_user_timeout": PG_UNACKED_MS,
        "timezone": "UTC",
    }


def _postgresql_engine(url: sa.URL, **options: Any) -> sa.Engine:
    engine = sa.create_engine(
        url,
        pool_size=PG_CONNECTIONS_KEPT,
        max_overflow=PG_CONNECTIONS_MAX - PG_CONNECTIONS_KEPT,
        pool_timeout=PG_POOL_SECONDS,
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in _session_settings().items()),
            "connect_timeout": PG_CONNECT_SECONDS,
        },
        **options,
    )
    _renew_dead_connections(engine)
    return engine


def _renew_dead_connections(engine: sa.Engine) -> None:
    """What `pool_pre_ping` does, without its round trip before each transaction.

    A server that ended or cut the connection has said so, and the kernel knows; only a connection that was idle long enough
    for a firewall to forget it is asked.
    """

    @sa.event.listens_for(engine, "checkin")
    def _on_checkin(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: Any, _proxy: Any) -> None:
        idle_since = record.info.get("idle_since")
        if idle_since is None:
            return
        try:
            # the first reads what the server said before it went, the second that it is gone
            connection.pgconn.consume_input()
            connection.pgconn.consume_input()
            alive = connection.pgconn.status == ConnStatus.OK
            if alive and time.monotonic() - idle_since > PG_IDLE_TRUSTED_SECONDS:
                engine.dialect.do_ping(connection)
        except psycopg.Error:
            alive = False
        if not alive:
            raise InvalidatePoolError


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
    except OSError as error:
        raise ConfigurationError(f"Cannot write {path}: {error.strerror}. Choose another folder with COMMENDATION_VAR.") from error
    engine = sa.create_engine(url, connect_args={"check_same_thread": False, "timeout": SQLITE_BUSY_MS / 1000})

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that a write takes its lock at once
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # without it INSERT OR REPLACE removes an event without asking the trigger that forbids it
        cursor.execute("PRAGMA recursive_triggers=ON")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(str(connection.get_execution_options().get("sqlite_begin", "BEGIN")))

    return engine
