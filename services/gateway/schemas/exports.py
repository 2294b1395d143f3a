"""Exports over the API."""

from __future__ import annotations

from marshmallow import fields

from services.gateway.schemas.base import Answer, instant, points, rows, text


class ScoreRecord(Answer):
    """One score of one scorer, and what became of it."""

    unit = text()
    item = text()
    pass_key = text()
    scorer = text()
    score = points()
    use = text("counted, dropped (by the trimmed mean), earlier_pass, superseded or withdrawal")
    reason = text(allow_none=True)
    recorded_at = instant()
    event = text("id of the event in the log", allow_none=True)


class ScoreRecords(Answer):
    """Every score record of the standings as they are shown: what is frozen stays frozen here, too."""

    campaign = text()
    state = text("final, frozen or provisional")
    as_of = instant("the instant whose standings these are")
    illustrative = fields.Boolean()
    seal = text("SHA-256 of the standings that were made final", allow_none=True)
    rows = rows(ScoreRecord)
