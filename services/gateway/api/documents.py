"""Documents over the API."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import documents, schemas
from services.gateway.api import blueprint
from services.gateway.offload import beside
from services.gateway.pages import conference

conferences = blueprint("conferences", "/campaigns/<campaign>/conference-pack", "Documents for a cluster's conference (.docx, zipped).")
BLUEPRINTS = (conferences,)


@conferences.route("")
class ConferencePack(MethodView):
    @conferences.arguments(schemas.ConferenceAsked, location="query")
    @conferences.response(200, content_type="application/zip")
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """Agenda, attendance, boards, draft minutes and compact."""
        made = conference.gathered(campaign, asked.get("place", ""), asked.get("held_on"), asked.get("begins_at", ""))
        return conference.zip_of(campaign, beside(documents.pack, made))
