"""What units owe (việc phải làm): found from registrations, covenants, open passes, sheets handed in and findings, when one asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.campaigns.views.campaigns import campaigns, last_day, opened_passes, participants, terms_of
from services.campaigns.views.inspections import open_follow_ups
from services.campaigns.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows

handed_in = sa.Table(
    "handed_in",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
)
given_back = sa.Table(
    "given_back",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
    sa.Column("due_on", sa.Date, nullable=False),
)
recused = sa.Table(
    "recused",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("scorer", sa.String(100), primary_key=True),
)
"""Sheets that are owed by nobody, given back or not, until the scorer takes part again."""

mailboxes = sa.Table(
    "mailboxes",
    MODEL.metadata,
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("address", sa.String(254), nullable=False),
)
reminded = sa.Table(
    "reminded",
    MODEL.metadata,
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("about", sa.String(20), primary_key=True),
    sa.Column("campaign", sa.String(100), primary_key=True),  # "" for none
    sa.Column("subject", sa.String(210), primary_key=True),  # "" for none
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("last_on", sa.Date, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
)


@MODEL.on("evaluations.SheetSubmitted", versions=(1, 2))
def _handed_in(rows: Rows, event: Event) -> None:
    rows.put(handed_in, **_sheet(event))
    rows.remove(given_back, **_sheet(event))


@MODEL.on("evaluations.SheetReturned")
def _given_back(rows: Rows, event: Event) -> None:
    rows.remove(handed_in, **_sheet(event))
    rows.put(given_back, **_sheet(event), due_on=date.fromisoformat(event.data["due_on"]))


def _sheet(event: Event) -> dict[str, str]:
    return {name: event.data[name] for name in ("campaign", "pass_key", "unit", "scorer")}


@MODEL.on("evaluations.ScorerRecused")
def _recused(rows: Rows, event: Event) -> None:
    rows.put(recused, **_sheet(event))


@MODEL.on("evaluations.RecusalWithdrawn")
def _taking_part_again(rows: Rows, event: Event) -> None:
    rows.remove(recused, **_sheet(event))


@MODEL.on("campaigns.UnitMailboxSet")
def _mailbox(rows: Rows, event: Event) -> None:
    if event.data["address"] is None:
        rows.remove(mailboxes, unit=event.data["unit"])
    else:
        rows.put(mailboxes, **event.data)


@MODEL.on("campaigns.UnitReminded")
def _reminded(rows: Rows, event: Event) -> None:
    said = event.data
    at = _at(said)
    before = rows.get(reminded, **at)
    times = before["times"] if before else 0
    rows.put(reminded, **at, times=times + 1, last_on=event.effective_on, text=said["text"], channel=said["channel"])


def _at(owed: dict[str, Any]) -> dict[str, str]:
    """The key of a row: what a unit owes."""
    return {"unit": owed["unit"], "about": owed["about"], "campaign": owed["campaign"] or "", "subject": owed["subject"] or ""}


def all_mailboxes(reading: Reading) -> list[dict[str, Any]]:
    return reading.all(sa.select(reading[mailboxes]).order_by(reading[mailboxes].c.unit))


def frozen_campaigns(reading: Reading) -> set[str]:
    """The campaigns whose boards are frozen."""
    return {row["campaign"] for row in reading.all(sa.select(reading[campaigns])) if row["frozen"]}


def owed(reading: Reading) -> list[dict[str, Any]]:
    """What is not done yet, by the day that it is due on.

    Each {unit, about, campaign, subject, due_on, title, cluster, scored, pass_key, inspection, finding, reminded}: `unit` owes it; title
    and cluster are the campaign's; scored and pass_key of a sheet, inspection and finding of a follow-up; reminded: {times, last_on,
    text, channel} of the latest reminder, or None.
    """
    told = {tuple(_at(row).values()): row for row in reading.all(sa.select(reading[reminded]))}
    runs = {row["campaign"]: row for row in reading.all(sa.select(reading[campaigns]))}
    found = [*_of_campaigns(reading, runs), *_follow_ups(reading)]
    for one in found:
        run = runs.get(one["campaign"] or "", {})
        one |= {"title": run.get("title"), "cluster": run.get("cluster")}
        last = told.get(tuple(_at(one).values()))
        one["reminded"] = last and {name: last[name] for name in ("times", "last_on", "text", "channel")}
    return sorted(found, key=lambda one: (one["due_on"], one["unit"], one["about"], one["campaign"] or "", one["subject"] or ""))


def _of_campaigns(reading: Reading, runs: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Registrations until scoring begins, covenants of who registered, sheets of passes that are open and those that were given back."""
    opened: dict[str, list[dict[str, Any]]] = {}
    for row in opened_passes(reading):
        opened.setdefault(row["campaign"], []).append(row)
    registration, covenant = terms_of(reading, "registration"), terms_of(reading, "covenant")
    running = {campaign: run for campaign, run in runs.items() if run["state"] != "final"}
    part_of, sheets, back, left = reading[participants], reading[handed_in], reading[given_back], reading[recused]
    taking_part = {(row["campaign"], row["unit"]): row for row in reading.all(sa.select(part_of).where(part_of.c.campaign.in_(running)))}
    done = {
        (row["campaign"], row["pass_key"], row["unit"], row["scorer"])
        for row in reading.all(sa.select(sheets).where(sheets.c.campaign.in_(running)))
    }
    recusals = {
        (row["campaign"], row["pass_key"], row["unit"], row["scorer"])
        for row in reading.all(sa.select(left).where(left.c.campaign.in_(running)))
    }
    back_on = {
        (row["campaign"], row["pass_key"], row["unit"], row["scorer"]): row["due_on"]
        for row in reading.all(sa.select(back).where(back.c.campaign.in_(running)))
    }
    for campaign, run in running.items():
        for unit in run["audience"]:
            part = taking_part.get((campaign, unit))
            if part is None and campaign not in opened:
                yield _one(unit, "registration", campaign, None, last_day(registration[campaign], unit))
            if part is not None and part["signed_on"] is None:
                yield _one(unit, "compact", campaign, None, last_day(covenant.get(campaign, registration[campaign]), unit))
        for term in opened.get(campaign, []):
            for scored, scorer in ((one["unit"], scorer) for one in term["assignments"] for scorer in one["scorers"]):
                sheet = (campaign, term["pass_key"], scored, scorer)
                if sheet not in recusals and (sheet in back_on or (term["state"] == "open" and sheet not in done)):
                    subject = f"{term['pass_key']}/{scored}"
                    due_on = back_on.get(sheet) or last_day(term, scored, scorer)
                    yield _one(scorer, "sheet", campaign, subject, due_on, scored=scored, pass_key=term["pass_key"])


def _follow_ups(reading: Reading) -> Iterator[dict[str, Any]]:
    for one in open_follow_ups(reading):
        subject = f"{one['inspection']}/{one['finding']}"
        yield _one(one["unit"], "follow_up", one["campaign"], subject, one["due_on"], inspection=one["inspection"], finding=one["finding"])


def _one(unit: str, about: str, campaign: str | None, subject: str | None, due_on: date, **more: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("scored", "pass_key", "inspection", "finding"))
    return {"unit": unit, "about": about, "campaign": campaign, "subject": subject, "due_on": due_on, **nothing, **more}
