"""Waking the active relay from another process of its service: PostgreSQL's NOTIFY, sent by the relay that stands by there.

Not by the append itself: a NOTIFY takes a lock of the whole server at commit, and appends would wait for one another. SQLite has one
process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from shared.bounds import RELAY_POLL_SECONDS
from shared.store import Database

CHANNEL = "commendation_appended"


def tell(database: Database) -> None:
    """Wake the relay that is active in another process."""
    if database.dialect == "postgresql":
        with database.driver() as connection:
            connection.execute("SELECT pg_notify(%s, '')", (CHANNEL,))


def listen(database: Database, wake: Callable[[], None], ended: Callable[[], bool]) -> None:
    """Call `wake` for whatever is told, until `ended` says so; returns by then and RELAY_POLL_SECONDS."""
    if database.dialect == "sqlite":
        return
    with database.session() as session:
        session.execute(sa.text(f"LISTEN {CHANNEL}"))
        wake()  # for what was told before
        driver: Any = session.connection.dbapi_connection
        while not ended():
            for _ in driver.notifies(timeout=RELAY_POLL_SECONDS, stop_after=1):
                wake()
