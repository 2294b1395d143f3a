"""Urging: who has not, by working days; reminding; mailboxes and the mails that did not go."""

from __future__ import annotations

import json
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.network import command, query
from services.gateway.pages import common
from services.gateway.problems import status_of, words_of
from shared.access import NETWORK, Role
from shared.errors import CommendationError, NotSignedIn, ValidationFailed

pages = common.blueprint("urging")
Shown = Response | tuple[str, int]

ABOUT = ("registration", "compact", "sheet", "follow_up")
FILTERS = ("campaign", "cluster", "unit", "about", "late")
OWED = ("unit", "about", "campaign", "subject")
"""What tells one thing that is owed from another."""

REMIND_MAX = 200
"""Reminders of one form: each is a command of its own, and the page waits for them."""


@pages.get("/urging")
def overview(error: CommendationError | None = None, refused: dict[str, str] | None = None) -> str:
    """refused: by the key of a row why it was not reminded, where the page is shown again."""
    said = request.form if request.form.get("form") == "remind" else request.args
    chosen = {name: value for name in FILTERS if (value := said.get(name, ""))}
    overseen = visitors.holds(Role.OFFICE, Role.INSPECTOR, scope=NETWORK)
    found = due(chosen)
    campaigns = query("campaigns", "campaigns")
    keeps = visitors.holds(Role.OFFICE, Role.ADMINISTRATOR, scope=NETWORK)
    return render_template(
        "urging.html",
        rows=[{**row, "key": _key(row), "href": _address(row)} for row in found],
        units=_by_unit(found),
        late=sum(row["late"] is not None for row in found),
        chosen=chosen,
        overseen=overseen,
        choices={
            "campaign": [(run["campaign"], run["title"]) for run in campaigns if run["state"] != "final"],
            "cluster": [(row["cluster"], row["name"]) for row in query("registry", "clusters")] if overseen else [],
            "unit": common.taking_part(campaigns) if overseen else [],
        },
        about=ABOUT,
        reminds=visitors.holds(Role.OFFICE, Role.LEADER),
        untold=[run["title"] for run in campaigns if run["frozen"] and not overseen and visitors.holds(Role.OFFICE, Role.LEADER)],
        ticked=request.form.getlist("owed"),
        refused=refused or {},
        mailboxes=query("campaigns", "mailboxes") if keeps else None,
        mails=query("campaigns", "mails") if keeps else None,
        error=error,
    )


def due(chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Everything for the office of the network and inspectors, what their clusters and units owe for others."""
    asked: dict[str, Any] = {**chosen, "late": "late" in chosen}
    if visitors.holds(Role.OFFICE, Role.INSPECTOR, scope=NETWORK):
        return list(query("campaigns", "due", **asked)["rows"])
    own = [{"cluster": cluster} for cluster in [*visitors.scopes(Role.LEADER), *visitors.scopes(Role.OFFICE)]]
    own += [{"unit": unit} for unit in visitors.scopes(Role.SECRETARY)]
    found = {_key(row): row for one in own for row in query("campaigns", "due", **{**asked, **one})["rows"]}
    return sorted(found.values(), key=lambda row: (row["due_on"], row["unit"]))


def _key(row: dict[str, Any]) -> str:
    return json.dumps([row[name] for name in OWED], ensure_ascii=False)


def _acts_for(unit: str) -> bool:
    return visitors.holds(Role.SECRETARY, scope=unit)


def _address(row: dict[str, Any]) -> str:
    """Where it is done; for those to whom sheet and inspection are not shown, the unit's line of the campaign."""
    shown = visitors.holds(Role.OFFICE, Role.INSPECTOR, scope=NETWORK)
    if row["about"] == "sheet" and (shown or _acts_for(row["unit"]) or _acts_for(row["scored"])):
        return url_for("sheets.show", campaign=row["campaign"], unit=row["scored"], pass_key=row["pass_key"], scorer=row["unit"])
    if row["about"] == "follow_up" and (shown or _acts_for(row["unit"])):
        return url_for("inspections.show", inspection=row["inspection"], _anchor=f"finding-{row['finding']}")
    return url_for("campaigns.show", campaign=row["campaign"], _anchor=f"unit-{row['unit']}")


def _by_unit(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How much each unit owes, and how much of it late, the most late first."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        unit = found.setdefault(row["unit"], {"unit": row["unit"], "owed": 0, "late": 0})
        unit["owed"] += 1
        unit["late"] += row["late"] is not None
    return sorted(found.values(), key=lambda unit: (-unit["late"], -unit["owed"], unit["unit"]))


@pages.post("/urging/reminders")
def remind() -> Shown:
    """Remind of every row that was ticked, each by a command of its own; those that were refused are shown again with the reason."""
    ticked = list(dict.fromkeys(request.form.getlist("owed")))
    said = common.filled("text", "channel")
    if not 1 <= len(ticked) <= REMIND_MAX or "text" not in said:
        at = "owed" if "text" in said else "text"
        places = [{"at": at, "message": f"Choose 1 to {REMIND_MAX} rows." if at == "owed" else "Missing data for required field."}]
        error = ValidationFailed("Choose what to remind of, and say it.", errors=places)
        return overview(error), status_of(error)
    refused: dict[str, str] = {}
    failures: list[CommendationError] = []
    position = 0
    for place, key in enumerate(ticked):
        try:
            answer = command("campaigns", "remind_unit", {**_read(key), **said}, step=str(place))
            position = max(position, int(answer["position"]))
        except NotSignedIn:
            raise
        except CommendationError as error:
            refused[key] = words_of(error)
            failures.append(error)
    if failures:
        return overview(failures[0], refused), status_of(failures[0])
    kept: dict[str, Any] = {name: value for name in FILTERS if (value := request.form.get(name, ""))}
    back = url_for("urging.overview", **kept)
    return common.finish("campaigns", {"position": position}, done="flash.reminded", back=back, n=len(ticked))


def _read(key: str) -> dict[str, Any]:
    """What a row's key stands for. Raises ValidationFailed for one that this page did not make."""
    try:
        values = json.loads(key)
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != len(OWED):
        raise ValidationFailed("A row of the form cannot be read; load the page again.")
    return dict(zip(OWED, values, strict=True))


@pages.post("/urging/mailboxes")
def set_mailbox() -> Shown:
    data = {"address": None, **common.filled("unit", "address")}
    back = url_for("urging.overview")
    return common.act("campaigns", "set_unit_mailbox", data, done="flash.mailbox", back=back, again=overview)


@pages.post("/urging/mails/<event>/retry")
def retry(event: str) -> Shown:
    try:
        command("campaigns", "retry_mail", {"event": event})
    except NotSignedIn:
        raise
    except CommendationError as error:
        return overview(error), status_of(error)
    return common.go(url_for("urging.overview"), "flash.mail_retried")
