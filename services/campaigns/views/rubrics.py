"""Rubrics as one asks for them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.campaigns.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

rubrics = sa.Table(
    "rubrics",
    MODEL.metadata,
    sa.Column("rubric", sa.String(100), primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
)


@MODEL.on("campaigns.RubricPublished")
def _published(rows: Rows, event: Event) -> None:
    rows.put(rubrics, rubric=event.data["rubric"], content=event.data["content"])


def rubric_content(reading: Reading, rubric: str) -> dict[str, Any] | None:
    found = reading.one(sa.select(reading[rubrics].c.content).where(reading[rubrics].c.rubric == rubric))
    return found and found["content"]


def all_rubrics(reading: Reading) -> list[dict[str, Any]]:
    table = reading[rubrics]
    return [
        {"rubric": row["rubric"], **{name: row["content"][name] for name in ("title", "season", "scale")}}
        for row in reading.all(sa.select(table).order_by(table.c.rubric))
    ]
