"""Boards over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, instant, text
from shared.bounds import BOARD_ROWS_PAGE_MAX, NAME_MAX
from shared.schema import in_our_time


class AsOf(Asked):
    """The board as it stood at an instant."""

    as_of = fields.AwareDateTime(
        format="iso", validate=in_our_time, metadata={"description": "ISO 8601 with zone, e.g. 2024-12-31T23:59:59+07:00"}
    )


class AskedPart(Asked):
    """A part of a board: so many rows after so many, of those whose name or id holds the words."""

    limit = fields.Integer(validate=validate.Range(1, BOARD_ROWS_PAGE_MAX), metadata={"description": "rows, 50 unless told"})
    after = fields.Integer(validate=validate.Range(0), metadata={"description": "rows to pass over: `after` of the part before"})
    search = fields.String(validate=validate.Length(max=NAME_MAX), metadata={"description": "words of the unit's name or id"})


class AskedBoard(AskedPart, AsOf):
    """A board or a part of it, now or as it stood at an instant."""


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
    found = fields.Integer(metadata={"description": "Of a part: rows in all"})
    after = fields.Integer(allow_none=True, metadata={"description": "Of a part: what to give as `after` for the next, null at the end"})
    revision = text("Of a part: what tells it from any other answer")


class Explanation(Answer):
    """Why a unit stands where it stands: items, passes, scorers, scores, reasons and the events behind them."""

    proof_of_place = text("where the proof of place of an event is, by its id: a URI template (RFC 6570) of `event`")
    unit = text()
