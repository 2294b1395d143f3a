"""Appeals as one asks for them, and the days from which their term is counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.campaigns import passes
from services.evaluations.views.frozen import is_shown
from services.evaluations.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

appeals = sa.Table(
    "appeals",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("appeal", sa.String(100), primary_key=True),
    sa.Column("items", sa.JSON, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("lodged_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # lodged | answered | withdrawn
    sa.Column("withdrawn", sa.Text),  # the reason
    sa.Column("answered", sa.JSON),  # {outcome, answer, scores, on}
    sa.Column("site", sa.String(100), nullable=False),
    sa.Column("lodged_at", sa.BigInteger, nullable=False),
    sa.Column("answered_at", sa.BigInteger),
)
"""lodged_at, answered_at: positions in the log of the site."""


@MODEL.on("evaluations.AppealLodged")
def _lodged(rows: Rows, event: Event) -> None:
    dates = {name: date.fromisoformat(event.data[name]) for name in ("lodged_on", "due_on")}
    rows.put(appeals, **{**event.data, **dates}, state="lodged", site=event.site, lodged_at=event.position)


@MODEL.on("evaluations.AppealWithdrawn")
def _withdrawn(rows: Rows, event: Event) -> None:
    rows.change(appeals, _at(event), state="withdrawn", withdrawn=event.data["reason"])


@MODEL.on("evaluations.AppealAnswered")
def _answered(rows: Rows, event: Event) -> None:
    answered = {**{name: event.data[name] for name in ("outcome", "answer", "scores")}, "on": event.data["answered_on"]}
    rows.change(appeals, _at(event), state="answered", answered=answered, answered_at=event.position)


def _at(event: Event) -> dict[str, str]:
    return {name: event.data[name] for name in ("campaign", "unit", "appeal")}


def appeals_of(
    reading: Reading, campaign: str, unit: str | None = None, frozen: Sequence[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """The appeals of a campaign, or of one of its units, in the order in which they were lodged.

    Each {unit, appeal, items, text, lodged_on, due_on, state, withdrawn, answered}: the reason of its withdrawal, its answer {outcome,
    answer, scores [{item, score, reason}], on}. frozen: the positions of a freeze, for whoever does not see what is pending: an answer that
    came later is not shown yet.
    """
    table = reading[appeals]
    asked = sa.select(table).where(table.c.campaign == campaign).order_by(table.c.lodged_at)
    rows = reading.all(asked if unit is None else asked.where(table.c.unit == unit))
    return [_shown(row, row["answered_at"] is not None and not is_shown(frozen, row["site"], row["answered_at"])) for row in rows]


def _shown(row: dict[str, Any], pending: bool) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if name not in ("campaign", "site", "lodged_at", "answered_at")}
    return {**told, "state": "lodged", "answered": None} if pending else told


def open_appeals(reading: Reading, campaign: str) -> list[dict[str, Any]]:
    """The appeals that wait for their answer, as open matters: {kind, at, unit}, `at` the unit."""
    table = reading[appeals]
    rows = reading.all(sa.select(table.c.unit).where(table.c.campaign == campaign, table.c.state == "lodged").order_by(table.c.lodged_at))
    return [{"kind": "appeal", "at": row["unit"], "unit": row["unit"]} for row in rows]


def closed_on(reading: Reading, campaign: str) -> dict[str, date]:
    """The days on which the passes were closed that stand closed."""
    table = reading[passes]
    rows = reading.all(sa.select(table.c.pass_key, table.c.closed_on).where(table.c.campaign == campaign, table.c.closed_on.is_not(None)))
    return {row["pass_key"]: row["closed_on"] for row in rows}
