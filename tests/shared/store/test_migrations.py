"""Databases of earlier releases are brought to this one's schema, and lose nothing on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from structlog.testing import capture_logs

from shared.errors import ConfigurationError
from shared.feed.page import Page
from shared.projection.tables import bookkeeping
from shared.store import ANY, NONE, Append, Database, EventStore, migrations, tables
from tests.shared.diary import Diary, nothing
from tests.shared.store.given import CONTEXT, a_store, at_once, noted, texts
from tests.support.databases import empty
from tests.support.schemas import Repeating, upgrade

RELEASED = Path(__file__).parent / "released"
"""`<release>-<database>.sql`: what that release left behind, as the database's own tool writes it; loaded, never edited."""

RELEASES = sorted({path.name.rsplit("-", 1)[0] for path in RELEASED.glob("*.sql")})


@pytest.fixture(autouse=True)
def _made_by_alembic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests repeat to a new database what Alembic said to the first."""
    monkeypatch.setattr(command, "upgrade", upgrade)


def load(database: Database, release: str) -> None:
    """The database as that release left it."""
    script = (RELEASED / f"{release}-{database.dialect}.sql").read_text(encoding="utf-8")
    with database.driver() as connection:
        if isinstance(connection, sqlite3.Connection):
            connection.executescript(script)
        else:
            connection.execute(script)


def schema(database: Database) -> dict[str, Any]:
    """Columns, keys and constraints per table, and the names of triggers and functions."""
    with database.read() as connection:
        found = sa.inspect(connection)
        shape: dict[str, Any] = {
            name: (
                {column["name"]: (str(column["type"]), column["nullable"], column["default"]) for column in found.get_columns(name)},
                found.get_pk_constraint(name)["constrained_columns"],
                sorted(tuple(unique["column_names"]) for unique in found.get_unique_constraints(name)),
                sorted(str(index["column_names"]) for index in found.get_indexes(name)),
            )
            for name in found.get_table_names()
            if not name.startswith("pages__")
        }
        made = "SELECT type || ' ' || name FROM sqlite_master WHERE type = 'trigger'"
        if database.dialect == "postgresql":
            made = (
                "SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
                "UNION SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal"
            )
        shape["made"] = sorted(connection.execute(sa.text(made)).scalars())
    return shape


def test_the_schema_that_revisions_make_is_the_one_that_the_code_declares(database: Database) -> None:
    migrations.upgrade(database)
    declared = sa.MetaData()
    for metadata in (tables.metadata, bookkeeping):
        for table in metadata.tables.values():
            table.to_metadata(declared)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, declared) == []


def test_the_schema_that_tests_repeat_to_their_databases_is_the_one_that_revisions_make(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "upgrade", Repeating())
    migrations.upgrade(database)
    made = schema(database)
    empty(database)
    monkeypatch.setattr("tests.support.schemas.upgrade", None)
    migrations.upgrade(database)
    assert schema(database) == made
    with database.read() as connection:
        assert migrations.revision(connection) == migrations.HEAD


def test_the_newest_revision_is_the_one_that_a_start_looks_for() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.HEAD]


def test_there_is_a_released_schema_of_each_database() -> None:
    assert "0.1.0" in RELEASES
    assert {path.name for path in RELEASED.glob("*.sql")} == {
        f"{release}-{kind}.sql" for release in RELEASES for kind in ("sqlite", "postgresql")
    }


@pytest.mark.parametrize("release", RELEASES)
def test_a_released_database_comes_to_the_same_schema_as_a_new_one(database: Database, release: str) -> None:
    load(database, release)
    migrations.upgrade(database)
    upgraded = schema(database)
    with database.write() as connection:
        for name in sa.inspect(connection).get_table_names():
            connection.execute(sa.text(f'DROP TABLE "{name}"' + (" CASCADE" if database.dialect == "postgresql" else "")))
        if database.dialect == "postgresql":
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
    migrations.upgrade(database)
    assert upgraded == schema(database)


@pytest.mark.parametrize("release", RELEASES)
def test_nothing_of_a_released_database_is_lost(database: Database, release: str) -> None:
    load(database, release)
    store = a_store(database)
    assert [event.position for event in store.feed(0)] == [1, 2, 3, 4, 5, 6, 7]
    assert texts(store, "a") == ["một", "two", "three"]
    with database.read() as connection:
        assert connection.execute(sa.select(tables.relay.c.position)).scalar_one() == 7
    first = store.append(Append("a", NONE, noted("một", "two")), CONTEXT, command="first", digest="d")
    assert (first.repeated, first.version, first.position) == (True, 2, 2)
    again = [Append("a", 2, noted("three")), Append("b", NONE, noted("torn", "four"))]
    second = store.append_all(again, CONTEXT, command="second", digest="e")
    assert [(answer.repeated, answer.position) for answer in second] == [(True, 3), (True, 5)]
    assert store.append(Append("a", ANY, noted("more")), CONTEXT).position == 8

    diary = Diary()
    projector = diary.projector(database)
    assert diary.notes(projector) == {"diary/a": "một two three", "diary/c": "five"}
    assert [row["position"] for row in projector.parked()] == [4, 5]
    assert [(row["position"], row["reason"]) for row in projector.discarded()] == [(6, "Ghi nhầm")]
    assert projector.receive(Page.of(store.feed(7)), nothing) == 1
    assert projector.retry_parked() == 2
    assert diary.notes(projector) == {"diary/a": "một two three more", "diary/b": "torn four", "diary/c": "five"}


def test_what_was_parked_has_a_first_and_a_last_error_after_it(database: Database) -> None:
    load(database, "0.1.0")
    with database.write() as connection:
        again = "trace = trace || :between || 'Traceback: the second', error = 'Again()', attempts = 6"
        connection.execute(sa.text(f"UPDATE view_parked SET {again} WHERE position = 4"), {"between": "\nWhen it was last tried again:\n"})
    failed, waiting = Diary().projector(database).parked()
    assert (failed["attempts"], failed["first_error"], failed["last_error"]) == (6, "Again()", "Again()"), "the first was not kept"
    assert "Spoilt" in failed["first_trace"]
    assert "second" not in failed["first_trace"]
    assert failed["last_trace"] == "Traceback: the second"
    assert failed["tried_at"] == failed["parked_at"]
    assert [waiting[name] for name in ("attempts", "first_error", "first_trace", "last_error", "last_trace", "tried_at")] == [
        0,
        *[None] * 5,
    ]


@pytest.mark.parametrize("release", RELEASES)
def test_events_of_a_released_database_still_refuse_change(database: Database, release: str) -> None:
    load(database, release)
    migrations.upgrade(database)
    for statement in ("UPDATE events SET data = '{}'", "DELETE FROM events"):
        with pytest.raises(sa.exc.DBAPIError, match="events are never changed"), database.write() as connection:
            connection.execute(sa.text(statement))


def test_processes_that_start_together_upgrade_once(database: Database) -> None:
    load(database, RELEASES[0])
    tasks: list[Callable[[], None]] = [lambda: migrations.upgrade(database)] * 4
    assert at_once(tasks) == [None] * 4
    assert texts(a_store(database), "a") == ["một", "two", "three"]


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    load(database, RELEASES[0])
    with database.write() as connection:
        connection.execute(sa.text("ALTER TABLE relay ADD COLUMN fence text"))  # in the way of a revision, and not of its first step
    before = schema(database)
    with pytest.raises(sa.exc.DBAPIError, match="fence"):
        migrations.upgrade(database)
    assert schema(database) == before


def test_a_database_of_a_later_release_is_refused_with_what_to_do(database: Database) -> None:
    a_store(database)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        ConfigurationError, match=r"revision 9999.* made it\. Run that release again, or restore the database from before it\.$"
    ):
        EventStore(database, site="vn", service="diary").prepare()


@pytest.mark.parametrize("release", RELEASES)
def test_an_upgrade_is_logged_and_that_of_this_release_is_not(database: Database, release: str) -> None:
    load(database, release)
    with capture_logs() as logs:
        migrations.upgrade(database)
        migrations.upgrade(database)
    (said,) = [line for line in logs if line["event"] == "schema_upgraded"]
    assert (said["log_level"], said["before"], said["now"]) == ("info", None, migrations.HEAD)


def test_a_new_database_is_not_said_to_be_upgraded(database: Database) -> None:
    with capture_logs() as logs:
        migrations.upgrade(database)
    assert [line for line in logs if line["event"] != "schema_upgraded"] == logs
