"""The engine's own tables, as the newest migration leaves them.

Generations of a model, where each stands in its feeds, what is parked and what was discarded.
"""

from __future__ import annotations

import sqlalchemy as sa

from shared.store.database import Instant

bookkeeping = sa.MetaData()

generations = sa.Table(
    "view_generations",
    bookkeeping,
    sa.Column("model", sa.String(50), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # building | live | retired | dropped
    sa.Column("since", Instant),  # in this state
    sa.Column("tables", sa.Text),  # by the model's names, a blank between: who drops them may be of a version without some
)

# A trigger refuses a cursor that does not move on from where it stood: `since` is the position that the page follows, 0 for the first.
cursors = sa.Table(
    "view_cursors",
    bookkeeping,
    sa.Column("model", sa.String(50), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("since", sa.BigInteger, nullable=False, server_default="0"),
)

# An event that only waits behind another of its stream has no attempts, and no errors of its own.
parked = sa.Table(
    "view_parked",
    bookkeeping,
    sa.Column("model", sa.String(50), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("stream", sa.String(450), nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("first_error", sa.Text),
    sa.Column("first_trace", sa.Text),
    sa.Column("last_error", sa.Text),
    sa.Column("last_trace", sa.Text),
    sa.Column("parked_at", Instant, nullable=False),
    sa.Column("tried_at", Instant),
)

# Not of a generation: what an operator decided holds for those that are built later, too.
discards = sa.Table(
    "view_discards",
    bookkeeping,
    sa.Column("model", sa.String(50), primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream", sa.String(450), nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("discarded_at", Instant, nullable=False),
)
