"""The score sheets in overview: which are called for, and how far each is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.campaigns import assignments, campaigns, passes
from services.evaluations.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows
from shared.store.database import Instant

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
