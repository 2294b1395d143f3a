"""Audit and health over the API."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from services.gateway.schemas.base import Answer, rows, text


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


class Alive(ma.Schema):
    """This process answers."""

    status = text()


class Readiness(ma.Schema):
    """Whether every service is ready, with heads and cursors: a view holds a change once its cursor has reached the change's position."""

    status = text("ready or not ready")
    missing = fields.List(fields.String(), metadata={"description": "Services that do not answer or lack something"})
    reasons = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), metadata={"description": "What each of them lacks, in words"}
    )
    parked = fields.Integer(metadata={"description": "Events that could not be folded and wait for an operator"})
    services = fields.Dict(keys=fields.String(), values=fields.Dict())
