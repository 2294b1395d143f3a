"""Entrypoints for adjustments."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.evaluations import domain, schemas, views
from services.evaluations.rules.checking import ADJUSTMENTS
from services.evaluations.service.impartial import Impartial
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Adjustments(Impartial):
    """Bonus, penalty and exclusion beside the sheets: made with authority and document, reversed with a reason."""

    @rpc
    def make_adjustment(self, request: Request) -> dict[str, Any]:
        """Adjust the result of a unit; not by one of its own accounts."""
        self.permit(request)
        command = load(schemas.MakeAdjustment, request.data)
        with self.views.reading() as reading:
            elsewhere = views.adjustment_elsewhere(reading, command.adjustment, command.campaign, command.unit)
        ground = replace(self._ground_of_adjustments(command.campaign), elsewhere=elsewhere)
        decider = self._from_outside(request, domain.adjustment(ground), command.unit)
        return self.facts.execute(request, decider, adjustment_stream(command), command)

    @rpc
    def reverse_adjustment(self, request: Request) -> dict[str, Any]:
        """Take an adjustment back; not by the account that made it, nor by one of the unit's own."""
        self.permit(request)
        command = load(schemas.ReverseAdjustment, request.data)
        stream = adjustment_stream(command)
        decider = self.apart(
            request,
            domain.adjustment(self._ground_of_adjustments(command.campaign)),
            stream,
            about=lambda event: event.data["adjustment"] == command.adjustment,
        )
        return self.facts.execute(request, self._from_outside(request, decider, command.unit), stream, command)

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
    def adjustment_evidence(self, request: Request) -> dict[str, Any]:
        """Whether an adjustment of a unit names a file, for whoever sees the unit's sheets: {sha256}. Raises NotFound."""
        self._permit(request)
        given = load(schemas.AdjustmentEvidence, request.data)
        frozen = self._frozen_boards(request, self._campaign(given["campaign"]))
        with self.views.reading() as reading:
            rows = views.adjustments_of(reading, given["campaign"], given["unit"], frozen)
        if any(row["adjustment"] == given["adjustment"] and given["sha256"] in row["evidence"] for row in rows):
            return {"sha256": given["sha256"]}
        raise NotFound(f"Adjustment {given['adjustment']} names no such file.", adjustment=given["adjustment"], sha256=given["sha256"])

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
