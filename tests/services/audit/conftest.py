"""A database of each kind for the views: SQLite always, PostgreSQL where COMMENDATION_TEST_DATABASE_URL names a server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.store import Database, open_database

SERVER = os.environ.get("COMMENDATION_TEST_DATABASE_URL")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path}/views.db")
        yield opened
        opened.close()
        return
    if SERVER is None:
        pytest.skip("COMMENDATION_TEST_DATABASE_URL names no PostgreSQL server")
    name = f"test_{uuid.uuid4().hex}"
    server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    opened = open_database(sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False))
    yield opened
    opened.close()
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
