"""What the extensions of one service stand on together: its configuration, database and event store."""

from __future__ import annotations

import nameko
from nameko.extensions import SharedExtension

from shared.config import Config
from shared.store import Database, EventStore, open_database

CONFIG_KEY = "commendation"


def configuration() -> Config:
    """The configuration that this process was started with."""
    found = nameko.config.get(CONFIG_KEY)
    return found if isinstance(found, Config) else Config()


class Ground(SharedExtension):
    """Opens the service's own database once for all extensions of its container."""

    def __init__(self) -> None:
        super().__init__()
        self._store: EventStore | None = None

    @property
    def store(self) -> EventStore:
        """The event store, opened and prepared by whichever extension asks first: nameko sets them up in any order."""
        if self._store is None:
            config = configuration()
            service = str(self.container.service_name)
            store = EventStore(open_database(config.database_url_of(service)), site=config.site, service=service)
            store.prepare()
            self._store = store
        return self._store

    @property
    def database(self) -> Database:
        return self.store.database

    def stop(self) -> None:
        if self._store is not None:
            self._store.database.close()
