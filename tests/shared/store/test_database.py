"""How a database is opened, what its own types keep, and that SQLite takes its write lock at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from structlog.testing import capture_logs

from shared.bounds import (
    BROKER_RETRY_SECONDS,
    PG_CONNECT_SECONDS,
    PG_CONNECTIONS_KEPT,
    PG_CONNECTIONS_MAX,
    PG_LOCK_MS,
    PG_POOL_SECONDS,
    PG_STATEMENT_MS,
    SQLITE_BUSY_MS,
)
from shared.errors import ConfigurationError, Unavailable
from shared.store import Database, open_database
from shared.store.database import Exact, Instant, _postgresql_engine

metadata = sa.MetaData()
kept = sa.Table("kept", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", Instant), sa.Column("score", Exact))


@pytest.mark.parametrize("score", ["0", "0.00", "12.50", "-3.10", "1000000000000000000.000000001", None])
def test_a_number_comes_back_digit_for_digit(database: Database, score: str | None) -> None:
    database.create(metadata)
    with database.write() as connection:
        connection.execute(kept.insert().values(id=1, score=None if score is None else Decimal(score)))
    with database.read() as connection:
        found = connection.execute(sa.select(kept.c.score)).scalar_one()
    assert (None if found is None else str(found)) == score


def test_an_instant_comes_back_in_utc_to_the_microsecond(database: Database) -> None:
    database.create(metadata)
    hanoi = datetime(2025, 3, 2, 1, 30, 0, 123456, timezone(timedelta(hours=7)))
    with database.write() as connection:
        connection.execute(kept.insert().values(id=1, at=hanoi))
        connection.execute(kept.insert().values(id=2, at=None))
    with database.read() as connection:
        first, second = connection.execute(sa.select(kept.c.at).order_by(kept.c.id)).scalars()
    assert (first, first.tzinfo, second) == (datetime(2025, 3, 1, 18, 30, 0, 123456, UTC), UTC, None)


def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    database.create(metadata)

    def write() -> None:
        with database.write() as connection:
            connection.execute(kept.insert().values(id=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(kept)).scalar_one() == 0


def test_a_read_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    database.create(metadata)
    count = sa.select(sa.func.count()).select_from(kept)
    with database.read() as connection:
        before = connection.execute(count).scalar_one()
        with database.write() as writing:
            writing.execute(kept.insert().values(id=1))
        assert (before, connection.execute(count).scalar_one()) == (0, 0)
    with database.read() as connection:
        assert connection.execute(count).scalar_one() == 1


def test_tables_may_be_created_again(database: Database) -> None:
    database.create(metadata)
    database.create(metadata)


def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ConfigurationError, match="COMMENDATION_VAR"):
        open_database(f"sqlite:///{tmp_path}/file/diary.db")


def test_a_database_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="mysql"):
        open_database("mysql://localhost/diary")


def test_a_server_that_does_not_answer_is_unavailable_and_its_password_is_not_shown() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1") as raised:
        open_database("postgresql+psycopg://diary:hidden@127.0.0.1:1/diary", wait_seconds=0)
    assert "hidden" not in raised.value.message


def test_a_server_that_is_still_starting_is_waited_for_and_why_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    clock = SimpleNamespace(monotonic=lambda: len(pauses), sleep=pauses.append)
    monkeypatch.setattr("shared.store.database.time", clock)
    with capture_logs() as logs, pytest.raises(Unavailable, match=r"within 2 seconds: .*127\.0\.0\.1") as raised:
        open_database("postgresql+psycopg://diary:hidden@127.0.0.1:1/diary", wait_seconds=2)
    assert pauses == [BROKER_RETRY_SECONDS] * 3
    reason = raised.value.message.partition("within 2 seconds: ")[2]
    told = {"event": "waiting_for_database", "database": "postgresql+psycopg://diary:***@127.0.0.1:1/diary", "error": reason}
    assert logs == [{**told, "log_level": "warning"}] * 3
    assert "\n" not in reason


def test_connections_to_a_server_are_few_and_every_wait_for_it_has_an_end() -> None:
    class Enough(Exception):
        """Nothing is to be connected to."""

    engine = _postgresql_engine(sa.make_url("postgresql+psycopg://diary@127.0.0.1:1/diary"))
    given: dict[str, Any] = {}

    @sa.event.listens_for(engine, "do_connect")
    def _given(_dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
        given.update(parameters)
        raise Enough

    with pytest.raises(Enough):
        engine.connect()
    assert given["options"].startswith(
        f"-c statement_timeout={PG_STATEMENT_MS} -c lock_timeout={PG_LOCK_MS} -c idle_in_transaction_session_t"
    )
    assert given["options"].endswith(" -c timezone=UTC")
    assert given["connect_timeout"] == PG_CONNECT_SECONDS
    pool: Any = engine.pool
    assert (pool.size(), pool.size() + pool._max_overflow, pool.timeout()) == (PG_CONNECTIONS_KEPT, PG_CONNECTIONS_MAX, PG_POOL_SECONDS)


@pytest.mark.usefixtures("machine_in_hanoi")
def test_an_instant_goes_and_comes_in_utc_whatever_the_zones_of_machine_and_value() -> None:
    afternoon = datetime(2025, 3, 1, 15, tzinfo=timezone(timedelta(hours=7)))
    morning, bare = datetime(2025, 3, 1, 8, tzinfo=UTC), datetime(2025, 3, 1, 8)  # noqa: DTZ001 - as SQLite holds it
    kept: Any = Instant()
    lite, post = sqlite.dialect(), postgresql.dialect()
    assert [kept.process_bind_param(afternoon, lite), kept.process_result_value(bare, lite)] == [bare, morning]
    told = [kept.process_bind_param(afternoon, post), kept.process_result_value(afternoon, post)]
    assert [(instant, instant.tzinfo) for instant in told] == [(morning, UTC)] * 2
    assert [kept.process_bind_param(None, lite), kept.process_result_value(None, post)] == [None, None]


def test_what_the_driver_raises_comes_as_the_error_of_sqlalchemy(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError) as raised, database.driver() as connection:
        connection.execute("SELECT nothing FROM nowhere")
    assert (type(raised.value), raised.value.connection_invalidated) == (
        sa.exc.OperationalError if database.dialect == "sqlite" else sa.exc.ProgrammingError,
        False,
    )
    with database.driver() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_connection_that_one_thread_gave_back_serves_another(database: Database) -> None:
    def ask() -> list[Any]:
        with database.driver() as connection, database.read() as reading:
            return [connection.execute("SELECT 1").fetchone()[0], reading.execute(sa.select(1)).scalar_one()]

    assert ask() == [1, 1]
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask).result(timeout=10) == [1, 1]


def test_folders_on_the_way_to_a_database_are_made(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/var/site/diary.db").close()
    assert (tmp_path / "var/site/diary.db").is_file()


@pytest.mark.usefixtures("flushing")
def test_sqlite_commits_to_disk_and_takes_its_lock_before_it_reads(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/diary.db")
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == SQLITE_BUSY_MS
        other = sa.create_engine(f"sqlite:///{tmp_path}/diary.db", connect_args={"timeout": 0})
        with other.connect() as second, pytest.raises(sa.exc.OperationalError, match="locked"):
            second.exec_driver_sql("CREATE TABLE mine (id INTEGER)")
        other.dispose()
    database.close()


def test_a_connection_whose_user_was_ended_in_the_middle_of_a_statement_is_not_lent_again(shared_url: str) -> None:
    class Ended(BaseException):
        """As a greenlet's end is: no error of the driver."""

    database = open_database(shared_url, wait_seconds=5)
    left = []

    def be_ended() -> None:
        with database.driver() as connection:
            left.append(connection)
            connection.pgconn.send_query(b"SELECT pg_sleep(30)")
            raise Ended

    try:
        with pytest.raises(Ended):
            be_ended()
        with database.driver() as connection:
            assert connection not in left
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        database.close()
