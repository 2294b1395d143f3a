"""The HTTP API under /api/v1, one blueprint per service; OpenAPI is made from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Flask, Request, request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from services.gateway import problems, schemas, visitors
from services.gateway.network import command
from shared.bounds import NAME_MAX
from shared.errors import ValidationFailed
from shared.event import instant_text
from shared.plain import plain

PREFIX = "/api/v1"
EXTENSION = "commendation.api"
MUTATING = ("POST", "PUT", "PATCH", "DELETE")

_DESCRIPTION = """The emulation and commendation network of state agencies.

Sign in with `POST /api/v1/sessions`, then send `Authorization: Bearer <token>`. Send `Idempotency-Key` with a command: sent twice with the
same key, it is done once, and the second answer (200 in place of 201) is the first one again. A command that says what already holds
records nothing: it is answered with 200 and no `events`. `X-Correlation-ID` is taken over into the logs of every service and given back.
Errors are problem details (RFC 9457). Views follow commands within milliseconds: `position` of a command's answer is shown once the view's
cursor has reached it, which an administrator reads in `GET /api/v1/ready`."""


class JsonApi(Api):
    """flask-smorest with problem details as its errors."""

    ERROR_SCHEMA = schemas.Problem

    def _register_responses(self) -> None:
        super()._register_responses()
        content = self.spec.components.responses_lazy[self.DEFAULT_ERROR_RESPONSE_NAME]["content"]
        content[problems.MEDIA_TYPE] = content.pop("application/json")

    def _register_error_handlers(self) -> None:
        """Errors are answered by `problems`, for the API and the pages alike."""


class Reader(FlaskParser):
    """Reads the JSON of a body. Of another body it says so, where webargs would pass over it as if nothing had been sent."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        body = req.get_data()
        if not body:
            return missing
        if not is_json_request(req):
            raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
        try:
            return json.loads(body.decode(), object_pairs_hook=_each_once)
        except (RecursionError, ValueError) as error:  # no JSON, nested a thousand deep, or a number of thousands of digits
            self._handle_invalid_json_error(error, req)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Of a key that stands in it twice Python takes the last, others the first: what was signed or checked on the way
    would not be what is recorded. Raises ValidationFailed."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            words = "This key stands twice in one object; give it once."
            raise ValidationFailed("Nothing was done: a key stands twice.", errors=[{"at": key[:NAME_MAX], "message": words}])
        found[key] = value
    return found


class Part(Blueprint):
    """A blueprint whose refusals are all described by the default answer.

    Python 3.13 renamed status 422, after which flask-smorest names its answer: the description must not hang on the interpreter.
    """

    ARGUMENTS_PARSER = Reader()

    def arguments(self, schema: Any, **options: Any) -> Any:
        """What a request is read by: one instance for all requests, where flask-smorest would make one for each."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)

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
    """Give a command; its answer with the status for it."""
    answer = command(service, method, exact({**body, **more}))
    return answer, recorded(answer)


def exact(body: dict[str, Any]) -> Any:
    """What was asked, as plain data. Raises ValidationFailed where a body that may hold anything holds what is told by no exact data."""
    try:
        return plain(body)
    except (TypeError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        words = (
            "It goes too deep." if deep else 'Give a number with a fraction as text ("12.50"): a JSON fraction has been through a float.'
        )
        raise ValidationFailed(words, errors=[{"at": "body", "message": words}]) from error


def at(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The instant that is asked about, as boards take it; nothing for now."""
    return {"as_of": instant_text(asked["as_of"])} if "as_of" in asked else {}


def recorded(answer: Mapping[str, Any]) -> int:
    """The status for a command's answer: 201 when something was recorded, 200 when the same command had been given before, or it says what
    already holds."""
    parts = answer.get("sheets") or [answer]
    return 201 if any(part["events"] and not part["repeated"] for part in parts) else 200


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
