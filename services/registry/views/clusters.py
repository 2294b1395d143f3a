"""Clusters with their members and leaders as one asks for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.registry.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

clusters = sa.Table(
    "clusters",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("organiser", sa.String(100), nullable=False),
    sa.Column("formed_on", sa.Date, nullable=False),
    sa.Column("leader_rule", sa.String(20), nullable=False),
)
memberships = sa.Table(
    "memberships",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("from_on", sa.Date, primary_key=True),
    sa.Column("until_on", sa.Date),
    sa.Column("admitted", sa.BigInteger, nullable=False),
)
current_memberships = sa.Table(
    "current_memberships",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("from_on", sa.Date, nullable=False),
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
)


@MODEL.on("registry.ClusterFormed")
def _formed(rows: Rows, event: Event) -> None:
    rows.put(clusters, **{**event.data, "formed_on": date.fromisoformat(event.data["formed_on"])})


@MODEL.on("registry.MemberAdmitted")
def _admitted(rows: Rows, event: Event) -> None:
    cluster, unit, from_on = event.data["cluster"], event.data["unit"], date.fromisoformat(event.data["from_on"])
    rows.put(memberships, cluster=cluster, unit=unit, from_on=from_on, admitted=event.position)
    rows.put(current_memberships, cluster=cluster, unit=unit, from_on=from_on)


@MODEL.on("registry.MemberReleased")
def _released(rows: Rows, event: Event) -> None:
    cluster, unit = event.data["cluster"], event.data["unit"]
    current = rows.get(current_memberships, cluster=cluster, unit=unit)
    if current is None:
        raise LookupError(f"{unit} leaves {cluster} without a membership")
    at = {"cluster": cluster, "unit": unit, "from_on": current["from_on"]}
    rows.change(memberships, at, until_on=date.fromisoformat(event.data["until_on"]))
    rows.remove(current_memberships, cluster=cluster, unit=unit)


@MODEL.on("registry.LeaderDesignated")
def _designated(rows: Rows, event: Event) -> None:
    rows.put(leaders, **event.data)


def all_clusters(reading: Reading) -> list[dict[str, Any]]:
    table = reading[clusters]
    return reading.all(sa.select(table).order_by(table.c.name))


def cluster_of(reading: Reading, cluster: str) -> dict[str, Any] | None:
    """A cluster with `members` (periods in the order of admission) and `leaders` by season."""
    found = reading.one(sa.select(reading[clusters]).where(reading[clusters].c.cluster == cluster))
    if found is None:
        return None
    members, led = reading[memberships], reading[leaders]
    return {
        **found,
        "members": reading.all(
            sa.select(members.c.unit, members.c.from_on, members.c.until_on)
            .where(members.c.cluster == cluster)
            .order_by(members.c.admitted)
        ),
        "leaders": reading.all(
            sa.select(led.c.season, led.c.leader, led.c.deputy, led.c.basis, led.c.document)
            .where(led.c.cluster == cluster)
            .order_by(led.c.season)
        ),
    }
