"""The year of the sample campaigns: plan, phases, covenant, target titles."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Any, NamedTuple

import yaml

OFFICE = "thuongtruc"


class Asked(NamedTuple):
    """One command to the campaigns service, in the name of the standing office."""

    name: str
    method: str
    data: dict[str, Any]


def plan_document(campaign: str) -> str:
    return str(_year(campaign)["plan_document"])


def begins(campaign: str) -> Iterator[Asked]:
    """What comes before the units take part: the plan, the first phase, the compact."""
    year = _year(campaign)
    yield Asked("phases", "plan_phases", {"campaign": campaign, "phases": year["phases"]})
    first = year["before_scoring"][0]
    yield Asked(f"begin {first['phase']}", "open_phase", {"campaign": campaign, "phase": first["phase"], "on": first["opened_on"]})
    yield Asked("compact", "issue_compact", {"campaign": campaign, **year["compact"]})


def goes_on(campaign: str) -> Iterator[Asked]:
    """What comes when all have signed and before scoring begins."""
    year = _year(campaign)
    for target in year["targets"]:
        yield Asked(f"target {target['unit']} {target['title']}", "register_unit_target", {"campaign": campaign, **target})
    yield _closing(campaign, {"phase": "registration", "closed_on": year["registration_closed_on"]})
    first, *others = year["before_scoring"]
    yield _closing(campaign, first)
    for phase in others:
        yield from _whole(campaign, phase)


def ends(campaign: str) -> Iterator[Asked]:
    """What comes after the last pass and before the result is final."""
    for phase in _year(campaign)["after_scoring"]:
        yield from _whole(campaign, phase)


def _whole(campaign: str, phase: dict[str, str]) -> Iterator[Asked]:
    yield Asked(f"begin {phase['phase']}", "open_phase", {"campaign": campaign, "phase": phase["phase"], "on": phase["opened_on"]})
    yield _closing(campaign, phase)


def _closing(campaign: str, phase: dict[str, str]) -> Asked:
    return Asked(f"end {phase['phase']}", "close_phase", {"campaign": campaign, "phase": phase["phase"], "on": phase["closed_on"]})


def _year(campaign: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath("year.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)[campaign]
    return found
