"""Entrypoints for the pairing of the cross-check."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from services.campaigns import domain, schemas, views
from services.campaigns.service.base import Part
from shared.calendar import legal_date, utc_now
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load

SEED_BYTES = 16
"""Nobody tries so many seeds as to find one whose draw suits him."""


class Pairing(Part):
    """Who checks whom: drawn, corrected, and drawn again by whoever doubts it."""

    @rpc
    def draw_pairing(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        command = load(schemas.DrawPairing, request.data)
        circumstances = self._circumstances(self._launched(command.campaign), command.pass_key)
        return self._execute(request, command, circumstances=circumstances)

    @rpc
    def correct_pair(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.CorrectPair, request.data))

    @rpc
    def pairings(self, request: Request) -> list[dict[str, Any]]:
        """The draws of a campaign: each as it was recorded, `pairs` as they stand, `breaches` of its rules by corrections, and whether
        its seed gives the recorded pairs (`reproduced`)."""
        self.permit(request)
        state, _ = self.facts.load(domain.READ, f"campaign-{request.data['campaign']}")
        return [
            {
                "pass_key": pairing.drawn.pass_key,
                "drawn": plain(pairing.drawn),
                "corrected": plain(pairing.corrected),
                "pairs": plain(pairing.pairs),
                "breaches": [dict(zip(("unit", "checker", "rule"), one, strict=True)) for one in domain.breaches(pairing)],
                "reproduced": domain.reproduces(pairing.drawn),
                "opened": pairing.drawn.pass_key in state.terms,
            }
            for pairing in state.pairings
        ]

    def _circumstances(self, launched: domain.CampaignLaunched, pass_key: str) -> domain.Circumstances:
        today = legal_date(utc_now())
        with self.views.reading() as reading:
            kin = views.kin_on(reading, launched.audience, today)
            last_year = views.checked_in(reading, launched.cluster, launched.season - 1, pass_key)
        return domain.Circumstances(secrets.token_hex(SEED_BYTES), _by_unit(kin), _by_unit(last_year))


def _by_unit(pairs: Iterable[tuple[str, str]]) -> tuple[domain.Checked, ...]:
    found: dict[str, list[str]] = {}
    for unit, other in pairs:
        found.setdefault(unit, []).append(other)
    return tuple(domain.Checked(unit, tuple(others)) for unit, others in found.items())
