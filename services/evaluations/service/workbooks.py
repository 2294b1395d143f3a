"""Entrypoints for several sheets of one scorer at once, as a workbook brings them back."""

from __future__ import annotations

from typing import Any

from services.evaluations import domain, schemas
from services.evaluations.service.sheets import Sheets, stream_of
from shared.decider import Decider
from shared.errors import CommendationError
from shared.facts import Decision
from shared.rpc import Request, rpc
from shared.schema import load


class Workbooks(Sheets):
    """Scores on several sheets of one scorer in a pass, all or none."""

    @rpc
    def score_sheets(self, request: Request) -> dict[str, Any]:
        """Record the scores of all sheets, or none where one refuses."""
        self.permit(request)
        answers = self.facts.execute_all(request, self._on_sheets(request))
        return {
            "sheets": answers,
            "position": max(answer["position"] for answer in answers),
            "events": sum(len(answer["events"]) for answer in answers),
            "repeated": any(answer["repeated"] for answer in answers),
        }

    @rpc
    def rehearse_sheets(self, request: Request) -> dict[str, Any]:
        """What `score_sheets` would refuse, sheet by sheet: {"refused": [{unit, error}]}. Records nothing."""
        self.permit(request)
        refused = []
        for decider, stream, command in self._on_sheets(request):
            state, _ = self.facts.load(decider, stream)
            try:
                decider.decide(state, command)
            except CommendationError as error:
                refused.append({"unit": command.unit, "error": error.to_data()})
        return {"refused": refused}

    def _on_sheets(self, request: Request) -> list[Decision]:
        given = load(schemas.ScoreSheets, request.data)
        commands = [
            domain.ScoreItems(given["campaign"], row["unit"], given["pass_key"], given["scorer"], tuple(row["scores"]), row["version"])
            for row in given["sheets"]
        ]
        return [(self._decider(request, command), stream_of(command), command) for command in commands]

    def _decider(self, request: Request, command: domain.ScoreItems) -> Decider[domain.Sheet]:
        decider = self.apart(request, domain.sheet(self._ground(command)), stream_of(command))
        return self._impartial(request, decider, command)
