"""Commands and events of conflicts of interest and recusals at their boundary."""

from __future__ import annotations

from services.evaluations import domain
from services.evaluations.schemas.reviewing import said
from shared.schema import schema_of

DeclareConflict = schema_of(domain.DeclareConflict, note=said())
WithdrawConflict = schema_of(domain.WithdrawConflict, reason=said())
DenyConflict = schema_of(domain.DenyConflict, reason=said())
RecuseScorer = schema_of(domain.RecuseScorer, reason=said())
WithdrawRecusal = schema_of(domain.WithdrawRecusal, reason=said())

EVENTS = (
    schema_of(domain.ConflictDeclared),
    schema_of(domain.ConflictWithdrawn),
    schema_of(domain.ConflictDenied),
    schema_of(domain.ScorerRecused),
    schema_of(domain.RecusalWithdrawn),
)
