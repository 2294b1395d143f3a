"""Schemas of commands and events: marshmallow at the boundary, frozen dataclasses within.

`schema_of` derives the schema from the dataclass, so that a record is written down once; what a type cannot say (length, range, choice)
is given as an override. A `Catalogue` ties each event class to its stored alias and version, never to a class path.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import re
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from shared.bounds import NAME_MAX, TEXT_MAX, YEARS
from shared.errors import CommendationError, ValidationFailed
from shared.event import Event, NewEvent
from shared.plain import UNREADABLE, Reader, reader_of

INTEGER_MAX = 2**53 - 1
"""Beyond it a JSON number is no longer exact everywhere (RFC 8785)."""


class SchemaUnknown(CommendationError):
    """An event of a type or version that this release does not know; a newer release wrote it."""

    code = "schema_unknown"


class ExactDecimal(fields.Field[Decimal]):
    """A Decimal as JSON text, digit for digit. A JSON number with a fraction is refused: it has been through a float."""

    _plain = re.compile(r"[+-]?[0-9]{1,25}(\.[0-9]{1,25})?")
    """No exponents, whose few letters can stand for gigabytes of digits, and none of the other forms that `Decimal` takes."""

    default_error_messages = {
        "invalid": 'Give a decimal number as text, with a point: "12.50".',
        "float": 'Give the number as text ("12.50"), not as a JSON fraction: floats lose digits.',
    }

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format(value, "f")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        if isinstance(value, float):
            raise self.make_error("float")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.make_error("invalid")
        digits = str(value).strip()
        if not self._plain.fullmatch(digits):
            raise self.make_error("invalid")
        number = Decimal(digits)
        return number.copy_abs() if number.is_zero() else number


class Record(ma.Schema):
    """Base of all schemas: unknown keys are refused, order is kept, loading gives the dataclass."""

    record: typing.ClassVar[type[Any]]
    by_type: typing.ClassVar[bool] = False
    """Whether the types of the record alone make its schema, so that what this has written is read by `shared.plain` as well."""

    class Meta:
        unknown = ma.RAISE

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return self.record(**{key: tuple(value) if isinstance(value, list) else value for key, value in data.items()})


def schema_of(record: type[Any], **overrides: fields.Field[Any]) -> type[Record]:
    """The schema class of a dataclass; `overrides` replace the field that the type alone would give."""
    hints = typing.get_type_hints(record)
    made: dict[str, Any] = {
        field.name: overrides.get(field.name) or _field(hints[field.name], **_presence(field)) for field in dataclasses.fields(record)
    }
    made["record"] = record
    made["by_type"] = not overrides
    made["__doc__"] = record.__doc__
    return type(record.__name__, (Record,), made)


def storable(text: str) -> None:
    """Refuse what PostgreSQL cannot hold as text and UTF-8 cannot say: NUL and halves of surrogate pairs."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ma.ValidationError("Leave out the control character NUL and half characters.")


def in_our_time(when: date) -> None:
    """Refuse a day or an instant that lies out of `bounds.YEARS`."""
    if when.year not in YEARS:
        raise ma.ValidationError(f"Give a year from {YEARS[0]} to {YEARS[-1]}.")


def _presence(field: dataclasses.Field[Any]) -> dict[str, Any]:
    if field.default is not dataclasses.MISSING:
        return {"load_default": field.default}
    if field.default_factory is not dataclasses.MISSING:
        return {"load_default": field.default_factory}
    return {"required": True}


