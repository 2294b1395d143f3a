"""One process at a time builds a read model. The lock goes with its holder, however that one ends."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.bounds import BUILD_LOCK_SECONDS
from shared.projection.errors import RebuildUnderWay
from shared.store.database import Database


@contextmanager
def alone(database: Database, model: str, *, wait_seconds: float = BUILD_LOCK_SECONDS) -> Iterator[None]:
    """Build this model, and nobody else. Raises RebuildUnderWay where another process does."""
    deadline = time.monotonic() + wait_seconds
    while True:
        with _taken(database, model) as taken:
            if taken:
                yield
                return
        if time.monotonic() >= deadline:
            raise RebuildUnderWay(
                f"Read model {model} is being built by another process. `commendation rebuild status` shows how far it is; wait for it, or "
                "abort it.",
                model=model,
            )
        time.sleep(0.05)


def under_way(database: Database, model: str) -> bool:
    """Whether some process builds this model now."""
    with _taken(database, model) as taken:
        return not taken


@contextmanager
def _taken(database: Database, model: str) -> Iterator[bool]:
    if database.dialect == "postgresql":
        with database.session() as connection:
            key = sa.func.hashtextextended(f"view_building {model}", 0)
            taken = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar_one())
            try:
                yield taken
            finally:
                if taken:
                    # the end of the session frees it as well, but only when the server gets to it
                    with suppress(DBAPIError):
                        connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
        return
    with open(f"{database.engine.url.database}.{model}.building", "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
