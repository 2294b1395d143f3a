"""The description of the API: made without a network, valid, and complete."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
from flask import Flask

from services.gateway.app import openapi


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return openapi()


def test_it_is_made_without_nameko_and_eventlet() -> None:
    code = "import sys; from services.gateway.app import openapi; openapi(); print([m for m in ('nameko', 'eventlet') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_is_the_same_each_time_and_plain_json(description: dict[str, Any]) -> None:
    assert json.dumps(openapi(), sort_keys=True) == json.dumps(description, sort_keys=True)
    assert description["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            for inner in node.values():
                yield from walk(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from walk(inner)

    references = set(walk(description))
    assert len(references) > 30
    for reference in references:
        node = description
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_its_schemas_are_json_schemas(description: dict[str, Any]) -> None:
    for schema in description["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_route_of_the_api_is_described_with_a_summary(app: Flask, description: dict[str, Any]) -> None:
    routes = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.rule.endswith("openapi.json")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    operations = {
        (path, method): operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    }
    assert len(routes) == len(operations) > 40
    assert all(operation.get("summary") for operation in operations.values())
    assert all("default" in operation["responses"] for operation in operations.values())
    assert list(description["components"]["responses"]) == ["DEFAULT_ERROR"]
    assert list(description["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]


def test_it_is_served(app: Flask, description: dict[str, Any]) -> None:
    assert app.test_client().get("/api/v1/openapi.json").get_json() == json.loads(json.dumps(description))
