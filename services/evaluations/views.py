"""What evaluations knows of campaigns from their events, and its own sheets in overview."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from shared import access
from shared.event import Event
from shared.projection import Reading, ReadModel, Rows
from shared.store.database import Instant

MODEL = ReadModel(name="evaluations", version=2)
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
    sa.Column("season", sa.Integer, nullable=False),
    sa.Column("rubric", sa.String(100), nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
)
passes = sa.Table(
    "passes",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("graces", sa.JSON, nullable=False),
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
sheets = sa.Table(
    "sheets",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
    sa.Column("scored", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("submitted_at", Instant),
    sa.Column("handed_in_on", sa.Date),
    sa.Column("late", sa.Boolean),
    sa.Column("within_grace", sa.Boolean),
)


@MODEL.on("campaigns.RubricPublished")
def _published(rows: Rows, event: Event) -> None:
    rows.put(rubrics, rubric=event.data["rubric"], content=event.data["content"])


@MODEL.on("campaigns.CampaignLaunched", versions=(1, 2))
def _launched(rows: Rows, event: Event) -> None:
    rows.put(campaigns, **{name: event.data[name] for name in ("campaign", "title", "season", "rubric", "illustrative")})


@MODEL.on("campaigns.PassOpened")
def _opened(rows: Rows, event: Event) -> None:
    campaign, pass_key = event.data["campaign"], event.data["pass_key"]
    rows.put(passes, campaign=campaign, pass_key=pass_key, open=True, due_on=date.fromisoformat(event.data["due_on"]), graces=[])
    place = 0
    for assignment in event.data["assignments"]:
        for scorer in assignment["scorers"]:
            rows.put(assignments, campaign=campaign, pass_key=pass_key, unit=assignment["unit"], scorer=scorer, place=place)
            place += 1


@MODEL.on("campaigns.PassClosed", versions=(1, 2))
def _closed(rows: Rows, event: Event) -> None:
    rows.change(passes, {name: event.data[name] for name in ("campaign", "pass_key")}, open=False)


@MODEL.on("campaigns.PhaseExtended")
def _extended(rows: Rows, event: Event) -> None:
    _moved(rows, event, due_on=date.fromisoformat(event.data["due_on"]))


@MODEL.on("campaigns.GraceGiven")
def _grace(rows: Rows, event: Event) -> None:
    _moved(rows, event, grace={name: event.data[name] for name in ("until_on", "units")})


@MODEL.on("campaigns.PhaseReopened")
def _reopened(rows: Rows, event: Event) -> None:
    _moved(rows, event, open=True, due_on=date.fromisoformat(event.data["due_on"]))


def _moved(rows: Rows, event: Event, grace: dict[str, Any] | None = None, **values: Any) -> None:
    """The term of a pass has changed; phases that are no passes are no matter of sheets."""
    held = rows.get(passes, campaign=event.data["campaign"], pass_key=event.data["phase"])
    if held is not None:
        rows.put(passes, **{**held, **values, "graces": [*held["graces"], *([grace] if grace else [])]})


@MODEL.on("evaluations.ItemsScored")
def _scored(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("campaign", "unit", "pass_key", "scorer")}
    sheet = rows.get(sheets, **at) or {"scored": []}
    items = set(sheet["scored"])
    for score in event.data["scores"]:
        (items.discard if score["score"] is None else items.add)(score["item"])
    rows.put(sheets, **{**sheet, **at, "scored": sorted(items), "version": event.version})


@MODEL.on("evaluations.SheetSubmitted", versions=(1, 2))
def _submitted(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("campaign", "unit", "pass_key", "scorer")}
    sheet = rows.get(sheets, **at) or {"scored": []}
    handed_in = {
        "submitted_at": event.recorded_at,
        "handed_in_on": date.fromisoformat(event.data["handed_in_on"]),
        "late": event.data["late"],
        "within_grace": event.data.get("within_grace", False),
    }
    rows.put(sheets, **{**sheet, **at, "version": event.version, **handed_in})


def campaign_of(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """A campaign with its rubric's `content` and its `passes`: {pass_key: {open, due_on, graces}}."""
    table, published, opened = reading[campaigns], reading[rubrics], reading[passes]
    found = reading.one(
        sa.select(table, published.c.content).join(published, published.c.rubric == table.c.rubric).where(table.c.campaign == campaign)
    )
    if found is None:
        return None
    states = reading.all(sa.select(opened).where(opened.c.campaign == campaign))
    return {**found, "passes": {row["pass_key"]: {name: row[name] for name in ("open", "due_on", "graces")} for row in states}}


def scorers_of(reading: Reading, campaign: str, unit: str) -> dict[str, list[str]]:
    """Who is assigned to a unit: {pass_key: [scorer]}."""
    table = reading[assignments]
    found: dict[str, list[str]] = {}
    for row in reading.all(sa.select(table).where(table.c.campaign == campaign, table.c.unit == unit).order_by(table.c.place)):
        found.setdefault(row["pass_key"], []).append(row["scorer"])
    return found


def assigned_sheets(reading: Reading, *, campaign: str | None = None, scorers: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The sheets that passes call for, with how far each is: by campaign, or by who must fill them."""
    wanted, opened, run, done = reading[assignments], reading[passes], reading[campaigns], reading[sheets]
    same_pass = (opened.c.campaign == wanted.c.campaign) & (opened.c.pass_key == wanted.c.pass_key)
    same_sheet = (
        (done.c.campaign == wanted.c.campaign)
        & (done.c.unit == wanted.c.unit)
        & (done.c.pass_key == wanted.c.pass_key)
        & (done.c.scorer == wanted.c.scorer)
    )
    columns: list[sa.ColumnElement[Any]] = [
        wanted.c.campaign,
        run.c.title,
        run.c.season,
        run.c.illustrative,
        wanted.c.unit,
        wanted.c.pass_key,
        wanted.c.scorer,
        opened.c.open,
        opened.c.due_on,
        done.c.scored,
        done.c.version,
        done.c.submitted_at,
        done.c.handed_in_on,
        done.c.late,
        done.c.within_grace,
    ]
    query = (
        sa.select(*columns)
        .join(opened, same_pass)
        .join(run, run.c.campaign == wanted.c.campaign)
        .outerjoin(done, same_sheet)
        .order_by(opened.c.due_on, wanted.c.campaign, wanted.c.pass_key, wanted.c.place)
    )
    if campaign is not None:
        query = query.where(wanted.c.campaign == campaign)
    if scorers is not None:
        query = query.where(wanted.c.scorer.in_(list(scorers)))
    return [
        {
            **{name: row[name] for name in row if name not in ("open", "scored", "version")},
            "state": "submitted" if row["submitted_at"] else "open" if row["open"] else "closed",
            "scored": len(row["scored"] or ()),
            "version": row["version"] or 0,
        }
        for row in reading.all(query)
    ]


def open_matters(reading: Reading, campaign: str) -> list[dict[str, Any]]:
    """What somebody still has to do before the campaign's result can be final: {kind, at, unit, scorer}, `at` the pass of a sheet."""
    found = assigned_sheets(reading, campaign=campaign)
    return [
        {"kind": "sheet", "at": row["pass_key"], "unit": row["unit"], "scorer": row["scorer"]} for row in found if row["state"] == "open"
    ]
