"""`commendation contracts`: what crosses a boundary, readable without Python, written from the schemas that the services use."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import click
from apispec.ext.marshmallow.openapi import OpenAPIConverter

from services.console.compatibility import incompatibilities
from shared.broker.topology import FEEDS, feed_queue
from shared.config import PRODUCERS
from shared.errors import CommendationError
from shared.event import Event
from shared.schema import Catalogue, ExactDecimal, Record

PRODUCING = (*PRODUCERS, "audit")
DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
ATTRIBUTES = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "format": "uuid", "description": "UUIDv7, never given twice"},
    "source": {"type": "string", "pattern": "^/sites/[a-z][a-z0-9-]*/services/[a-z]+$"},
    "type": {"type": "string", "description": "stable alias: <service>.<Event>"},
    "subject": {"type": "string", "description": "the stream"},
    "time": {"type": "string", "format": "date-time", "description": "when it was recorded, UTC"},
    "datacontenttype": {"const": "application/json"},
    "schemaversion": {"type": "string", "pattern": "^[1-9][0-9]*$"},
    "position": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "gapless from 1 per site and service"},
    "streamversion": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "gapless from 1 per stream"},
    "effectiveon": {"type": "string", "format": "date", "description": "the date from which it holds"},
    "actor": {"type": "string"},
    "correlation": {"type": "string"},
    "causation": {"type": "string", "description": "the command's id"},
    "data": {"type": "object"},
}


class ContractBroken(CommendationError):
    """A published event schema was changed in a way that breaks readers; it needs a version of its own."""

    code = "contract_broken"


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("contracts"), show_default=True)
@click.option(
    "--events", type=click.File(encoding="utf-8"), help="An export (`-` for standard input) to take golden events from that are missing."
)
def contracts(out: Path, events: TextIO | None) -> None:
    """Write JSON Schema per event type and version, AsyncAPI and OpenAPI, and golden events that are missing.

    What was published stays: a schema is not replaced by one that breaks its readers, and no event's schema or golden event is removed
    or a golden event replaced.
    """
    made = documents()
    refuse_broken(out, made)
    for name, document in made.items():
        _write(out / name, document)
    for name, event in _golden(out, [] if events is None else [json.loads(line) for line in events if line.strip()]).items():
        _write(out / name, event)
    click.echo(f"{len(made)} documents in {out}")
    if missing := missing_golden(out):
        click.echo(
            f"No golden event yet of {', '.join(missing)}. Give an export that has one: commendation export | "
            f"commendation contracts --events -",
            err=True,
        )


def refuse_broken(out: Path, made: Mapping[str, dict[str, Any]]) -> None:
    """Refuse event schemas that break the readers of those published in this folder.

    Raises ContractBroken that names every change.
    """
    broken = broken_contracts(out, made)
    if broken:
        raise ContractBroken(
            "These changes of published events break their readers:\n"
            + "\n".join(f"  {one}" for one in broken)
            + "\nPublish the change as the next version: SCHEMA on the class, and an upcaster in the service's catalogue. "
            "Only of a version that no release ever had may the file be removed by hand.",
            broken=broken,
        )


def broken_contracts(out: Path, made: Mapping[str, dict[str, Any]]) -> list[str]:
    """Each change of these documents that breaks the readers of those in the folder; a version that can be read no more too."""
    readable = {golden_name(alias, version) for catalogue in catalogues() for alias, version in catalogue.versions()}
    broken: list[str] = []
    for path in sorted((out / "events").rglob("*.json")):
        name = path.relative_to(out).as_posix()
        published = json.loads(path.read_text(encoding="utf-8"))
        if name in made:
            broken += [f"{name}: {change}" for change in incompatibilities(published, made[name])]
        elif f"golden/{path.parent.name}.{path.name}" not in readable:
            broken.append(f"{name}: no catalogue reads it any more; old events are read for ever")
    return broken


def golden_name(alias: str, version: int) -> str:
    return f"golden/{alias}.v{version}.json"


def missing_golden(out: Path) -> list[str]:
    """Alias and version of what is published without a golden event in this folder."""
    return [
        f"{alias} version {version}"
        for catalogue in catalogues()
        for alias, version in catalogue.versions()
        if not (out / golden_name(alias, version)).exists()
    ]


def _golden(out: Path, events: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Of each version without a golden event the one of these that says most.

    Raises EventMalformed or ValidationFailed for one that its service could not have written.
    """
    found: dict[str, dict[str, Any]] = {}
    published = {pair: catalogue for catalogue in catalogues() for pair in catalogue.versions()}
    for document in sorted(events, key=lambda document: len(json.dumps(document))):
        event = Event.from_cloudevent(document)
        catalogue = published.get((event.type, event.schema))
        if catalogue is not None and not (out / golden_name(event.type, event.schema)).exists():
            catalogue.decode(event)
            found[golden_name(event.type, event.schema)] = document
    return found


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(document), encoding="utf-8")


