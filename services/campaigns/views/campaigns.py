"""Campaigns with their units, phases and passes as one asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.campaigns.views.model import MODEL
from services.campaigns.views.rubrics import rubric_content
from shared.event import Event, instant_text
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
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("organiser", sa.String(100)),
    sa.Column("parent", sa.String(100)),
    sa.Column("audience_is", sa.String(10), nullable=False),
    sa.Column("plan_document", sa.Text, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("compact", sa.JSON),
    sa.Column("frozen", sa.JSON),
    sa.Column("seal", sa.JSON),
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
terms = sa.Table(
    "terms",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("phase", sa.String(100), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("graces", sa.JSON, nullable=False),
    sa.Column("changes", sa.JSON, nullable=False),
)
passes = sa.Table(
    "passes",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("assignments", sa.JSON, nullable=False),
)

_BEFORE_KINDS = {"kind": "regular", "organiser": None, "parent": None, "audience_is": "members", "plan_document": ""}
"""What a launch of version 1 leaves unsaid."""


@MODEL.on("campaigns.CampaignLaunched", versions=(1, 2))
def _launched(rows: Rows, event: Event) -> None:
    dates = {name: date.fromisoformat(event.data[name]) for name in ("starts_on", "ends_on", "registration_due_on")}
    rows.put(campaigns, **{**_BEFORE_KINDS, **event.data, **dates}, plan=[], state="open")
    _begun(rows, event, "registration", dates["starts_on"], dates["registration_due_on"])


@MODEL.on("campaigns.PhasesPlanned")
def _planned(rows: Rows, event: Event) -> None:
    rows.change(campaigns, {"campaign": event.data["campaign"]}, plan=event.data["phases"])


@MODEL.on("campaigns.PhaseOpened")
def _phase_opened(rows: Rows, event: Event) -> None:
    _begun(rows, event, event.data["phase"], event.effective_on, date.fromisoformat(event.data["due_on"]))


@MODEL.on("campaigns.PhaseExtended")
def _extended(rows: Rows, event: Event) -> None:
    _moved(rows, event, "extended", due_on=date.fromisoformat(event.data["due_on"]))


@MODEL.on("campaigns.GraceGiven")
def _grace(rows: Rows, event: Event) -> None:
    held = _term(rows, event, event.data["phase"])
    grace = {name: event.data[name] for name in ("until_on", "units")}
    _moved(rows, event, "grace", graces=[*held["graces"], grace])


@MODEL.on("campaigns.PhaseClosed")
def _phase_closed(rows: Rows, event: Event) -> None:
    _moved(rows, event, "closed_early" if event.data["early"] else "closed", state="closed", closed_on=event.effective_on)


@MODEL.on("campaigns.PhaseReopened")
def _reopened(rows: Rows, event: Event) -> None:
    _moved(rows, event, "reopened", state="open", due_on=date.fromisoformat(event.data["due_on"]), closed_on=None)


@MODEL.on("campaigns.UnitRegistered", versions=(1, 2))
def _unit_registered(rows: Rows, event: Event) -> None:
    rows.put(participants, campaign=event.data["campaign"], unit=event.data["unit"], registered_on=event.effective_on)


@MODEL.on("campaigns.CompactIssued")
def _issued(rows: Rows, event: Event) -> None:
    compact = {name: event.data[name] for name in ("version", "title", "text", "issued_on")}
    rows.change(campaigns, {"campaign": event.data["campaign"]}, compact=compact)


@MODEL.on("campaigns.CovenantSigned")
def _signed(rows: Rows, event: Event) -> None:
    at = {"campaign": event.data["campaign"], "unit": event.data["unit"]}
    rows.change(participants, at, signatory=event.data["signatory"], signed_on=date.fromisoformat(event.data["signed_on"]))


@MODEL.on("campaigns.PassOpened")
def _pass_opened(rows: Rows, event: Event) -> None:
    rows.put(passes, **{name: event.data[name] for name in ("campaign", "pass_key", "assignments")})
    _begun(rows, event, event.data["pass_key"], event.effective_on, date.fromisoformat(event.data["due_on"]))


@MODEL.on("campaigns.PassClosed", versions=(1, 2))
def _pass_closed(rows: Rows, event: Event) -> None:
    what = "closed_early" if event.data.get("early") else "closed"
    _moved(rows, event, what, phase=event.data["pass_key"], state="closed", closed_on=event.effective_on)


@MODEL.on("campaigns.CampaignFrozen")
def _frozen(rows: Rows, event: Event) -> None:
    frozen = {"since": instant_text(event.recorded_at), "reason": event.data["reason"]}
    rows.change(campaigns, {"campaign": event.data["campaign"]}, frozen=frozen)


@MODEL.on("campaigns.CampaignThawed")
def _thawed(rows: Rows, event: Event) -> None:
    rows.change(campaigns, {"campaign": event.data["campaign"]}, frozen=None)


@MODEL.on("campaigns.CampaignFinalised", versions=(1, 2))
def _finalised(rows: Rows, event: Event) -> None:
    seal = {name: event.data[name] for name in ("boards", "positions")} if event.data.get("boards") else None
    rows.change(campaigns, {"campaign": event.data["campaign"]}, state="final", finalised_on=event.effective_on, seal=seal)


def _term(rows: Rows, event: Event, phase: str) -> dict[str, Any]:
    """The term that an event moves. Raises LookupError for one that never began."""
    held = rows.get(terms, campaign=event.data["campaign"], phase=phase)
    if held is None:
        raise LookupError(f"{event.type}: phase {phase} of {event.data['campaign']} has not begun")
    return held


def _begun(rows: Rows, event: Event, phase: str, opened_on: date, due_on: date) -> None:
    campaign = event.data["campaign"]
    rows.put(terms, campaign=campaign, phase=phase, state="open", opened_on=opened_on, due_on=due_on, graces=[], changes=[])


def _moved(rows: Rows, event: Event, what: str, phase: str | None = None, **values: Any) -> None:
    """A term changes, and keeps what changed it: {what, on, until_on, units, reason}."""
    held = _term(rows, event, phase or event.data["phase"])
    until_on = event.data.get("due_on") or event.data.get("until_on")
    change = {"what": what, "on": event.effective_on.isoformat(), "until_on": until_on, "units": event.data.get("units", [])}
    rows.put(terms, **{**held, **values, "changes": [*held["changes"], {**change, "reason": event.data.get("reason")}]})


def all_campaigns(reading: Reading) -> list[dict[str, Any]]:
    """All campaigns, the latest season first, without their covenants."""
    table = reading[campaigns]
    columns = [column for column in table.columns if column.name not in ("compact", "plan")]
    return reading.all(sa.select(*columns).order_by(table.c.season.desc(), table.c.title))


def campaign_of(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """A campaign with `units` (registration and covenant of each of the audience), `passes` in the rubric's order, and `phases`.

    A phase: {phase, title, from_on, state, opened_on, due_on, closed_on, graces, changes, is_pass}, the year in its order.
    """
    found = reading.one(sa.select(reading[campaigns]).where(reading[campaigns].c.campaign == campaign))
    if found is None:
        return None
    table, opened, begun = reading[participants], reading[passes], reading[terms]
    taking_part = {row["unit"]: row for row in reading.all(sa.select(table).where(table.c.campaign == campaign))}
    assigned = {row["pass_key"]: row["assignments"] for row in reading.all(sa.select(opened).where(opened.c.campaign == campaign))}
    running = {row.pop("phase"): row for row in reading.all(sa.select(begun).where(begun.c.campaign == campaign))}
    content = rubric_content(reading, found["rubric"]) or {"passes": []}
    return {
        **found,
        "units": [_unit(unit, taking_part.get(unit)) for unit in found["audience"]],
        "passes": [_pass(rule, running.get(rule["key"]), assigned) for rule in content["passes"]],
        "phases": _year(found["plan"], content["passes"], running),
    }


def opened_passes(reading: Reading) -> list[dict[str, Any]]:
    """The passes that have been opened, of all campaigns: {campaign, pass_key, assignments, state, due_on, graces}."""
    opened, begun = reading[passes], reading[terms]
    same = (begun.c.campaign == opened.c.campaign) & (begun.c.phase == opened.c.pass_key)
    columns: list[sa.ColumnElement[Any]] = [*opened.columns, begun.c.state, begun.c.due_on, begun.c.graces]
    return reading.all(sa.select(*columns).join(begun, same).order_by(opened.c.campaign, opened.c.pass_key))


def terms_of(reading: Reading, phase: str) -> dict[str, dict[str, Any]]:
    """The terms of one phase by campaign: {state, opened_on, due_on, closed_on, graces, changes}."""
    table = reading[terms]
    return {row["campaign"]: row for row in reading.all(sa.select(table).where(table.c.phase == phase))}


def last_day(term: Mapping[str, Any], *units: str) -> date:
    """The last day of a term, with the grace of any of these units."""
    granted = [grace["until_on"] for grace in term["graces"] if not grace["units"] or set(units) & set(grace["units"])]
    due_on: date = term["due_on"]
    return max([due_on, *map(date.fromisoformat, granted)])


def tree(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """The campaign at the root of this one's tree, each with `children`: {campaign, title, kind, organiser, cluster, state, children}."""
    table = reading[campaigns]
    columns = [table.c[name] for name in ("campaign", "title", "kind", "organiser", "cluster", "state", "parent")]
    rows = {row["campaign"]: row for row in reading.all(sa.select(*columns).order_by(table.c.title, table.c.campaign))}
    if campaign not in rows:
        return None
    root = campaign
    while rows[root]["parent"] in rows:
        root = rows[root]["parent"]
    children: dict[str | None, list[str]] = {}
    for row in rows.values():
        children.setdefault(row["parent"], []).append(row["campaign"])

    def with_children(key: str) -> dict[str, Any]:
        shown = {name: value for name, value in rows[key].items() if name != "parent"}
        return {**shown, "children": [with_children(child) for child in children.get(key, [])]}

    return with_children(root)


