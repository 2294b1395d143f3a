"""Values as plain JSON data and back, for answers, boards and logs: exact numbers as text, instants in UTC, names of fields as they are."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any

Writer = Callable[[Any], Any]
"""Writes a value of one type as plain JSON data."""

Reader = Callable[[Any], Any]
"""Reads plain JSON data as a value of one type."""

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a reader raises on data that was not written from a value of its type."""


def _as_it_is(value: Any) -> Any:
    return value


def plain(value: object) -> Any:
    """`value`, a dataclass or anything inside one, as JSON data.

    Raises TypeError for what has no exact JSON form, such as a float.
    """
    kind: Any = type(value)
    return value if kind in _AS_THEY_ARE else _writer_of(kind)(value)


_AS_THEY_ARE = frozenset({str, int, bool, types.NoneType})


@lru_cache(maxsize=1_024)
def _writer_of(kind: Any) -> Writer:
    """Looked up once for each type: boards and explanations are made of tens of thousands of values."""
    if is_dataclass(kind):
        return _writer_of_record(kind)
    for known, write in _WRITERS:
        if issubclass(kind, known):
            return write
    raise TypeError(f"{kind.__name__} has no place in JSON data")


def _writer_of_record(record: Any) -> Writer:
    names = tuple(field.name for field in fields(record))

    def write(value: Any) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name in names:
            inner = getattr(value, name)
            kind: Any = type(inner)
            told[name] = inner if kind in _AS_THEY_ARE else _writer_of(kind)(inner)
        return told

    return write


_WRITERS: tuple[tuple[Any, Writer], ...] = (
    (Enum, attrgetter("value")),
    ((int, str), _as_it_is),
    (Decimal, lambda number: format(number, "f")),
    (datetime, lambda instant: instant.astimezone(UTC).isoformat().replace("+00:00", "Z")),
    (date, date.isoformat),
    (Mapping, lambda values: {str(key): plain(inner) for key, inner in values.items()}),
    ((tuple, list, set, frozenset), lambda values: [plain(inner) for inner in values]),
)


def reader_of(hint: Any) -> Reader:
    """What reads the plain data of a value of this type, a dataclass or anything that one may hold, as that value again.

    It trusts the data to have been written from such a value, and need not notice where it was not (UNREADABLE): what comes from outside
    is checked by a schema. Raises TypeError for a type whose values cannot be told from their plain data.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or hint in (str, int, bool):
        return _as_it_is
    if hint in _READERS:
        return _READERS[hint]
    if origin in (typing.Union, types.UnionType):
        return _reader_of_either(arguments)
    if origin is tuple:
        return _reader_of_tuple(arguments)
    if origin is frozenset:
        each = reader_of(arguments[0])
        return lambda values: frozenset(map(each, values))
    if hint is dict or (origin in (dict, Mapping) and arguments[0] is str):
        each = reader_of(arguments[1]) if arguments else _as_it_is
        return dict if each is _as_it_is else lambda values: {key: each(value) for key, value in values.items()}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {member.value: member for member in hint}.__getitem__
    if is_dataclass(hint):
        return _reader_of_record(typing.cast("type[Any]", hint))
    raise TypeError(f"{hint!r} cannot be read back from plain data")


def _number(text: str) -> Decimal:
    if type(text) is not str:
        raise TypeError(f"{text!r} is no number as it is written, which is as text")
    number = Decimal(text)
    return number or number.copy_abs()  # zero has no sign


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"the instant {text} names no zone")
    return instant


_READERS: dict[Any, Reader] = {Decimal: _number, date: date.fromisoformat, datetime: _instant}


def _reader_of_either(kinds: tuple[Any, ...]) -> Reader:
    """None or a value of one type, or records of several, told apart by the names of their fields."""
    some = [kind for kind in kinds if kind is not types.NoneType]
    read = reader_of(some[0]) if len(some) == 1 else _reader_of_one_of(some)
    if read is _as_it_is or len(some) == len(kinds):
        return read
    return lambda value: None if value is None else read(value)


def _reader_of_one_of(records: list[Any]) -> Reader:
    by_names = {frozenset(field.name for field in fields(record)): reader_of(record) for record in records if is_dataclass(record)}
    if len(by_names) < len(records):
        raise TypeError(f"{records!r} cannot be told apart by the names of their fields")
    return lambda data: by_names[frozenset(data)](data)


def _reader_of_tuple(kinds: tuple[Any, ...]) -> Reader:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        each = reader_of(kinds[0])
        return tuple if each is _as_it_is else lambda values: tuple(map(each, values))
    readers = [reader_of(kind) for kind in kinds]
    return lambda values: tuple(read(value) for read, value in zip(readers, values, strict=True))


def _reader_of_record(record: type[Any]) -> Reader:
    hints = typing.get_type_hints(record)
    readers = {field.name: reader_of(hints[field.name]) for field in fields(record)}
    to_read = [(name, read) for name, read in readers.items() if read is not _as_it_is]

    def read(data: Mapping[str, Any]) -> Any:
        values = dict(data)
        for name, read_field in to_read:
            values[name] = read_field(values[name])
        return record(**values)

    return read
