"""Rubrics at the boundary."""

from __future__ import annotations

from services.campaigns import domain
from shared.schema import schema_of

PublishRubric = schema_of(domain.PublishRubric)

EVENTS = (schema_of(domain.RubricPublished),)
