"""Months of two people's ratings and an initiative: invented, and marked so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from typing import Any, NamedTuple

import yaml

from shared.ids import derived_id

MONTHS_MAX = 3
"""Months that are shown: two that are approved and one that waits."""


class Asked(NamedTuple):
    """One command to the evaluations service: in whose name, and what."""

    name: str
    login: str
    method: str
    data: dict[str, Any]


def ratings(founded: date) -> Iterator[Asked]:
    """The last months before the sample was founded in which the decree was in force, and an initiative from start to certificate."""
    plan = yaml.safe_load(resources.files(__package__).joinpath("ratings.yaml").read_text(encoding="utf-8"))
    months = _months(founded, date.fromisoformat(str(plan["from_on"])))
    for place, (period, rows) in enumerate(zip(months, plan["months"], strict=False)):
        at = {"unit": plan["unit"], "period": period, "scheme": plan["scheme"]}
        given = [{**row, "subject": _person(row["subject"])} for row in rows]
        yield Asked(f"ratings {period}", plan["enters"], "enter_ratings", {**at, "rows": given})
        yield Asked(f"ratings {period} submitted", plan["enters"], "submit_ratings", at)
        if place + 1 < len(months):
            approval = {**at, "effective_on": founded.isoformat(), "document": plan["document"]}
            yield Asked(f"ratings {period} approved", plan["approves"], "approve_ratings", approval)
    submitted = {**plan["initiative"], "authors": [_person(key) for key in plan["initiative"]["authors"]]}
    known = {"initiative": submitted["initiative"]}
    yield Asked("initiative", plan["enters"], "submit_initiative", submitted)
    yield Asked("initiative examined", plan["examines"], "examine_initiative", {**known, **plan["examination"]})
    yield Asked("initiative recognised", plan["approves"], "recognise_initiative", {**known, **plan["recognition"]})


def _months(founded: date, since: date) -> list[str]:
    """The keys of the last whole months between two days, the earliest first."""
    found: list[str] = []
    last = founded.replace(day=1) - timedelta(days=1)
    while last >= since and len(found) < MONTHS_MAX:
        found.append(f"{last:%Y-%m}")
        last = last.replace(day=1) - timedelta(days=1)
    return found[::-1]


def _person(key: str) -> str:
    """The id of a person of the sample: the same at every load."""
    return derived_id("sample-person", key)
