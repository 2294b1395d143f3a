"""Documents over the API."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import conferences, schemas
from services.gateway.api import blueprint

packs = blueprint("conferences", "/campaigns/<campaign>/conference-pack", "Documents for a cluster's conference (.docx, zipped).")
BLUEPRINTS = (packs,)


@packs.route("")
class ConferencePack(MethodView):
    @packs.arguments(schemas.ConferenceAsked, location="query")
    @packs.response(200, content_type="application/zip")
    def get(self, asked: dict[str, Any], campaign: str) -> Response:
        """Agenda, attendance, boards, draft minutes and covenant."""
        return conferences.pack(campaign, asked.get("place", ""), asked.get("held_on"), asked.get("begins_at", ""))
