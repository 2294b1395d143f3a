"""What a running network records keeps to its contracts."""

from __future__ import annotations

import json

import jsonschema

from services.console.contracts import documents
from tests.support.network import RunningNetwork


def test_every_event_keeps_to_its_contract(network: RunningNetwork) -> None:
    contracts = documents()
    validators = {name: jsonschema.Draft202012Validator(contract) for name, contract in contracts.items() if name.startswith("event")}
    exported = network.cli("export")
    assert exported.returncode == 0, exported.stderr
    checked = set()
    for line in exported.stdout.splitlines():
        event = json.loads(line)
        validators["event.json"].validate(event)
        validators[f"events/{event['type'].replace('.', '/')}.v{event['schemaversion']}.json"].validate(event["data"])
        checked.add(event["type"])
    assert len(checked) >= 20
