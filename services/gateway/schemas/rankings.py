"""Boards over the API."""

from __future__ import annotations

from marshmallow import fields

from services.gateway.schemas.base import Answer, Asked, instant, text


class AsOf(Asked):
    """The board as it stood at an instant."""

    as_of = fields.AwareDateTime(format="iso", metadata={"description": "ISO 8601 with zone, e.g. 2024-12-31T23:59:59+07:00"})


class Board(Answer):
    """A board: `standings` (bảng điểm), `flag` (cờ thi đua) or `leader` (khối trưởng); three separate things."""

    campaign = text()
    board = text()
    title = text()
    season = fields.Integer()
    cluster = text()
    state = text("open or final")
    as_of = instant(nullable=True)
    frozen = fields.Dict(allow_none=True, metadata={"description": "since, reason: the board as it stood then, until it is thawed"})
    seal = text("SHA-256 of the canonical JSON of the board that was made final", allow_none=True)
    rows = fields.List(fields.Dict(), metadata={"description": "unit, name, and the columns of this board; equal ranks are ties"})


class Explanation(Answer):
    """Why a unit stands where it stands: items, passes, scorers, scores, reasons and the events behind them."""

    unit = text()
