"""What one asks about boards, read strictly."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.rankings import hints, insights
from shared.bounds import BOARD_ROWS_PAGE_MAX, NAME_MAX
from shared.schema import ExactDecimal, key, schema_of

WEIGHTS_MAX = 500
"""Items whose weights are supposed at once: more than any known rubric has."""

LINE_MAX = 200
"""Organisations that one goes on from: a province's communes in one reorganisation, with room."""

_PART = validate.Range(min=1, max=BOARD_ROWS_PAGE_MAX)

Supposition = schema_of(
    insights.Supposition,
    campaign=key(),
    weights=fields.Dict(
        keys=fields.String(), values=ExactDecimal(required=True), load_default=dict, validate=validate.Length(max=WEIGHTS_MAX)
    ),
    limit=fields.Integer(strict=True, load_default=BOARD_ROWS_PAGE_MAX, validate=_PART),
    start=fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0)),
)
Side = schema_of(insights.Side, campaign=key())


class Under(ma.Schema):
    """A campaign's board under another version of its rules."""

    campaign = key()
    rubric = key()
    as_of = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)


class Compared(ma.Schema):
    """Two boards."""

    before = fields.Nested(Side, required=True)
    after = fields.Nested(Side, required=True)
    limit = fields.Integer(strict=True, load_default=BOARD_ROWS_PAGE_MAX, validate=_PART)
    start = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0))


class Firmness(ma.Schema):
    """By how many percent all weights may change."""

    campaign = key()
    percent = ExactDecimal(required=True, validate=validate.Range(0, 100))


class Prospects(ma.Schema):
    """Which rows of a campaign's prospects."""

    campaign = key()
    limit = fields.Integer(strict=True, load_default=BOARD_ROWS_PAGE_MAX, validate=_PART)
    start = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0))
    search = fields.String(load_default="", validate=validate.Length(max=NAME_MAX))


class Honesty(ma.Schema):
    """Which hints of a cluster: all kinds, or one from `start` on; `marked`: those worth a look alone."""

    cluster = key()
    limit = fields.Integer(strict=True, load_default=BOARD_ROWS_PAGE_MAX, validate=_PART)
    start = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0))
    kind = fields.Enum(hints.Kind, by_value=True, load_default=None, allow_none=True)
    marked = fields.Boolean(load_default=False)


class History(ma.Schema):
    """A unit, and the organisations that it goes on from."""

    unit = key()
    before = fields.List(key(), load_default=list, validate=validate.Length(max=LINE_MAX))
