"""The pack for a cluster's conference as page and API give it: asked of the services, made beside the requests, zipped."""

from __future__ import annotations

from datetime import date

from flask import Response

from services.gateway import documents, proofs
from services.gateway.downloads import attachment
from services.gateway.network import query
from services.gateway.offload import beside
from services.gateway.pages import common

PLACE_MAX, TIME_MAX = 200, 40
"""Letters of what is typed of the conference; the rest is left out."""


def pack(campaign: str, place: str, held_on: date | None, begins_at: str) -> Response:
    """The answer that a browser saves as a file. Raises NotFound."""
    made = beside(documents.pack, _gathered(campaign, place, held_on, begins_at))
    return attachment(made, f"hoi-nghi-{campaign}.zip", "application/zip")


def _gathered(campaign: str, place: str, held_on: date | None, begins_at: str) -> documents.Conference:
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
        checkpoint=proofs.of_result(campaign) if found["state"] == "final" else None,
        name_of=lambda organisation: names.get(organisation, organisation),
        place=" ".join(place.split())[:PLACE_MAX],
        held_on=held_on,
        begins_at=" ".join(begins_at.split())[:TIME_MAX],
        made_on=common.today(),
    )
