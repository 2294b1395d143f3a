"""What the extensions of one service stand on together: its configuration, database and event store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import eventlet
import nameko
from nameko.extensions import SharedExtension
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.bounds import HEALTH_DATABASE_SECONDS
from shared.config import Config
from shared.errors import Unavailable
from shared.store import Database, EventStore, open_database

T = TypeVar("T")
CONFIG_KEY = "commendation"


def configuration() -> Config:
    """The configuration that this process was started with."""
    found = nameko.config.get(CONFIG_KEY)
    return found if isinstance(found, Config) else Config()


def in_time(question: Callable[[], T]) -> T:
    """What a database answers to a question about somebody's health. Raises Unavailable with the reason where it does not, soon enough."""
    try:
        with eventlet.Timeout(HEALTH_DATABASE_SECONDS):
            return question()
    except eventlet.Timeout as error:
        raise Unavailable(f"no answer within {HEALTH_DATABASE_SECONDS:g} seconds") from error
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise Unavailable(str(error).partition("\n")[0]) from error


class Standing:
    """How a part of a service that runs by itself stands: "starting", "active", "stand-by", or "waiting" and for what."""

    def __init__(self) -> None:
        self.state = "starting"
        self.reason = ""

    def says(self, state: str, reason: str = "") -> None:
        self.state, self.reason = state, reason


class Ground(SharedExtension):
    """Opens the service's own database once for all extensions of its container, and keeps how its relay and its subscriber stand."""

    def __init__(self) -> None:
        super().__init__()
        self.relay = Standing()
        self.subscriber = Standing()
        self._store: EventStore | None = None

    @property
    def store(self) -> EventStore:
        """The event store, opened and prepared by whichever extension asks first: nameko sets them up in any order."""
        if self._store is None:
            config = configuration()
            service = str(self.container.service_name)
            database = open_database(config.database_url_of(service), wait_seconds=config.start_seconds)
            store = EventStore(database, site=config.site, service=service)
            store.prepare()
            self._store = store
        return self._store

    @property
    def database(self) -> Database:
        return self.store.database

    def stop(self) -> None:
        if self._store is not None:
            self._store.database.close()
