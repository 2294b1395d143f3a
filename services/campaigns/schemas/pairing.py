"""Pairing at the boundary."""

from __future__ import annotations

from services.campaigns import domain
from shared.schema import schema_of

DrawPairing = schema_of(domain.DrawPairing)
CorrectPair = schema_of(domain.CorrectPair)

EVENTS = (schema_of(domain.PairingDrawn), schema_of(domain.PairCorrected))
