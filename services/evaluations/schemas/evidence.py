"""Commands and events of evidence at their boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.evaluations import domain
from services.evaluations.schemas.reviewing import said
from shared import schema
from shared.bounds import STORED_FILES_MAX
from shared.schema import Record, schema_of


def digest() -> fields.String:
    """The SHA-256 of a file."""
    return fields.String(required=True, validate=_written())


def digest_or_none() -> fields.String:
    """The SHA-256 of a file, or None where there is none."""
    return fields.String(load_default=None, allow_none=True, validate=_written())


def _written() -> validate.Regexp:
    return validate.Regexp(r"^[0-9a-f]{64}$(?!\n)", error="Give the SHA-256 as 64 of 0-9 and a-f.")


class Evidence(Record):
    """One file of an item of a sheet."""

    record = dict

    campaign = fields.String(required=True)
    unit = fields.String(required=True)
    pass_key = fields.String(required=True)
    scorer = fields.String(required=True)
    item = fields.String(required=True)
    sha256 = digest()


class AttachEvidence(Evidence):
    """Show a file that lies in the blob store. What its bytes are is found there; `name` is what it was called."""

    name = schema.name()


class DropEvidence(Record):
    """Files to remove from the blob store, unless they were put there since."""

    record = dict

    files = fields.List(digest(), required=True, validate=validate.Length(min=1, max=STORED_FILES_MAX))
    before = fields.AwareDateTime(required=True, format="iso")


RemoveEvidence = schema_of(domain.RemoveEvidence, sha256=digest(), reason=said())

EVENTS = (schema_of(domain.EvidenceAttached), schema_of(domain.EvidenceRemoved))
