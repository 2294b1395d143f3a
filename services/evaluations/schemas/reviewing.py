"""Commands and events of comments on a sheet and of its return, at their boundary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import fields, validate

from services.evaluations import domain
from shared.bounds import TEXT_MAX
from shared.schema import schema_of, storable


def said() -> fields.String:
    """Words that are not empty."""
    rules: list[Callable[[Any], Any]] = [validate.Length(max=TEXT_MAX), validate.Regexp(r"(?s).*\S", error="Write some words."), storable]
    return fields.String(required=True, validate=rules)


CommentItem = schema_of(domain.CommentItem, comment=said())
ReviewItem = schema_of(domain.ReviewItem, comment=said())
ReturnSheet = schema_of(domain.ReturnSheet)

EVENTS = (schema_of(domain.ItemCommented), schema_of(domain.SheetReturned))
