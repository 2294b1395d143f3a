"""Clusters at the boundary."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry import domain
from shared.schema import key, name, schema_of

_SEASON = fields.Integer(required=True, strict=True, validate=validate.Range(1948, 2200))

FormCluster = schema_of(domain.FormCluster, cluster=key(), name=name())
AdmitMember = schema_of(domain.AdmitMember, cluster=key())
ReleaseMember = schema_of(domain.ReleaseMember, cluster=key())
DesignateLeader = schema_of(domain.DesignateLeader, cluster=key(), season=_SEASON, document=name())

EVENTS = (
    schema_of(domain.ClusterFormed),
    schema_of(domain.MemberAdmitted),
    schema_of(domain.MemberReleased),
    schema_of(domain.LeaderDesignated),
)
