"""Who checks whom, an inspection and a reminder of the sample campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from typing import Any, NamedTuple

import yaml

LEADER, INSPECTOR, OFFICE = "khoitruong", "thanhtra", "thuongtruc"


class Asked(NamedTuple):
    """One command to the campaigns service: in whose name, and what."""

    name: str
    login: str
    method: str
    data: dict[str, Any]


def before_scoring(campaign: str, founded: date) -> Iterator[Asked]:
    """A draw, and an inspection whose follow-up is due some days after the sample was founded."""
    plan = _plan(campaign)
    if not plan:
        return
    yield Asked("pairing", LEADER, "draw_pairing", {"campaign": campaign, **plan["pairing"]})
    inspection = {"inspection": plan["inspection"]["inspection"]}
    yield Asked("inspection", INSPECTOR, "plan_inspection", {"campaign": campaign, **plan["inspection"]})
    yield Asked("inspection held", INSPECTOR, "hold_inspection", {**inspection, "effective_on": plan["held_on"]})
    for finding in plan["findings"]:
        said = {name: value for name, value in finding.items() if name != "follow_up_in_days"}
        days = finding.get("follow_up_in_days")
        due_on = None if days is None else (founded + timedelta(days=days)).isoformat()
        yield Asked(f"finding {finding['finding']}", INSPECTOR, "record_finding", {**inspection, **said, "follow_up_due_on": due_on})
    yield Asked("mailbox", OFFICE, "set_unit_mailbox", plan["mailbox"])


def while_open(campaign: str) -> Iterator[Asked]:
    """A reminder of a sheet that is not handed in."""
    plan = _plan(campaign)
    if plan:
        yield Asked("reminder", OFFICE, "remind_unit", {"campaign": campaign, **plan["reminder"]})


def _plan(campaign: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath("checking.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text).get(campaign, {})
    return found
