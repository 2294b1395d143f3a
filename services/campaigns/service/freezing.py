"""Entrypoints for freezing, thawing and making final; what the network is asked before."""

from __future__ import annotations

from collections import Counter
from typing import Any

from services.campaigns import domain, schemas
from services.campaigns.service.base import Part
from shared.access import OPERATOR
from shared.bounds import HEALTH_SECONDS_MAX, RPC_SECONDS_MAX, SEAL_SECONDS_MAX
from shared.config import PRODUCERS, SERVICES
from shared.errors import Unavailable
from shared.rpc import Request, rpc
from shared.schema import load

FOLLOWING = tuple(name for name in SERVICES if name != "gateway")
"""The services that keep a read model, and so may be behind or have parked an event."""


class Freezing(Part):
    """The boards of a campaign: frozen, thawed, final under seal."""

    @rpc
    def freeze(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        command = load(schemas.FreezeCampaign, request.data)
        told = self._boards(request, "reached", command.campaign)
        return self._execute(request, command, inquiry=domain.Inquiry((), (), _positions(told)))

    @rpc
    def thaw(self, request: Request) -> dict[str, Any]:
        self._permit(request)
        return self._execute(request, load(schemas.ThawCampaign, request.data))

    @rpc
    def finalise(self, request: Request) -> dict[str, Any]:
        """Make the result final: asks every service whether it is at rest, and rankings for its boards, shown, anew, by another way.

        All that is asked is asked before anything is recorded, and within FREEZE_SECONDS_MAX. Raises NotSealed.
        """
        self._permit(request)
        command = load(schemas.FinaliseCampaign, request.data)
        return self._execute(request, command, inquiry=self._inquire(request, command.campaign))

    def _inquire(self, request: Request, campaign: str) -> domain.Inquiry:
        matters = self._matters(request, campaign)
        told = self._boards(request, "recompute", campaign)
        if told["pending"]:
            matters.append(domain.Matter("pending", campaign, told["pending"]))
        matters += [domain.Matter("second", one["board"], one["count"]) for one in told["second"]]
        return domain.Inquiry(_seals(told["boards"]), _seals(told["recomputed"]), _positions(told), tuple(matters))

    def _matters(self, request: Request, campaign: str) -> list[domain.Matter]:
        """What is open in the campaign, and where the network is not at rest."""
        opened = self._asked(request, "evaluations", "open_matters", campaign=campaign)
        matters = [domain.Matter(kind, at, count) for (kind, at), count in _counted(opened).items()]
        health: dict[str, dict[str, Any]] = {}
        for service in FOLLOWING:
            try:
                health[service] = self._asked(request, service, "health", HEALTH_SECONDS_MAX)
            except Unavailable:
                matters.append(domain.Matter("away", service))
        heads = {(told["site"], service): told["head"] for service, told in health.items() if service in PRODUCERS}
        for service, told in health.items():
            if told["parked"]:
                matters.append(domain.Matter("parked", service, len(told["parked"])))
            behind = sum(max(0, heads.get((row["site"], row["service"]), 0) - row["position"]) for row in told["cursors"])
            if behind:
                matters.append(domain.Matter("behind", service, behind))
            if told["database"]["state"] != "ok":
                matters.append(domain.Matter("away", service))
        return matters

    def _boards(self, request: Request, method: str, campaign: str) -> Any:
        """What rankings says of the boards under seal. Raises NotSealed."""
        try:
            return self._asked(request, "rankings", method, SEAL_SECONDS_MAX, campaign=campaign)
        except Unavailable as error:
            words = f"The boards could not be sealed: {error.message} Nothing was changed; try again when the network is at rest."
            raise domain.NotSealed(words, waited=round(SEAL_SECONDS_MAX)) from error

    def _asked(self, request: Request, service: str, method: str, seconds: float = RPC_SECONDS_MAX, **data: Any) -> Any:
        return self.network.ask(service, method, Request(OPERATOR, data, correlation=request.correlation), seconds=seconds)


def _counted(opened: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """How many of each kind are open at each place: of sheets the units that they are on, for a panel has several on each."""
    of_units = {(one["at"], one["unit"]) for one in opened if one["kind"] == domain.SHEETS}
    others = Counter((one["kind"], one["at"]) for one in opened if one["kind"] != domain.SHEETS)
    return Counter((domain.SHEETS, at) for at, _ in sorted(of_units)) + others


def _seals(told: list[dict[str, str]]) -> tuple[domain.BoardSeal, ...]:
    return tuple(domain.BoardSeal(one["board"], one["digest"]) for one in told)


def _positions(told: dict[str, Any]) -> tuple[domain.FeedPosition, ...]:
    return tuple(domain.FeedPosition(one["site"], one["service"], one["position"]) for one in told["positions"])