def _field(hint: Any, **options: Any) -> fields.Field[Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        inner = [argument for argument in arguments if argument is not type(None)]
        return _field(inner[0], allow_none=True, **options)
    if origin is tuple:
        return fields.List(_field(arguments[0]), **options)
    if origin in (dict, Mapping) or hint is dict:
        return fields.Dict(keys=fields.String(), values=_values(arguments), **options)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return fields.Enum(hint, by_value=True, **options)
    if dataclasses.is_dataclass(hint):
        return fields.Nested(schema_of(typing.cast("type[Any]", hint)), **options)
    simple: dict[Any, Any] = {bool: fields.Boolean, date: fields.Date, int: fields.Integer}
    if hint is Decimal:
        return ExactDecimal(**options)
    if hint is datetime:
        return fields.AwareDateTime(format="iso", **options)
    if hint is int:
        return fields.Integer(strict=True, validate=validate.Range(-INTEGER_MAX, INTEGER_MAX), **options)
    if hint is str:
        rules: list[typing.Callable[[Any], Any]] = [validate.Length(max=TEXT_MAX), storable]
        return fields.String(validate=rules, **options)
    if hint in simple:
        made: fields.Field[Any] = simple[hint](**options)
        return made
    raise TypeError(f"No schema for {hint!r}")


def _values(arguments: tuple[Any, ...]) -> fields.Field[Any] | None:
    """What the values of a dictionary are, where its type says so."""
    return None if not arguments or arguments[1] is Any else _field(arguments[1], required=True)


def name(*, required: bool = True, length_max: int = NAME_MAX) -> fields.String:
    """A name or title: not empty, one line."""
    one_line = validate.Regexp(r"^\S(.*\S)?$(?!\n)", error="Give one line of text.")
    rules: list[typing.Callable[[Any], Any]] = [validate.Length(min=1, max=length_max), one_line, storable]
    return fields.String(required=required, validate=rules)


def key() -> fields.String:
    """A short stable key: letters, digits, '.', '-', '_'."""
    return fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$(?!\n)", error="Use 1 to 100 of A-Z, a-z, 0-9, '.', '-', '_'."),
    )


def load(schema: type[ma.Schema], data: Any) -> Any:
    """Read what is asked by a schema, with days and instants within `bounds.YEARS`; what was recorded stays readable whatever its year.

    Raises ValidationFailed whose `errors` name every place and what is wrong there.
    """
    read = _load(schema, data)
    errors = list(_out_of_our_time(read))
    if errors:
        raise _unreadable(schema, errors)
    return read


def _load(schema: type[ma.Schema], data: Any) -> Any:
    try:
        return _made(schema).load(data)
    except ma.ValidationError as error:
        raise _unreadable(schema, list(_places(error.messages))) from error


def _unreadable(schema: type[ma.Schema], errors: list[dict[str, str]]) -> ValidationFailed:
    shown = "; ".join(f"{item['at']}: {item['message']}" for item in errors[:5])
    more = f" (and {len(errors) - 5} more)" if len(errors) > 5 else ""
    return ValidationFailed(f"{schema.__name__} cannot be read: {shown}{more}", errors=errors)


def _out_of_our_time(read: Any, at: str = "") -> typing.Iterator[dict[str, str]]:
    """Places as of `_places`."""
    match read:
        case date():
            try:
                in_our_time(read)
            except ma.ValidationError as error:
                yield {"at": at, "message": error.messages[0]}
        case Mapping():
            for name, inner in read.items():
                yield from _out_of_our_time(inner, f"{at}.{name}" if at else str(name))
        case list() | tuple():
            for place, inner in enumerate(read):
                yield from _out_of_our_time(inner, f"{at}[{place}]")
        case _ if dataclasses.is_dataclass(read):
            yield from _out_of_our_time({field.name: getattr(read, field.name) for field in dataclasses.fields(read)}, at)


def check_storable(data: Any) -> None:
    """Refuse what comes from outside with a character or whole number, wherever in it, that not everything of ours can hold.

    Raises ValidationFailed, which names every place.
    """
    errors = list(_unstorable(data))
    if errors:
        raise ValidationFailed(f"{errors[0]['at']}: {errors[0]['message']}", errors=errors)


