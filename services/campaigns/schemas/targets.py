"""Target titles at the boundary."""

from __future__ import annotations

from services.campaigns import domain
from shared.schema import key, schema_of

RegisterPersonTarget = schema_of(domain.RegisterPersonTarget, person=key())
WithdrawPersonTarget = schema_of(domain.WithdrawPersonTarget)
RegisterUnitTarget = schema_of(domain.RegisterUnitTarget)
WithdrawUnitTarget = schema_of(domain.WithdrawUnitTarget)

EVENTS = (
    schema_of(domain.PersonTargetRegistered),
    schema_of(domain.PersonTargetWithdrawn),
    schema_of(domain.UnitTargetRegistered),
    schema_of(domain.UnitTargetWithdrawn),
)
