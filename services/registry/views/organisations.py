"""Organisations as one asks for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.registry.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

organisations = sa.Table(
    "organisations",
    MODEL.metadata,
    sa.Column("organisation", sa.String(100), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("code", sa.String(100)),
    sa.Column("parent", sa.String(100)),
    sa.Column("opened_on", sa.Date),
)


@MODEL.on("registry.OrganisationRegistered")
def _registered(rows: Rows, event: Event) -> None:
    opened_on = event.data["opened_on"]
    rows.put(organisations, **{**event.data, "opened_on": opened_on and date.fromisoformat(opened_on)})


def all_organisations(reading: Reading) -> list[dict[str, Any]]:
    table = reading[organisations]
    return reading.all(sa.select(table).order_by(table.c.name))
