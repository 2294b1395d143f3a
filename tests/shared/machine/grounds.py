"""Empty databases for one run of the machine after another, without making each from nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa

from shared.store import Database, EventStore, open_database
from tests.shared.diary import Diary
from tests.support.databases import fresh_template

PRODUCERS = ("diary", "letters")
READER = "reader"
SITE = "vn"


class Grounds:
    """A database for each producer and one for the reader: `fresh` opens them empty, prepared as a service prepares them at its start."""

    def __init__(self, kind: str, template: str, folder: Path) -> None:
        self._kind = kind
        self._template = template
        self._folder = folder
        self._runs = 0
        for service in (*PRODUCERS, READER):
            database = open_database(self._url(service))
            _prepare(service, database)
            database.close()

    def fresh(self) -> dict[str, str]:
        """The URL of each database by its service, everything of the run before gone."""
        self._runs += 1
        if self._kind == "sqlite":
            for service in (*PRODUCERS, READER):
                shutil.copy(self._folder / f"{service}.db", self._folder / f"{service}-{self._runs}.db")
            return {service: self._url(f"{service}-{self._runs}") for service in (*PRODUCERS, READER)}
        for service in (*PRODUCERS, READER):
            database = open_database(self._url(service))
            _clear(database)
            _prepare(service, database)
            database.close()
        return {service: self._url(service) for service in (*PRODUCERS, READER)}

    def _url(self, name: str) -> str:
        return self._template.replace("{service}", name)


@contextmanager
def grounds(kind: str, folder: Path) -> Iterator[Grounds]:
    with ExitStack() as stack:
        yield Grounds(kind, stack.enter_context(fresh_template(kind, folder, *PRODUCERS, READER)), folder)


def _prepare(service: str, database: Database) -> None:
    if service == READER:
        Diary().projector(database)
    else:
        EventStore(database, site=SITE, service=service).prepare()


def _clear(database: Database) -> None:
    """Take all rows away, as only a superuser can who keeps the triggers from firing, and the tables of read models."""
    with database.write() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for name in sa.inspect(connection).get_table_names():
            if "__" in name:
                connection.execute(sa.text(f'DROP TABLE "{name}"'))
            elif name != "alembic_version":
                connection.execute(sa.text(f'DELETE FROM "{name}"'))
