"""Boards and explanations as JSON data: numbers of points as strings, instants in UTC, names of fields as they are."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from services.rankings.domain.board import Standings


def plain(value: object) -> Any:
    """`value`, a dataclass of this package or anything inside one, as JSON data."""
    match value:
        case None | bool() | int() | Enum():
            return value.value if isinstance(value, Enum) else value
        case str():
            return value
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case tuple() | list():
            return [plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no place in JSON data")


def standings_data(standings: Standings) -> dict[str, Any]:
    """The board with the rubric named, not repeated."""
    return {
        "rubric": standings.rubric.key,
        "season": standings.rubric.season,
        "scale": plain(standings.rubric.scale),
        "as_of": plain(standings.as_of),
        "rows": [{**plain(row), "complete": row.complete} for row in standings.rows],
        "ignored": plain(standings.ignored),
    }
