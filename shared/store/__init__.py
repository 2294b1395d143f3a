"""The event store: one append-only table per service on SQLite or PostgreSQL, with what must be atomic beside it."""

from shared.store.append import ANY, EXISTS, NONE, Append, Recorded
from shared.store.database import Database, open_database
from shared.store.events import EventStore
from shared.store.reading import EVERYTHING, Sieve

__all__ = ["ANY", "EVERYTHING", "EXISTS", "NONE", "Append", "Database", "EventStore", "Recorded", "Sieve", "open_database"]
