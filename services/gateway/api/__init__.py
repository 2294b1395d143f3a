"""The HTTP API under /api/v1, one blueprint per service; OpenAPI is made from it."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_smorest import Api, Blueprint

from services.gateway import problems, schemas, visitors
from services.gateway.network import command
from shared.plain import plain

PREFIX = "/api/v1"
EXTENSION = "commendation.api"
MUTATING = ("POST", "PUT", "PATCH", "DELETE")

_DESCRIPTION = """The emulation and commendation network of state agencies.

Sign in with `POST /api/v1/sessions`, then send `Authorization: Bearer <token>`. Send `Idempotency-Key` with a command: sent twice with
the same key, it is done once, and the second answer (200 in place of 201) is the first one again. `X-Correlation-ID` is taken over into
the logs of every service and given back. Errors are problem details (RFC 9457). Views follow commands within milliseconds: `position` of
a command's answer is shown once the view's cursor in `GET /api/v1/ready` has reached it."""


class JsonApi(Api):
    """flask-smorest with problem details as its errors."""

    ERROR_SCHEMA = schemas.Problem

    def _register_responses(self) -> None:
        super()._register_responses()
        content = self.spec.components.responses_lazy[self.DEFAULT_ERROR_RESPONSE_NAME]["content"]
        content[problems.MEDIA_TYPE] = content.pop("application/json")

    def _register_error_handlers(self) -> None:
        """Errors are answered by `problems`, for the API and the pages alike."""


class Part(Blueprint):
    """A blueprint whose refusals are all described by the default answer.

    Python 3.13 renamed status 422, after which flask-smorest names its answer: the description must not hang on the interpreter.
    """

    def _prepare_arguments_doc(self, doc: dict[str, Any], doc_info: dict[str, Any], **options: Any) -> dict[str, Any]:
        doc_info.get("arguments", {}).pop("responses", None)
        prepared: dict[str, Any] = super()._prepare_arguments_doc(doc, doc_info, **options)
        return prepared


def blueprint(name: str, path: str, description: str, *, open_to_all: bool = False) -> Part:
    """A blueprint under the API's prefix whose requests need a session, and changes by cookie the session's CSRF token.

    Its name is the tag in OpenAPI; capitalised, it also stands apart from the pages of the same name.
    """
    made = Part(name.capitalize(), __name__, url_prefix=f"{PREFIX}{path}", description=description)
    if not open_to_all:
        made.before_request(_guard)
    return made


def _guard() -> None:
    visitors.required()
    if request.method in MUTATING:
        visitors.check_csrf()


def told(service: str, method: str, body: dict[str, Any], **more: Any) -> tuple[dict[str, Any], int]:
    """Give a command; 201 when it was recorded, 200 when the same command had been before."""
    answer = command(service, method, plain({**body, **more}))
    parts = answer.get("sheets") or [answer]
    return answer, 200 if all(part.get("repeated") for part in parts) else 201


def register(app: Flask) -> JsonApi:
    """Mount the API on the app."""
    from services.gateway.api import (
        accounts,
        adjustments,
        appeals,
        audit,
        awards,
        ballots,
        boards,
        campaigns,
        conflicts,
        councils,
        documents,
        evidence,
        exports,
        health,
        initiatives,
        insights,
        inspections,
        organisations,
        pairing,
        parked,
        people,
        ratings,
        registry,
        rubrics,
        sessions,
        sheet_workbooks,
        sheets,
        urging,
        year,
    )

    app.config.update(
        API_TITLE="Commendation network",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = JsonApi(app, spec_kwargs={"info": {"description": _DESCRIPTION, "license": {"name": "see the repository"}}})
    api.spec.components.security_scheme("session", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"session": []}]
    modules = (
        sessions,
        organisations,
        registry,
        people,
        councils,
        accounts,
        rubrics,
        campaigns,
        year,
        pairing,
        inspections,
        urging,
        sheets,
        sheet_workbooks,
        evidence,
        conflicts,
        adjustments,
        appeals,
        ratings,
        initiatives,
        boards,
        insights,
        exports,
        documents,
        ballots,
        awards,
        audit,
        parked,
        health,
    )
    for module in modules:
        for made in module.BLUEPRINTS:
            api.register_blueprint(made)
    for probe in ("health", "ready"):
        # where orchestrators look for them
        app.add_url_rule(f"/{probe}", view_func=app.view_functions[f"Health.{probe.capitalize()}"], endpoint=probe)
    return api
