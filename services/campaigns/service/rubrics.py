"""Entrypoints for rubrics."""

from __future__ import annotations

from typing import Any

from services.campaigns import domain, schemas, views
from services.campaigns.service.base import Part
from shared import rubric as rubrics
from shared.access import Role
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Rubrics(Part):
    """Rubrics and their versions."""

    @rpc
    def publish_rubric(self, request: Request) -> dict[str, Any]:
        self.views.require(request, Role.OFFICE)
        command = load(schemas.PublishRubric, request.data)
        rubric = rubrics.from_data(command.rubric)
        return self.facts.execute(request, domain.RUBRIC, f"rubric-{rubric.key}", command)

    @rpc
    def rubrics(self, request: Request) -> list[dict[str, Any]]:
        with self.views.reading() as reading:
            return plain(views.all_rubrics(reading))

    @rpc
    def rubric(self, request: Request) -> dict[str, Any]:
        with self.views.reading() as reading:
            content = views.rubric_content(reading, str(request.data["rubric"]))
        if content is None:
            raise NotFound(f"There is no rubric {request.data['rubric']}.")
        return content
