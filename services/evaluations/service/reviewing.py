"""Entrypoints for what is said about a sheet, and for its return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from services.evaluations import domain, schemas
from services.evaluations.service.impartial import Key
from services.evaluations.service.sheets import Sheets, stream_of
from shared.decider import Decider
from shared.rpc import Request, rpc
from shared.schema import load


class Reviewing(Sheets):
    """Comments by who fills a sheet and who checks it; its return, with a reason, for the items that are flagged."""

    @rpc
    def comment_item(self, request: Request) -> dict[str, Any]:
        """Comment on an item of one's own sheet, as long as it is open."""
        self.permit(request)
        command = load(schemas.CommentItem, request.data)
        decider = self._impartial(request, domain.sheet(self._ground(command)), command)
        return self.facts.execute(request, decider, stream_of(command), command)

    @rpc
    def review_item(self, request: Request) -> dict[str, Any]:
        """Comment on an item of a sheet that was handed in: whoever may return it."""
        self._permit(request)
        command = load(schemas.ReviewItem, request.data)
        decider = self._by_who_checks(request, domain.sheet(self._ground(command)), command)
        return self.facts.execute(request, decider, stream_of(command), command)

    @rpc
    def return_sheet(self, request: Request) -> dict[str, Any]:
        """Give a sheet back to its scorer; not by an account that filled it, nor by one of the unit that it is on."""
        self._permit(request)
        command = load(schemas.ReturnSheet, request.data)
        decider = self.apart(request, domain.sheet(self._ground(command)), stream_of(command))
        decider = self._by_who_checks(request, decider, command)
        return self.facts.execute(request, decider, stream_of(command), command)

    def _by_who_checks(self, request: Request, decider: Decider[domain.Sheet], key: Key) -> Decider[domain.Sheet]:
        """The decider for what is done to a sheet that was handed in: by an account from outside the unit, and while the campaign is frozen
        by one that sees what is pending. To another the answer would say whether the sheet was handed in meanwhile."""
        if self._frozen_for(request, key) is None:
            return self._from_outside(request, decider, key.unit)

        def refuse(_state: domain.Sheet, _command: Any) -> Sequence[Any]:
            raise domain.SheetsFrozen(
                "The campaign is frozen; until it is thawed its sheets are returned and commented on by the standing office.",
                campaign=key.campaign,
            )

        return replace(decider, decide=refuse)