_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What no text in PostgreSQL holds, no Word or Excel file, and nobody types; and what turns the direction of writing, so that one reads
another text than is there."""


def _unstorable(data: Any, at: str = "") -> typing.Iterator[dict[str, str]]:
    """Places as of `_places`."""
    match data:
        case str() if _UNSEEN.search(data):
            yield {"at": at or "body", "message": "Leave out control characters and other marks that cannot be seen."}
        case int() if abs(data) > INTEGER_MAX:
            yield {"at": at or "body", "message": f"Give a number up to {INTEGER_MAX}."}
        case Mapping():
            for name, inner in data.items():
                yield from _unstorable(name, at)
                yield from _unstorable(inner, f"{at}.{name}" if at else str(name))
        case list() | tuple():
            for place, inner in enumerate(data):
                yield from _unstorable(inner, f"{at}[{place}]")


@functools.cache
def _made(schema: type[ma.Schema]) -> ma.Schema:
    """One of each: making it takes longer than reading with it."""
    return schema()


def _places(messages: Any, at: str = "") -> typing.Iterator[dict[str, str]]:
    if isinstance(messages, Mapping):
        for where, inner in messages.items():
            step = f"[{where}]" if isinstance(where, int) else str(where)
            yield from _places(inner, f"{at}.{step}" if at and not step.startswith("[") else at + step)
    elif isinstance(messages, list):
        for message in messages:
            yield {"at": at or "body", "message": str(message)}


Upcaster = typing.Callable[[dict[str, Any]], dict[str, Any]]
"""Data of one version of an event as the next version says it. Pure: the same data gives the same data for ever."""


class Catalogue:
    """The events of one service: alias and version of each class, and the way to the stored form and back.

    A published version never changes. A change is a new version: the class gets `SCHEMA = n + 1`, and an upcaster under
    `(alias, n)` says what an event of version n is in it. What was written in an old version is read through the chain of them.
    Raises TypeError when a version below the newest could not be read.
    """

    def __init__(self, service: str, *schemas: type[Record], upcasters: Mapping[tuple[str, int], Upcaster] | None = None) -> None:
        self.service = service
        self.schemas: dict[tuple[str, int], type[Record]] = {}
        self.upcasters = dict(upcasters or {})
        self._of_class: dict[type[Any], tuple[str, int, Record]] = {}
        self._readers: dict[tuple[str, int], Reader] = {}
        self._newest: dict[str, int] = {}
        for schema in schemas:
            alias = f"{service}.{schema.record.__name__}"
            version = int(getattr(schema.record, "SCHEMA", 1))
            self.schemas[alias, version] = schema
            self._of_class[schema.record] = (alias, version, schema())
            if schema.by_type:
                self._readers[alias, version] = reader_of(schema.record)
            self._newest[alias] = max(version, self._newest.get(alias, 0))
        self._check_upcasters()

    def versions(self) -> list[tuple[str, int]]:
        """Every alias and version that can be read."""
        return [(alias, version) for alias, newest in sorted(self._newest.items()) for version in range(1, newest + 1)]

    def encode(self, event: Any) -> NewEvent:
        """A decided event in its stored form."""
        alias, version, schema = self._of_class[type(event)]
        return NewEvent(alias, version, schema.dump(event), getattr(event, "effective_on", None))

    def decode(self, event: Event) -> Any:
        """A recorded event, whoever recorded it, as the class of its version or, where that version has none any more, of the newest.

        Raises SchemaUnknown for a type or version that this release does not know, ValidationFailed.
        """
        return self._decode(event.stream, event.type, event.schema, event.data)

    def recall(self, stream: str, alias: str, version: int, data: dict[str, Any]) -> Any:
        """As `decode`, an event of our own log by what of it says what happened. It was checked before it was recorded."""
        read = self._readers.get((alias, version))
        if read is not None:
            try:
                return read(data)
            except UNREADABLE:
                pass  # it is not as this release writes it; the schema knows whether it can be read, or says why not
        return self._decode(stream, alias, version, data)

    def _decode(self, stream: str, alias: str, version: int, data: dict[str, Any]) -> Any:
        schema = self.schemas.get((alias, version))
        if schema is not None:
            return _load(schema, data)
        newest = self._newest.get(alias, 0)
        if not 1 <= version < newest:
            raise SchemaUnknown(
                f"Event {alias} version {version} in {stream} is not known to this release of {self.service}; upgrade it.",
                type=alias,
                schema=version,
            )
        # an upcaster may write into what it is given, but the event is the log's
        data = copy.deepcopy(data)
        for step in range(version, newest):
            data = self.upcasters[alias, step](data)
        return _load(self.schemas[alias, newest], data)

    def _check_upcasters(self) -> None:
        for alias, version in self.upcasters:
            if not 1 <= version < self._newest.get(alias, 0):
                raise TypeError(f"The upcaster of {alias} from version {version} leads to no version that {self.service} has.")
        for alias, version in self.versions():
            if (alias, version) in self.schemas:
                continue
            gap = next((at for at in range(version, self._newest[alias]) if (alias, at) not in self.upcasters), None)
            if gap is not None:
                raise TypeError(f"{alias} has events of version {version}: give an upcaster from version {gap} to {gap + 1}.")
