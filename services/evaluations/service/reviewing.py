"""Entrypoints for what is said about a sheet, and for its return."""

from __future__ import annotations

from typing import Any

from services.evaluations import domain, schemas
from services.evaluations.service.sheets import Sheets, stream_of
from shared.rpc import Request, rpc
from shared.schema import load


class Reviewing(Sheets):
    """Comments by who fills a sheet and who checks it; its return, with a reason, for the items that are flagged."""

    @rpc
    def comment_item(self, request: Request) -> dict[str, Any]:
        """Comment on an item of one's own sheet, as long as it is open."""
        self.permit(request)
        return self._on_sheet(request, load(schemas.CommentItem, request.data))

    @rpc
    def review_item(self, request: Request) -> dict[str, Any]:
        """Comment on an item of a sheet that was handed in: whoever may return it."""
        self._permit(request)
        return self._on_sheet(request, load(schemas.ReviewItem, request.data))

    @rpc
    def return_sheet(self, request: Request) -> dict[str, Any]:
        """Give a sheet back to its scorer; not by an account that filled it."""
        self._permit(request)
        command = load(schemas.ReturnSheet, request.data)
        decider = self.apart(request, domain.sheet(self._ground(command)), stream_of(command))
        return self.facts.execute(request, decider, stream_of(command), command)

    def _on_sheet(self, request: Request, command: domain.CommentItem | domain.ReviewItem) -> dict[str, Any]:
        return self.facts.execute(request, domain.sheet(self._ground(command)), stream_of(command), command)
