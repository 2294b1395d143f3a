"""What the campaigns service knows of clusters from the registry's events."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.campaigns.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

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


@MODEL.on("registry.ClusterFormed", versions=(1, 2))
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


@MODEL.on("registry.LeaderDesignated", versions=(1, 2))
def _designated(rows: Rows, event: Event) -> None:
    rows.put(leaders, cluster=event.data["cluster"], season=event.data["season"], leader=event.data["leader"])


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
