"""The audit: what is recorded of every service's log, and whether it still agrees."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from services.gateway import proofs
from services.gateway.network import command, query
from services.gateway.pages import common
from services.gateway.problems import status_of
from shared.errors import CommendationError, NotSignedIn

pages = common.blueprint("audit")

CHECKPOINTS_SHOWN = 20
"""Of the latest checkpoints; a proof can be asked of any."""


@pages.get("/audit")
def audit(found: dict[str, Any] | None = None, error: CommendationError | None = None) -> str:
    if found is None and error is None and "verification" in request.args:
        found = query("audit", "verification", verification=request.args["verification"])
    shown = query("audit", "checkpoints", limit=CHECKPOINTS_SHOWN)
    return render_template("audit.html", streams=query("audit", "streams"), checkpoints=shown, posts=_posts(), found=found, error=error)


@pages.post("/audit/verifications")
def verify() -> str | tuple[str, int]:
    try:
        return audit(found=command("audit", "verify", {}))
    except NotSignedIn:
        raise
    except CommendationError as error:
        return audit(error=error), status_of(error)


@pages.post("/audit/checkpoints")
def take_checkpoint() -> BaseResponse | tuple[str, int]:
    back = url_for("audit.audit")
    return common.act("audit", "take_checkpoint", {}, done="flash.checkpoint", back=back, again=lambda error: audit(error=error))


@pages.get("/audit/checkpoints/<checkpoint>")
def checkpoint(checkpoint: str) -> Response:
    """A checkpoint as a file to keep."""
    return proofs.file(query("audit", "checkpoint", checkpoint=checkpoint), f"moc-{checkpoint}")


@pages.get("/audit/checkpoints/<checkpoint>/consistency")
def consistency(checkpoint: str) -> Response:
    """The proof that the logs were only added to since, as a file."""
    return proofs.file(query("audit", "consistency", before=checkpoint), f"noi-tiep-{checkpoint}")


@pages.get("/audit/events/<event>/proof")
def proof(event: str) -> Response:
    """The proof of where an event stands, as a file; with what the event says for who may read that."""
    found = proofs.place(event, checkpoint=request.args.get("checkpoint"), with_event="with_event" in request.args)
    return proofs.file(found, f"vi-tri-{event}")


def _posts() -> dict[str, str]:
    return {row["account"]: row["post"] for row in query("registry", "posts")}
