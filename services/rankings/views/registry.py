"""Organisations, clusters and their leaders by season, as the registry says."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from services.rankings.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

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


def leaders_of(reading: Reading, cluster: str) -> list[dict[str, Any]]:
    table = reading[leaders]
    return reading.all(sa.select(table).where(table.c.cluster == cluster).order_by(table.c.season))


def names_of(reading: Reading, units: Collection[str] | None = None) -> dict[str, str]:
    """The names of all organisations by id, or of these."""
    table = reading[organisations]
    query = sa.select(table.c.organisation, table.c.name)
    if units is not None:
        query = query.where(reading.among(table.c.organisation, units))
    return {row.organisation: row.name for row in reading.connection.execute(query)}


def ended_by(reading: Reading, day: date) -> set[str]:
    """The organisations whose last day was on this day or before."""
    table = reading[organisations]
    ended = sa.select(table.c.organisation).where(table.c.ended_on <= day + timedelta(days=1))
    return {row["organisation"] for row in reading.all(ended)}
