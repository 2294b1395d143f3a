"""What the HTTP API takes and gives, as marshmallow schemas; OpenAPI is made from them.

A request is read strictly: unknown keys are refused. An answer names its main fields and passes on whatever more a service says, so that a
service can grow without the gateway. Scores and money are decimal text ("12.50"), dates ISO 8601, instants UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate


class Asked(ma.Schema):
    """Base of request bodies."""

    class Meta:
        unknown = ma.RAISE


class Answer(ma.Schema):
    """Base of answers: the fields named, and whatever more the service said."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_dump(pass_original=True)
    def _more(self, data: dict[str, Any], original: Any, **_: Any) -> dict[str, Any]:
        return {**original, **data} if isinstance(original, Mapping) else data


def text(description: str = "", **options: Any) -> fields.String:
    return fields.String(metadata={"description": description} if description else {}, **options)


def day(description: str = "", *, nullable: bool = False) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"format": "date", "description": description})


def instant(description: str = "", *, nullable: bool = False) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"format": "date-time", "description": description})


def points(description: str = "", *, nullable: bool = True) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"format": "decimal", "description": description, "example": "12.50"})


def rows(schema: type[ma.Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema))


def season_year() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(1948, 2200))


class ProblemPlace(ma.Schema):
    """One thing wrong with the input."""

    at = text("Where: the field, with its path")
    message = text("What is wrong there, and what to give instead")
    code = text("Stable code of what is wrong, where the service tells several apart")
    values = fields.Dict(keys=fields.String(), metadata={"description": "What the message speaks of, by name"})


class Problem(ma.Schema):
    """An error as problem details (RFC 9457), media type application/problem+json."""

    type = text("A URI per kind of error: /problems/<code>")
    title = text()
    status = fields.Integer()
    detail = text("What was wrong, where, and what to do")
    code = text("Stable code of the error; never translated, never reused")
    correlation = text("The number of this request in the logs of every service it touched")
    errors = rows(ProblemPlace)
    details = fields.Dict(keys=fields.String())


class Recorded(Answer):
    """Where a command's events stand.

    `events`: their ids, none where the command says what already holds; `repeated`: it came before, and this is its first answer again.
    """

    stream = text()
    version = fields.Integer()
    position = fields.Integer(metadata={"description": "Of the service's log; a view whose cursor has reached it shows the change"})
    events = fields.List(fields.String())
    repeated = fields.Boolean()
