"""Audit and health over the API."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.gateway.schemas.base import Answer, Asked, instant, rows, text


class AuditStream(Answer):
    """What the audit holds of one service's log."""

    site = text()
    service = text()
    events = fields.Integer()
    last = fields.Integer()
    digest = text()


class Finding(Answer):
    """One thing wrong with a log: a gap, a changed or a missing event."""

    site = text()
    service = text()
    position = fields.Integer()
    kind = text("gap, changed or missing")
    message = text()


class Verification(Answer):
    """What a verification found."""

    verification = text()
    state = text("done, failed, or running when it takes long: ask again under its id")
    checked = fields.Integer()
    findings = rows(Finding)


class VerificationEnded(Answer):
    """A verification that was run to its end."""

    verification = text()
    started_at = instant()
    ended_at = instant()
    actor = text("the account that asked for it, or system for the audit's own")
    checked = fields.Integer()
    found = fields.Integer(metadata={"description": "Findings, all counted; the verification itself has the first of them"})


class TreeHead(Answer):
    """The Merkle tree (RFC 9162, section 2.1; SHA-256) over the first events of a log."""

    site = text()
    service = text()
    size = fields.Integer(metadata={"description": "How many events; the event at position p is the leaf of index p - 1"})
    root = text("In hexadecimal; a leaf is the canonical JSON (RFC 8785) of the event")


class Checkpoint(Answer):
    """The heads of all logs at a moment, to be printed or published."""

    checkpoint = text("None for the trees as they stand", allow_none=True)
    taken_at = instant(nullable=True)
    actor = text(allow_none=True)
    digest = text('The one line that stands for all heads: SHA-256 of lines "site service size root", each ended, in the order of both')
    heads = rows(TreeHead)


class LatestAsked(Asked):
    """How many of the latest."""

    limit = fields.Integer(validate=validate.Range(1, 100))


class ProofAsked(Asked):
    """In which checkpoint, the latest that holds the event where none is named; and whether with what the event says."""

    checkpoint = fields.String()
    with_event = fields.Boolean(load_default=False)


class PlaceProof(Answer):
    """The proof of inclusion of an event in the tree of a checkpoint; as a file it is checked by `commendation verify place`."""

    form = text()
    event = text()
    site = text()
    service = text()
    position = fields.Integer()
    index = fields.Integer()
    leaf = text("hash of the leaf, in hexadecimal as all of them")
    size = fields.Integer()
    root = text()
    path = fields.List(fields.String(), metadata={"description": "the hashes beside the way from the leaf to the root"})
    checkpoint = fields.Nested(Checkpoint, allow_none=True)
    body = text("with_event: canonical JSON of the event; for who may read entries")


class ConsistencyAsked(Asked):
    """The later checkpoint; the trees as they stand where none is named."""

    after = fields.String()


class LogPath(Answer):
    """The proof of consistency of one log."""

    site = text()
    service = text()
    path = fields.List(fields.String())


class ConsistencyProof(Answer):
    """The proof that the logs were only added to; as a file it is checked by `commendation verify consistency`."""

    form = text()
    before = fields.Nested(Checkpoint)
    after = fields.Nested(Checkpoint)
    paths = rows(LogPath)


class Alive(ma.Schema):
    """This process answers."""

    status = text()


class Readiness(ma.Schema):
    """Whether every service is ready; to an administrator with heads and cursors: a view holds a change once its cursor has reached it."""

    status = text("ready or not ready")
    missing = fields.List(fields.String(), metadata={"description": "Services that do not answer or lack something"})
    reasons = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), metadata={"description": "What each of them lacks, in words"}
    )
    parked = fields.Integer(metadata={"description": "Events that could not be folded and wait for an operator; to administrators"})
    services = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(),
        metadata={"description": "Of each service its log's head, relay, read model, cursors and faults; to administrators"},
    )
