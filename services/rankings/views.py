"""The projection behind every board: the facts of campaigns, sheets and clusters, row by row, each with the event it came from.

Boards are computed from these rows when asked for. A cluster has some tens of units, and a board that is computed cannot be out of step
with its scores, needs no "recalculate" button, and answers as of any moment by leaving out later rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from shared import access
from shared.event import Event, instant_text
from shared.projection import Reading, ReadModel, Rows
from shared.store.database import Exact, Instant

MODEL = ReadModel(name="standings", version=3)
MODEL.include(access.GRANTS)

organisations = sa.Table(
    "organisations",
    MODEL.metadata,
    sa.Column("organisation", sa.String(100), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("named_on", sa.Date, nullable=False),  # since when
    sa.Column("ended_on", sa.Date),  # the first day on which it was no more
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
    sa.Column("deputies", sa.JSON, nullable=False),
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
    sa.Column("frozen", sa.JSON),
    sa.Column("seal", sa.JSON),
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
    sa.Column("site", sa.String(31), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)


@MODEL.on("registry.OrganisationRegistered", versions=(1, 2))
def _organisation(rows: Rows, event: Event) -> None:
    rows.put(organisations, organisation=event.data["organisation"], name=event.data["name"], named_on=date.min)


@MODEL.on("registry.OrganisationRenamed")
def _organisation_renamed(rows: Rows, event: Event) -> None:
    _name(rows, event.data["organisation"], event.data["name"], event.data["effective_on"])


@MODEL.on("registry.OrganisationCorrected")
def _organisation_corrected(rows: Rows, event: Event) -> None:
    organisation, value, held_from = (event.data[name] for name in ("organisation", "value", "held_from"))
    if event.data["attribute"] == "name":
        _name(rows, organisation, value, held_from)
    elif event.data["attribute"] == "succession":
        row = rows.get(organisations, organisation=organisation)
        if row is not None and row["ended_on"] == date.fromisoformat(held_from):
            rows.put(organisations, **{**row, "ended_on": value and date.fromisoformat(value)})


@MODEL.on("registry.OrganisationMerged", "registry.OrganisationDissolved", "registry.OrganisationSplit")
def _organisation_ended(rows: Rows, event: Event) -> None:
    organisation = event.data["organisation"]
    goes_on = any(heir["organisation"] == organisation for heir in event.data.get("heirs", ()))
    if not goes_on:
        rows.change(organisations, {"organisation": organisation}, ended_on=date.fromisoformat(event.data["effective_on"]))


def _name(rows: Rows, organisation: str, name: str, from_on: str | None) -> None:
    """The name said of the latest day; what was recorded later of an earlier one is history."""
    named_on = date.min if from_on is None else date.fromisoformat(from_on)
    row = rows.get(organisations, organisation=organisation)
    if row is not None and row["named_on"] <= named_on:
        rows.put(organisations, **{**row, "name": name, "named_on": named_on})


@MODEL.on("registry.ClusterFormed", versions=(1, 2))
def _cluster(rows: Rows, event: Event) -> None:
    rows.put(clusters, **{name: event.data[name] for name in ("cluster", "name", "leader_rule")})


@MODEL.on("registry.ClusterRenamed")
def _renamed(rows: Rows, event: Event) -> None:
    rows.change(clusters, {"cluster": event.data["cluster"]}, name=event.data["name"])


@MODEL.on("registry.LeaderDesignated", versions=(1, 2))
def _leader(rows: Rows, event: Event) -> None:
    said = dict(event.data)
    if event.schema == 1:
        deputy = said.pop("deputy")
        said["deputies"] = [] if deputy is None else [deputy]
    rows.put(leaders, **said, event=event.id)


@MODEL.on("campaigns.RubricPublished")
def _rubric(rows: Rows, event: Event) -> None:
    rows.put(rubrics, rubric=event.data["rubric"], content=event.data["content"])


@MODEL.on("campaigns.CampaignLaunched", versions=(1, 2))
def _launched(rows: Rows, event: Event) -> None:
    names = ("campaign", "title", "cluster", "season", "rubric", "illustrative", "audience")
    rows.put(campaigns, **{name: event.data[name] for name in names}, final=False)


@MODEL.on("campaigns.UnitRegistered", versions=(1, 2))
def _registered(rows: Rows, event: Event) -> None:
    rows.change(participants, {"campaign": event.data["campaign"], "unit": event.data["unit"]}, registered=event.id)


@MODEL.on("campaigns.CovenantSigned")
def _covenant(rows: Rows, event: Event) -> None:
    rows.change(participants, {"campaign": event.data["campaign"], "unit": event.data["unit"]}, covenant=event.id)


@MODEL.on("campaigns.TieVoteRecorded")
def _voted(rows: Rows, event: Event) -> None:
    votes = {"counts": {count["unit"]: count["votes"] for count in event.data["counts"]}, "event": event.id}
    rows.change(campaigns, {"campaign": event.data["campaign"]}, votes={**votes, "recorded_at": event.recorded_at.isoformat()})


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
    rows.change(campaigns, {"campaign": event.data["campaign"]}, final=True, seal=boards or None)


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


@MODEL.on("evaluations.SheetSubmitted", versions=(1, 2))
def _submitted(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("campaign", "unit", "pass_key", "scorer")}
    place = {"event": event.id, "site": event.site, "position": event.position}
    rows.put(submissions, **at, submitted_at=event.recorded_at, late=event.data["late"], **place)


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


def submitted_scores(
    reading: Reading, campaign: str, as_of: Any = None, frozen: Sequence[Mapping[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Every score record of the sheets that were handed in; drafts stay with their writers.

    as_of: of those handed in by this instant; frozen: of those up to these positions ({site, service, position}).
    """
    given, done = reading[scores], reading[submissions]
    same = [given.c[name] == done.c[name] for name in ("campaign", "unit", "pass_key", "scorer")]
    query = sa.select(given).join(done, sa.and_(*same)).where(given.c.campaign == campaign)
    if as_of is not None:
        query = query.where(done.c.submitted_at <= as_of)
    if frozen is not None:
        query = query.where(_up_to(done, frozen))
    order = ("recorded_at", "version", "item", "unit", "pass_key", "scorer")
    return reading.all(query.order_by(*(given.c[name] for name in order)))


