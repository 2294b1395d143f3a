"""Databases for tests: SQLite always, PostgreSQL where COMMENDATION_TEST_DATABASE_URL names a server; each fresh and gone afterwards."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.store import Database, open_database
from shared.store import database as store

VARIABLE = "COMMENDATION_TEST_DATABASE_URL"
KINDS = ("sqlite", "postgresql")

flushing_engine = store._sqlite_engine


def forgetful_engine(url: sa.URL) -> sa.Engine:
    """SQLite as users have it, but that it does not flush to disk what it confirms: tests kill processes, never the machine."""
    engine = flushing_engine(url)
    sa.event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
    return engine


@pytest.fixture
def flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite flushes as it does for users."""
    monkeypatch.setattr(store, "_sqlite_engine", flushing_engine)


@contextmanager
def fresh_url(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database; skips the test, saying why, where there is no PostgreSQL server."""
    name = uuid.uuid4().hex
    with fresh_template(kind, folder, name) as template:
        yield template.replace("{service}", name)


@contextmanager
def fresh_template(kind: str, folder: Path, *services: str) -> Iterator[str]:
    """A URL with `{service}` in it, and behind it an empty database for each of these services."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{{service}}.db"
        return
    server = os.environ.get(VARIABLE)
    if not server:
        pytest.skip(f"{VARIABLE} names no PostgreSQL server; `make test` starts one")
    names = [f"test_{service}" for service in services]
    with _as_superuser(server) as connection:
        for name in names:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        template = sa.make_url(server).set(database="test_SERVICE").render_as_string(hide_password=False)
        yield template.replace("SERVICE", "{service}")
    finally:
        with _as_superuser(server) as connection:
            for name in names:
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[Database]:
    """An empty database, open."""
    with fresh_url(kind, folder) as url:
        opened = open_database(url, wait_seconds=5)
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture(scope="session")
def shared_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One PostgreSQL database for the tests that begin with an empty one: to make it takes far longer than to empty it."""
    with fresh_url("postgresql", tmp_path_factory.getbasetemp()) as url:
        yield url


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        with fresh_database("sqlite", tmp_path) as opened:
            yield opened
        return
    opened = open_database(request.getfixturevalue("shared_url"), wait_seconds=5)
    empty(opened)
    try:
        yield opened
    finally:
        opened.close()


def empty(database: Database) -> None:
    """Take all tables away."""
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
            return
        for name in sa.inspect(connection).get_table_names():
            connection.execute(sa.text(f'DROP TABLE "{name}"'))


@contextmanager
def _as_superuser(server: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
