"""Requests and events of audit at its boundary."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from services.audit import domain
from shared.schema import Catalogue, key, schema_of

ENTRIES_MAX = 100
"""Entries of one answer: at 60,000 bytes an event, 6 MB at most."""

EVENTS = Catalogue("audit", schema_of(domain.VerificationRun))


class Entries(ma.Schema):
    """The entries of a service's log after a position; of this site where none is named."""

    service = key()
    site = fields.String(load_default=None, allow_none=True)
    after = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0))
    limit = fields.Integer(strict=True, load_default=ENTRIES_MAX, validate=validate.Range(1, ENTRIES_MAX))


class Verification(ma.Schema):
    """The id of a verification."""

    verification = fields.String(required=True, validate=validate.Length(1, 100))


class Placed(ma.Schema):
    """The id of an event."""

    event = fields.String(required=True, validate=validate.Length(1, 36))