def text_of(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def documents() -> dict[str, dict[str, Any]]:
    """Every contract by its file name within the folder."""
    from services.gateway.app import openapi

    events = {
        f"events/{alias.replace('.', '/')}.v{version}.json": _event_schema(alias, version, schema)
        for catalogue in catalogues()
        for (alias, version), schema in sorted(catalogue.schemas.items())
    }
    return {"event.json": _envelope(), **events, "asyncapi.json": _asyncapi(list(events)), "openapi.json": openapi()}


def catalogues() -> list[Catalogue]:
    """The event catalogues of all services."""
    return [importlib.import_module(f"services.{service}.schemas").EVENTS for service in PRODUCING]


def _event_schema(alias: str, version: int, schema: type[Record]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{alias} version {version}",
        "description": re.sub(r"\s+", " ", schema.record.__doc__ or "").strip(),
        **_object(schema()),
    }


def _object(schema: Any) -> dict[str, Any]:
    converter = OpenAPIConverter("3.1.0", schema_name_resolver=lambda _schema: None, spec=_NoSpec())
    converter.add_attribute_function(_decimal)
    made: dict[str, Any] = _stored(converter.schema2jsonschema(schema))
    return made


class _NoSpec:
    """apispec looks for named components only when a resolver gives names; ours gives none."""

    components: Any = None


def _decimal(_converter: Any, field: Any, **_: Any) -> dict[str, Any]:
    if not isinstance(field, ExactDecimal):
        return {}
    return {"type": ["string", "null"] if field.allow_none else "string", "pattern": DECIMAL}


def _stored(value: Any) -> Any:
    """What is stored: every field is there, null where it has no value, none beside; defaults of loading say nothing of it."""
    if isinstance(value, dict):
        made = {key: _stored(inner) for key, inner in value.items() if key != "default"}
        if "properties" in made:
            made |= {"required": sorted(made["properties"]), "additionalProperties": False}
        return made
    if isinstance(value, list | tuple):
        return [_stored(inner) for inner in value]
    return value


def _envelope() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An event of the network",
        "description": "CloudEvents 1.0 with our attributes; canonical bytes are RFC 8785 JSON of this object, at most 60,000.",
        "type": "object",
        "properties": ATTRIBUTES,
        "required": sorted(ATTRIBUTES),
        "additionalProperties": False,
    }


def _asyncapi(events: list[str]) -> dict[str, Any]:
    page = {
        "type": "object",
        "required": ["site", "service", "first", "last", "events"],
        "properties": {
            "site": {"type": "string"},
            "service": {"type": "string", "enum": list(PRODUCING)},
            "first": {"type": "integer", "description": "position of the first event; last + 1 in an announcement"},
            "last": {"type": "integer", "description": "position of the last event; in an announcement the end of the feed"},
            "events": {"type": "array", "items": {"$ref": "event.json"}, "description": "contiguous, in order; none in an announcement"},
        },
        "additionalProperties": False,
    }
    queue = feed_queue("{site}", "{subscriber}", ["registry"])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Feeds of the commendation network",
            "version": "1",
            "description": "Each service publishes its log in pages. A page may come twice, late or not at all: fold it only if "
            "`first` follows your cursor, drop what you have, and read what is missing from the producer (RPC `read_feed`).",
        },
        "channels": {
            "feed": {
                "address": "{site}.{service}",
                "parameters": {"site": {}, "service": {"enum": list(PRODUCING)}},
                "messages": {"page": {"$ref": "#/components/messages/page"}},
                "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": FEEDS.name, "type": FEEDS.type, "durable": FEEDS.durable}}},
            },
            "subscription": {
                "address": queue.name,
                "messages": {"page": {"$ref": "#/components/messages/page"}},
                "bindings": {"amqp": {"is": "queue", "queue": {"name": queue.name, "durable": True}}},
                "x-queue-arguments": queue.queue_arguments,
            },
        },
        "operations": {
            "publishPage": {"action": "send", "channel": {"$ref": "#/channels/feed"}},
            "followFeed": {"action": "receive", "channel": {"$ref": "#/channels/subscription"}},
        },
        "components": {
            "messages": {"page": {"name": "page", "contentType": "application/json", "payload": page}},
            "schemas": {Path(name).stem: {"$ref": name} for name in events},
        },
    }
