"""The audit: what is recorded of every service's log, and whether it still agrees."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from services.gateway import proofs, visitors
from services.gateway.i18n import t
from services.gateway.network import command, query
from services.gateway.pages import common
from services.gateway.problems import status_of
from shared.access import NETWORK, OPERATOR, Role
from shared.errors import CommendationError, NotSignedIn

pages = common.blueprint("audit")

CHECKPOINTS_SHOWN = 20
"""Of the latest checkpoints; a proof can be asked of any."""


@pages.get("/audit")
def audit(found: dict[str, Any] | None = None, error: CommendationError | None = None) -> str:
    if found is None and error is None and "verification" in request.args:
        found = query("audit", "verification", verification=request.args["verification"])
    return render_template(
        "audit.html",
        streams=query("audit", "streams"),
        checkpoints=query("audit", "checkpoints", limit=CHECKPOINTS_SHOWN),
        latest=_latest_verification() if found is None else None,
        posts=_posts(),
        found=found,
        error=error,
    )


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
    """The proof that the logs were only added to since, or up to a later checkpoint, as a file."""
    proof = query("audit", "consistency", before=checkpoint, after=request.args.get("after"))
    return proofs.file(proof, f"noi-tiep-{checkpoint}")


@pages.get("/audit/events/<event>/proof")
def proof(event: str) -> Response:
    """The proof of where an event stands, as a file; with what the event says for who may read that."""
    found = proofs.place(event, checkpoint=request.args.get("checkpoint"), with_event="with_event" in request.args)
    return proofs.file(found, f"vi-tri-{event}")


def _latest_verification() -> dict[str, Any] | None:
    """How the latest verification ended, for who may run one; it may have been the audit's own."""
    if not visitors.holds(Role.INSPECTOR, Role.OFFICE, Role.ADMINISTRATOR, scope=NETWORK):
        return None
    return next(iter(query("audit", "verifications", limit=1)), None)


def _posts() -> dict[str, str]:
    """The post of each account, and what is said of the network itself."""
    return {row["account"]: row["post"] for row in query("registry", "posts")} | {OPERATOR: t("event.network")}
