"""Rubrics (bảng tiêu chí chấm điểm): state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.campaigns.domain.errors import RubricFixed
from shared import rubric as rubrics
from shared.decider import Decider


@dataclass(frozen=True, slots=True)
class PublishRubric:
    """Publish a rubric; `rubric` in the form of `shared.rubric.to_data`."""

    rubric: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RubricPublished:
    """A rubric holds from now on as it stands, under its key."""

    rubric: str
    content: dict[str, Any]


def _decide_rubric(state: RubricPublished | None, command: PublishRubric) -> Sequence[Any]:
    rubric = rubrics.from_data(command.rubric)
    rubrics.check(rubric)
    made = RubricPublished(rubric.key, rubrics.to_data(rubric))
    if state is None:
        return [made]
    if state == made:
        return []
    raise RubricFixed(f"Rubric {rubric.key} is published and stays as it is; publish the new one under another key.", rubric=rubric.key)


RUBRIC: Decider[RubricPublished | None] = Decider(None, _decide_rubric, lambda _state, event: event)
