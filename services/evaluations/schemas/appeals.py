"""Commands and events of appeals at their boundary."""

from __future__ import annotations

from services.evaluations import domain
from services.evaluations.schemas.reviewing import said
from shared.schema import key, schema_of

LodgeAppeal = schema_of(domain.LodgeAppeal, appeal=key(), text=said())
WithdrawAppeal = schema_of(domain.WithdrawAppeal, reason=said())
AnswerAppeal = schema_of(domain.AnswerAppeal)

EVENTS = (schema_of(domain.AppealLodged), schema_of(domain.AppealWithdrawn), schema_of(domain.AppealAnswered))
