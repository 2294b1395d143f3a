"""Entrypoints for initiatives."""

from __future__ import annotations

from typing import Any

from services.evaluations.domain import initiatives
from services.evaluations.rules.ratings import REUSE
from services.evaluations.schemas import initiatives as schemas
from services.evaluations.service.base import Part
from services.evaluations.views import initiatives as views
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Initiatives(Part):
    """Initiatives: submitted by units, examined by councils, recognised by authorities; and which of them count in a year."""

    @rpc
    def submit_initiative(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._decide_initiative(request, load(schemas.SubmitInitiative, request.data))

    @rpc
    def examine_initiative(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._decide_initiative(request, load(schemas.ExamineInitiative, request.data))

    @rpc
    def recognise_initiative(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.RecogniseInitiative, request.data)
        decider = initiatives.initiative(_ground())
        return self.facts.execute(request, self.apart(request, decider, stream_of(command)), stream_of(command), command)

    @rpc
    def refuse_initiative(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._decide_initiative(request, load(schemas.RefuseInitiative, request.data))

    @rpc
    def withdraw_initiative(self, request: Request) -> dict[str, Any]:
        """The unit's own secretary, or the office what came on paper."""
        state, _ = self.facts.load(initiatives.READ_INITIATIVE, f"initiative-{request.data.get('initiative')}")
        self.permit(request, unit=state.submitted.unit if state.submitted else ())
        return self._decide_initiative(request, load(schemas.WithdrawInitiative, request.data))

    @rpc
    def initiatives(self, request: Request) -> list[dict[str, Any]]:
        """All initiatives, or those of a `unit`, `person` or `year`."""
        self.permit(request)
        asked = load(schemas.AskInitiatives, request.data)
        with self.views.reading() as reading:
            return plain(views.all_initiatives(reading, **asked))

    @rpc
    def initiative(self, request: Request) -> dict[str, Any]:
        """One initiative with what councils and authorities said, for these and its unit."""
        with self.views.reading() as reading:
            found = views.initiative_of(reading, str(request.data["initiative"]))
        self.permit(request, unit=found["unit"] if found else ())
        if found is None:
            raise NotFound(f"There is no initiative {request.data['initiative']}.")
        return plain(found)

    @rpc
    def usable_initiatives(self, request: Request) -> dict[str, Any]:
        """The initiatives of a `unit` or `person` that count in a `year` in a scope at least, each with the `rule` by which it does."""
        self.permit(request)
        asked = load(schemas.AskUsable, request.data)
        with self.views.reading() as reading:
            found = views.all_initiatives(reading, unit=asked["unit"], person=asked["person"])
        return plain({"year": asked["year"], "initiatives": [row for one in found for row in _usable(one, asked)]})

    def _decide_initiative(self, request: Request, command: Any) -> dict[str, Any]:
        return self.facts.execute(request, initiatives.initiative(_ground()), stream_of(command), command)


def stream_of(command: Any) -> str:
    return f"initiative-{command.initiative}"


def _ground() -> initiatives.InitiativeGround:
    return initiatives.InitiativeGround(legal_date(utc_now()))


def _usable(row: dict[str, Any], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with the widest scope in which it is recognised and the rule, where it counts; else nothing."""
    if row["state"] != "recognised":
        return []
    widest = max(row["recognised"], key=lambda one: initiatives.Scope(one["scope"]).reach)
    authority = asked["authority"] or widest["authority"]
    reaches = initiatives.Scope(widest["scope"]).reach >= asked["scope"].reach
    if not reaches or not REUSE.usable(authority=authority, applied_in=row["year"], year=asked["year"]):
        return []
    return [{**row, "scope": widest["scope"], "rule": REUSE.in_year(authority, asked["year"])}]
