"""The pack for a cluster's conference: where and when it is held, then the documents to download."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request

from services.gateway import documents
from services.gateway.network import query
from services.gateway.offload import beside
from services.gateway.pages import common
from shared.errors import CommendationError, ValidationFailed

pages = common.blueprint("conference")
PLACE_MAX, TIME_MAX = 200, 40


@pages.get("/campaigns/<campaign>/conference")
def conference(campaign: str, error: CommendationError | None = None) -> str:
    return render_template("conference.html", campaign=common.campaign_or_404(campaign), asked=request.args, error=error)


@pages.get("/campaigns/<campaign>/conference/pack")
def download(campaign: str) -> Response | tuple[str, int]:
    try:
        held_on = _day(request.args.get("held_on", "").strip())
    except ValidationFailed as error:
        return conference(campaign, error), 422
    made = gathered(campaign, request.args.get("place", ""), held_on, request.args.get("begins_at", ""))
    return zip_of(campaign, beside(documents.pack, made))


def gathered(campaign: str, place: str, held_on: date | None, begins_at: str) -> documents.Conference:
    """What the documents say, asked of the services. Raises NotFound."""
    found = common.campaign_or_404(campaign)
    boards = {name: query("rankings", "board", campaign=campaign, board=name) for name in ("standings", "flag", "leader")}
    cluster = query("registry", "cluster", cluster=found["cluster"])
    names = common.names()  # all that is asked is asked here: the documents are made in another thread
    return documents.Conference(
        campaign=found,
        cluster=cluster,
        standings=boards["standings"],
        flag=boards["flag"],
        leader=boards["leader"],
        name_of=lambda organisation: names.get(organisation, organisation),
        place=" ".join(place.split())[:PLACE_MAX],
        held_on=held_on,
        begins_at=" ".join(begins_at.split())[:TIME_MAX],
        made_on=common.today(),
    )


def zip_of(campaign: str, content: bytes) -> Response:
    """The answer that a browser saves as a file."""
    answer = Response(content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="hoi-nghi-{campaign}.zip"'
    return answer


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        message = "Not a valid date."
        raise ValidationFailed(f"{typed!r} is no date.", errors=[{"at": "held_on", "message": message}]) from error
