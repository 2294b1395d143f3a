"""The event store: one append-only table per service on SQLite or PostgreSQL, with what must be atomic beside it."""

from shared.store.append import ANY, EXISTS, NONE, Append, Recorded
from shared.store.database import Database, open_database
from shared.store.events import EventStore

__all__ = ["ANY", "EXISTS", "NONE", "Append", "Database", "EventStore", "Recorded", "open_database"]
