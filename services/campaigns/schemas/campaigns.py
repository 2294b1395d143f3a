"""Campaigns at the boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.campaigns import domain
from shared.schema import key, name, schema_of

_SEASON = fields.Integer(required=True, strict=True, validate=validate.Range(1948, 2200))

LaunchCampaign = schema_of(domain.LaunchCampaign, campaign=key(), title=name(), season=_SEASON)
RegisterUnit = schema_of(domain.RegisterUnit)
SignCovenant = schema_of(domain.SignCovenant, signatory=name())
OpenPass = schema_of(domain.OpenPass)
ClosePass = schema_of(domain.ClosePass)
RecordTieVote = schema_of(domain.RecordTieVote, minutes=name())
FinaliseCampaign = schema_of(domain.FinaliseCampaign)

EVENTS = (
    schema_of(domain.CampaignLaunched),
    schema_of(domain.UnitRegistered),
    schema_of(domain.CovenantSigned),
    schema_of(domain.PassOpened),
    schema_of(domain.PassClosed),
    schema_of(domain.TieVoteRecorded),
    schema_of(domain.CampaignFinalised),
)
