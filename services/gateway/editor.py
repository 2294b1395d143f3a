"""The editor of a rubric as a plain form: what was typed as the data of a rubric, rows that come and go, and what is wrong at which row.

A field is named by its path, "r.groups.0.items.1.maximum". Everything typed stays as it was typed, right or wrong, apart from numbers,
which take the decimal point that the data of a rubric has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from services.gateway import formats, i18n
from shared import rubric as rubrics
from shared.errors import CommendationError, ValidationFailed

Data = dict[str, Any]

PREFIX = "r."
STEPS_MAX = 6
ROWS_MAX = 1_000
"""Rows of one list that are read, as many as a rubric may have."""

LISTS = ("legal_basis", "passes", "groups", "items", "caps", "tie_breaks")
NUMBERS = ("scale", "maximum", "weight", "threshold")
ADDING = ("", "content", "bonus")
NEW: Mapping[str, Data] = {"groups": {"items": [{}]}}
"""What a new row holds; of other lists nothing."""

_ROW = re.compile(r"(.*\])")
_ITEM_PASS = re.compile(r"(\.items\[\d+\])\.passes\[\d+\]$")


class Unclear(str):
    """A number as it was typed that cannot be read for sure: it is shown again, and nothing is done with it."""

    __slots__ = ()


@dataclass
class Faults:
    """What is wrong, in words: `rows` by the path of the row ("groups[0].items[1]"), `heads` of the rubric's own fields by their name."""

    rows: dict[str, list[str]] = field(default_factory=dict)
    heads: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows or self.heads)

    def add(self, path: str, words: str) -> None:
        """Something wrong at a path of the data, at its row where it is in one."""
        path = _ITEM_PASS.sub(r"\1", path)
        row = _ROW.match(path)
        name = path[row.end() :].lstrip(".").split(".")[0] if row else path
        label = f"rubric_field.{name}"
        said = f"{i18n.t(label)}: {words}" if name and i18n.known(label) else words
        place = self.rows.setdefault(row[1], []) if row else self.heads.setdefault(name.split(".")[0], [])
        if said not in place:
            place.append(said)


def read(form: MultiDict[str, str]) -> tuple[Data, Faults]:
    """What was typed as the data of a rubric, and the numbers in it that cannot be read for sure."""
    tree: dict[str, Any] = {}
    for name in form:
        steps = name.removeprefix(PREFIX).split(".")
        if not name.startswith(PREFIX) or len(steps) > STEPS_MAX:
            continue
        several = len(steps) == STEPS_MAX - 1 and steps[-1] == "passes"
        _plant(tree, steps, form.getlist(name) if several else form.get(name, "").replace("\r\n", "\n").strip())
    unclear = Faults()
    data: Data = _gathered(tree, "", unclear)
    for name in ("legal_basis", "passes", "groups", "caps", "tie_breaks"):
        data.setdefault(name, [])
    return data, unclear


def _plant(tree: dict[str, Any], steps: list[str], value: Any) -> None:
    node = tree
    for step in steps[:-1]:
        below = node.setdefault(step, {})
        if not isinstance(below, dict):
            return  # no page of ours has one field inside another
        node = below
    node[steps[-1]] = value


def _gathered(node: dict[str, Any], path: str, unclear: Faults) -> Any:
    """The tree of fields as data: numbered parts as lists, empty fields left out, numbers with a point."""
    if path.rpartition(".")[2] in LISTS:
        rows = sorted((int(step), row) for step, row in node.items() if step.isdecimal() and isinstance(row, dict))[:ROWS_MAX]
        return [_gathered(row, f"{path}[{place}]", unclear) for place, (_, row) in enumerate(rows)]
    data: Data = {}
    for name, value in node.items():
        here = f"{path}.{name}".lstrip(".")
        if isinstance(value, dict):
            value = _gathered(value, here, unclear)
        elif name in NUMBERS:
            value = _number(value, here, unclear)
        if value not in ("", {}):
            data[name] = value
    if path.startswith("passes["):
        data.setdefault("requires_all", "false")  # a box that is not ticked sends nothing
    if path.startswith("groups[") and "].items[" not in path:
        data.setdefault("items", [])
    return data


def _number(typed: str, path: str, unclear: Faults) -> str:
    try:
        value = formats.typed_number(typed)
    except ValidationFailed:
        unclear.add(path, i18n.t("sheet.number_unclear"))
        return Unclear(typed)
    return "" if value is None else format(value, "f")


def act(data: Data, action: str) -> str | None:
    """Add, remove or move a row as a button asks: "add:groups.0.items", "remove:passes.1", "up:groups.1", "down:groups.0.items.2".

    Gives the path of the row to go on with, None for what is no such action.
    """
    verb, _, path = action.partition(":")
    if verb == "add":
        rows = _list_at(data, path.split("."))
        if rows is None or len(rows) >= ROWS_MAX:
            return None
        rows.append({name: list(value) for name, value in NEW.get(path, {}).items()})
        return f"{path}.{len(rows) - 1}"
    listed, _, place = path.rpartition(".")
    rows = _list_at(data, listed.split("."))
    if rows is None or not place.isdecimal() or not 0 <= (at := int(place)) < len(rows):
        return None
    if verb == "remove":
        del rows[at]
        return f"{listed}.{min(at, len(rows) - 1)}" if rows else listed
    to = at + {"up": -1, "down": 1}.get(verb, len(rows))
    if not 0 <= to < len(rows):
        return None
    rows[at], rows[to] = rows[to], rows[at]
    return f"{listed}.{to}"


