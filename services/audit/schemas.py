"""Requests and events of audit at its boundary."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.audit import domain
from shared.schema import Catalogue, key, schema_of

ENTRIES_MAX = 100
"""Entries of one answer: at 60,000 bytes an event, 6 MB at most."""

CHECKPOINTS_MAX = 100
"""Checkpoints of one answer, each with a head of every log."""

EVENTS = Catalogue("audit", schema_of(domain.VerificationRun), schema_of(domain.CheckpointTaken))

POSITIONS_MAX = 1_000
"""Logs of one question: a log for each service of two hundred and fifty sites."""


class Entries(ma.Schema):
    """The entries of a service's log after a position; of this site where none is named."""

    service = key()
    site = fields.String(load_default=None, allow_none=True)
    after = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0))
    limit = fields.Integer(strict=True, load_default=ENTRIES_MAX, validate=validate.Range(1, ENTRIES_MAX))


class Verification(ma.Schema):
    """The id of a verification."""

    verification = fields.String(required=True, validate=validate.Length(1, 100))


class Verifications(ma.Schema):
    """How many of the latest verifications; all without."""

    limit = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(min=1))


class Result(ma.Schema):
    """The campaign whose result is asked about."""

    campaign = key()


class Placed(ma.Schema):
    """The id of an event."""

    event = fields.String(required=True, validate=validate.Length(1, 36))


class Checkpoints(ma.Schema):
    """How many of the latest checkpoints."""

    limit = fields.Integer(strict=True, load_default=CHECKPOINTS_MAX, validate=validate.Range(1, CHECKPOINTS_MAX))


class Position(ma.Schema):
    """How far a log had come."""

    site = fields.String(required=True, validate=validate.Length(1, 31))
    service = fields.String(required=True, validate=validate.Length(1, 31))
    position = fields.Integer(strict=True, required=True, validate=validate.Range(min=0))


class Heads(ma.Schema):
    """The logs whose heads are asked for, each at a position; all as they stand where none are named."""

    positions = fields.List(fields.Nested(Position), load_default=None, allow_none=True, validate=validate.Length(max=POSITIONS_MAX))


class Checkpoint(ma.Schema):
    """The id of a checkpoint."""

    checkpoint = fields.String(required=True, validate=validate.Length(1, 100))


class Proved(Placed):
    """The id of an event, and the checkpoint in whose tree its place is to be proved; the latest that holds it where none is named."""

    checkpoint = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 100))


class Step(ma.Schema):
    """Two checkpoints; without the second the trees as they stand."""

    before = fields.String(required=True, validate=validate.Length(1, 100))
    after = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 100))
