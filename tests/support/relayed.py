"""How far a service's log has been published."""

from __future__ import annotations

import sqlalchemy as sa

from shared.store import Database
from shared.store.tables import relay


def cursor(database: Database) -> int:
    """The last position of this database's log that the broker has confirmed."""
    with database.read() as connection:
        return int(connection.execute(sa.select(relay.c.position)).scalar_one())
