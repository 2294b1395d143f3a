"""Conflicts of interest of a campaign: listed for the office and inspectors, for secretaries those of their own units; recusals."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import i18n, visitors
from services.gateway.network import query
from services.gateway.pages import common
from services.gateway.schemas.conflicts import DECLARED
from shared.access import NETWORK, Role
from shared.errors import CommendationError

pages = common.blueprint("conflicts")
Shown = Response | tuple[str, int]

PAIR = ("unit", "scorer", "ground")


@pages.get("/campaigns/<campaign>/conflicts")
def show(campaign: str, error: CommendationError | None = None) -> str:
    run = common.campaign_or_404(campaign)
    office = visitors.holds(Role.OFFICE, scope=NETWORK)
    sees_all = office or visitors.holds(Role.INSPECTOR, scope=NETWORK)
    mine = [unit for unit in visitors.scopes(Role.SECRETARY) if unit in run["audience"] or _is_called(run, unit)]
    passes = [(one["pass_key"], one["title"]) for one in run["passes"]]
    tried = {name: request.args.get(name, "") for name in ("scorer", "pass_key")}
    return render_template(
        "conflicts.html",
        run=run,
        rows=query("evaluations", "conflicts", campaign=campaign) if sees_all else _towards_others(campaign, run, mine),
        office=office,
        sees_all=sees_all,
        mine=mine,
        passes=passes,
        titles=dict(passes),
        running=[one["pass_key"] for one in run["passes"] if one["state"] == "open"],
        units=common.taking_part([run]),
        scorers=_scorers(run),
        grounds=[(ground, i18n.t(f"conflict_ground.{ground}")) for ground in DECLARED],
        tried=tried,
        dry_run=_tried(campaign, **tried) if sees_all and all(tried.values()) else None,
        error=error,
    )


@pages.post("/campaigns/<campaign>/conflicts")
def declare(campaign: str) -> Shown:
    return _act(campaign, "declare_conflict", common.filled(*PAIR, "note"), done="flash.conflict_declared")


@pages.post("/campaigns/<campaign>/conflicts/withdrawal")
def withdraw(campaign: str) -> Shown:
    return _act(campaign, "withdraw_conflict", common.filled(*PAIR, "reason"), done="flash.conflict_withdrawn")


@pages.post("/campaigns/<campaign>/conflicts/denial")
def deny(campaign: str) -> Shown:
    return _act(campaign, "deny_conflict", common.filled(*PAIR, "reason"), done="flash.conflict_denied")


@pages.post("/campaigns/<campaign>/recusals")
def recuse(campaign: str) -> Shown:
    return _act(campaign, "recuse_scorer", common.filled(*PAIR, "pass_key", "reason"), done="flash.scorer_recused")


@pages.post("/campaigns/<campaign>/recusals/withdrawal")
def resume(campaign: str) -> Shown:
    return _act(campaign, "withdraw_recusal", common.filled("unit", "scorer", "pass_key", "reason"), done="flash.recusal_withdrawn")


def _act(campaign: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    return common.act(
        "evaluations",
        method,
        {"campaign": campaign, **data},
        done=done,
        back=url_for("conflicts.show", campaign=campaign),
        again=lambda error: show(campaign, error),
    )


def _tried(campaign: str, *, scorer: str, pass_key: str) -> list[dict[str, Any]]:
    return list(query("evaluations", "check_conflicts", campaign=campaign, scorer=scorer, pass_key=pass_key))


def _scorers(run: dict[str, Any]) -> list[tuple[str, str]]:
    """Who is called to score, and the units themselves, by name."""
    keys = {*run["audience"], *(scorer for one in run["passes"] for row in one["assignments"] for scorer in row["scorers"])}
    return sorted(((key, common.name_of(key)) for key in keys), key=lambda option: option[1])


def _is_called(run: dict[str, Any], unit: str) -> bool:
    return any(unit in row["scorers"] for one in run["passes"] for row in one["assignments"])


def _towards_others(campaign: str, run: dict[str, Any], mine: list[str]) -> list[dict[str, Any]]:
    """The conflicts of the visitor's units as scorers, in every pass that checks others."""
    keys = [one["pass_key"] for one in run["passes"][1:]]
    found = [row for scorer in mine for key in keys for row in _tried(campaign, scorer=scorer, pass_key=key)]
    return [row for row in found if row["unit"] != row["scorer"]]
