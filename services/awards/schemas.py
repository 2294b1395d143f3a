"""Commands and events of awards at their boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.awards import domain
from shared.bounds import TEXT_MAX
from shared.schema import Catalogue, key, name, schema_of, storable

MEMBERS_MAX = 1_000
"""Members of a council: more is a slip of the keyboard."""

AUTHORITY_MAX, NUMBER_MAX = 100, 60
"""Letters: both stand in the name of a stream, which holds 200."""

_SEASON = fields.Integer(required=True, strict=True, validate=validate.Range(1948, 2200))
_NUMBER = fields.String(
    required=True,
    validate=[
        validate.Length(max=NUMBER_MAX),
        validate.Regexp(r"^[^\s:]([^:\n]*[^\s:])?$", error="Give the number as on the document, without ':'."),
    ],
)


def _count(least: int = 0) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(least, MEMBERS_MAX))


def _correction() -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=[validate.Length(min=1, max=TEXT_MAX), storable])


ProposeFlag = schema_of(domain.ProposeFlag, proposal=key(), campaign=key(), unit=key(), form=name())
RecordVote = schema_of(
    domain.RecordVote,
    proposal=key(),
    members=_count(1),
    in_favour=_count(),
    against=_count(),
    blank=_count(),
    absent=_count(),
    minutes=name(),
    corrects=_correction(),
)
TakeBallot = schema_of(domain.TakeBallot, proposal=key(), ballot=key(), minutes=name(), corrects=_correction())
Decide = schema_of(domain.Decide, proposal=key(), number=_NUMBER, signatory=name(), authority=name(length_max=AUTHORITY_MAX))
HandOverFlag = schema_of(domain.HandOverFlag, handover=key(), cluster=key(), season=_SEASON, to_unit=key(), document=name())

EVENTS = Catalogue(
    "awards",
    schema_of(domain.FlagProposed),
    schema_of(domain.UnitNominated),
    schema_of(domain.VoteRecorded),
    schema_of(domain.VoteCorrected),
    schema_of(domain.DecisionIssued),
    schema_of(domain.NumberReserved),
    schema_of(domain.FlagHandedOver),
    upcasters={(f"awards.{vote}", 1): domain.VoteRecorded.from_first for vote in ("VoteRecorded", "VoteCorrected")},
)
