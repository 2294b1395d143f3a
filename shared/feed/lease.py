"""Who relays: of all processes of a service one holds the lease, and its fence keeps whoever held it before from moving anything.

On PostgreSQL a lease is taken when its holder's session is gone, which an advisory lock tells at once, or when it was not renewed for
RELAY_LEASE_SECONDS by the database's clock: a process that stalls keeps its session, and its lock. To take it is to raise the fence by one,
and each fence has an advisory lock of its own. SQLite has one process by its folder's lock, which takes the lease at its start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from shared.bounds import RELAY_LEASE_SECONDS
from shared.store import Database
from shared.store.tables import log, relay

LOCK = 727_275
"""First key of the advisory locks of leases; the second is the fence."""

# Each is one statement, which PostgreSQL runs as a transaction of its own: a process that is stopped between two of them holds no row,
# so that nobody waits for it.
_NOW = sa.func.current_timestamp()
_RAISED: dict[str, Any] = {"fence": relay.c.fence + 1, "renewed_at": _NOW}
_LOCKED = sa.func.pg_try_advisory_xact_lock(LOCK, sa.cast(relay.c.fence, sa.Integer))
_ABANDONED = sa.or_(
    relay.c.renewed_at.is_(None), relay.c.renewed_at < _NOW - sa.func.make_interval(0, 0, 0, 0, 0, 0, sa.bindparam("seconds")), _LOCKED
)
_TAKE_POSTGRES = (
    relay.update()
    .values(_RAISED)
    .where(_ABANDONED)
    .returning(relay.c.fence, relay.c.position, sa.func.pg_advisory_lock(LOCK, sa.cast(relay.c.fence, sa.Integer)))
)
_TAKE_SQLITE = relay.update().values(_RAISED).returning(relay.c.fence, relay.c.position)
_MINE = relay.c.fence == sa.bindparam("mine")
_MOVE = (
    relay.update()
    .values(position=sa.bindparam("to"), renewed_at=_NOW)
    .where(_MINE, relay.c.position == sa.bindparam("since"))
    .returning(relay.c.position)
)
_RENEW_POSTGRES = relay.update().values(renewed_at=_NOW).where(_MINE).returning(sa.select(log.c.head).scalar_subquery())
_RENEW_SQLITE = sa.select(log.c.head).where(sa.exists().where(_MINE))

Execute = Callable[[sa.Executable, Mapping[str, Any]], "sa.Row[Any] | None"]


class Fenced(Exception):
    """Another relay has taken the lease; this one must step down."""


class Lease:
    """The right to move a relay's cursor, which it knows: nobody else moves it.

    fence: how often a lease was taken, this one included; position: the last one that the broker has confirmed.
    """

    def __init__(self, fence: int, position: int, execute: Execute, renewal: sa.Executable) -> None:
        self.fence = fence
        self.position = position
        self._execute = execute
        self._renewal = renewal
        self._seen = time.monotonic()

    def renew(self) -> int:
        """Hold the lease for longer; the head of the log. Raises Fenced."""
        return int(self._held(self._renewal, {"mine": self.fence}))

    def move(self, position: int) -> None:
        """Move the cursor. Raises Fenced, and has moved nothing then."""
        self._held(_MOVE, {"mine": self.fence, "since": self.position, "to": position})
        self.position = position

    def check(self) -> None:
        """Look whether the lease is still held, where it was not renewed for so long that it may have been taken. Raises Fenced."""
        if time.monotonic() - self._seen > RELAY_LEASE_SECONDS:
            self.renew()

    def _held(self, statement: sa.Executable, values: Mapping[str, Any]) -> Any:
        row = self._execute(statement, values)
        if row is None:
            raise Fenced(f"the lease with fence {self.fence} was taken by another relay")
        self._seen = time.monotonic()
        return row[0]


@contextmanager
def contending(database: Database) -> Iterator[Callable[[], Lease | None]]:
    """What tries for the lease of this database's relay: None while another holds it. At the end of the block it is given up."""
    if database.dialect == "sqlite":

        def in_transaction(statement: sa.Executable, values: Mapping[str, Any]) -> sa.Row[Any] | None:
            with database.write() as connection:
                return connection.execute(statement, values).one_or_none()

        yield lambda: _taken(in_transaction, _TAKE_SQLITE, _RENEW_SQLITE)
        return
    with database.session() as session:
        # a cursor that a crash of the server sets back publishes pages again, which costs less than a flush to disk for each
        session.execute(sa.text("SET synchronous_commit = off"))
        yield lambda: _taken(lambda statement, values: session.execute(statement, values).one_or_none(), _TAKE_POSTGRES, _RENEW_POSTGRES)


def _taken(execute: Execute, take: sa.Executable, renewal: sa.Executable) -> Lease | None:
    row = execute(take, {"seconds": RELAY_LEASE_SECONDS})
    return None if row is None else Lease(row.fence, row.position, execute, renewal)
