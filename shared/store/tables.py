"""The tables of an event store as this release has them; `migrations` makes them, with the triggers and the function that go with them.

The log is append-only: the database itself refuses UPDATE, DELETE and TRUNCATE.
"""

from __future__ import annotations

import sqlalchemy as sa

from shared.store.database import Instant

metadata = sa.MetaData()

events = sa.Table(
    "events",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(36), nullable=False, unique=True),
    sa.Column("stream", sa.String(450), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("type", sa.String(100), nullable=False),
    sa.Column("schema", sa.Integer, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("correlation", sa.String(100), nullable=False),
    sa.Column("causation", sa.String(100), nullable=False),
    sa.UniqueConstraint("stream", "version", name="events_stream_version"),
)

log = sa.Table(
    "log",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("site", sa.String(31), nullable=False),
    sa.Column("service", sa.String(31), nullable=False),
    sa.Column("head", sa.BigInteger, nullable=False),
)

commands = sa.Table(
    "commands",
    metadata,
    sa.Column("command", sa.String(100), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("answers", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    # what is added to the positions in `answers`: when they were written down it was not yet known
    sa.Column("base", sa.BigInteger, nullable=False, server_default="0"),
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("stream", sa.String(450), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("taken_at", Instant, nullable=False),
)

relay = sa.Table(
    "relay",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("renewed_at", Instant),
)
