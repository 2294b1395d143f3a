"""Documents over the API."""

from __future__ import annotations

from marshmallow import fields

from services.gateway.schemas.base import Asked, text


class ConferenceAsked(Asked):
    """Where and when the conference is held; what is left out stands as dots in the documents."""

    place = text("place, as it stands in the documents")
    held_on = fields.Date()
    begins_at = text("the hour in words")
