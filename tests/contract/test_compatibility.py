"""A published event schema does not change in a way that breaks its readers: what would is named, and the command refuses it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from services.console import contracts as command
from services.console.compatibility import incompatibilities

FOLDER = Path(__file__).resolve().parents[2] / "contracts"


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties), "additionalProperties": False}


TEXT: dict[str, Any] = {"type": "string", "maxLength": 2000}
MAYBE: dict[str, Any] = {"type": ["string", "null"], "maxLength": 2000}
SCORES: dict[str, Any] = {"type": "array", "items": _object(item=TEXT, reason=MAYBE)}
PUBLISHED = {**_object(unit=TEXT, scores=SCORES, level={"enum": ["low", "high"]}), "title": "a.B version 1", "description": "As it was."}


def _with(**properties: Any) -> dict[str, Any]:
    return {**PUBLISHED, **_object(**{**PUBLISHED["properties"], **properties})}


def _without(name: str) -> dict[str, Any]:
    return {**PUBLISHED, **_object(**{key: value for key, value in PUBLISHED["properties"].items() if key != name})}


def test_the_published_contracts_still_hold() -> None:
    assert command.broken_contracts(FOLDER, command.documents()) == []


@pytest.mark.parametrize(
    "now",
    [
        PUBLISHED,
        {**PUBLISHED, "title": "another", "description": "In other words."},
        _with(unit={"type": "string", "maxLength": 3000}),
        _with(unit={"type": "string"}),
        _with(level={"enum": ["low", "high", "highest"]}),
        _with(level={}),
    ],
    ids=["same", "other words", "longer", "unbounded", "one more value", "any value"],
)
def test_what_breaks_nobody_is_let_through(now: dict[str, Any]) -> None:
    assert incompatibilities(PUBLISHED, now) == []


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (_without("unit"), "data.unit: property removed"),
        (_with(seat=TEXT), "data.seat: property required now, which events already written may lack"),
        (
            {**_with(seat=TEXT), "required": PUBLISHED["required"]},
            "data.seat: property added, which readers of the published version refuse",
        ),
        (
            {**PUBLISHED, "required": ["level", "scores"]},
            "data.unit: property no longer required, which readers of the published version rely on",
        ),
        (_with(unit={**TEXT, "type": "integer"}), "data.unit: type narrowed from string to integer"),
        (
            _with(unit=MAYBE),
            "data.unit: type widened from string to null or string, which readers of the published version do not expect",
        ),
        (_with(level={"enum": ["low", "high"], "type": "string"}), "data.level: type narrowed from any to string"),
        (_with(unit={**TEXT, "maxLength": 100}), "data.unit: maxLength narrowed from 2000 to 100"),
        (_with(unit={**TEXT, "minLength": 1}), "data.unit: minLength narrowed from none to 1"),
        (_with(unit={**TEXT, "pattern": "^[a-z]+$"}), 'data.unit: pattern narrowed from none to "^[a-z]+$"'),
        (_with(unit={**TEXT, "format": "date"}), 'data.unit: format narrowed from none to "date"'),
        (_with(unit={**TEXT, "enum": ["a"]}), 'data.unit: narrowed to the values ["a"]'),
        (_with(level={"enum": ["high"]}), 'data.level: value "low" removed'),
        ({**PUBLISHED, "additionalProperties": True}, "data: additionalProperties changed from false to true"),
        (_with(unit={**TEXT, "anyOf": [{}]}), "data.unit: anyOf changed from none to [{}]"),
        (_with(unit={**TEXT, "dependentSchemas": {}}), "data.unit: dependentSchemas changed from none to {}"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_breaks_a_reader_is_named_with_its_place(now: dict[str, Any], told: str) -> None:
    assert incompatibilities(PUBLISHED, now) == [told]


def test_a_change_deep_within_is_named_with_its_whole_path() -> None:
    narrowed = {"type": "array", "items": _object(item={**TEXT, "maxLength": 5}, reason=TEXT)}
    assert incompatibilities(PUBLISHED, _with(scores=narrowed)) == [
        "data.scores[].item: maxLength narrowed from 2000 to 5",
        "data.scores[].reason: type narrowed from null or string to string",
    ]


def test_a_type_within_its_own_widening_is_told_as_narrowed_when_it_loses_one() -> None:
    assert incompatibilities({"type": ["string", "null"]}, {"type": ["string", "integer"]}) == [
        "data: type narrowed from null or string to integer or string"
    ]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder whose ItemsScored once could have a `panel`."""
    path = tmp_path / "events" / "evaluations" / "ItemsScored.v1.json"
    path.parent.mkdir(parents=True)
    was = copy.deepcopy(command.documents()["events/evaluations/ItemsScored.v1.json"])
    was["properties"]["panel"] = TEXT
    path.write_text(json.dumps(was), encoding="utf-8")
    return tmp_path


BROKEN = "events/evaluations/ItemsScored.v1.json: data.panel: property removed"


def test_the_command_refuses_to_replace_what_it_would_break_and_writes_nothing(published: Path) -> None:
    before = {path: path.read_bytes() for path in published.rglob("*.json")}
    with pytest.raises(command.ContractBroken, match="next version") as refused:
        CliRunner().invoke(command.contracts, ["--out", str(published)], catch_exceptions=False)
    assert refused.value.details == {"broken": [BROKEN]}
    assert BROKEN in refused.value.message
    assert {path: path.read_bytes() for path in published.rglob("*.json")} == before


def test_an_event_that_is_read_no_more_is_named(published: Path) -> None:
    gone = published / "events" / "evaluations" / "Forgotten.v1.json"
    gone.write_text(json.dumps(PUBLISHED), encoding="utf-8")
    assert command.broken_contracts(published, command.documents()) == [
        "events/evaluations/Forgotten.v1.json: no catalogue reads it any more; old events are read for ever",
        BROKEN,
    ]
