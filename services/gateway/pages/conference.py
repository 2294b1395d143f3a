"""The pack for a cluster's conference: where and when it is held, then the documents to download."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request

from services.gateway import conferences
from services.gateway.formats import typed_day
from services.gateway.pages import common
from shared.errors import CommendationError, ValidationFailed

pages = common.blueprint("conference")


@pages.get("/campaigns/<campaign>/conference")
def conference(campaign: str, error: CommendationError | None = None) -> str:
    return render_template("conference.html", campaign=common.campaign_or_404(campaign), asked=request.args, error=error)


@pages.get("/campaigns/<campaign>/conference/pack")
def download(campaign: str) -> Response | tuple[str, int]:
    try:
        held_on = _day(typed_day(request.args.get("held_on", "").strip()))
    except ValidationFailed as error:
        return conference(campaign, error), 422
    return conferences.pack(campaign, request.args.get("place", ""), held_on, request.args.get("begins_at", ""))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        message = "Not a valid date."
        raise ValidationFailed(f"{typed!r} is no date.", errors=[{"at": "held_on", "message": message}]) from error
