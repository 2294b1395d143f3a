"""The schema of release 0.1.0, which recorded no revision: what of it is missing is made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.database import Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    _events()
    _beside_the_events()
    _read_models()


def _events() -> None:
    if sa.inspect(op.get_bind()).has_table("events"):
        return
    op.create_table(
        "events",
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
    refusal = "events are never changed: append a correction"
    if op.get_context().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events BEGIN SELECT RAISE(ABORT, '{refusal}'); END")
        return
    op.execute(f"CREATE FUNCTION events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$")
    op.execute(
        "CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_refuse_change()"
    )


def _beside_the_events() -> None:
    op.create_table(
        "log",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
        sa.Column("site", sa.String(31), nullable=False),
        sa.Column("service", sa.String(31), nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "commands",
        sa.Column("command", sa.String(100), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "relay",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


def _read_models() -> None:
    op.create_table(
        "view_generations",
        sa.Column("model", sa.String(50), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "view_cursors",
        sa.Column("model", sa.String(50), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("site", sa.String(31), primary_key=True),
        sa.Column("service", sa.String(31), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "view_parked",
        sa.Column("model", sa.String(50), primary_key=True),
        sa.Column("generation", sa.Integer, primary_key=True),
        sa.Column("site", sa.String(31), primary_key=True),
        sa.Column("service", sa.String(31), primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True),
        sa.Column("stream", sa.String(450), nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("trace", sa.Text, nullable=False),
        sa.Column("parked_at", Instant, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "view_discards",
        sa.Column("model", sa.String(50), primary_key=True),
        sa.Column("site", sa.String(31), primary_key=True),
        sa.Column("service", sa.String(31), primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("stream", sa.String(450), nullable=False),
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("discarded_at", Instant, nullable=False),
        if_not_exists=True,
    )
