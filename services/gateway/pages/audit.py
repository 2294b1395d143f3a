"""The audit: what is recorded of every service's log, and whether it still agrees."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.gateway.network import command, query
from services.gateway.pages import common
from services.gateway.problems import status_of
from shared.errors import CommendationError, NotSignedIn

pages = common.blueprint("audit")


@pages.get("/audit")
def audit(found: dict[str, Any] | None = None, error: CommendationError | None = None) -> str:
    if found is None and error is None and "verification" in request.args:
        found = query("audit", "verification", verification=request.args["verification"])
    return render_template("audit.html", streams=query("audit", "streams"), found=found, error=error)


@pages.post("/audit/verifications")
def verify() -> str | tuple[str, int]:
    try:
        return audit(found=command("audit", "verify", {}))
    except NotSignedIn:
        raise
    except CommendationError as error:
        return audit(error=error), status_of(error)
