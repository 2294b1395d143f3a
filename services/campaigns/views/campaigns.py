"""Campaigns with their units and passes as one asks for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.campaigns.views.model import MODEL
from services.campaigns.views.rubrics import rubric_content
from shared.event import Event
from shared.projection import Reading, Rows

campaigns = sa.Table(
    "campaigns",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("cluster", sa.String(100), nullable=False),
    sa.Column("season", sa.Integer, nullable=False),
    sa.Column("rubric", sa.String(100), nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("registration_due_on", sa.Date, nullable=False),
    sa.Column("legal_basis", sa.Text, nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
    sa.Column("audience", sa.JSON, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("finalised_on", sa.Date),
)
participants = sa.Table(
    "participants",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("signatory", sa.Text),
    sa.Column("signed_on", sa.Date),
)
passes = sa.Table(
    "passes",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("assignments", sa.JSON, nullable=False),
)


@MODEL.on("campaigns.CampaignLaunched")
def _launched(rows: Rows, event: Event) -> None:
    dates = {name: date.fromisoformat(event.data[name]) for name in ("starts_on", "ends_on", "registration_due_on")}
    rows.put(campaigns, **{**event.data, **dates}, state="open")


@MODEL.on("campaigns.UnitRegistered")
def _unit_registered(rows: Rows, event: Event) -> None:
    rows.put(participants, **event.data, registered_on=event.effective_on)


@MODEL.on("campaigns.CovenantSigned")
def _signed(rows: Rows, event: Event) -> None:
    at = {"campaign": event.data["campaign"], "unit": event.data["unit"]}
    rows.change(participants, at, signatory=event.data["signatory"], signed_on=date.fromisoformat(event.data["signed_on"]))


@MODEL.on("campaigns.PassOpened")
def _pass_opened(rows: Rows, event: Event) -> None:
    rows.put(passes, **{**event.data, "due_on": date.fromisoformat(event.data["due_on"])}, state="open")


@MODEL.on("campaigns.PassClosed")
def _pass_closed(rows: Rows, event: Event) -> None:
    rows.change(passes, event.data, state="closed")


@MODEL.on("campaigns.CampaignFinalised")
def _finalised(rows: Rows, event: Event) -> None:
    rows.change(campaigns, event.data, state="final", finalised_on=event.effective_on)


def all_campaigns(reading: Reading) -> list[dict[str, Any]]:
    table = reading[campaigns]
    return reading.all(sa.select(table).order_by(table.c.season.desc(), table.c.title))


def campaign_of(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """A campaign with `units` (registration and covenant of each of the audience) and `passes` in the rubric's order."""
    found = reading.one(sa.select(reading[campaigns]).where(reading[campaigns].c.campaign == campaign))
    if found is None:
        return None
    table, opened = reading[participants], reading[passes]
    taking_part = {row["unit"]: row for row in reading.all(sa.select(table).where(table.c.campaign == campaign))}
    states = {row["pass_key"]: row for row in reading.all(sa.select(opened).where(opened.c.campaign == campaign))}
    content = rubric_content(reading, found["rubric"]) or {"passes": []}
    return {
        **found,
        "units": [_unit(unit, taking_part.get(unit)) for unit in found["audience"]],
        "passes": [_pass(rule, states.get(rule["key"])) for rule in content["passes"]],
    }


def _unit(unit: str, row: dict[str, Any] | None) -> dict[str, Any]:
    signed = row is not None and row["signed_on"] is not None
    return {
        "unit": unit,
        "registered_on": row and row["registered_on"],
        "covenant": {"signatory": row["signatory"], "signed_on": row["signed_on"]} if row and signed else None,
    }


def _pass(rule: dict[str, Any], row: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "pass_key": rule["key"],
        "title": rule["title"],
        "state": row["state"] if row else "waiting",
        "due_on": row and row["due_on"],
        "assignments": row["assignments"] if row else [],
    }
