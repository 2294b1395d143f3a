"""Empty databases for a sample or a job, and what is known about the durability of the server that holds them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import sqlalchemy as sa
from psycopg.sql import SQL, Identifier


class NotDurable(RuntimeError):
    """The server may lose a commit that it has confirmed; figures of it compare with nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database."""

    address: sa.URL

    @property
    def url(self) -> str:
        """For our own `open_database`."""
        return self.address.render_as_string(hide_password=False)

    @property
    def file(self) -> Path:
        """Of SQLite."""
        return Path(str(self.address.database))

    @property
    def conninfo(self) -> str:
        """For psycopg without SQLAlchemy."""
        return self.address.set(drivername="postgresql").render_as_string(hide_password=False)


class SqliteFiles:
    """Files on the disk of the checkout, for /tmp is memory on some machines."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def place(self) -> Iterator[Place]:
        with self.scratch() as folder:
            yield Place(sa.URL.create("sqlite", database=str(folder / "bench.db")))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)

    def quiet(self) -> None:
        """Nothing goes on behind a SQLite file."""


class PostgresServer:
    """Databases of one server, made and dropped by its superuser."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._address = sa.make_url(url)
        self._conninfo = Place(self._address).conninfo

    @contextmanager
    def place(self) -> Iterator[Place]:
        with self.places(uuid.uuid4().hex[:12], "log") as template:
            yield Place(sa.make_url(template.replace("{service}", "log")))

    @contextmanager
    def places(self, name: str, *services: str) -> Iterator[str]:
        """An empty database for each of these services; yields their URL with `{service}` in it."""
        databases = [f"bench_{name}_{service}" for service in services]
        with psycopg.connect(self._conninfo, autocommit=True) as admin:
            for database in databases:
                admin.execute(SQL("CREATE DATABASE {}").format(Identifier(database)))
            try:
                template = self._address.set(database=f"bench_{name}_SERVICE").render_as_string(hide_password=False)
                yield template.replace("SERVICE", "{service}")
            finally:
                for database in databases:
                    admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(database)))

    def quiet(self) -> None:
        """Write out what earlier samples left, so that it is not written during the next one."""
        with psycopg.connect(self._conninfo, autocommit=True) as admin:
            admin.execute("CHECKPOINT")

    def settings(self) -> dict[str, str]:
        """Version and durability of the server. Raises NotDurable."""
        with psycopg.connect(self._conninfo, autocommit=True) as admin:
            found = {}
            for name in ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers"):
                row = admin.execute("SELECT current_setting(%s)", (name,)).fetchone()
                found[name] = str(row[0]) if row else ""
        for name in ("fsync", "synchronous_commit"):
            if found[name] != "on":
                raise NotDurable(f"The PostgreSQL server has {name}={found[name]}. Set it to on, or give another server.")
        return found


Backend = SqliteFiles | PostgresServer
