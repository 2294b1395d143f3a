"""Initiatives: submitted by units, examined by councils, recognised; and which of them count in a year."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.i18n import t
from services.gateway.network import command_id, query
from services.gateway.pages import choosing, common
from shared.access import NETWORK, Role
from shared.errors import CommendationError, NotAllowed
from shared.ids import derived_id

pages = common.blueprint("initiatives")
Shown = Response | tuple[str, int]

SCOPES = ("grassroots", "ministry_or_province", "nationwide")
FINDINGS = ("passed", "failed")
OVERSEERS = (Role.OFFICE, Role.COUNCIL, Role.INSPECTOR)


@pages.get("/initiatives")
def overview(error: CommendationError | None = None) -> str:
    """Initiatives of a unit, or of all for those who oversee; with a unit and a year also those that count in it."""
    oversees = visitors.holds(*OVERSEERS, scope=NETWORK)
    own = sorted(((unit, common.name_of(unit)) for unit in visitors.scopes(Role.SECRETARY)), key=lambda option: option[1])
    unit = request.form.get("unit") or request.args.get("unit", "").strip() or (own[0][0] if own and not oversees else "")
    unit = choosing.key_of(unit, common.names()) if unit else ""
    typed = request.args.get("year", "")
    year = int(typed) if typed.isdigit() and 2000 <= int(typed) <= 2099 else common.today().year
    asked: dict[str, Any] = {"unit": unit} if unit else {}
    submits = bool(unit) and visitors.holds(Role.OFFICE, Role.SECRETARY, scope=unit)
    return render_template(
        "initiatives.html",
        own=own,
        oversees=oversees,
        unit=unit,
        year=year,
        initiatives=query("evaluations", "initiatives", **asked) if unit or oversees else [],
        usable=query("evaluations", "usable_initiatives", unit=unit, year=year)["initiatives"] if unit else None,
        submits=submits,
        people=_people(unit) if submits else [],
        error=error,
    )


@pages.post("/initiatives")
def submit() -> Shown:
    initiative = derived_id("initiative", command_id())
    data = common.filled("unit", "title", "summary", "submitted_on", whole=("year",))
    return common.act(
        "evaluations",
        "submit_initiative",
        {"initiative": initiative, "authors": request.form.getlist("authors"), **data},
        done="flash.initiative_submitted",
        back=url_for("initiatives.show", initiative=initiative),
        again=overview,
    )


@pages.get("/initiatives/<initiative>")
def show(initiative: str, error: CommendationError | None = None) -> str:
    found = query("evaluations", "initiative", initiative=initiative)
    unit, examines = found["unit"], visitors.holds(Role.OFFICE, Role.COUNCIL, scope=NETWORK)
    return render_template(
        "initiative.html",
        initiative=found,
        names=dict(_people(unit)) if visitors.holds(Role.OFFICE, Role.INSPECTOR, Role.SECRETARY, scope=unit) else {},
        councils={row["council"]: row["name"] for row in query("registry", "councils")},
        scopes=[(scope, t(f"scope.{scope}")) for scope in SCOPES],
        findings=[(finding, t(f"initiative_finding.{finding}")) for finding in FINDINGS],
        examines=examines and found["state"] in ("submitted", "recognised"),
        decides=visitors.holds(Role.OFFICE, scope=NETWORK),
        withdraws=found["state"] == "submitted" and visitors.holds(Role.OFFICE, Role.SECRETARY, scope=unit),
        error=error,
    )


@pages.post("/initiatives/<initiative>/examinations")
def examine(initiative: str) -> Shown:
    data = common.filled("council", "scope", "finding", "minutes", "effective_on")
    return _act(initiative, "examine_initiative", data, done="flash.initiative_examined")


@pages.post("/initiatives/<initiative>/recognitions")
def recognise(initiative: str) -> Shown:
    data = common.filled("scope", "authority", "certificate", "effective_on")
    return _act(initiative, "recognise_initiative", data, done="flash.initiative_recognised")


@pages.post("/initiatives/<initiative>/refusal")
def refuse(initiative: str) -> Shown:
    return _act(initiative, "refuse_initiative", common.filled("reason", "effective_on"), done="flash.initiative_refused")


@pages.post("/initiatives/<initiative>/withdrawal")
def withdraw(initiative: str) -> Shown:
    return _act(initiative, "withdraw_initiative", common.filled("reason"), done="flash.initiative_withdrawn")


def _people(unit: str) -> list[tuple[str, str]]:
    """Everybody who is or was in a post of the unit, by name, as the options of a choice."""
    rows = query("registry", "people", unit=unit)
    named = {row["person"]: f"{row['full_name']} – {row['post']}" for row in reversed(rows)}
    return sorted(named.items(), key=lambda option: option[1])


def _act(initiative: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    def again(error: CommendationError) -> str:
        if isinstance(error, NotAllowed):
            raise error  # the page of the initiative would refuse as well
        return show(initiative, error)

    back = url_for("initiatives.show", initiative=initiative)
    return common.act("evaluations", method, {"initiative": initiative, **data}, done=done, back=back, again=again)
