"""What waits for the visitor: sheets to fill, appeals to answer, conflicts to settle, ratings of the period that has ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.gateway import visitors
from services.gateway.network import query
from shared.access import NETWORK, Role

Run = dict[str, Any]
"""A campaign as `campaigns.campaign` answers it."""

UNITS_LOOKED_THROUGH_MAX = 200
"""Units of a campaign whose conflicts are looked for unasked: of a larger one, whoever opens its page of conflicts asks."""


def scorers() -> list[str]:
    """The ids in whose name the visitor fills sheets: the units they are secretary of, and for the office the organisers of clusters."""
    mine = visitors.scopes(Role.SECRETARY)
    if visitors.holds(Role.OFFICE, scope=NETWORK):
        mine += [cluster["organiser"] for cluster in query("registry", "clusters")]
    return list(dict.fromkeys(mine))


def mine() -> list[dict[str, Any]]:
    """The visitor's tasks, the open ones first, of these those that were returned, by due date."""
    asking = scorers()
    found = query("evaluations", "tasks", units=asking) if asking else []
    return sorted(
        found, key=lambda task: (task["state"] != "open", not task.get("returned"), task["due_on"] or "9999", task["title"], task["unit"])
    )


def workbooks(tasks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each scorer and pass the workbook of all its open sheets: {campaign, title, pass_key, pass_title, scorer, sheets}."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for task in tasks:
        names = ("campaign", "title", "pass_key", "pass_title", "scorer")
        book = found.setdefault((task["campaign"], task["pass_key"], task["scorer"]), {**{name: task[name] for name in names}, "sheets": 0})
        book["sheets"] += 1
    return list(found.values())


def appeals_to_answer(running: Iterable[Run]) -> list[dict[str, Any]]:
    """The appeals that wait for the office or the cluster's leader, the longest waiting first, each with its `run`."""
    asked = [run for run in running if visitors.holds(Role.OFFICE, scope=NETWORK) or visitors.holds(Role.LEADER, scope=run["cluster"])]
    rows = [{**row, "run": run} for run in asked for row in query("evaluations", "appeals", campaign=run["campaign"])["appeals"]]
    return sorted((row for row in rows if row["state"] == "lodged"), key=lambda row: (row["lodged_on"], row["unit"]))


def appeals_lodged(running: Iterable[Run]) -> list[dict[str, Any]]:
    """The appeals of the visitor's units, with their answers, each with its `run`: what was answered last first, then what waits."""
    units = visitors.scopes(Role.SECRETARY)
    rows = [
        {**row, "run": run}
        for run in running
        for unit in units
        if unit in run["audience"]
        for row in query("evaluations", "appeals", campaign=run["campaign"], unit=unit)["appeals"]
    ]
    stand = [row for row in rows if row["state"] != "withdrawn"]
    return sorted(stand, key=lambda row: row["answered"]["on"] if row["answered"] else "", reverse=True)


def conflicts(running: Iterable[Run], tasks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The conflicts of interest for which sheets cannot be filled, each with its `run`: to the office all, to a scorer those on its own."""
    runs = {run["campaign"]: run for run in running}
    if visitors.holds(Role.OFFICE, scope=NETWORK):
        return [{**row, "run": run} for run in runs.values() if len(run["audience"]) <= UNITS_LOOKED_THROUGH_MAX for row in _blocked(run)]
    owed: dict[tuple[str, str, str], set[str]] = {}
    for task in tasks:
        if task["unit"] != task["scorer"] and task["campaign"] in runs:
            owed.setdefault((task["campaign"], task["pass_key"], task["scorer"]), set()).add(task["unit"])
    return [
        {**row, "run": runs[campaign]}
        for (campaign, pass_key, scorer), units in owed.items()
        for row in query("evaluations", "check_conflicts", campaign=campaign, pass_key=pass_key, scorer=scorer)
        if _blocks(row) and row["unit"] in units
    ]


def _blocked(run: Run) -> list[dict[str, Any]]:
    """The conflicts of a campaign that stand between scorers and sheets that are still to be handed in."""
    rows = [row for row in query("evaluations", "conflicts", campaign=run["campaign"]) if _blocks(row)]
    sheets = query("evaluations", "sheets", campaign=run["campaign"]) if rows else []
    owed = {(sheet["unit"], sheet["pass_key"], sheet["scorer"]) for sheet in sheets if sheet["state"] == "open"}
    return [row for row in rows if (row["unit"], row["pass_key"], row["scorer"]) in owed]


def _blocks(row: dict[str, Any]) -> bool:
    return bool(row["state"] == "standing" and row["effect"] == "blocks")


def ratings(today: date) -> list[dict[str, Any]]:
    """The ratings of the month or quarter that ended last, of units that are rated: {unit, period, scheme, task}.

    task: `enter` for the unit's secretary while they are not handed on, `approve` for the office of the unit.
    """
    enters, approves = visitors.scopes(Role.SECRETARY), visitors.scopes(Role.OFFICE)
    found = []
    for unit in dict.fromkeys((*enters, *approves)):
        known = query("evaluations", "rating_periods", unit=unit)
        states = {(row["scheme"], row["period"]): row["state"] for row in known}
        goes_on = [row for row in known if int(row["period"][:4]) >= today.year - 1]
        for scheme, last in sorted({(row["scheme"], ended(row["period"], today)) for row in goes_on}):
            state = states.get((scheme, last), "open")
            if state == "open" and unit in enters:
                found.append({"unit": unit, "period": last, "scheme": scheme, "task": "enter"})
            elif state == "submitted" and unit in approves:
                found.append({"unit": unit, "period": last, "scheme": scheme, "task": "approve"})
    return found


def ended(like: str, today: date) -> str:
    """The key of the last period that is over, a quarter where `like` is one ("2024-Q3"), else a month.

    >>> ended("2024-Q3", date(2025, 2, 1)), ended("2024-08", date(2025, 1, 31))
    ('2024-Q4', '2024-12')
    """
    by_quarter = "Q" in like
    length = 3 if by_quarter else 1
    months = today.year * 12 + today.month - 1
    year, place = divmod(months // length - 1, 12 // length)
    return f"{year}-Q{place + 1}" if by_quarter else f"{year}-{place + 1:02}"


def reminders() -> list[dict[str, Any]]:
    """What the visitor's units owe and were reminded of, by the day it is due on."""
    rows = [row for unit in visitors.scopes(Role.SECRETARY) for row in query("campaigns", "due", unit=unit)["rows"]]
    return sorted((row for row in rows if row["reminded"]), key=lambda row: (row["due_on"], row["unit"]))
