"""What one asks the campaigns service, and what it knows of clusters from the registry's events."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from shared import access
from shared.event import Event
from shared.projection import Reading, ReadModel, Rows

MODEL = ReadModel(name="campaigns", version=1)
MODEL.include(access.GRANTS)

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
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("registration_due_on", sa.Date, nullable=False),
    sa.Column("legal_basis", sa.Text, nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("finalised_on", sa.Date),
)
participants = sa.Table(
    "participants",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("signatory", sa.Text),
    sa.Column("signed_on", sa.Date),
)
passes = sa.Table(
    "passes",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("assignments", sa.JSON, nullable=False),
)
clusters = sa.Table(
    "clusters",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("organiser", sa.String(100), nullable=False),
)
members = sa.Table(
    "members",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("unit", sa.String(100), nullable=False),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date),
)
open_members = sa.Table(
    "open_members",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)
leaders = sa.Table(
    "leaders",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("season", sa.Integer, primary_key=True),
    sa.Column("leader", sa.String(100), nullable=False),
)


@MODEL.on("registry.ClusterFormed")
def _cluster(rows: Rows, event: Event) -> None:
    rows.put(clusters, cluster=event.data["cluster"], organiser=event.data["organiser"])


@MODEL.on("registry.MemberAdmitted")
def _admitted(rows: Rows, event: Event) -> None:
    cluster, unit = event.data["cluster"], event.data["unit"]
    rows.put(members, cluster=cluster, position=event.position, unit=unit, from_on=date.fromisoformat(event.data["from_on"]))
    rows.put(open_members, cluster=cluster, unit=unit, position=event.position)


@MODEL.on("registry.MemberReleased")
def _released(rows: Rows, event: Event) -> None:
    cluster, unit = event.data["cluster"], event.data["unit"]
    current = rows.get(open_members, cluster=cluster, unit=unit)
    if current is None:
        raise LookupError(f"{unit} leaves {cluster} without a membership")
    at = {"cluster": cluster, "position": current["position"]}
    rows.change(members, at, until_on=date.fromisoformat(event.data["until_on"]))
    rows.remove(open_members, cluster=cluster, unit=unit)


@MODEL.on("registry.LeaderDesignated")
def _designated(rows: Rows, event: Event) -> None:
    rows.put(leaders, cluster=event.data["cluster"], season=event.data["season"], leader=event.data["leader"])


@MODEL.on("campaigns.RubricPublished")
def _published(rows: Rows, event: Event) -> None:
    rows.put(rubrics, rubric=event.data["rubric"], content=event.data["content"])


@MODEL.on("campaigns.CampaignLaunched")
def _launched(rows: Rows, event: Event) -> None:
    dates = {name: date.fromisoformat(event.data[name]) for name in ("starts_on", "ends_on", "registration_due_on")}
    rows.put(campaigns, **{**event.data, **dates}, state="open")


@MODEL.on("campaigns.UnitRegistered")
def _unit_registered(rows: Rows, event: Event) -> None:
    rows.put(participants, **event.data, registered_on=event.effective_on)


@MODEL.on("campaigns.CovenantSigned")
def _signed(rows: Rows, event: Event) -> None:
    at = {"campaign": event.data["campaign"], "unit": event.data["unit"]}
    rows.change(participants, at, signatory=event.data["signatory"], signed_on=date.fromisoformat(event.data["signed_on"]))


@MODEL.on("campaigns.PassOpened")
def _pass_opened(rows: Rows, event: Event) -> None:
    rows.put(passes, **{**event.data, "due_on": date.fromisoformat(event.data["due_on"])}, state="open")


@MODEL.on("campaigns.PassClosed")
def _pass_closed(rows: Rows, event: Event) -> None:
    rows.change(passes, event.data, state="closed")


@MODEL.on("campaigns.CampaignFinalised")
def _finalised(rows: Rows, event: Event) -> None:
    rows.change(campaigns, event.data, state="final", finalised_on=event.effective_on)


def cluster_in(reading: Reading, cluster: str, season: int) -> dict[str, Any] | None:
    """A cluster as it stands in a season: organiser, leader or None, members in the order of admission."""
    found = reading.one(sa.select(reading[clusters]).where(reading[clusters].c.cluster == cluster))
    if found is None:
        return None
    table, led = reading[members], reading[leaders]
    periods = reading.all(sa.select(table).where(table.c.cluster == cluster).order_by(table.c.position))
    leader = reading.one(sa.select(led.c.leader).where(led.c.cluster == cluster, led.c.season == season))
    in_season = dict.fromkeys(
        row["unit"] for row in periods if row["from_on"].year <= season and (row["until_on"] is None or row["until_on"].year >= season)
    )
    return {**found, "leader": leader and leader["leader"], "members": tuple(in_season)}


def rubric_content(reading: Reading, rubric: str) -> dict[str, Any] | None:
    found = reading.one(sa.select(reading[rubrics].c.content).where(reading[rubrics].c.rubric == rubric))
    return found and found["content"]


def all_rubrics(reading: Reading) -> list[dict[str, Any]]:
    table = reading[rubrics]
    return [
        {"rubric": row["rubric"], **{name: row["content"][name] for name in ("title", "season", "scale")}}
        for row in reading.all(sa.select(table).order_by(table.c.rubric))
    ]


def all_campaigns(reading: Reading) -> list[dict[str, Any]]:
    table = reading[campaigns]
    return reading.all(sa.select(table).order_by(table.c.season.desc(), table.c.title))


def campaign_of(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """A campaign with `units` (registration and covenant of each of the audience) and `passes` in the rubric's order."""
    found = reading.one(sa.select(reading[campaigns]).where(reading[campaigns].c.campaign == campaign))
    if found is None:
        return None
    table, opened = reading[participants], reading[passes]
    taking_part = {row["unit"]: row for row in reading.all(sa.select(table).where(table.c.campaign == campaign))}
    states = {row["pass_key"]: row for row in reading.all(sa.select(opened).where(opened.c.campaign == campaign))}
    content = rubric_content(reading, found["rubric"]) or {"passes": []}
    return {
        **found,
        "units": [_unit(unit, taking_part.get(unit)) for unit in found["audience"]],
        "passes": [_pass(rule, states.get(rule["key"])) for rule in content["passes"]],
    }


def _unit(unit: str, row: dict[str, Any] | None) -> dict[str, Any]:
    signed = row is not None and row["signed_on"] is not None
    return {
        "unit": unit,
        "registered_on": row and row["registered_on"],
        "covenant": {"signatory": row["signatory"], "signed_on": row["signed_on"]} if row and signed else None,
    }


def _pass(rule: dict[str, Any], row: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "pass_key": rule["key"],
        "title": rule["title"],
        "state": row["state"] if row else "waiting",
        "due_on": row and row["due_on"],
        "assignments": row["assignments"] if row else [],
    }
