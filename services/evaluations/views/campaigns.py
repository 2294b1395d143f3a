"""What evaluations knows of campaigns from their events: rubrics, passes with their terms, who scores whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

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
    sa.Column("season", sa.Integer, nullable=False),
    sa.Column("rubric", sa.String(100), nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
    sa.Column("cluster", sa.String(100), nullable=False),
    sa.Column("organiser", sa.String(100)),  # null in what was launched before campaigns named one
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("frozen", sa.JSON),  # while it is frozen, the positions up to which the feeds count
    sa.Column("frozen_on", sa.Date),  # the last day on which it was
    sa.Column("final", sa.Boolean, nullable=False),
)
passes = sa.Table(
    "passes",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("extended", sa.Boolean, nullable=False),
    sa.Column("graces", sa.JSON, nullable=False),
    sa.Column("closed_on", sa.Date),  # null while it is open
)
assignments = sa.Table(
    "assignments",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
)


@MODEL.on("campaigns.RubricPublished")
def _published(rows: Rows, event: Event) -> None:
    rows.put(rubrics, rubric=event.data["rubric"], content=event.data["content"])


@MODEL.on("campaigns.CampaignLaunched", versions=(1, 2))
def _launched(rows: Rows, event: Event) -> None:
    launched = {name: event.data[name] for name in ("campaign", "title", "season", "rubric", "illustrative", "cluster", "audience")}
    dates = {name: date.fromisoformat(event.data[name]) for name in ("starts_on", "ends_on")}
    rows.put(campaigns, **launched, **dates, organiser=event.data.get("organiser"), final=False)


@MODEL.on("campaigns.CampaignFrozen")
def _frozen(rows: Rows, event: Event) -> None:
    frozen = {"frozen": event.data["positions"], "frozen_on": event.effective_on}
    rows.change(campaigns, {"campaign": event.data["campaign"]}, **frozen)


@MODEL.on("campaigns.CampaignThawed")
def _thawed(rows: Rows, event: Event) -> None:
    rows.change(campaigns, {"campaign": event.data["campaign"]}, frozen=None)


@MODEL.on("campaigns.CampaignFinalised", versions=(1, 2))
def _finalised(rows: Rows, event: Event) -> None:
    rows.change(campaigns, {"campaign": event.data["campaign"]}, final=True)


@MODEL.on("campaigns.PassOpened")
def _opened(rows: Rows, event: Event) -> None:
    campaign, pass_key = event.data["campaign"], event.data["pass_key"]
    due_on = date.fromisoformat(event.data["due_on"])
    rows.put(passes, campaign=campaign, pass_key=pass_key, open=True, due_on=due_on, extended=False, graces=[])
    place = 0
    for assignment in event.data["assignments"]:
        for scorer in assignment["scorers"]:
            rows.put(assignments, campaign=campaign, pass_key=pass_key, unit=assignment["unit"], scorer=scorer, place=place)
            place += 1


@MODEL.on("campaigns.PassClosed", versions=(1, 2))
def _closed(rows: Rows, event: Event) -> None:
    rows.change(passes, {name: event.data[name] for name in ("campaign", "pass_key")}, open=False, closed_on=event.effective_on)


@MODEL.on("campaigns.PhaseExtended")
def _extended(rows: Rows, event: Event) -> None:
    _moved(rows, event, due_on=date.fromisoformat(event.data["due_on"]), extended=True)


@MODEL.on("campaigns.GraceGiven")
def _grace(rows: Rows, event: Event) -> None:
    _moved(rows, event, grace={name: event.data[name] for name in ("until_on", "units")})


@MODEL.on("campaigns.PhaseReopened")
def _reopened(rows: Rows, event: Event) -> None:
    _moved(rows, event, open=True, due_on=date.fromisoformat(event.data["due_on"]), closed_on=None)


def _moved(rows: Rows, event: Event, grace: dict[str, Any] | None = None, **values: Any) -> None:
    """The term of a pass has changed; phases that are no passes are no matter of sheets."""
    held = rows.get(passes, campaign=event.data["campaign"], pass_key=event.data["phase"])
    if held is not None:
        rows.put(passes, **{**held, **values, "graces": [*held["graces"], *([grace] if grace else [])]})


_OF_PASS = ("open", "due_on", "extended", "graces")


def campaign_of(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """A campaign with its rubric's `content` and its `passes`: {pass_key: {open, due_on, extended, graces}}."""
    table, published, opened = reading[campaigns], reading[rubrics], reading[passes]
    found = reading.one(
        sa.select(table, published.c.content).join(published, published.c.rubric == table.c.rubric).where(table.c.campaign == campaign)
    )
    if found is None:
        return None
    states = reading.all(sa.select(opened).where(opened.c.campaign == campaign))
    return {**found, "passes": {row["pass_key"]: {name: row[name] for name in _OF_PASS} for row in states}}


def scorers_of(reading: Reading, campaign: str, unit: str) -> dict[str, list[str]]:
    """Who is assigned to a unit: {pass_key: [scorer]}."""
    table = reading[assignments]
    found: dict[str, list[str]] = {}
    for row in reading.all(sa.select(table).where(table.c.campaign == campaign, table.c.unit == unit).order_by(table.c.place)):
        found.setdefault(row["pass_key"], []).append(row["scorer"])
    return found


def grace_until(graces: Sequence[Mapping[str, Any]], unit: str, scorer: str) -> date | None:
    """The last day of the graces that were given to all, to the unit, or to whoever scores it."""
    days = [grace["until_on"] for grace in graces if not grace["units"] or {unit, scorer} & set(grace["units"])]
    return date.fromisoformat(max(days)) if days else None


def launched_in(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """Whose a campaign is: {cluster, organiser}, or None for one that is not known."""
    table = reading[campaigns]
    return reading.one(sa.select(table.c.cluster, table.c.organiser).where(table.c.campaign == campaign))
