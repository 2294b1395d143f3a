"""Campaigns with their rubrics, who takes part, and whether the boards stand still."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from services.rankings.views.cuts import mark_of
from services.rankings.views.model import MODEL
from services.rankings.views.registry import clusters
from shared.event import Event, instant_text
from shared.projection import Reading, Rows
from shared.store.database import Instant

SERVICE = "campaigns"

rubrics = sa.Table(
    "rubrics",
    MODEL.metadata,
    sa.Column("rubric", sa.String(100), primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
)
campaigns = sa.Table(
    "campaigns",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("cluster", sa.String(100), nullable=False),
    sa.Column("season", sa.Integer, nullable=False),
    sa.Column("rubric", sa.String(100), nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("final", sa.Boolean, nullable=False),
    sa.Column("finalised_at", Instant),
    sa.Column("votes", sa.JSON),  # counts by unit, and a mark
    sa.Column("frozen", sa.JSON),  # since, reason, positions
    sa.Column("seal", sa.JSON),  # the digest by board
)
participants = sa.Table(
    "participants",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("registered", sa.JSON),  # a mark
    sa.Column("covenant", sa.JSON),  # a mark
)


@MODEL.on("campaigns.RubricPublished")
def _rubric(rows: Rows, event: Event) -> None:
    rows.put(rubrics, rubric=event.data["rubric"], content=event.data["content"])


@MODEL.on("campaigns.CampaignLaunched", versions=(1, 2))
def _launched(rows: Rows, event: Event) -> None:
    names = ("campaign", "title", "cluster", "season", "rubric", "illustrative", "audience")
    rows.put(campaigns, **{name: event.data[name] for name in names}, final=False)


@MODEL.on("campaigns.UnitRegistered", versions=(1, 2))
def _registered(rows: Rows, event: Event) -> None:
    rows.change(participants, {"campaign": event.data["campaign"], "unit": event.data["unit"]}, registered=mark_of(event))


@MODEL.on("campaigns.CovenantSigned")
def _covenant(rows: Rows, event: Event) -> None:
    rows.change(participants, {"campaign": event.data["campaign"], "unit": event.data["unit"]}, covenant=mark_of(event))


@MODEL.on("campaigns.TieVoteRecorded", versions=(1, 2))
def _voted(rows: Rows, event: Event) -> None:
    counts = {count["unit"]: count["votes"] for count in event.data["counts"]}
    rows.change(campaigns, {"campaign": event.data["campaign"]}, votes={"counts": counts, **mark_of(event)})


@MODEL.on("campaigns.CampaignFrozen")
def _frozen(rows: Rows, event: Event) -> None:
    frozen = {"since": instant_text(event.recorded_at), "reason": event.data["reason"], "positions": event.data["positions"]}
    rows.change(campaigns, {"campaign": event.data["campaign"]}, frozen=frozen)


@MODEL.on("campaigns.CampaignThawed")
def _thawed(rows: Rows, event: Event) -> None:
    rows.change(campaigns, {"campaign": event.data["campaign"]}, frozen=None)


@MODEL.on("campaigns.CampaignFinalised", versions=(1, 2))
def _finalised(rows: Rows, event: Event) -> None:
    boards = {seal["board"]: seal["digest"] for seal in event.data.get("boards", [])}
    rows.change(campaigns, {"campaign": event.data["campaign"]}, final=True, finalised_at=event.recorded_at, seal=boards or None)


def all_campaigns(reading: Reading) -> list[dict[str, Any]]:
    table, known = reading[campaigns], reading[clusters]
    columns: list[sa.ColumnElement[Any]] = [*table.columns, known.c.name.label("cluster_name")]
    query = sa.select(*columns).outerjoin(known, known.c.cluster == table.c.cluster)
    return reading.all(query.order_by(table.c.season.desc(), table.c.title))


def campaign_of(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """A campaign with its rubric's `content`, its cluster's `cluster_name` and `leader_rule`."""
    table, published, known = reading[campaigns], reading[rubrics], reading[clusters]
    columns: list[sa.ColumnElement[Any]] = [*table.columns, published.c.content, known.c.name.label("cluster_name"), known.c.leader_rule]
    query = (
        sa.select(*columns)
        .join(published, published.c.rubric == table.c.rubric)
        .outerjoin(known, known.c.cluster == table.c.cluster)
        .where(table.c.campaign == campaign)
    )
    return reading.one(query)


def particulars_of(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """A campaign without its units and the content of its rubric, which are long and do not change; with its cluster as above."""
    table, known = reading[campaigns], reading[clusters]
    columns: list[sa.ColumnElement[Any]] = [column for column in table.columns if column.name != "audience"]
    columns += [known.c.name.label("cluster_name"), known.c.leader_rule]
    query = sa.select(*columns).outerjoin(known, known.c.cluster == table.c.cluster).where(table.c.campaign == campaign)
    return reading.one(query)


def units_of(reading: Reading, campaign: str) -> int:
    """How many units a campaign has; 0 where there is none."""
    table = reading[campaigns]
    found = reading.one(sa.select(sa.func.json_array_length(table.c.audience).label("units")).where(table.c.campaign == campaign))
    return int(found["units"]) if found else 0


def participants_of(reading: Reading, campaign: str, units: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """By unit; units: of these alone."""
    table = reading[participants]
    query = sa.select(table).where(table.c.campaign == campaign)
    if units is not None:
        query = query.where(reading.among(table.c.unit, units))
    return {row["unit"]: row for row in reading.all(query)}
