"""Entrypoints for adjustments."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.evaluations import domain, schemas, views
from services.evaluations.rules.checking import ADJUSTMENTS
from services.evaluations.service.base import Part
from shared.calendar import legal_date, utc_now
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Adjustments(Part):
    """Bonus, penalty and exclusion beside the sheets: made with authority and document, reversed with a reason."""

    @rpc
    def make_adjustment(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.MakeAdjustment, request.data)
        with self.views.reading() as reading:
            elsewhere = views.adjustment_elsewhere(reading, command.adjustment, command.campaign, command.unit)
        ground = replace(self._ground_of_adjustments(command.campaign), elsewhere=elsewhere)
        return self.facts.execute(request, domain.adjustment(ground), adjustment_stream(command), command)

    @rpc
    def reverse_adjustment(self, request: Request) -> dict[str, Any]:
        """Take an adjustment back; not by the account that made it."""
        self.permit(request)
        command = load(schemas.ReverseAdjustment, request.data)
        stream = adjustment_stream(command)
        decider = self.apart(
            request,
            domain.adjustment(self._ground_of_adjustments(command.campaign)),
            stream,
            about=lambda event: event.data["adjustment"] == command.adjustment,
        )
        return self.facts.execute(request, decider, stream, command)

    @rpc
    def adjustments(self, request: Request) -> list[dict[str, Any]]:
        """The adjustments of a `campaign`, or of a `unit` in it; of a frozen one those that count on its boards, unless one sees all."""
        self.permit(request)
        campaign = self._campaign(str(request.data["campaign"]))
        with self.views.reading() as reading:
            return plain(
                views.adjustments_of(reading, campaign["campaign"], request.data.get("unit"), self._frozen_boards(request, campaign))
            )

    @rpc
    def adjustment_rules(self, request: Request) -> list[dict[str, Any]]:
        """The rules that have been, with their days: a fact of last year is judged by the rule of then."""
        self.permit(request)
        return plain(ADJUSTMENTS.rules)

    def _ground_of_adjustments(self, campaign: str) -> domain.AdjustmentGround:
        run = self._campaign(campaign)
        return domain.AdjustmentGround(
            ADJUSTMENTS,
            tuple(run["audience"]),
            Decimal(run["content"]["scale"]),
            int(run["content"].get("places", 2)),
            run["final"],
            legal_date(utc_now()),
        )


def adjustment_stream(command: domain.MakeAdjustment | domain.ReverseAdjustment) -> str:
    return f"adjustments-{command.campaign}:{command.unit}"
