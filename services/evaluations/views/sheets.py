"""The score sheets in overview: which are called for, and how far each is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.campaigns import assignments, campaigns, grace_until, passes
from services.evaluations.views.conflicts import recusals
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
    sa.Column("back_on", sa.Date),  # of a sheet that was returned: the day by which it is due again
    sa.Column("site", sa.String(31), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),  # of the last event that the row tells of
)
comments = sa.Table(
    "comments",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("item", sa.String(100), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("at", Instant, nullable=False),
)


@MODEL.on("evaluations.ItemsScored")
def _scored(rows: Rows, event: Event) -> None:
    sheet = _held(rows, event)
    items = set(sheet["scored"])
    for score in event.data["scores"]:
        (items.discard if score["score"] is None else items.add)(score["item"])
    _put(rows, event, {**sheet, "scored": sorted(items)})


@MODEL.on("evaluations.SheetSubmitted", versions=(1, 2))
def _submitted(rows: Rows, event: Event) -> None:
    handed_in = {
        "submitted_at": event.recorded_at,
        "handed_in_on": date.fromisoformat(event.data["handed_in_on"]),
        "late": event.data["late"],
        "within_grace": event.data.get("within_grace", False),
    }
    _put(rows, event, {**_held(rows, event), **handed_in, "back_on": None})


@MODEL.on("evaluations.SheetReturned")
def _returned(rows: Rows, event: Event) -> None:
    open_again = dict.fromkeys(("submitted_at", "handed_in_on", "late", "within_grace"))
    _put(rows, event, {**_held(rows, event), **open_again, "back_on": date.fromisoformat(event.data["due_on"])})


@MODEL.on("evaluations.ItemCommented")
def _commented(rows: Rows, event: Event) -> None:
    said = {name: event.data[name] for name in ("item", "comment")}
    rows.put(comments, **_at(event), site=event.site, position=event.position, **said, by=event.actor, at=event.recorded_at)


def _at(event: Event) -> dict[str, str]:
    """The key of a sheet."""
    return {name: event.data[name] for name in ("campaign", "unit", "pass_key", "scorer")}


def _held(rows: Rows, event: Event) -> dict[str, Any]:
    return rows.get(sheets, **_at(event)) or {"scored": [], "version": 0}


def _put(rows: Rows, event: Event, sheet: dict[str, Any]) -> None:
    rows.put(sheets, **{**sheet, **_at(event), "version": sheet["version"] + 1, "site": event.site, "position": event.position})


_HELD = ("scored", "version", "submitted_at", "handed_in_on", "late", "within_grace", "back_on")


def standing(events: Iterable[Event]) -> dict[str, Any]:
    """How far these events of its stream brought a sheet, as its row says it."""
    rows, held = Rows(), dict[str, Any]()
    for event in events:
        if event.type in _OF_SHEET:
            MODEL.folds[event.type](rows, event)
            held = _held(rows, event)
    return {name: held.get(name) for name in _HELD}


_OF_SHEET = ("evaluations.ItemsScored", "evaluations.SheetSubmitted", "evaluations.SheetReturned")


def assigned_sheets(
    reading: Reading,
    *,
    campaign: str | None = None,
    scorers: Sequence[str] | None = None,
    shown: Callable[[dict[str, Any]], dict[str, Any]] = lambda _row: {},
    stepped_back: Callable[[dict[str, Any]], bool] = lambda row: bool(row["withdrawn_on"] is None),
) -> list[dict[str, Any]]:
    """The sheets that passes call for, without those of recused scorers, with how far each is: by campaign, or by who must fill them.

    due_on: of a sheet that was `returned` the day by which it is due again; grace_until: the last day of grace for its unit or scorer.
    shown(row): for whoever does not see how far a sheet is, what they are told in its place (see `standing`); site and position of the row
    say what it rests on. stepped_back(row): of one on whose recusal something was said, whether it stands for who asks.
    """
    wanted, opened, run, done = reading[assignments], reading[passes], reading[campaigns], reading[sheets]
    left = reading[recusals]
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
        opened.c.extended,
        opened.c.graces,
        done.c.scored,
        done.c.version,
        done.c.submitted_at,
        done.c.handed_in_on,
        done.c.late,
        done.c.within_grace,
        done.c.back_on,
        done.c.site,
        done.c.position,
        left.c.withdrawn_on,
        left.c.site.label("said_at"),
        left.c.position.label("said"),
    ]
    query = (
        sa.select(*columns)
        .join(opened, same_pass)
        .join(run, run.c.campaign == wanted.c.campaign)
        .outerjoin(done, same_sheet)
        .outerjoin(left, sa.and_(*(left.c[name] == wanted.c[name] for name in ("campaign", "pass_key", "unit", "scorer"))))
        .order_by(opened.c.due_on, wanted.c.campaign, wanted.c.pass_key, wanted.c.place)
    )
    if campaign is not None:
        query = query.where(wanted.c.campaign == campaign)
    if scorers is not None:
        query = query.where(wanted.c.scorer.in_(list(scorers)))
    called = [row for row in reading.all(query) if row["said"] is None or not stepped_back(row)]
    return [_line({**row, **shown(row)}) for row in called]


_NOT_TOLD = ("open", "graces", "back_on", "site", "position", "withdrawn_on", "said_at", "said")


def _line(row: dict[str, Any]) -> dict[str, Any]:
    returned = row["back_on"] is not None
    return {
        **{name: row[name] for name in row if name not in _NOT_TOLD},
        "due_on": row["back_on"] or row["due_on"],
        "grace_until": grace_until(row["graces"], row["unit"], row["scorer"]),
        "returned": returned,
        "state": "submitted" if row["submitted_at"] else "open" if row["open"] or returned else "closed",
        "scored": len(row["scored"] or ()),
        "version": row["version"] or 0,
    }


def comments_on(reading: Reading, campaign: str, unit: str, pass_key: str, scorer: str) -> list[dict[str, Any]]:
    """What was said of the items of a sheet, in order: {item, comment, by, at, site, position}; `by` the account."""
    table = reading[comments]
    at = {"campaign": campaign, "unit": unit, "pass_key": pass_key, "scorer": scorer}
    columns = [table.c[name] for name in ("item", "comment", "by", "at", "site", "position")]
    return reading.all(
        sa.select(*columns).where(*(table.c[name] == value for name, value in at.items())).order_by(table.c.at, table.c.position)
    )


def open_matters(reading: Reading, campaign: str) -> list[dict[str, Any]]:
    """What somebody still has to do before the campaign's result can be final: {kind, at, unit, scorer}, `at` the pass of a sheet.

    A sheet that was returned is one until it is back, whether its pass is open or not.
    """
    found = assigned_sheets(reading, campaign=campaign)
    return [
        {"kind": "sheet", "at": row["pass_key"], "unit": row["unit"], "scorer": row["scorer"]} for row in found if row["state"] == "open"
    ]
