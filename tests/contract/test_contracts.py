"""The contracts folder says what the code does; `tests/system/test_contracts.py` that what the code writes keeps to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from services.console.contracts import documents, text_of

FOLDER = Path(__file__).resolve().parents[2] / "contracts"


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    return documents()


def test_the_folder_is_what_the_schemas_say(made: dict[str, dict[str, Any]]) -> None:
    written = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.json")}
    # of versions that are read through upcasters only, what was published stays as it is
    kept = {name for name in written if name.startswith(("golden/", "events/"))}
    assert set(made) <= set(written) <= set(made) | kept, "run `make contracts` and commit what it writes"
    stale = [name for name, document in made.items() if written[name] != text_of(document)]
    assert not stale, f"stale: {stale}; run `make contracts` and commit what it writes"


def test_every_event_schema_is_a_json_schema(made: dict[str, dict[str, Any]]) -> None:
    for name, document in made.items():
        if name.startswith("event"):
            jsonschema.Draft202012Validator.check_schema(document)


def test_references_of_asyncapi_lead_to_files(made: dict[str, dict[str, Any]]) -> None:
    for schema in made["asyncapi.json"]["components"]["schemas"].values():
        assert (FOLDER / schema["$ref"]).is_file()


def test_openapi_names_every_path_once_and_documents_errors(made: dict[str, dict[str, Any]]) -> None:
    api = made["openapi.json"]
    assert api["openapi"].startswith("3.1")
    operations = [
        (path, verb) for path, verbs in api["paths"].items() for verb in verbs if verb in ("get", "post", "put", "patch", "delete")
    ]
    assert len(operations) == len(set(operations)) > 30
    for path, verb in operations:
        assert "default" in api["paths"][path][verb]["responses"], (path, verb)
