"""The event store: one append-only table per service on SQLite or PostgreSQL, with what must be atomic beside it."""

from shared.store.database import Database, open_database
from shared.store.events import ANY, EXISTS, NONE, Append, EventStore, Recorded

__all__ = ["ANY", "EXISTS", "NONE", "Append", "Database", "EventStore", "Recorded", "open_database"]
