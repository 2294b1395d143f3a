"""Questions about boards over the API."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, instant, points, text
from shared.bounds import BOARD_ROWS_PAGE_MAX, NAME_MAX
from shared.schema import ExactDecimal, in_our_time

_PART = validate.Range(min=1, max=BOARD_ROWS_PAGE_MAX)


class UnderAsked(Asked):
    """Another published version of the rules, and an instant."""

    rubric = fields.String(required=True)
    as_of = fields.AwareDateTime(format="iso", validate=in_our_time)


class Supposed(Asked):
    """What is supposed of a board: another version of the rules, other weights by item, scorers left out."""

    rubric = fields.String()
    weights = fields.Dict(keys=fields.String(), values=ExactDecimal(required=True))
    without = fields.List(fields.String())
    as_of = fields.AwareDateTime(format="iso", validate=in_our_time)
    limit = fields.Integer(strict=True, validate=_PART, metadata={"description": "Rows of the answer at most"})
    start = fields.Integer(strict=True, validate=validate.Range(min=0), metadata={"description": "Rows before the first of the answer"})


class FirmnessAsked(Asked):
    """By how many percent all weights may change."""

    percent = ExactDecimal(load_default=Decimal(10), validate=validate.Range(0, 100))


class PartAsked(Asked):
    """Some rows: those whose name or id holds the words of `search`, `limit` at most, from `start` on."""

    limit = fields.Integer(validate=_PART, metadata={"description": "Rows of the answer at most"})
    start = fields.Integer(validate=validate.Range(min=0), metadata={"description": "Rows before the first of the answer"})
    search = fields.String(validate=validate.Length(max=NAME_MAX))


class HintsAsked(Asked):
    """Some hints: the first `limit` of every kind, or of one kind from `start` on; `marked`: those worth a look alone, where some are."""

    limit = fields.Integer(validate=_PART, metadata={"description": "Hints of a kind at most"})
    start = fields.Integer(validate=validate.Range(min=0), metadata={"description": "Hints of the kind before the first of the answer"})
    kind = fields.String(validate=validate.OneOf(("own", "leanings", "mutual", "own_favour", "late", "proofs")))
    marked = fields.Boolean()


class ComparedAsked(Asked):
    """The board before: of this campaign or another, as of an instant, under a version of the rules; and the same of the board after."""

    other = fields.String()
    before_as_of = fields.AwareDateTime(format="iso", validate=in_our_time)
    before_rubric = fields.String()
    after_as_of = fields.AwareDateTime(format="iso", validate=in_our_time)
    after_rubric = fields.String()
    limit = fields.Integer(validate=_PART, metadata={"description": "Rows of the answer at most"})
    start = fields.Integer(validate=validate.Range(min=0), metadata={"description": "Rows before the first of the answer"})


class LeadershipAnswer(Asked):
    """What a unit says to leading in a season; `reason` where it declines."""

    consents = fields.Boolean(required=True)
    on = fields.Date(required=True)
    reason = fields.String()


class SupposedBoard(Answer):
    """A board as it would be; `hypothetical` is always true: it is not the result."""

    campaign = text()
    hypothetical = fields.Boolean()
    units = fields.Integer(metadata={"description": "How many rows there are in all"})
    rows = fields.List(fields.Dict(), metadata={"description": "unit, name, rank, total, and what they `was` without the supposition"})
    next = fields.Integer(allow_none=True, metadata={"description": "`start` of the next rows; null where these are the last"})


class Firm(Answer):
    """How firm the first place is: `firmness` None where nobody is ranked."""

    campaign = text()
    hypothetical = fields.Boolean()
    percent = points(nullable=False)
    firmness = fields.Dict(
        allow_none=True,
        metadata={
            "description": "method, stands, margin; of `first`, `rivals` and `overtaken_by` 50 at most, the nearest, and how many there "
            "are: sharing, others, overtaking"
        },
    )


class Compared(Answer):
    """Two boards unit by unit: direction, ranks and totals, and what moved each."""

    units = fields.Integer(metadata={"description": "How many rows there are in all"})
    rows = fields.List(fields.Dict())
    next = fields.Integer(allow_none=True, metadata={"description": "`start` of the next rows; null where these are the last"})
    rules = fields.List(fields.Dict(), metadata={"description": "in what the rules of the two differ"})


class Prospects(Answer):
    """The best and the worst place still possible; a place that is not exact is a bound."""

    campaign = text()
    units = fields.Integer(metadata={"description": "How many units there are in all"})
    may_win = fields.Integer(metadata={"description": "How many of all may still come first"})
    found = fields.Integer(metadata={"description": "How many rows there are, of those that were searched for"})
    rows = fields.List(fields.Dict())
    next = fields.Integer(allow_none=True, metadata={"description": "`start` of the next rows; null where these are the last"})


class Seasons(Answer):
    """A unit over its seasons, with those of the organisations that it goes on from."""

    unit = text()
    line = fields.List(fields.String())
    seasons = fields.List(fields.Dict())


class Proof(Answer):
    """A file of evidence behind a score, by its digest, with the event that attached it."""

    item = text()
    pass_key = text()
    scorer = text()
    sha256 = text()
    event = text()


class Honesty(Answer):
    """Hints about scoring, with their arithmetic; none is a finding of fault."""

    cluster = text()
    hints = fields.Dict(metadata={"description": "by kind; `own_by_item` for the units of `own`"})
    counts = fields.Dict(metadata={"description": "by kind how many there are in `all`, and how many are `marked`"})
    next = fields.Dict(metadata={"description": "by kind the `start` of the next; null where these are the last"})
    limits = fields.Dict(metadata={"description": "the least numbers of cases, and the other figures that the hints rest on"})


class EventPlace(Answer):
    """Where an event stands in the log of its service."""

    event = text()
    site = text()
    service = text()
    position = fields.Integer()
    type = text()
    recorded_at = instant()
    digest = text("SHA-256 of the canonical bytes of the event")
    before = text("digest of the entry before it", allow_none=True)
    after = text("digest of the entry after it", allow_none=True)
    log = fields.Dict(metadata={"description": "events, digest: how many entries the log has, and their running digest"})
