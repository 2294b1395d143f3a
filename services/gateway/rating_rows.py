"""Rows of ratings as people fill them in, on the page and in a workbook: who is in them, how a row is read, and faults in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.gateway.formats import short, typed_number
from services.gateway.i18n import known, t
from services.gateway.network import query
from services.gateway.pages import common
from services.gateway.workbooks.table import digits, mark

GROUP_MAX = 60
"""Letters of a group of like duties that evaluations take."""


@dataclass(frozen=True, slots=True)
class Rated:
    """Somebody to be rated: a person of the unit by name and post, or a unit under it."""

    subject: str
    name: str
    post: str = ""


@dataclass(slots=True)
class Entry:
    """A row as it is shown: who, what stands in its fields, what it came to, what is wrong where; seen: the mark of what was recorded."""

    who: Rated
    group: str = ""
    leads: bool = False
    figures: dict[str, str] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)
    unrated: str = ""
    decided: str = ""
    because: str = ""
    points: Mapping[str, Any] | None = None
    grade: str | None = None
    errors: dict[str, str] = field(default_factory=dict)

    seen: str = ""

    @property
    def filled(self) -> bool:
        """Whether anything was entered; the group alone, which is suggested, is nothing."""
        return any(self.figures.values()) or bool(self.unrated or self.facts or self.decided)

    def to_data(self) -> dict[str, Any]:
        """The row as evaluations take it. Raises NumberUnclear for a figure that is no number."""
        read = {key: typed_number(typed) for key, typed in self.figures.items()}
        return {
            "subject": self.who.subject,
            "group": self.group,
            "leads": self.leads,
            "figures": {key: digits(number) for key, number in read.items() if number is not None},
            "facts": self.facts,
            "unrated": self.unrated or None,
            "decided": self.decided or None,
            "because": self.because or None,
        }


def rated_in(ratings: Mapping[str, Any]) -> list[Rated]:
    """Who is to be rated in a unit on the last day of the period, and whoever has a row; by post and name."""
    recorded = [row["subject"] for row in ratings["rows"]]
    if ratings["scheme"]["subject"] == "unit":
        under = [row for row in query("registry", "organisations") if row["parent"] == ratings["unit"]]
        found = {row["organisation"]: Rated(row["organisation"], row["name"]) for row in under}
        return [*found.values(), *(Rated(subject, common.name_of(subject)) for subject in recorded if subject not in found)]
    ever = query("registry", "people", unit=ratings["unit"])
    named = {row["person"]: Rated(row["person"], row["full_name"], row["post"]) for row in reversed(ever)}
    there = {row["person"] for row in ever if _holds(row, ratings["last_day"])}
    people = [named.get(subject, Rated(subject, subject)) for subject in dict.fromkeys([*sorted(there), *recorded])]
    return sorted(people, key=lambda one: (one.post, one.name, one.subject))


def _holds(row: Mapping[str, Any], day: str) -> bool:
    """Whether a period in a post holds on a day, both as ISO 8601, which sorts as time does."""
    return bool(row["from_on"] <= day and (row["until_on"] is None or row["until_on"] >= day))


def entry_of(who: Rated, row: Mapping[str, Any] | None) -> Entry:
    """A row as it is recorded, or an empty one for which the post suggests the group of like duties."""
    if row is None:
        return Entry(who, group=who.post[:GROUP_MAX].strip() or t("rating.everybody"))
    return Entry(
        who,
        group=row["group"],
        leads=row["leads"],
        figures={key: short(value) for key, value in row["figures"].items()},
        facts=list(row["facts"]),
        unrated=row["unrated"] or "",
        decided=row["decided"] or "",
        because=row["because"] or "",
        points=row["points"],
        grade=row["grade"],
        seen=mark_of(row),
    )


def mark_of(row: Mapping[str, Any] | None) -> str:
    """A short mark of what is recorded of somebody, or is to be, so that it is seen whether it has changed since; "" where nothing is."""
    if row is None:
        return ""
    figures = {key: digits(Decimal(value)) for key, value in row["figures"].items()}
    said = {name: row[name] for name in ("group", "leads", "unrated", "decided", "because")}
    return mark({**said, "figures": figures, "facts": sorted(row["facts"])})


def words_of_faults(errors: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """What evaluations found wrong with rows: (subject, place in the row, words)."""
    found = []
    for error in errors:
        subject, _, at = str(error["at"]).rpartition(".")
        message = f"rating_fault.{error.get('code')}"
        values = {name: _shown(value) for name, value in dict(error.get("values") or {}).items()}
        found.append((subject, at, t(message, **values) if known(message) else str(error["message"])))
    return found


def _shown(value: str) -> str:
    try:
        return short(value)
    except ArithmeticError:
        return value