def _list_at(data: Data, steps: list[str]) -> list[Data] | None:
    node: Any = data
    for step in steps:
        if isinstance(node, list):
            node = node[int(step)] if step.isdecimal() and int(step) < len(node) else None
        else:
            node = node.get(step) if isinstance(node, dict) and step in LISTS else None
    return node if isinstance(node, list) else None


def faults_of(data: Data) -> Faults:
    """Why this cannot be published as it stands, at the rows where it has to be changed."""
    faults = Faults()
    try:
        rubrics.check(rubrics.from_data(data))
    except CommendationError as error:
        for place in error.details.get("errors") or []:
            for path in [place["at"]] if isinstance(error, rubrics.RubricUnreadable) else _paths(data, place):
                faults.add(path, words_of_place(place))
        for one in error.details.get("imbalances") or []:
            sums = {name: formats.short(one[name]) for name in ("declared", "found", "difference")}
            for path in ["scale"] if one["at"] == "scale" else _rows_of(data, "groups", one["at"].removeprefix("group:")):
                faults.add(path, i18n.t("rubric.imbalance", **sums))
    return faults


def words_of_place(place: Mapping[str, Any]) -> str:
    """The words for one thing that is wrong with a rubric, in the visitor's language where the catalogue knows them."""
    message = f"rubric_problem.{place.get('code')}"
    return i18n.t(message, **place.get("values", {})) if i18n.known(message) else str(place["message"])


NAMED = {"item": "items", "group": "groups", "pass": "passes", "cap over": "caps", "tie-break": "tie_breaks"}
"""How a check names a part ("item I.1", "cap over bonus"), and the list in which it stands."""

KEYS = {"caps": "over", "tie_breaks": "by"}
"""What tells the rows of a list apart, where it is not their key."""


def _paths(data: Data, place: Mapping[str, Any]) -> list[str]:
    """The paths of the parts that a check names by their keys."""
    at = str(place["at"])
    for name, listed in NAMED.items():
        if at.startswith(f"{name} "):
            return _rows_of(data, listed, at.removeprefix(f"{name} ").partition(",")[0]) or [at]
    if place["code"] == "repeated":
        # of a tie-break both halves are named: "group I"
        return _rows_of(data, at, place["values"]["key"].partition(" ")[0]) or [at]
    return [at]


def _rows_of(data: Data, listed: str, key: str) -> list[str]:
    """The paths of the rows of a list, of items over all groups, that have this key."""
    if listed == "items":
        return [f"groups[{at}].{row}" for at, group in enumerate(data["groups"]) for row in _keyed(group, listed, key)]
    return _keyed(data, listed, key)


def _keyed(node: Data, listed: str, key: str) -> list[str]:
    return [f"{listed}[{at}]" for at, row in enumerate(node[listed]) if str(row.get(KEYS.get(listed, "key"))) == key]


def sums_of(data: Data) -> tuple[list[Decimal], Decimal]:
    """What the items of each group add up to, and what the groups that are not beyond the scale declare, as far as it can be read."""
    caps = {str(cap.get("over")): _decimal(cap.get("maximum")) for cap in data["caps"]}
    groups = data["groups"]
    found = [min([sum(_points(group), Decimal(0)), *_some(caps.get(f"group:{group.get('key')}"))]) for group in groups]
    on_scale = [_decimal(group.get("maximum")) or Decimal(0) for group in groups if group.get("beyond_scale") not in (True, "true")]
    return found, sum(on_scale, Decimal(0))


def _points(group: Data) -> Iterator[Decimal]:
    for item in group["items"]:
        if item.get("kind", "") in ADDING:
            yield (_decimal(item.get("maximum")) or Decimal(0)) * (_decimal(item.get("weight", "1")) or Decimal(0))


def _decimal(text: Any) -> Decimal | None:
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal("1e15") else None


def _some(value: Decimal | None) -> list[Decimal]:
    return [] if value is None else [value]


def shown(value: Any) -> str:
    """A number of the data as it is typed, with a decimal comma; what is no number as it is."""
    if value is None or isinstance(value, Unclear) or _decimal(value) is None:
        return "" if value is None else str(value)
    return formats.short(str(value))


def laid_out(content: Data) -> Data:
    """The content of a draft as the editor shows it: each list is there, whatever a program may have saved in its place."""
    data = {name: value for name, value in content.items() if name not in LISTS}
    if isinstance(content.get("legal_basis"), str):
        content = {**content, "legal_basis": [{"title": content["legal_basis"]}]}
    for name in ("legal_basis", "passes", "groups", "caps", "tie_breaks"):
        data[name] = _rows(content.get(name))
    for group in data["groups"]:
        group["items"] = _rows(group.get("items"))
    return data


def _rows(value: Any) -> list[Data]:
    return [dict(row) for row in value if isinstance(row, dict)] if isinstance(value, list) else []
