"""Errors over HTTP: problem details (RFC 9457) for programs, a page with the words for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from services.gateway import i18n
from services.gateway.network import correlation
from shared.errors import CommendationError, RemoteError, Unavailable
from shared.telemetry import UNLOGGED, logger

log = logger(__name__)

RETRY_AFTER_SECONDS = 5
MEDIA_TYPE = "application/problem+json"


class CsrfRefused(CommendationError):
    """A change asked by cookie without the session's own token: the request may come from another site."""

    code = "csrf_refused"
    status = HTTPStatus.FORBIDDEN


class TokenStale(CsrfRefused):
    """A change that a page of ours sent with the token of an earlier session of this browser."""

    code = "token_stale"


def code_of(error: CommendationError) -> str:
    """The stable code, also of an error whose class only the service knows."""
    return error.remote_code if isinstance(error, RemoteError) else error.code


def status_of(error: CommendationError) -> int:
    return int(error.remote_status if isinstance(error, RemoteError) else error.status)


def words_of(error: CommendationError) -> str:
    """What to say on a page: the catalogue's words for the code, filled with the details, else the service's own message."""
    message = f"problem.{code_of(error)}"
    if i18n.known(message):
        try:
            return i18n.t(message, **error.details)
        except (KeyError, IndexError):
            pass
    if i18n.language() == "en":
        return error.message
    return i18n.t("problem.other", message=error.message)


def problem(status: int, code: str, title: str, detail: str, **members: Any) -> Response:
    """One problem as RFC 9457 has it, with our `code`, `correlation` and, where input was wrong, `errors` of {at, message}."""
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "code": code, "correlation": correlation()}
    body |= {key: value for key, value in members.items() if value is not None}
    told = current_app.json.dumps(body, separators=(",", ":"))
    # a name that was sent is told as it came, and it may hold half of a surrogate pair
    return Response(told.encode(errors="replace"), status, mimetype=MEDIA_TYPE)


def for_program() -> bool:
    """Whether a program asks: everything under /api, and the probes."""
    return request.path.startswith("/api/") or request.path in ("/health", "/ready")


def answer(error: CommendationError) -> Response:
    """The response to an error of ours."""
    status, code = status_of(error), code_of(error)
    if for_program():
        details = {key: value for key, value in error.details.items() if key not in ("errors", "correlation")}
        response = problem(
            status, code, HTTPStatus(status).phrase, error.message, errors=error.details.get("errors"), details=details or None
        )
    else:
        response = page(status, words_of(error))
    if status == HTTPStatus.UNAUTHORIZED and for_program():
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if "seconds" in error.details:
        response.headers["Retry-After"] = str(error.details["seconds"])
    return response


def page(status: int, words: str) -> Response:
    title = f"http.{status}" if i18n.known(f"http.{status}") else "http.500"
    return Response(
        render_template("problem.html", title=i18n.t(title), words=words, correlation=correlation()), status, mimetype="text/html"
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None and status < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    code = _CODES.get(status, f"http_{status}")
    if for_program():
        messages = (getattr(error, "data", None) or {}).get("messages")
        detail = str(error.description) if messages is None else "The request cannot be read; see `errors`."
        response = problem(status, code, HTTPStatus(status).phrase, detail, errors=None if messages is None else list(_places(messages)))
    else:
        words = i18n.t(f"http.{status}.words") if i18n.known(f"http.{status}.words") else str(error.description)
        response = page(status, words)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


_CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "media_type", 422: "validation"}


def _places(messages: Any, at: str = "") -> list[dict[str, str]]:
    if isinstance(messages, dict):
        found = []
        for where, inner in messages.items():
            # webargs names the part of the request first; a caller looks for the field
            step = (
                "" if not at and where in ("json", "query", "headers", "files") else f"[{where}]" if isinstance(where, int) else str(where)
            )
            found += _places(inner, f"{at}.{step}" if at and step and not step.startswith("[") else at + step)
        return found
    if isinstance(messages, list):
        return [{"at": at or "body", "message": str(message)} for message in messages]
    return [{"at": at or "body", "message": str(messages)}]


def _unexpected(error: Exception) -> Response:
    if correlation() == UNLOGGED:
        log.error("page_failed", error=type(error).__name__)
    else:
        log.exception("page_failed", path=request.path)
    if for_program():
        return problem(
            500, "internal", "Internal Server Error", f"Something went wrong; tell the administrator this number: {correlation()}"
        )
    return page(500, i18n.t("http.500.words"))


def register(app: Flask) -> None:
    """Take over the errors of the whole app."""
    app.register_error_handler(CommendationError, answer)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
