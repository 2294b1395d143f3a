"""Release 0.2.0: appends in one call of a database function, relays that are fenced off, snapshots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.database import Instant

revision = "0002"
down_revision = "0001"

# Runs as one transaction by itself, so that an append is one round trip. It writes only if the command is new and no stream has moved on;
# the counter row is taken after that and held to the commit. A writer that commits in between is met by the unique keys of events and
# commands. Nothing on the way reorders or renumbers canonical bytes: data is text.
# In append_events streams, versions and counts have an element a write; ids and what follows one an event, those of the first write first.
_APPEND_EVENTS = """
CREATE FUNCTION append_events(
    of_command text, of_digest text, of_answers text, at timestamptz, by_actor text, in_correlation text, from_causation text,
    streams text[], versions integer[], counts integer[], ids text[], types text[], schemas integer[], contents text[], effective date[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    count integer := cardinality(ids);
    base bigint;
    done integer := 0;
BEGIN
    IF of_command IS NOT NULL THEN
        PERFORM FROM commands WHERE command = of_command;
        IF FOUND THEN RETURN NULL; END IF;
    END IF;
    FOR i IN 1 .. cardinality(streams) LOOP
        IF versions[i] <> (SELECT coalesce(max(e.version), 0) FROM events e WHERE e.stream = streams[i]) THEN RETURN NULL; END IF;
    END LOOP;
    UPDATE log SET head = head + count RETURNING head - count INTO base;
    FOR i IN 1 .. cardinality(streams) LOOP
        INSERT INTO events (position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation)
        SELECT base + done + e.number, e.id, streams[i], versions[i] + e.number, e.type, e.schema, e.content, at, e.effective, by_actor,
            in_correlation, from_causation
        FROM unnest(ids[done + 1 : done + counts[i]], types[done + 1 : done + counts[i]], schemas[done + 1 : done + counts[i]],
            contents[done + 1 : done + counts[i]], effective[done + 1 : done + counts[i]])
            WITH ORDINALITY AS e(id, type, schema, content, effective, number);
        done := done + counts[i];
    END LOOP;
    IF of_command IS NOT NULL THEN
        INSERT INTO commands (command, digest, answers, recorded_at, base) VALUES (of_command, of_digest, of_answers, at, base);
    END IF;
    RETURN base;
END $$
"""

# The same for one event, as nearly all appends are: plain values take half the time that arrays take to be sent.
_APPEND_EVENT = """
CREATE FUNCTION append_event(
    of_command text, of_digest text, of_answers text, at timestamptz, by_actor text, in_correlation text, from_causation text,
    of_stream text, of_version integer, of_id text, of_type text, of_schema integer, content text, effective date
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    base bigint;
BEGIN
    IF of_command IS NOT NULL THEN
        PERFORM FROM commands WHERE command = of_command;
        IF FOUND THEN RETURN NULL; END IF;
    END IF;
    IF of_version <> (SELECT coalesce(max(e.version), 0) FROM events e WHERE e.stream = of_stream) THEN RETURN NULL; END IF;
    UPDATE log SET head = head + 1 RETURNING head - 1 INTO base;
    INSERT INTO events (position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation)
    VALUES (base + 1, of_id, of_stream, of_version + 1, of_type, of_schema, content, at, effective, by_actor, in_correlation,
        from_causation);
    IF of_command IS NOT NULL THEN
        INSERT INTO commands (command, digest, answers, recorded_at, base) VALUES (of_command, of_digest, of_answers, at, base);
    END IF;
    RETURN base;
END $$
"""


def upgrade() -> None:
    op.add_column("commands", sa.Column("base", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("relay", sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("relay", sa.Column("renewed_at", Instant))
    op.create_table(
        "snapshots",
        sa.Column("stream", sa.String(450), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("taken_at", Instant, nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute(_APPEND_EVENTS)
        op.execute(_APPEND_EVENT)
