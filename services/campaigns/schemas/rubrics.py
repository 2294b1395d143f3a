"""Rubrics and their drafts at the boundary."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.campaigns import domain
from shared.bounds import TEXT_MAX
from shared.schema import INTEGER_MAX, key, name, schema_of, storable

DRAFT_DEPTH_MAX = 8
"""Levels of lists and mappings in a draft: the data of a rubric has five, and the canonical form of an event is made recursively."""


def _plain_content(value: Any, depth: int = 0) -> None:
    """Refuse what has no place in an event: a draft may be wrong as a rubric, but it is plain data."""
    if depth > DRAFT_DEPTH_MAX:
        raise ma.ValidationError("It goes too deep.")
    match value:
        case None | bool():
            return
        case str():
            storable(value)
        case int() if abs(value) <= INTEGER_MAX:
            return
        case dict() | list():
            for part in (*value, *value.values()) if isinstance(value, dict) else value:
                _plain_content(part, depth + 1)
        case _:
            raise ma.ValidationError("Give numbers with a fraction as text.")


def _content() -> fields.Dict:
    return fields.Dict(keys=fields.String(), required=True, validate=_plain_content)


def _text() -> fields.String:
    return fields.String(required=True, validate=[validate.Length(min=1, max=TEXT_MAX), storable])


def _season() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(1948, 2200))


PublishRubric = schema_of(domain.PublishRubric)
WithdrawRubric = schema_of(domain.WithdrawRubric, reason=_text())
DraftRubric = schema_of(domain.DraftRubric, draft=key(), content=_content())
CopyRubric = schema_of(domain.CopyRubric, draft=key(), key=key(), title=name(), season=_season())
DiscardDraft = schema_of(domain.DiscardDraft)
PublishDraft = schema_of(domain.PublishDraft)

EVENTS = (
    schema_of(domain.RubricPublished),
    schema_of(domain.RubricWithdrawn),
    schema_of(domain.RubricDrafted),
    schema_of(domain.RubricDraftDiscarded),
    schema_of(domain.RubricDraftPublished),
)