def unsigned(reading: Reading, campaign: str) -> list[str]:
    """The units of a campaign that have not signed its covenant, in the order of the audience."""
    table = reading[participants]
    signed = {row["unit"] for row in reading.all(sa.select(table).where(table.c.campaign == campaign, table.c.signed_on.is_not(None)))}
    found = reading.one(sa.select(reading[campaigns].c.audience).where(reading[campaigns].c.campaign == campaign))
    return [unit for unit in found["audience"] if unit not in signed] if found else []


def _unit(unit: str, row: dict[str, Any] | None) -> dict[str, Any]:
    signed = row is not None and row["signed_on"] is not None
    return {
        "unit": unit,
        "registered_on": row and row["registered_on"],
        "covenant": {"signatory": row["signatory"], "signed_on": row["signed_on"]} if row and signed else None,
    }


def _pass(rule: dict[str, Any], term: dict[str, Any] | None, assigned: Mapping[str, list[Any]]) -> dict[str, Any]:
    return {
        "pass_key": rule["key"],
        "title": rule["title"],
        "state": term["state"] if term else "waiting",
        "due_on": term and term["due_on"],
        "assignments": assigned.get(rule["key"], []),
    }


def _year(plan: list[dict[str, Any]], rules: list[dict[str, Any]], running: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Registration, the plan in its order, then the passes that nobody planned."""
    titles = {rule["key"]: rule["title"] for rule in rules}
    planned = {one["key"]: one for one in plan}
    keys = dict.fromkeys(["registration", *planned, *titles])
    found = []
    for key in keys:
        term, said = running.get(key), planned.get(key)
        shown = {
            "phase": key,
            "title": said["title"] if said else titles.get(key),
            "is_pass": key in titles,
            "from_on": date.fromisoformat(said["from_on"]) if said else term and term["opened_on"],
            "due_on": date.fromisoformat(said["due_on"]) if said else None,
            "state": "waiting",
            "opened_on": None,
            "closed_on": None,
            "graces": [],
            "changes": [],
        }
        found.append({**shown, **{name: value for name, value in (term or {}).items() if name != "campaign"}})
    return found
