"""Empty databases for one sample each, and what is known about the durability of the server that holds them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import sqlalchemy as sa
from psycopg.sql import SQL, Identifier

from tests.benchmarks.contestant import Place


class NotDurable(RuntimeError):
    """The server may lose a commit that it has confirmed; figures of it compare with nothing."""


class SqliteFiles:
    """Files on the disk of the checkout, for /tmp is memory on some machines."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def place(self) -> Iterator[Place]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._folder) as folder:
            yield Place(*(sa.URL.create("sqlite", database=str(Path(folder, f"{name}.db"))) for name in ("log", "views")))

    def quiet(self) -> None:
        """Nothing goes on behind a SQLite file."""


class PostgresServer:
    """Databases of one server, made and dropped by its superuser."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._conninfo = Place(self._url, self._url).log_conninfo

    @contextmanager
    def place(self) -> Iterator[Place]:
        names = [f"bench_{uuid.uuid4().hex[:12]}" for _ in range(2)]
        with psycopg.connect(self._conninfo, autocommit=True) as admin:
            for name in names:
                admin.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
            try:
                yield Place(*(self._url.set(database=name) for name in names))
            finally:
                for name in names:
                    admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def quiet(self) -> None:
        """Write out what earlier samples left, so that it is not written during the next one."""
        with psycopg.connect(self._conninfo, autocommit=True) as admin:
            admin.execute("CHECKPOINT")

    def settings(self) -> dict[str, str]:
        """Version and durability of the server. Raises NotDurable."""
        with psycopg.connect(self._conninfo, autocommit=True) as admin:
            found = {}
            for name in ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method"):
                row = admin.execute("SELECT current_setting(%s)", (name,)).fetchone()
                found[name] = str(row[0]) if row else ""
        for name in ("fsync", "synchronous_commit"):
            if found[name] != "on":
                raise NotDurable(f"The PostgreSQL server has {name}={found[name]}. Set it to on, or give another server.")
        return found


Backend = SqliteFiles | PostgresServer
