"""Councils at the boundary."""

from __future__ import annotations

from services.registry import domain
from shared.schema import key, name, schema_of

FormCouncil = schema_of(domain.FormCouncil, council=key(), name=name(), document=name())
OpenTerm = schema_of(domain.OpenTerm, council=key(), term=key(), document=name())
AppointMember = schema_of(domain.AppointMember, council=key(), term=key())
RelieveMember = schema_of(domain.RelieveMember, council=key(), term=key(), reason=name())

EVENTS = (
    schema_of(domain.CouncilFormed),
    schema_of(domain.CouncilTermOpened),
    schema_of(domain.CouncilMemberAppointed),
    schema_of(domain.CouncilMemberRelieved),
)
