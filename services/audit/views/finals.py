"""Where in the log results were made final: what a checkpoint has to hold that proves them."""

from __future__ import annotations

import sqlalchemy as sa

from services.audit.views.model import MODEL
from shared.event import Event
from shared.projection import Rows

FINALISED = "campaigns.CampaignFinalised"

finals = sa.Table(
    "finals",
    MODEL.metadata,
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream", sa.Text, nullable=False),
)


def note_final(rows: Rows, event: Event) -> None:
    """Note down an event by which a result was made final, in whatever version: it says where it stands without its data."""
    if event.type == FINALISED:
        rows.put(finals, site=event.site, service=event.service, position=event.position, stream=event.stream)
