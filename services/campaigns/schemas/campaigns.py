"""Campaigns at the boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.campaigns import domain
from shared.bounds import COMPACT_LETTERS_MAX, PHASES_MAX
from shared.schema import Record, key, name, schema_of, storable

_SEASON = fields.Integer(required=True, strict=True, validate=validate.Range(1948, 2200))

LaunchCampaign = schema_of(
    domain.LaunchCampaign,
    campaign=key(),
    title=name(),
    season=_SEASON,
    kind=fields.Enum(domain.CampaignKind, by_value=True, load_default=domain.CampaignKind.REGULAR),
)


def _compact_text(least: int = 0) -> fields.String:
    return fields.String(required=True, validate=[validate.Length(min=least, max=COMPACT_LETTERS_MAX), storable])


class RegisterUnit(Record):
    """A unit registers today."""

    record = domain.RegisterUnit

    campaign = fields.String(required=True)
    unit = fields.String(required=True)


RecordRegistration = schema_of(domain.RegisterUnit, registered_on=fields.Date(required=True))
IssueCompact = schema_of(domain.IssueCompact, title=name(), text=_compact_text(1))
SignCovenant = schema_of(domain.SignCovenant, signatory=name())
PlannedPhase = schema_of(domain.PlannedPhase, key=key(), title=name())
PlanPhases = schema_of(
    domain.PlanPhases, phases=fields.List(fields.Nested(PlannedPhase), required=True, validate=validate.Length(min=1, max=PHASES_MAX))
)
OpenPhase = schema_of(domain.OpenPhase)
ExtendPhase = schema_of(domain.ExtendPhase)
GiveGrace = schema_of(domain.GiveGrace)
ClosePhase = schema_of(domain.ClosePhase)
ReopenPhase = schema_of(domain.ReopenPhase)
OpenPass = schema_of(domain.OpenPass)
ClosePass = schema_of(domain.ClosePass)
RecordTieVote = schema_of(domain.RecordTieVote, minutes=name())
TakeTieBallot = schema_of(domain.TakeTieBallot, ballot=key(), minutes=name())
FreezeCampaign = schema_of(domain.FreezeCampaign)
ThawCampaign = schema_of(domain.ThawCampaign)
FinaliseCampaign = schema_of(domain.FinaliseCampaign)

EVENTS = (
    schema_of(domain.CampaignLaunched),
    schema_of(domain.PhasesPlanned),
    schema_of(domain.PhaseOpened),
    schema_of(domain.PhaseExtended),
    schema_of(domain.GraceGiven),
    schema_of(domain.PhaseClosed),
    schema_of(domain.PhaseReopened),
    schema_of(domain.UnitRegistered),
    schema_of(domain.CompactIssued, text=_compact_text()),
    schema_of(domain.CovenantSigned),
    schema_of(domain.PassOpened),
    schema_of(domain.PassClosed),
    schema_of(domain.TieVoteRecorded),
    schema_of(domain.CampaignFrozen),
    schema_of(domain.CampaignThawed),
    schema_of(domain.CampaignFinalised),
)
UPCASTERS = {
    ("campaigns.CampaignLaunched", 1): domain.CampaignLaunched.from_first,
    ("campaigns.UnitRegistered", 1): domain.UnitRegistered.from_first,
    ("campaigns.PassClosed", 1): domain.PassClosed.from_first,
    ("campaigns.TieVoteRecorded", 1): domain.TieVoteRecorded.from_first,
    ("campaigns.CampaignFinalised", 1): domain.CampaignFinalised.from_first,
}
