"""Figure skating at the Olympic Winter Games 2018 as rubrics and score sheets: a panel whose answers are published.

A program is a cluster, a performance a unit, a judge a member of the panel. Data by BuzzFeed News under CC BY 4.0, read
from the folder `shared/data` beside the checkout; without it the tests that need it are skipped.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "olympic-skating-2018"
PASS = "panel"
TECH = "TECH"
ELEMENTS, DEDUCTIONS = "elements", "deductions"
ELEMENTS_MAXIMUM = 150
COMPONENTS = {
    "Skating Skills": "skating-skills",
    "Transitions": "transitions",
    "Performance": "performance",
    "Composition": "composition",
    "Interpretation of the Music": "interpretation",
    "Interpretation of the Music/Timing": "interpretation",
}
_TO_CENTS = {"places": 2, "mode": "half_up"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one scorer gave one unit: item key -> score, as it stands in the source."""

    scorer: str
    pass_key: str
    scores: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Published:
    """The official result of one unit; `panels` by component item key."""

    rank: int
    total: Decimal
    components: Decimal
    panels: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Program:
    key: str
    title: str
    rubric: dict[str, Any]
    units: tuple[str, ...]
    names: Mapping[str, str]
    sheets: Mapping[str, tuple[Sheet, ...]]
    published: Mapping[str, Published]


def require() -> None:
    """Skip the calling test where the data is not there."""
    if not FOLDER.is_dir():
        pytest.skip(f"the skating results are not at {FOLDER}")


@cache
def programs() -> tuple[Program, ...]:
    """The 16 programs with their 250 performances, in the order of the source."""
    performances = _rows("performances.csv")
    aspects: dict[str, list[dict[str, str]]] = defaultdict(list)
    for aspect in _rows("judged-aspects.csv"):
        if aspect["section"] == "components":
            aspects[aspect["performance_id"]].append(aspect)
    marks: dict[str, dict[str, str]] = defaultdict(dict)
    for mark in _rows("judge-scores.csv"):
        marks[mark["aspect_id"]][mark["judge"]] = mark["score"]
    by_program: dict[str, list[dict[str, str]]] = defaultdict(list)
    for performance in performances:
        by_program[performance["program"]].append(performance)
    return tuple(_program(title, found, aspects, marks) for title, found in by_program.items())


def score_lines(program: Program) -> Iterator[tuple[str, str, str, str, str]]:
    """Lines (unit, item, pass, scorer, score) of a score file."""
    for unit in program.units:
        for sheet in program.sheets[unit]:
            for item, score in sheet.scores.items():
                yield unit, item, sheet.pass_key, sheet.scorer, score


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _program(
    title: str,
    performances: list[dict[str, str]],
    aspects: Mapping[str, list[dict[str, str]]],
    marks: Mapping[str, Mapping[str, str]],
) -> Program:
    units = tuple(one["performance_id"] for one in performances)
    factors = {COMPONENTS[one["aspect_desc"]]: one["factor"] for unit in units for one in aspects[unit]}
    key = title.replace(" - ", "-").replace(" ", "-").lower()
    return Program(
        key=key,
        title=title,
        rubric=_rubric(key, title, factors),
        units=units,
        names={one["performance_id"]: one["name"] for one in performances},
        sheets={one["performance_id"]: _sheets(one, aspects[one["performance_id"]], marks) for one in performances},
        published={
            one["performance_id"]: Published(
                rank=int(one["rank"]),
                total=Decimal(one["total_segment_score"]),
                components=Decimal(one["total_component_score"]),
                panels={COMPONENTS[aspect["aspect_desc"]]: Decimal(aspect["scores_of_panel"]) for aspect in aspects[one["performance_id"]]},
            )
            for one in performances
        },
    )


def _sheets(performance: Mapping[str, str], aspects: list[dict[str, str]], marks: Mapping[str, Mapping[str, str]]) -> tuple[Sheet, ...]:
    by_judge: dict[str, dict[str, str]] = defaultdict(dict)
    for aspect in aspects:
        for judge, score in marks[aspect["aspect_id"]].items():
            by_judge[judge][COMPONENTS[aspect["aspect_desc"]]] = score
    technical = {
        ELEMENTS: performance["total_element_score"],
        DEDUCTIONS: performance["total_deductions"].removeprefix("-"),
    }
    judges = (Sheet(judge, PASS, scores) for judge, scores in sorted(by_judge.items()))
    return (*judges, Sheet(TECH, PASS, technical))


def _rubric(key: str, title: str, factors: Mapping[str, str]) -> dict[str, Any]:
    components = sum((10 * Decimal(factor) for factor in factors.values()), Decimal(0))
    return {
        "key": key,
        "title": title,
        "season": 2018,
        "scale": str(ELEMENTS_MAXIMUM + components),
        "legal_basis": "ISU judging system, season 2017/18",
        # A judge marks the components only, the technical panel the rest: no sheet holds every item.
        "passes": [{"key": PASS, "title": "Panel of judges", "requires_all": False}],
        "groups": [
            {
                "key": ELEMENTS,
                "title": "Elements",
                "maximum": str(ELEMENTS_MAXIMUM),
                "items": [{"key": ELEMENTS, "title": "Element total", "maximum": str(ELEMENTS_MAXIMUM)}],
            },
            {
                "key": "components",
                "title": "Components",
                "maximum": str(components),
                "items": [
                    {
                        "key": item,
                        "title": item.replace("-", " ").capitalize(),
                        "maximum": "10",
                        "weight": factor,
                        "statistic": "trimmed_mean",
                        "dropped": 1,
                        "panel_rounding": _TO_CENTS,
                        "item_rounding": _TO_CENTS,
                    }
                    for item, factor in factors.items()
                ],
            },
            {
                "key": DEDUCTIONS,
                "title": "Deductions",
                "maximum": "0",
                "items": [{"key": DEDUCTIONS, "title": "Deductions", "kind": "penalty", "maximum": "20"}],
            },
        ],
        "total_rounding": _TO_CENTS,
        "tie_breaks": [{"by": "group", "key": "components"}],
    }
