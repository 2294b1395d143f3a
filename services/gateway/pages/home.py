"""Home: what waits for the visitor, and how far the campaigns have come."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from services.gateway import duties, visitors
from services.gateway.network import query
from services.gateway.pages import common
from shared.access import Role

pages = common.blueprint("home")

CONFLICTS_SHOWN_MAX = 5
"""Conflicts of a campaign that are listed here; the rest are counted, and its page of conflicts has them."""


@pages.get("/")
def home() -> str:
    campaigns = query("campaigns", "campaigns")
    running = [common.campaign_or_404(row["campaign"]) for row in campaigns if row["state"] == "open"]
    titles = {(run["campaign"], one["pass_key"]): one["title"] for run in running for one in run["passes"]}
    tasks = [dict(task, pass_title=titles.get((task["campaign"], task["pass_key"]), task["pass_key"])) for task in duties.mine()]
    open_tasks = [task for task in tasks if task["state"] == "open"]
    overseen = [run for run in running if visitors.holds(Role.OFFICE, Role.LEADER, Role.INSPECTOR, scope=run["cluster"])]
    return render_template(
        "home.html",
        open_tasks=open_tasks,
        workbooks=duties.workbooks(open_tasks),
        done_tasks=[task for task in tasks if task["state"] == "submitted" and (task["campaign"], task["pass_key"]) in titles],
        entries=_entries(running),
        reminders=duties.reminders(),
        ballots=[row for row in query("evaluations", "my_ballots") if not row["voted"]],
        appeals=duties.appeals_to_answer(running),
        lodged=duties.appeals_lodged(running),
        conflicts=duties.conflicts(running, open_tasks),
        ratings=duties.ratings(common.today()),
        shown_max=CONFLICTS_SHOWN_MAX,
        progress=[dict(run, passes=progress_of(run)) for run in overseen],
        running=running,
        steps=_steps() if not campaigns and visitors.holds(Role.ADMINISTRATOR, Role.OFFICE) else [],
    )


def _steps() -> list[dict[str, Any]]:
    """The way from an empty network to its first campaign, for whoever sets it up: {step, done, href, allowed} in order."""
    administers, offices = visitors.holds(Role.ADMINISTRATOR), visitors.holds(Role.OFFICE)
    clusters = [query("registry", "cluster", cluster=row["cluster"]) for row in query("registry", "clusters")]
    steps = [
        ("organisations", bool(query("registry", "count_organisations")), url_for("organisations.overview"), True),
        ("cluster", bool(clusters), url_for("registry.clusters"), True),
        ("members", any(one["members"] and one["leaders"] for one in clusters), _address(clusters), True),
    ]
    if administers:
        held = {role["role"] for account in query("registry", "accounts") for role in account["roles"]}
        steps.append(("accounts", {Role.OFFICE, Role.SECRETARY} <= held, url_for("registry.accounts"), True))
    steps.append(("rubric", bool(query("campaigns", "rubrics")), url_for("rubrics.overview"), offices))
    steps.append(("campaign", False, url_for("campaigns.overview"), offices))
    return [dict(zip(("step", "done", "href", "allowed"), step, strict=True)) for step in steps]


def _address(clusters: list[dict[str, Any]]) -> str:
    """Where members and leaders are entered: the one cluster there is, else the list to choose from."""
    return url_for("registry.cluster", cluster=clusters[0]["cluster"]) if len(clusters) == 1 else url_for("registry.clusters")


def _entries(running: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Registrations and covenants that the visitor's units still owe."""
    mine = visitors.scopes(Role.SECRETARY)
    return [
        {"campaign": run, "unit": row["unit"], "owed": "registration" if row["registered_on"] is None else "covenant"}
        for run in running
        for row in run["units"]
        if row["unit"] in mine
        and (row["covenant"] is None if row["registered_on"] else all(one["state"] == "waiting" for one in run["passes"]))
    ]


def progress_of(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The passes of a campaign with how many of their sheets are handed in: `submitted` of `sheets`."""
    sheets = query("evaluations", "sheets", campaign=run["campaign"])
    found = []
    for one in run["passes"]:
        mine = [sheet for sheet in sheets if sheet["pass_key"] == one["pass_key"]]
        found.append(dict(one, sheets=len(mine), submitted=sum(sheet["state"] == "submitted" for sheet in mine)))
    return found
