"""What a change of a published event schema breaks: for those who read old events by the new schema, and new ones by the old."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
EXACT = ("const", "format", "pattern", "uniqueItems")
"""Rules of which it cannot be told which is the narrower: any other one than the published may refuse an event that was written."""
SAME = ("allOf", "anyOf", "oneOf", "not", "$ref", "additionalProperties")
WORDS = ("$schema", "title", "description", "deprecated", "examples")
COMPARED = {"type", "properties", "required", "items", "enum", *UPPER, *LOWER, *EXACT, *SAME, *WORDS}


def incompatibilities(published: Schema, now: Schema, at: str = "data") -> list[str]:
    """Each change of a published JSON Schema that breaks a reader, as a sentence that names the place; none when only words changed
    or a bound was loosened.

    published, now: JSON Schema as `commendation contracts` writes it. A property is `data.scores[].reason`.
    Every field of a stored event is there, null where it has no value, so a property that is new is one that old events lack.
    """
    return list(_broken(published, now, at))


def _broken(published: Schema, now: Schema, at: str) -> Iterator[str]:
    yield from _types(published, now, at)
    yield from _properties(published, now, at)
    if "items" in published and "items" in now:
        yield from _broken(published["items"], now["items"], f"{at}[]")
    yield from _choices(published, now, at)
    yield from _bounds(published, now, at)
    for rule in EXACT:
        if rule in now and now[rule] != published.get(rule):
            yield f"{at}: {rule} narrowed from {_shown(published.get(rule))} to {_shown(now[rule])}"
    others = {*SAME, *(set(published) | set(now)) - COMPARED}
    for rule in sorted(others):
        if published.get(rule) != now.get(rule):
            yield f"{at}: {rule} changed from {_shown(published.get(rule))} to {_shown(now.get(rule))}"


def _types(published: Schema, now: Schema, at: str) -> Iterator[str]:
    before, after = _type_names(published), _type_names(now)
    if before is None and after is None:
        return
    if after is not None and (before is None or before - after):
        yield f"{at}: type narrowed from {_listed(before)} to {_listed(after)}"
    elif before is not None and (after is None or after - before):
        yield f"{at}: type widened from {_listed(before)} to {_listed(after)}, which readers of the published version do not expect"


def _type_names(schema: Schema) -> frozenset[str] | None:
    """The types that a value may have; None when any."""
    names = schema.get("type")
    return None if names is None else frozenset([names] if isinstance(names, str) else names)


def _properties(published: Schema, now: Schema, at: str) -> Iterator[str]:
    before, after = published.get("properties", {}), now.get("properties", {})
    for name in sorted(before.keys() - after.keys()):
        yield f"{at}.{name}: property removed"
    newly_required = set(now.get("required", ())) - set(published.get("required", ()))
    for name in sorted(newly_required):
        yield f"{at}.{name}: property required now, which events already written may lack"
    if published.get("additionalProperties", True) is False:
        for name in sorted(after.keys() - before.keys() - newly_required):
            yield f"{at}.{name}: property added, which readers of the published version refuse"
    for name in sorted(set(published.get("required", ())) - set(now.get("required", ())) - (before.keys() - after.keys())):
        yield f"{at}.{name}: property no longer required, which readers of the published version rely on"
    for name in sorted(before.keys() & after.keys()):
        yield from _broken(before[name], after[name], f"{at}.{name}")


def _choices(published: Schema, now: Schema, at: str) -> Iterator[str]:
    if "enum" not in now:
        return
    if "enum" not in published:
        yield f"{at}: narrowed to the values {_shown(now['enum'])}"
        return
    for value in published["enum"]:
        if value not in now["enum"]:
            yield f"{at}: value {_shown(value)} removed"


def _bounds(published: Schema, now: Schema, at: str) -> Iterator[str]:
    for rule in (*UPPER, *LOWER):
        if rule not in now:
            continue
        before, after = published.get(rule), now[rule]
        if before is None or (after < before if rule in UPPER else after > before):
            yield f"{at}: {rule} narrowed from {_shown(before)} to {_shown(after)}"


def _listed(names: frozenset[str] | None) -> str:
    return "any" if names is None else " or ".join(sorted(names))


def _shown(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
