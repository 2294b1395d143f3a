"""Commands and events of awards at their boundary, and the flag board as rankings answers it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from services.awards import domain
from shared.schema import Catalogue, key, name, schema_of

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
    corrects=fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=2_000)),
)
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
)


def flag_board(answer: Mapping[str, Any]) -> domain.FlagBoard:
    """The flag board from the answer of rankings' `board`."""
    rows = {row["unit"]: row for row in answer["rows"]}
    return domain.FlagBoard(
        season=int(answer["season"]),
        cluster=str(answer["cluster"]),
        title=str(answer["title"]),
        final=answer["state"] == "final",
        illustrative=bool(answer.get("illustrative", False)),
        candidates={
            unit: domain.Standing(int(rows[unit]["rank"]), Decimal(str(rows[unit]["total"]))) for unit in answer.get("candidates", ())
        },
    )
