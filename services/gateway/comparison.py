"""Two rubrics side by side, and in words in what they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.gateway.formats import day, short
from services.gateway.i18n import t

FAMILIES = ("kind", "statistic", "evidence")
"""Fields whose values have words of their own."""

POINTS = ("scale", "maximum", "weight", "threshold")
DAYS = ("in_force_from", "in_force_until")


def heads(found: Mapping[str, Any]) -> list[str]:
    """In what the rubrics' own fields and their passes differ, each in words."""
    return [words(one) for one in found["differences"] if one["part"] in ("rubric", "pass")]


def words(one: Mapping[str, Any]) -> str:
    """One difference in words: where, what, and what it was and is."""
    where = "" if one["part"] == "rubric" else t(f"rubric_part.{one['part']}", key=one["key"])
    if one["field"] is None:
        change = t(f"change.{one['change']}")
        return f"{where}: {change} – {one['before'] or one['after']}"
    said = t(
        "change.words",
        field=t(f"rubric_field.{one['field']}"),
        before=_value(one["field"], one["before"]),
        after=_value(one["field"], one["after"]),
    )
    return f"{where}: {said}" if where else said


def _value(field: str, value: Any) -> str:
    match value:
        case None | "" | []:
            return t("change.nothing")
        case bool():
            return t("change.yes") if value else t("change.no")
        case list():
            return "; ".join(_value(field, one) for one in value)
        case {"places": places, "mode": mode}:
            return f"{t('why.rounded', places=places)} ({t(f'rounding.{mode}')})"
        case {"over": over, "maximum": maximum}:
            return f"{over} ≤ {short(maximum)}"
        case {"by": by, "key": key}:
            return f"{t(f'tie.{by}')} {key or ''}".strip()
        case {"title": title, "number": number, "issued_on": issued_on}:
            return ", ".join(filter(None, (title, number, day(issued_on))))
    if field in FAMILIES:
        return t(f"{field}.{value}")
    if field in POINTS:
        return short(value)
    return day(value) if field in DAYS else str(value)


def rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Groups and items of both, each where the later rubric has it: {part, key, before, after, change, words}."""
    old, new = _placed(found["before"]), _placed(found["after"])
    said: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in found["differences"]:
        said.setdefault((one["part"], one["key"]), []).append(one)
    return [
        {
            "part": part,
            "key": key,
            "before": old.get((part, key)),
            "after": new.get((part, key)),
            "change": _kind_of(said.get((part, key), [])),
            "words": [words(one) for one in said.get((part, key), []) if one["field"] is not None],
        }
        for part, key in _merged(list(old), list(new))
    ]


def _placed(rubric: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Groups and items by part and key, in their order."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for group in rubric["groups"]:
        found["group", group["key"]] = group
        found |= {("item", item["key"]): item for item in group["items"]}
    return found


def _merged(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """All rows in the later order, and what it has no more behind the row that it stood behind."""
    merged = list(new)
    for place, row in enumerate(old):
        if row not in new:
            merged.insert(merged.index(old[place - 1]) + 1 if place else 0, row)
    return merged


def _kind_of(found: list[dict[str, Any]]) -> str:
    if not found:
        return "same"
    return found[0]["change"] if found[0]["field"] is None else "changed"
