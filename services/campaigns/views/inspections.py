"""Inspections with their findings as one asks for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.campaigns.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

inspections = sa.Table(
    "inspections",
    MODEL.metadata,
    sa.Column("inspection", sa.String(100), primary_key=True),
    sa.Column("campaign", sa.String(100)),
    sa.Column("unit", sa.String(100), nullable=False, index=True),
    sa.Column("planned_on", sa.Date, nullable=False),
    sa.Column("team", sa.JSON, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # planned | held | concluded | cancelled
    sa.Column("held_on", sa.Date),
    sa.Column("concluded_on", sa.Date),
    sa.Column("conclusion", sa.Text),
    sa.Column("conclusion_document", sa.Text),
    sa.Column("reason", sa.Text),
)
findings = sa.Table(
    "findings",
    MODEL.metadata,
    sa.Column("inspection", sa.String(100), primary_key=True),
    sa.Column("finding", sa.String(100), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("severity", sa.String(20), nullable=False),
    sa.Column("follow_up_due_on", sa.Date),
    sa.Column("follow_ups", sa.JSON, nullable=False),
)


@MODEL.on("campaigns.InspectionPlanned")
def _planned(rows: Rows, event: Event) -> None:
    rows.put(inspections, **{**event.data, "planned_on": date.fromisoformat(event.data["planned_on"])}, state="planned")


@MODEL.on("campaigns.InspectionHeld")
def _held(rows: Rows, event: Event) -> None:
    _change(rows, event, state="held", held_on=event.effective_on)


@MODEL.on("campaigns.FindingRecorded")
def _found(rows: Rows, event: Event) -> None:
    due_on = event.data["follow_up_due_on"]
    said = {**event.data, "follow_up_due_on": due_on and date.fromisoformat(due_on)}
    rows.put(findings, **said, place=event.version, follow_ups=[])


@MODEL.on("campaigns.FindingFollowedUp")
def _followed_up(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("inspection", "finding")}
    row = rows.get(findings, **at)
    if row is None:
        raise LookupError(f"finding {at['finding']} of inspection {at['inspection']} is not there")
    said = {"on": event.data["effective_on"], "text": event.data["text"]}
    rows.put(findings, **{**row, "follow_ups": [*row["follow_ups"], said]})


@MODEL.on("campaigns.InspectionConcluded")
def _concluded(rows: Rows, event: Event) -> None:
    words = {"conclusion": event.data["conclusion"], "conclusion_document": event.data["document"]}
    _change(rows, event, state="concluded", concluded_on=event.effective_on, **words)


@MODEL.on("campaigns.InspectionCancelled")
def _cancelled(rows: Rows, event: Event) -> None:
    _change(rows, event, state="cancelled", reason=event.data["reason"])


def _change(rows: Rows, event: Event, **values: Any) -> None:
    rows.change(inspections, {"inspection": event.data["inspection"]}, **values)


def all_inspections(reading: Reading, *, campaign: str | None = None, unit: str | None = None) -> list[dict[str, Any]]:
    """Inspections, the latest first, each with the number of its `findings` and of those `open`: to be followed up, and not yet."""
    table = reading[inspections]
    asked = sa.select(table).order_by(table.c.planned_on.desc(), table.c.inspection)
    for column, wanted in ((table.c.campaign, campaign), (table.c.unit, unit)):
        asked = asked if wanted is None else asked.where(column == wanted)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in reading.all(sa.select(reading[findings])):
        found.setdefault(row["inspection"], []).append(row)
    return [{**row, "findings": len(of := found.get(row["inspection"], [])), "open": sum(map(_is_open, of))} for row in reading.all(asked)]


def inspection_of(reading: Reading, inspection: str) -> dict[str, Any] | None:
    """An inspection with its `findings` in the order in which they were recorded."""
    table, found = reading[inspections], reading[findings]
    row = reading.one(sa.select(table).where(table.c.inspection == inspection))
    if row is None:
        return None
    of = reading.all(sa.select(found).where(found.c.inspection == inspection).order_by(found.c.place))
    return {**row, "findings": [{**one, "open": _is_open(one)} for one in of]}


def open_follow_ups(reading: Reading) -> list[dict[str, Any]]:
    """Findings that wait for their unit: `inspection`, `finding`, `unit`, `campaign`, `due_on`."""
    table, found = reading[inspections], reading[findings]
    rows = reading.all(
        sa.select(found, table.c.unit, table.c.campaign)
        .join(table, table.c.inspection == found.c.inspection)
        .where(found.c.follow_up_due_on.is_not(None))
        .order_by(found.c.inspection, found.c.place)
    )
    names = ("inspection", "finding", "unit", "campaign")
    return [{**{name: row[name] for name in names}, "due_on": row["follow_up_due_on"]} for row in rows if _is_open(row)]


def _is_open(finding: dict[str, Any]) -> bool:
    return finding["follow_up_due_on"] is not None and not finding["follow_ups"]
