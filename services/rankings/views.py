"""The projection behind every board: the facts of campaigns, sheets and clusters, row by row, each with the event it came from.

Boards are computed from these rows when asked for. A cluster has some tens of units, and a board that is computed cannot be out of step
with its scores, needs no "recalculate" button, and answers as of any moment by leaving out later rows.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from shared import access
from shared.event import Event
from shared.projection import Reading, ReadModel, Rows
from shared.store.database import Exact, Instant

MODEL = ReadModel(name="standings", version=2)
MODEL.include(access.GRANTS)

organisations = sa.Table(
    "organisations",
    MODEL.metadata,
    sa.Column("organisation", sa.String(100), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)
clusters = sa.Table(
    "clusters",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("leader_rule", sa.String(20), nullable=False),
)
leaders = sa.Table(
    "leaders",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("season", sa.Integer, primary_key=True),
    sa.Column("leader", sa.String(100), nullable=False),
    sa.Column("deputy", sa.String(100)),
    sa.Column("basis", sa.String(20), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
)
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
    sa.Column("votes", sa.JSON),
)
participants = sa.Table(
    "participants",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("registered", sa.String(36)),
    sa.Column("covenant", sa.String(36)),
)
scores = sa.Table(
    "scores",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("item", sa.String(100), primary_key=True),
    sa.Column("score", Exact),
    sa.Column("reason", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("correlation", sa.String(100), nullable=False),
)
submissions = sa.Table(
    "submissions",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
    sa.Column("submitted_at", Instant, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
)


@MODEL.on("registry.OrganisationRegistered")
def _organisation(rows: Rows, event: Event) -> None:
    rows.put(organisations, organisation=event.data["organisation"], name=event.data["name"])


@MODEL.on("registry.ClusterFormed")
def _cluster(rows: Rows, event: Event) -> None:
    rows.put(clusters, **{name: event.data[name] for name in ("cluster", "name", "leader_rule")})


@MODEL.on("registry.LeaderDesignated")
def _leader(rows: Rows, event: Event) -> None:
    rows.put(leaders, **event.data, event=event.id)


@MODEL.on("campaigns.RubricPublished")
def _rubric(rows: Rows, event: Event) -> None:
    rows.put(rubrics, rubric=event.data["rubric"], content=event.data["content"])


@MODEL.on("campaigns.CampaignLaunched")
def _launched(rows: Rows, event: Event) -> None:
    names = ("campaign", "title", "cluster", "season", "rubric", "illustrative", "audience")
    rows.put(campaigns, **{name: event.data[name] for name in names}, final=False)


@MODEL.on("campaigns.UnitRegistered")
def _registered(rows: Rows, event: Event) -> None:
    rows.change(participants, {"campaign": event.data["campaign"], "unit": event.data["unit"]}, registered=event.id)


@MODEL.on("campaigns.CovenantSigned")
def _covenant(rows: Rows, event: Event) -> None:
    rows.change(participants, {"campaign": event.data["campaign"], "unit": event.data["unit"]}, covenant=event.id)


@MODEL.on("campaigns.TieVoteRecorded")
def _voted(rows: Rows, event: Event) -> None:
    votes = {"counts": {count["unit"]: count["votes"] for count in event.data["counts"]}, "event": event.id}
    rows.change(campaigns, {"campaign": event.data["campaign"]}, votes={**votes, "recorded_at": event.recorded_at.isoformat()})


@MODEL.on("campaigns.CampaignFinalised")
def _finalised(rows: Rows, event: Event) -> None:
    rows.change(campaigns, {"campaign": event.data["campaign"]}, final=True)


@MODEL.on("evaluations.ItemsScored")
def _scored(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("campaign", "unit", "pass_key", "scorer")}
    for given in event.data["scores"]:
        rows.put(
            scores,
            **at,
            version=event.version,
            item=given["item"],
            score=None if given["score"] is None else Decimal(given["score"]),
            reason=given["reason"],
            recorded_at=event.recorded_at,
            event=event.id,
            correlation=event.correlation,
        )


@MODEL.on("evaluations.SheetSubmitted")
def _submitted(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("campaign", "unit", "pass_key", "scorer")}
    rows.put(submissions, **at, submitted_at=event.recorded_at, late=event.data["late"], event=event.id)


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


def submitted_scores(reading: Reading, campaign: str, as_of: Any = None) -> list[dict[str, Any]]:
    """Every score record of the sheets that were handed in, by `as_of` where given; drafts stay with their writers."""
    given, done = reading[scores], reading[submissions]
    same = [given.c[name] == done.c[name] for name in ("campaign", "unit", "pass_key", "scorer")]
    query = sa.select(given).join(done, sa.and_(*same)).where(given.c.campaign == campaign)
    if as_of is not None:
        query = query.where(done.c.submitted_at <= as_of)
    return reading.all(query.order_by(given.c.recorded_at, given.c.version, given.c.item))


def participants_of(reading: Reading, campaign: str) -> dict[str, dict[str, Any]]:
    table = reading[participants]
    return {row["unit"]: row for row in reading.all(sa.select(table).where(table.c.campaign == campaign))}


def leaders_of(reading: Reading, cluster: str) -> list[dict[str, Any]]:
    table = reading[leaders]
    return reading.all(sa.select(table).where(table.c.cluster == cluster).order_by(table.c.season))


def names_of(reading: Reading) -> dict[str, str]:
    table = reading[organisations]
    return {row["organisation"]: row["name"] for row in reading.all(sa.select(table))}