def sheets_after(reading: Reading, campaign: str, frozen: Sequence[Mapping[str, Any]]) -> int:
    """How many sheets came in after these positions."""
    done = reading[submissions]
    query = sa.select(sa.func.count().label("sheets")).select_from(done).where(done.c.campaign == campaign, ~_up_to(done, frozen))
    found = reading.one(query)
    return int(found["sheets"]) if found else 0


def _up_to(done: sa.Table, positions: Sequence[Mapping[str, Any]]) -> sa.ColumnElement[bool]:
    reached = [(place["site"], place["position"]) for place in positions if place["service"] == "evaluations"]
    return sa.or_(sa.false(), *(sa.and_(done.c.site == site, done.c.position <= position) for site, position in reached))


def participants_of(reading: Reading, campaign: str) -> dict[str, dict[str, Any]]:
    table = reading[participants]
    return {row["unit"]: row for row in reading.all(sa.select(table).where(table.c.campaign == campaign))}


def leaders_of(reading: Reading, cluster: str) -> list[dict[str, Any]]:
    table = reading[leaders]
    return reading.all(sa.select(table).where(table.c.cluster == cluster).order_by(table.c.season))


def names_of(reading: Reading) -> dict[str, str]:
    table = reading[organisations]
    return {row["organisation"]: row["name"] for row in reading.all(sa.select(table))}


def ended_by(reading: Reading, day: date) -> set[str]:
    """The organisations whose last day was on this day or before."""
    table = reading[organisations]
    ended = sa.select(table.c.organisation).where(table.c.ended_on <= day + timedelta(days=1))
    return {row["organisation"] for row in reading.all(ended)}
