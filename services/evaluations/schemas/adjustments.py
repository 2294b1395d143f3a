"""Commands and events of adjustments at their boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.evaluations import domain
from services.evaluations.schemas.evidence import digest
from services.evaluations.schemas.reviewing import said
from shared.bounds import EVIDENCE_FILES_MAX
from shared.schema import Record, key, name, schema_of

_EVIDENCE = fields.List(digest(), load_default=(), validate=validate.Length(max=EVIDENCE_FILES_MAX))


def _title() -> fields.String:
    title = name(required=False)
    title.load_default, title.allow_none = None, True
    return title


MakeAdjustment = schema_of(
    domain.MakeAdjustment, adjustment=key(), reason=said(), authority=name(), document=name(), title=_title(), evidence=_EVIDENCE
)
ReverseAdjustment = schema_of(domain.ReverseAdjustment, reason=said(), authority=name())


class AdjustmentEvidence(Record):
    """One file that an adjustment of a unit names."""

    record = dict

    campaign = fields.String(required=True)
    unit = fields.String(required=True)
    adjustment = fields.String(required=True)
    sha256 = digest()


EVENTS = (schema_of(domain.AdjustmentMade), schema_of(domain.AdjustmentReversed))
