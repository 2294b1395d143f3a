"""Rubrics, their versions and their drafts as one asks for them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.campaigns.views.model import MODEL
from shared.calendar import legal_date
from shared.event import Event
from shared.projection import Reading, Rows
from shared.store.database import Instant

rubrics = sa.Table(
    "rubrics",
    MODEL.metadata,
    sa.Column("rubric", sa.String(100), primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("based_on", sa.String(100)),
    sa.Column("published_on", sa.Date, nullable=False),
    sa.Column("withdrawn_on", sa.Date),
    sa.Column("withdrawn_for", sa.Text),
)
drafts = sa.Table(
    "rubric_drafts",
    MODEL.metadata,
    sa.Column("draft", sa.String(100), primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Column("saved_by", sa.String(100), nullable=False),
    sa.Column("saved_at", Instant, nullable=False),
)


@MODEL.on("campaigns.RubricPublished")
def _published(rows: Rows, event: Event) -> None:
    content = event.data["content"]
    rows.put(
        rubrics,
        rubric=event.data["rubric"],
        content=content,
        based_on=content.get("based_on"),
        published_on=legal_date(event.recorded_at),
    )


@MODEL.on("campaigns.RubricWithdrawn")
def _withdrawn(rows: Rows, event: Event) -> None:
    at = {"rubric": event.data["rubric"]}
    rows.change(rubrics, at, withdrawn_on=event.effective_on, withdrawn_for=event.data["reason"])


@MODEL.on("campaigns.RubricDrafted")
def _drafted(rows: Rows, event: Event) -> None:
    saved = {"content": event.data["content"], "saved_by": event.actor, "saved_at": event.recorded_at}
    before = rows.get(drafts, draft=event.data["draft"])
    rows.put(drafts, draft=event.data["draft"], edition=1 if before is None else before["edition"] + 1, **saved)


@MODEL.on("campaigns.RubricDraftDiscarded")
def _discarded(rows: Rows, event: Event) -> None:
    rows.remove(drafts, draft=event.data["draft"])


@MODEL.on("campaigns.RubricDraftPublished")
def _draft_published(rows: Rows, event: Event) -> None:
    rows.remove(drafts, draft=event.data["draft"])


def rubric_content(reading: Reading, rubric: str) -> dict[str, Any] | None:
    found = reading.one(sa.select(reading[rubrics].c.content).where(reading[rubrics].c.rubric == rubric))
    return found and found["content"]


def all_rubrics(reading: Reading) -> list[dict[str, Any]]:
    """The published rubrics by key, also those withdrawn since: {rubric, title, season, scale, based_on, published_on, in_force_from,
    in_force_until, withdrawn_on, withdrawn_for}."""
    table = reading[rubrics]
    rows = reading.all(sa.select(table).order_by(table.c.rubric))
    return [_without_content(row, "title", "season", "scale", "in_force_from", "in_force_until") for row in rows]


def versions_of(reading: Reading, rubric: str) -> list[dict[str, Any]]:
    """The lines of all rubrics that go back to the same first version as this one, each after the one it is based on."""
    lines = {line["rubric"]: line for line in all_rubrics(reading)}
    first = rubric
    while (line := lines.get(first)) is not None and line["based_on"] in lines:
        first = line["based_on"]
    order = [first] if first in lines else []
    for version in order:
        order += [key for key, line in lines.items() if line["based_on"] == version]
    return [lines[key] for key in order]


def all_drafts(reading: Reading) -> list[dict[str, Any]]:
    """The drafts that are still written, the latest first; {draft, key, title, season, edition, saved_by, saved_at} as far as it says."""
    table = reading[drafts]
    rows = reading.all(sa.select(table).order_by(table.c.saved_at.desc(), table.c.draft))
    return [_without_content(row, "key", "title", "season") for row in rows]


def draft_of(reading: Reading, draft: str) -> dict[str, Any] | None:
    return reading.one(sa.select(reading[drafts]).where(reading[drafts].c.draft == draft))


def _without_content(row: dict[str, Any], *named: str) -> dict[str, Any]:
    """The row with these parts of its content in place of all."""
    content = row["content"]
    return {**{name: value for name, value in row.items() if name != "content"}, **{name: content.get(name) for name in named}}
