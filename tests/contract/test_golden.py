"""One event of every version ever published is kept in `contracts/golden`, and every release reads them all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from services.console.contracts import catalogues, contracts, golden_name, missing_golden, text_of
from shared.errors import CommendationError
from shared.event import Event
from shared.schema import Catalogue, SchemaUnknown

FOLDER = Path(__file__).resolve().parents[2] / "contracts"
GOLDEN = sorted((FOLDER / "golden").glob("*.json"))
CATALOGUES: dict[str, Catalogue] = {catalogue.service: catalogue for catalogue in catalogues()}


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_every_published_version_has_a_golden_event_under_its_name() -> None:
    assert missing_golden(FOLDER) == [], "run `commendation contracts --events FILE` with an export that has one"
    assert len(GOLDEN) >= 28
    for path in GOLDEN:
        event = Event.from_cloudevent(_read(path))
        assert f"golden/{path.name}" == golden_name(event.type, event.schema)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_event_is_read_and_written_again_as_it_was(path: Path) -> None:
    document = _read(path)
    event = Event.from_cloudevent(document)
    catalogue = CATALOGUES[event.service]
    told = catalogue.decode(event)
    stored = catalogue.encode(told)
    if (event.type, event.schema) in catalogue.schemas:
        assert (stored.type, stored.schema, stored.data) == (event.type, event.schema, event.data)
    else:
        # what an old version says in the newest is said the same when it is read again
        assert catalogue.decode(Event(**{**_attributes(event), "schema": stored.schema, "data": stored.data})) == told
    assert event.to_cloudevent() == document
    # the file is what the command writes, so that an edit by hand shows
    assert path.read_text(encoding="utf-8") == text_of(document)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_event_keeps_to_the_published_contract(path: Path) -> None:
    document = _read(path)
    alias, version = document["type"], document["schemaversion"]
    jsonschema.Draft202012Validator(_read(FOLDER / "event.json")).validate(document)
    jsonschema.Draft202012Validator(_read(FOLDER / "events" / f"{alias.replace('.', '/')}.v{version}.json")).validate(document["data"])


@pytest.mark.parametrize("path", GOLDEN[:1], ids=lambda path: path.stem)
def test_an_event_of_a_version_to_come_is_not_read(path: Path) -> None:
    event = Event.from_cloudevent(_read(path))
    with pytest.raises(SchemaUnknown, match="version 99"):
        CATALOGUES[event.service].decode(Event(**{**_attributes(event), "schema": 99}))


def test_the_command_writes_what_is_missing_from_an_export_and_never_replaces(tmp_path: Path) -> None:
    path = GOLDEN[0]
    event = _read(path)
    export = tmp_path / "export.jsonl"
    longer = {**event, "id": "00000000-0000-7000-8000-000000000002", "actor": "a" * 90}
    export.write_text("\n".join(json.dumps(one) for one in (event, longer)) + "\n", encoding="utf-8")
    first = CliRunner().invoke(contracts, ["--out", str(tmp_path / "out"), "--events", str(export)])
    written = tmp_path / "out" / "golden" / path.name
    assert first.exit_code == 0, first.output
    assert _read(written) == longer
    assert "No golden event yet of" in first.stderr
    assert f"{event['type']} version" not in first.stderr
    export.write_text(json.dumps({**event, "actor": "b" * 99}), encoding="utf-8")
    CliRunner().invoke(contracts, ["--out", str(tmp_path / "out"), "--events", str(export)], catch_exceptions=False)
    assert _read(written) == longer


def test_an_event_that_its_service_could_not_have_written_becomes_no_golden_one(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    export.write_text(json.dumps({**_read(GOLDEN[0]), "data": {"nobody": "knows"}}), encoding="utf-8")
    with pytest.raises(CommendationError, match="cannot be read"):
        CliRunner().invoke(contracts, ["--out", str(tmp_path / "out"), "--events", str(export)], catch_exceptions=False)
    assert not (tmp_path / "out" / "golden").exists()


def _attributes(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in Event.__slots__}
