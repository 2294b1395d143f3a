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
    sa.Column("level", sa.Text),
    sa.Column("completeness", sa.String(20)),
    sa.Column("source", sa.Text),
    sa.Column("as_of", sa.Date),
    sa.Column("dissolved_on", sa.Date),
    sa.Column("dissolved_by", sa.Text),
)
names = sa.Table(
    "cluster_names",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("document", sa.Text),
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
    sa.Column("deputies", sa.JSON, nullable=False),
    sa.Column("basis", sa.String(20), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)


@MODEL.on("registry.ClusterFormed", versions=(1, 2))
def _formed(rows: Rows, event: Event) -> None:
    formed_on = date.fromisoformat(event.data["formed_on"])
    rows.put(clusters, **{**event.data, "formed_on": formed_on})
    rows.put(names, cluster=event.data["cluster"], position=event.position, name=event.data["name"], from_on=formed_on)


@MODEL.on("registry.ClusterListDescribed")
def _described(rows: Rows, event: Event) -> None:
    as_of = event.data["as_of"]
    said = {"completeness": event.data["completeness"], "source": event.data["source"], "as_of": as_of and date.fromisoformat(as_of)}
    rows.change(clusters, {"cluster": event.data["cluster"]}, **said)


@MODEL.on("registry.ClusterRenamed")
def _renamed(rows: Rows, event: Event) -> None:
    at = {"cluster": event.data["cluster"], "position": event.position}
    rows.put(names, **at, name=event.data["name"], from_on=event.effective_on, document=event.data["document"])


@MODEL.on("registry.ClusterDissolved")
def _dissolved(rows: Rows, event: Event) -> None:
    rows.change(clusters, {"cluster": event.data["cluster"]}, dissolved_on=event.effective_on, dissolved_by=event.data["document"])


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


@MODEL.on("registry.LeaderDesignated", versions=(1, 2))
def _designated(rows: Rows, event: Event) -> None:
    said = dict(event.data)
    if event.schema == 1:
        deputy = said.pop("deputy")
        said["deputies"] = [] if deputy is None else [deputy]
    rows.put(leaders, **said)


def all_clusters(reading: Reading, today: date) -> list[dict[str, Any]]:
    """The clusters by the names that they have today, with the number of `members` and the `leader` of today; those dissolved last."""
    table, members, led = reading[clusters], reading[memberships], reading[leaders]
    lasts = sa.and_(members.c.from_on <= today, sa.or_(members.c.until_on.is_(None), members.c.until_on >= today))
    counted = reading.all(sa.select(members.c.cluster, sa.func.count().label("members")).where(lasts).group_by(members.c.cluster))
    count_of = {row["cluster"]: row["members"] for row in counted}
    called = _names(reading, today)
    leading = {row["cluster"]: row["leader"] for row in reading.all(sa.select(led).where(led.c.season == today.year))}
    found = [
        dict(row, name=called[row["cluster"]], members=count_of.get(row["cluster"], 0), leader=leading.get(row["cluster"]))
        for row in reading.all(sa.select(table))
    ]
    return sorted(found, key=lambda row: (row["dissolved_on"] is not None and row["dissolved_on"] <= today, row["name"], row["cluster"]))


def cluster_of(reading: Reading, cluster: str, today: date) -> dict[str, Any] | None:
    """A cluster by the name that it has today, with all its `names`, `members` (periods as admitted) and `leaders` by season."""
    found = reading.one(sa.select(reading[clusters]).where(reading[clusters].c.cluster == cluster))
    if found is None:
        return None
    members, led, called = reading[memberships], reading[leaders], reading[names]
    return {
        **found,
        "name": _names(reading, today, cluster)[cluster],
        "names": reading.all(
            sa.select(called.c.name, called.c.from_on, called.c.document)
            .where(called.c.cluster == cluster)
            .order_by(called.c.from_on, called.c.position)
        ),
        "members": reading.all(
            sa.select(members.c.unit, members.c.from_on, members.c.until_on)
            .where(members.c.cluster == cluster)
            .order_by(members.c.admitted)
        ),
        "leaders": reading.all(
            sa.select(led.c.season, led.c.leader, led.c.deputies, led.c.basis, led.c.document)
            .where(led.c.cluster == cluster)
            .order_by(led.c.season)
        ),
    }


def _names(reading: Reading, today: date, cluster: str | None = None) -> dict[str, str]:
    """What clusters are called today: of names from the same day on the one recorded last, before any name the first one."""
    table = reading[names]
    query = sa.select(table.c.cluster, table.c.name, table.c.from_on).order_by(table.c.from_on, table.c.position)
    found: dict[str, str] = {}
    for row in reading.all(query if cluster is None else query.where(table.c.cluster == cluster)):
        if row["from_on"] <= today or row["cluster"] not in found:
            found[row["cluster"]] = row["name"]
    return found
