"""A campaign of thousands of units that has been scored in four passes: its events, and the same scores as a CSV; one seed makes both."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared import rubric as rubrics
from shared.event import Event
from shared.rubric import Group, Item, PassRule, Rubric, TieBreak, TieBy
from tests.benchmarks.workload import SEED

CAMPAIGN = "large"
SITE = "central"
PASSES = ("self", "cross_check", "cluster", "central")
GROUPS, ITEMS_A_GROUP = 10, 10
BEGIN = datetime(2024, 12, 1, 9, tzinfo=UTC)
RUBRIC = Rubric(
    key="large",
    title="Bảng tiêu chí",
    season=2024,
    scale=Decimal(10 * GROUPS * ITEMS_A_GROUP),
    groups=tuple(
        Group(
            f"G{group}",
            f"Nhóm {group}",
            Decimal(10 * ITEMS_A_GROUP),
            tuple(Item(f"G{group}.{number}", f"Tiêu chí {group}.{number}", Decimal(10)) for number in range(ITEMS_A_GROUP)),
        )
        for group in range(GROUPS)
    ),
    passes=tuple(PassRule(key, key) for key in PASSES),
    tie_breaks=(TieBreak(TieBy.GROUP, "G0"), TieBreak(TieBy.CONTENT)),
)
ITEMS = tuple(item.key for item in RUBRIC.items())


def units_of(count: int) -> list[str]:
    return [f"unit-{number:05}" for number in range(count)]


def sheets(count: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Unit, pass and scores by item of every sheet, in quarters of a point."""
    made = random.Random(SEED)
    for pass_key in PASSES:
        for unit in units_of(count):
            yield (
                unit,
                pass_key,
                {item: f"{quarters // 4}.{quarters % 4 * 25:02}" for item, quarters in zip(ITEMS, _quarters(made), strict=True)},
            )


def _quarters(made: random.Random) -> list[int]:
    return made.choices(range(20, 41), k=len(ITEMS))


class Log:
    """The logs of the services as they would have recorded it, an event a millisecond."""

    def __init__(self, units: int) -> None:
        self._units = units
        self._positions: dict[str, int] = {}
        self._versions: dict[str, int] = {}

    def events(self) -> Iterator[Event]:
        """Of registry and campaigns first, then every sheet, saved and handed in."""
        for unit in units_of(self._units):
            name = {"organisation": unit, "name": f"Đơn vị {unit}", "kind": "sở", "opened_on": None}
            yield self._event(
                "registry", "OrganisationRegistered", unit, {**name, "code": None, "parent": None, "level": None, "document": None}, 2
            )
        yield self._event("campaigns", "RubricPublished", "rubric", {"rubric": RUBRIC.key, "content": rubrics.to_data(RUBRIC)})
        told = {"title": "Phong trào", "cluster": "cluster", "season": 2024, "rubric": RUBRIC.key, "illustrative": True}
        yield self._event("campaigns", "CampaignLaunched", "campaign", {"campaign": CAMPAIGN, **told, "audience": units_of(self._units)})
        for unit, pass_key, scores in sheets(self._units):
            yield from self.sheet(unit, pass_key, scores)

    def sheet(self, unit: str, pass_key: str, scores: dict[str, str]) -> tuple[Event, Event]:
        """A sheet saved as a whole, and handed in."""
        at = {"campaign": CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": unit}
        given = [{"item": item, "score": score, "reason": None} for item, score in scores.items()]
        stream = f"sheet-{CAMPAIGN}:{unit}:{pass_key}:{unit}"
        return (
            self._event("evaluations", "ItemsScored", stream, {**at, "scores": given}),
            self._event(
                "evaluations", "SheetSubmitted", stream, {**at, "handed_in_on": "2024-12-01", "late": False, "within_grace": False}, 2
            ),
        )

    def returned(self, unit: str, pass_key: str) -> Event:
        at = {"campaign": CAMPAIGN, "unit": unit, "pass_key": pass_key, "scorer": unit}
        said = {"reason": "Xem lại các mục chấm", "items": [], "due_on": "2024-12-31"}
        return self._event("evaluations", "SheetReturned", f"sheet-{CAMPAIGN}:{unit}:{pass_key}:{unit}", {**at, **said})

    def _event(self, service: str, kind: str, stream: str, data: dict[str, Any], schema: int = 1) -> Event:
        position = self._positions[service] = self._positions.get(service, 0) + 1
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        recorded_at = BEGIN + timedelta(milliseconds=sum(self._positions.values()))
        return Event(
            id=f"{service:.11}-{position}",
            site=SITE,
            service=service,
            position=position,
            stream=stream,
            version=version,
            type=f"{service}.{kind}",
            schema=schema,
            data=data,
            recorded_at=recorded_at,
            effective_on=recorded_at.date(),
            actor="office",
            correlation="course",
            causation="command",
        )


def write_csv(path: Path, count: int) -> None:
    """unit, item, pass (0 for the first) and score, a line for each score, in the order of recording."""
    order = {key: number for number, key in enumerate(PASSES)}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("unit", "item", "pass", "score"))
        for unit, pass_key, scores in sheets(count):
            writer.writerows((unit, item, order[pass_key], score) for item, score in scores.items())
