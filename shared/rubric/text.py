"""A rubric as YAML text and as plain data, in which events carry it; see README.md beside this file.

Data holds numbers of points as strings ("0.1"), counts as integers, and names every field. Reading refuses what it does
not know, every error with the path of the place. Whether the rubric adds up is `balance.check`, a step of its own: a
draft that does not yet add up can be read, shown and corrected.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from shared.rubric.errors import RubricUnreadable
from shared.rubric.model import (
    Cap,
    Document,
    Evidence,
    Group,
    Item,
    Kind,
    PassRule,
    Rounding,
    RoundingMode,
    Rubric,
    Statistic,
    TieBreak,
    TieBy,
)

TEXT_BYTES_MAX = 1_000_000  # a table of a thousand items is a tenth of it; larger is not a rubric
LIST_MAX = 1_000
TITLE_MAX = 2_000
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,12})?", re.ASCII)
_COUNT = re.compile(r"\d{1,6}", re.ASCII)
_KEY = re.compile(r"\w[\w.\-]{0,59}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no text of PostgreSQL nor of UTF-8, though YAML can say it: "\0", "\ud800"

_Enum = TypeVar("_Enum", bound=StrEnum)
_Part = TypeVar("_Part")


def load_yaml(text: str) -> Rubric:
    """The rubric that the text describes; `RubricUnreadable` names each place that is wrong."""
    if len(text.encode(errors="replace")) > TEXT_BYTES_MAX:
        said = f"it is longer than {TEXT_BYTES_MAX:,} bytes; a rubric is one table"
        raise _unreadable([_error("text", "too_long", said, most=TEXT_BYTES_MAX)])
    try:
        data = _plain(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "text"
        raise _unreadable([_error(at, "not_yaml", f"not readable as YAML: {error.problem}", why=error.problem)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _unreadable([_error("text", "not_yaml", f"not readable as YAML: {error}", why=error)]) from error
    return from_data(data)


def from_data(data: object) -> Rubric:
    """The rubric that `to_data` gave, equal in every field; `RubricUnreadable` lists all errors by path.

    Data of earlier releases is read as well: a legal basis that is one text, `evidence_required`, fields that came later left out.
    """
    reader = _Reader()
    rubric = _rubric(reader, data)
    if reader.errors:
        raise _unreadable(reader.errors)
    return rubric


def to_data(rubric: Rubric) -> dict[str, Any]:
    """The rubric as JSON data. Every field is written out, so that a later default cannot change an old rubric."""
    return _present(
        key=rubric.key,
        title=rubric.title,
        season=rubric.season,
        scale=_number(rubric.scale),
        places=rubric.places,
        in_force_from=_day(rubric.in_force_from),
        in_force_until=_day(rubric.in_force_until),
        based_on=rubric.based_on,
        legal_basis=[
            _present(title=document.title, number=document.number, issued_on=_day(document.issued_on)) for document in rubric.legal_basis
        ],
        passes=[{"key": rule.key, "title": rule.title, **{name: getattr(rule, name) for name in _PASS_FLAGS}} for rule in rubric.passes],
        groups=[_group_data(group) for group in rubric.groups],
        total_rounding=_rounding_data(rubric.total_rounding),
        caps=[{"over": cap.over, "maximum": _number(cap.maximum)} for cap in rubric.caps],
        tie_breaks=[_present(by=step.by.value, key=step.key) for step in rubric.tie_breaks],
    )


def _group_data(group: Group) -> dict[str, Any]:
    return {
        "key": group.key,
        "title": group.title,
        "maximum": _number(group.maximum),
        "beyond_scale": group.beyond_scale,
        "items": [
            _present(
                key=item.key,
                title=item.title,
                maximum=_number(item.maximum),
                kind=item.kind.value,
                weight=_number(item.weight),
                statistic=item.statistic.value,
                dropped=item.dropped,
                places=item.places,
                panel_rounding=_rounding_data(item.panel_rounding),
                item_rounding=_rounding_data(item.item_rounding),
                evidence=item.evidence.value,
                evidence_note=item.evidence_note,
                threshold=None if item.threshold is None else _number(item.threshold),
                passes=list(item.passes),
                source=item.source,
                unverified=item.unverified,
            )
            for item in group.items
        ],
    }


def _rounding_data(rounding: Rounding | None) -> dict[str, Any] | None:
    return None if rounding is None else {"places": rounding.places, "mode": rounding.mode.value}


def _number(value: Decimal) -> str:
    return f"{value:f}"


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _error(at: str, code: str, message: str, **values: object) -> dict[str, Any]:
    return {"at": at, "code": code, "message": message, "values": {name: str(value) for name, value in values.items()}}


def _unreadable(errors: list[dict[str, Any]]) -> RubricUnreadable:
    said = "; ".join(f"{error['at']}: {error['message']}" for error in errors)
    return RubricUnreadable(f"The rubric cannot be read: {said}.", errors=errors)


class _PlainLoader(yaml.BaseLoader):
    """YAML whose scalars all stay text, whatever their tags, so that 0.1 is never a float, nor "no" a truth value."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            parser: Any = self  # PyYAML's stubs leave its events untyped
            mark = parser.get_event().start_mark
            problem = "aliases (*name) are not part of the format; write the part out"
            raise yaml.composer.ComposerError(None, None, problem, mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if str(key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _plain(text: str) -> object:
    """What the YAML holds. The loader refuses letters that YAML does not have as soon as it is made."""
    loader = _PlainLoader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


class _Reader:
    """Reads parts of plain data and collects what is wrong, so that one reading names all errors."""

    def __init__(self) -> None:
        self.errors: list[dict[str, Any]] = []

    def fail(self, at: str, code: str, message: str, **values: object) -> None:
        self.errors.append(_error(at or "rubric", code, message, **values))

    def part(self, value: object, at: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.fail(at, "not_mapping", f"expected a mapping with the keys {', '.join(known)}", known=", ".join(known))
            return {}
        for key in value:
            if key not in known:
                self.fail(f"{at}.{key}".lstrip("."), "unknown", f"unknown; known here are {', '.join(known)}", known=", ".join(known))
        return value

    def parts(self, of: Mapping[str, Any], name: str, at: str, read: Callable[[object, str], _Part]) -> tuple[_Part, ...]:
        value = of.get(name, ())
        here = f"{at}.{name}".lstrip(".")
        if isinstance(value, str | Mapping) or not isinstance(value, list | tuple):
            self.fail(here, "not_list", "expected a list")
            return ()
        if len(value) > LIST_MAX:
            self.fail(here, "too_many", f"{len(value)} entries; at most {LIST_MAX} are allowed", count=len(value), most=LIST_MAX)
            return ()
        return tuple(read(one, f"{here}[{at_}]") for at_, one in enumerate(value))

    def decimal(self, of: Mapping[str, Any], name: str, at: str, default: Decimal | None = None) -> Decimal:
        if name not in of and default is not None:
            return default
        value = self.decimal_or_none(of, name, at, required=True)
        return Decimal(0) if value is None else value

    def decimal_or_none(self, of: Mapping[str, Any], name: str, at: str, *, required: bool = False) -> Decimal | None:
        value, here = self._value(of, name, at, "a number such as 10 or 0.5", required=required)
        if value is None:
            return None
        value = _digits(value)
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            return Decimal(value)
        typed = _shown(value)
        if isinstance(value, str) and "," in value:
            self.fail(here, "comma", f"{typed} has a comma; write the decimal point as a point, such as 0.5", typed=typed)
        elif isinstance(value, float):
            said = f"{typed} is a binary float, which is not exact; give it as text, such as {str(value)!r}"
            self.fail(here, "binary_float", said, typed=typed)
        else:
            said = f"{typed} is not a number of at most 15 digits and 12 decimals, such as 10 or 0.5"
            self.fail(here, "not_number", said, typed=typed)
        return None

    def day_or_none(self, of: Mapping[str, Any], name: str, at: str) -> date | None:
        value = of.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass  # digits and dashes, but no day of the calendar
        typed = _shown(value)
        self.fail(f"{at}.{name}".lstrip("."), "not_day", f"{typed} is not a day such as 2024-01-31", typed=typed)
        return None

    def count(self, of: Mapping[str, Any], name: str, at: str, default: int | None = None) -> int:
        if name not in of and default is not None:
            return default
        value, here = self._value(of, name, at, "a whole number", required=True)
        value = _digits(value)
        if isinstance(value, str) and _COUNT.fullmatch(value):
            return int(value)
        if value is not None:
            self.fail(here, "not_count", f"{_shown(value)} is not a whole number from 0", typed=_shown(value))
        return 0

    def text(self, of: Mapping[str, Any], name: str, at: str, default: str | None = None) -> str:
        if name not in of and default is not None:
            return default
        value, here = self._value(of, name, at, "text", required=True)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > TITLE_MAX or _UNSTORABLE.search(value):
            self.fail(here, "not_text", f"expected text of at most {TITLE_MAX:,} letters, no NUL or half character", most=TITLE_MAX)
            return ""
        return value

    def key(self, of: Mapping[str, Any], at: str, name: str = "key") -> str:
        value, here = self._value(of, name, at, "a short key such as I.1", required=True)
        return "" if value is None else self._key(value, here)

    def keys(self, of: Mapping[str, Any], name: str, at: str) -> tuple[str, ...]:
        """A list of keys, none where it is left out."""
        return self.parts(of, name, at, self._key)

    def _key(self, value: object, here: str) -> str:
        value = _digits(value)
        if isinstance(value, str) and _KEY.fullmatch(value):
            return value
        typed = _shown(value)
        self.fail(here, "not_key", f"{typed} is not a key: 1 to 60 letters, digits, points, dashes or underscores", typed=typed)
        return ""

    def flag(self, of: Mapping[str, Any], name: str, at: str, default: bool) -> bool:
        value = of.get(name, default)
        if value in ("true", "false"):
            return bool(value == "true")
        if isinstance(value, bool):
            return value
        self.fail(f"{at}.{name}".lstrip("."), "not_flag", f"{_shown(value)} is neither true nor false", typed=_shown(value))
        return default

    def choice(self, of: Mapping[str, Any], name: str, at: str, choices: type[_Enum], default: _Enum | None) -> _Enum:
        if name not in of and default is not None:
            return default
        first = next(iter(choices))
        value, here = self._value(of, name, at, f"one of {', '.join(choices)}", required=True)
        if value is None:
            return first
        if not isinstance(value, str) or value not in [str(one) for one in choices]:
            known = ", ".join(choices)
            self.fail(here, "not_choice", f"{_shown(value)} is none of {known}", typed=_shown(value), known=known)
            return first
        return choices(value)

    def rounding(self, of: Mapping[str, Any], name: str, at: str) -> Rounding | None:
        if of.get(name) is None:
            return None
        here = f"{at}.{name}".lstrip(".")
        part = self.part(of[name], here, ("places", "mode"))
        return Rounding(
            self.count(part, "places", here),
            self.choice(part, "mode", here, RoundingMode, RoundingMode.HALF_UP),
        )

    def _value(self, of: Mapping[str, Any], name: str, at: str, wanted: str, *, required: bool) -> tuple[Any, str]:
        value = of.get(name)
        here = f"{at}.{name}".lstrip(".")
        if required and value is None:
            self.fail(here, "missing", f"missing; give {wanted}")
        return value, here


def _shown(value: Any) -> str:
    # What came in is quoted back, but not at any length: Python itself refuses to print an integer of 5,000 digits.
    if isinstance(value, int) and abs(value) >= 10**15:
        return "a whole number of more than 15 digits"
    if not isinstance(value, str | int | float):
        return f"a {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _digits(value: Any) -> Any:
    # JSON gives whole numbers as integers, YAML here as text; beyond 15 digits none is accepted anyway.
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15
    return str(value) if whole else value


_RUBRIC = (
    "key",
    "title",
    "season",
    "scale",
    "places",
    "in_force_from",
    "in_force_until",
    "based_on",
    "legal_basis",
    "passes",
    "groups",
    "total_rounding",
    "caps",
    "tie_breaks",
)
_PASS_FLAGS = {"requires_all": True, "requires_evidence": False, "blind": False}
"""What may be said of a pass, and what holds where it is not."""
_GROUP = ("key", "title", "maximum", "beyond_scale", "items")
_ITEM = (
    "key",
    "title",
    "maximum",
    "kind",
    "weight",
    "statistic",
    "dropped",
    "places",
    "panel_rounding",
    "item_rounding",
    "evidence",
    "evidence_required",
    "evidence_note",
    "threshold",
    "passes",
    "source",
    "unverified",
)


def _rubric(reader: _Reader, data: object) -> Rubric:
    of = reader.part(data, "", _RUBRIC)
    places = reader.count(of, "places", "", 2)

    def read_item(value: object, at: str) -> Item:
        return _item(reader, value, at, places)

    def read_group(value: object, at: str) -> Group:
        part = reader.part(value, at, _GROUP)
        return Group(
            key=reader.key(part, at),
            title=reader.text(part, "title", at),
            maximum=reader.decimal(part, "maximum", at),
            items=reader.parts(part, "items", at, read_item),
            beyond_scale=reader.flag(part, "beyond_scale", at, False),
        )

    def read_pass(value: object, at: str) -> PassRule:
        part = reader.part(value, at, ("key", "title", *_PASS_FLAGS))
        flags = {name: reader.flag(part, name, at, default) for name, default in _PASS_FLAGS.items()}
        return PassRule(reader.key(part, at), reader.text(part, "title", at), **flags)

    def read_cap(value: object, at: str) -> Cap:
        part = reader.part(value, at, ("over", "maximum"))
        return Cap(reader.text(part, "over", at), reader.decimal(part, "maximum", at))

    def read_tie_break(value: object, at: str) -> TieBreak:
        part = reader.part(value, at, ("by", "key"))
        return TieBreak(reader.choice(part, "by", at, TieBy, None), reader.key(part, at) if "key" in part else None)

    return Rubric(
        key=reader.key(of, ""),
        title=reader.text(of, "title", ""),
        season=reader.count(of, "season", ""),
        scale=reader.decimal(of, "scale", ""),
        groups=reader.parts(of, "groups", "", read_group),
        passes=reader.parts(of, "passes", "", read_pass),
        total_rounding=reader.rounding(of, "total_rounding", ""),
        caps=reader.parts(of, "caps", "", read_cap),
        tie_breaks=reader.parts(of, "tie_breaks", "", read_tie_break),
        legal_basis=_legal_basis(reader, of),
        places=places,
        in_force_from=reader.day_or_none(of, "in_force_from", ""),
        in_force_until=reader.day_or_none(of, "in_force_until", ""),
        based_on=reader.key(of, "", "based_on") if of.get("based_on") is not None else None,
    )


def _legal_basis(reader: _Reader, of: Mapping[str, Any]) -> tuple[Document, ...]:
    """The documents; of an earlier release one text, empty where there was none."""
    if isinstance(of.get("legal_basis"), str):
        title = reader.text(of, "legal_basis", "")
        return (Document(title),) if title else ()

    def read_document(value: object, at: str) -> Document:
        part = reader.part(value, at, ("title", "number", "issued_on"))
        return Document(reader.text(part, "title", at), reader.text(part, "number", at, ""), reader.day_or_none(part, "issued_on", at))

    return reader.parts(of, "legal_basis", "", read_document)


def _item(reader: _Reader, value: object, at: str, places: int) -> Item:
    part = reader.part(value, at, _ITEM)
    return Item(
        key=reader.key(part, at),
        title=reader.text(part, "title", at),
        maximum=reader.decimal(part, "maximum", at),
        kind=reader.choice(part, "kind", at, Kind, Kind.CONTENT),
        weight=reader.decimal(part, "weight", at, Decimal(1)),
        statistic=reader.choice(part, "statistic", at, Statistic, Statistic.MEAN),
        dropped=reader.count(part, "dropped", at, 0),
        places=reader.count(part, "places", at, places),
        panel_rounding=reader.rounding(part, "panel_rounding", at),
        item_rounding=reader.rounding(part, "item_rounding", at),
        evidence=_evidence(reader, part, at),
        evidence_note=reader.text(part, "evidence_note", at, ""),
        threshold=reader.decimal_or_none(part, "threshold", at),
        passes=reader.keys(part, "passes", at),
        source=reader.text(part, "source", at, ""),
        unverified=reader.flag(part, "unverified", at, False),
    )


def _evidence(reader: _Reader, part: Mapping[str, Any], at: str) -> Evidence:
    """What is said under `evidence`; of an earlier release whether `evidence_required`."""
    if "evidence" in part:
        if "evidence_required" in part:
            reader.fail(f"{at}.evidence_required", "evidence_twice", "`evidence` says it already; leave this out")
        return reader.choice(part, "evidence", at, Evidence, None)
    return Evidence.REQUIRED if reader.flag(part, "evidence_required", at, False) else Evidence.NONE
