"""How a database is opened, what its own types keep, and that SQLite takes its write lock at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.errors import ConfigurationError, Unavailable
from shared.store import Database, open_database
from shared.store.database import Exact, Instant

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


def test_sqlite_commits_to_disk_and_takes_its_lock_before_it_reads(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/diary.db")
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
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
