"""Clusters at the boundary."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, validate

from services.registry import domain
from shared.bounds import TEXT_MAX
from shared.schema import Upcaster, key, name, schema_of, storable

DEPUTIES_MAX = 10
"""Deputies of a cluster in one season; known regulations have one or two."""

MEMBERS_MAX = 500
"""Units admitted at once: the communes of a province, with room."""

_SEASON = fields.Integer(required=True, strict=True, validate=validate.Range(1948, 2200))
_DEPUTIES = fields.List(key(), load_default=(), validate=validate.Length(max=DEPUTIES_MAX))
_LAST_DAY = fields.Date(required=True, validate=validate.Range(max=date(2200, 12, 31)))
_UNITS = fields.List(key(), required=True, validate=validate.Length(1, MEMBERS_MAX))
_REASON = fields.String(required=True, validate=[validate.Length(1, TEXT_MAX), validate.Regexp(r"\s*\S", error="Say why."), storable])

FormCluster = schema_of(domain.FormCluster, cluster=key(), name=name())
DescribeList = schema_of(domain.DescribeList, cluster=key(), source=name())
RenameCluster = schema_of(domain.RenameCluster, cluster=key(), name=name(), document=name())
DissolveCluster = schema_of(domain.DissolveCluster, cluster=key(), document=name())
AdmitMember = schema_of(domain.AdmitMember, cluster=key())
AdmitMembers = schema_of(domain.AdmitMembers, cluster=key(), units=_UNITS)
ReleaseMember = schema_of(domain.ReleaseMember, cluster=key(), until_on=_LAST_DAY)
DesignateLeader = schema_of(domain.DesignateLeader, cluster=key(), season=_SEASON, document=name(), deputies=_DEPUTIES)
ConsentToLead = schema_of(domain.ConsentToLead, cluster=key(), season=_SEASON, unit=key())
DeclineToLead = schema_of(domain.DeclineToLead, cluster=key(), season=_SEASON, unit=key(), reason=_REASON)

EVENTS = (
    schema_of(domain.ClusterFormed),
    schema_of(domain.ClusterListDescribed),
    schema_of(domain.ClusterRenamed),
    schema_of(domain.ClusterDissolved),
    schema_of(domain.MemberAdmitted),
    schema_of(domain.MemberReleased),
    schema_of(domain.LeaderDesignated),
    schema_of(domain.LeadershipConsented),
    schema_of(domain.LeadershipDeclined),
)


def _formed_at_no_level(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "level": None}


def _deputies_of_one(data: dict[str, Any]) -> dict[str, Any]:
    deputy = data.pop("deputy")
    return {**data, "deputies": [] if deputy is None else [deputy]}


UPCASTERS: dict[tuple[str, int], Upcaster] = {
    ("registry.ClusterFormed", 1): _formed_at_no_level,
    ("registry.LeaderDesignated", 1): _deputies_of_one,
}
