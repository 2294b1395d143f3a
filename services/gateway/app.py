"""The web application: HTTP API and pages over one network; free of nameko and eventlet, so that tests and `contracts` make it alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import structlog
from flask import Flask, Response, g, request

from services.gateway import api, evidence, i18n, pages, problems, visitors
from services.gateway import network as wire
from services.gateway import offload as offloading
from services.gateway.credentials import Credentials
from services.gateway.offload import at_once
from shared.blobs import Blobs
from shared.bounds import FORM_FIELDS_MAX, REQUEST_BYTES_MAX
from shared.calendar import utc_now
from shared.errors import Unavailable
from shared.telemetry import UNLOGGED, logger

log = logger(__name__)

_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(
    network: wire.Network,
    credentials: Credentials,
    clock: Callable[[], datetime] = utc_now,
    offload: Callable[..., Any] = at_once,
    blobs: Blobs | None = None,
) -> Flask:
    """The app over a network and the gateway's own database.

    clock: says what day it is for due dates; offload(work, *args): does work that takes long without holding up other requests;
    blobs: where files of evidence are kept.
    """
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=REQUEST_BYTES_MAX, MAX_FORM_MEMORY_SIZE=REQUEST_BYTES_MAX, MAX_FORM_PARTS=FORM_FIELDS_MAX)
    app.config.update(JSON_SORT_KEYS=False)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions[wire.EXTENSION] = network
    app.extensions[visitors.EXTENSION] = credentials
    app.extensions[pages.CLOCK] = clock
    app.extensions[offloading.EXTENSION] = offload
    app.extensions[evidence.EXTENSION] = blobs
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_forget)
    problems.register(app)
    app.extensions[api.EXTENSION] = api.register(app)
    pages.register(app)
    return app


def openapi() -> dict[str, Any]:
    """The OpenAPI description of the API, without a running network."""
    app = create_app(_Nowhere(), cast("Credentials", None))
    found: dict[str, Any] = app.extensions[api.EXTENSION].spec.to_dict()
    return found


class _Nowhere:
    """A network that reaches nobody."""

    def ask(self, service: str, method: str, data: dict[str, Any], **_: Any) -> Any:
        raise Unavailable(f"There is no network here; {service}.{method} was not asked.", service=service)


def _begin() -> None:
    g.started = time.monotonic()
    structlog.contextvars.bind_contextvars(correlation=wire.correlation())
    if request.endpoint != "static":
        visitors.find()


def _finish(response: Response) -> Response:
    response.headers["X-Correlation-ID"] = wire.correlation()
    for name, value in _SECURITY.items():
        response.headers.setdefault(name, value)
    if visitors.over_https():
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=3600"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Vary", "Cookie")
    if request.mimetype != "application/json" and response.mimetype == "text/html":
        response.headers["Content-Language"] = i18n.language()
        if request.args.get("lang") in i18n.LANGUAGES:
            response.set_cookie(i18n.COOKIE, i18n.language(), max_age=365 * 86400, samesite="Lax", secure=visitors.over_https())
    if request.endpoint != "static" and wire.correlation() != UNLOGGED:
        took_ms = round((time.monotonic() - g.get("started", time.monotonic())) * 1000, 1)
        log.info("http_answered", method=request.method, path=request.path, status=response.status_code, took_ms=took_ms)
    return response


def _forget(_error: BaseException | None) -> None:
    structlog.contextvars.unbind_contextvars("correlation")
