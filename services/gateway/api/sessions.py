"""Signing in and out over the API."""

from __future__ import annotations

from typing import Any

from flask import g
from flask.views import MethodView

from services.gateway import schemas, visitors
from services.gateway.api import blueprint
from shared.event import instant_text

signing = blueprint("sessions", "/sessions", "Sign in and out.", open_to_all=True)
current = blueprint("current session", "/sessions/current", "The session of this request.")
BLUEPRINTS = (signing, current)


@signing.route("")
class Sessions(MethodView):
    @signing.arguments(schemas.SignIn)
    @signing.response(201, schemas.SessionOpened)
    @signing.doc(security=[])
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Sign in with login and password.

        After too many wrong passwords the login rests for some minutes (429 with Retry-After).
        """
        session = visitors.sign_in(body["login"], body["password"])
        g.visitor = visitors.Visitor(session, by_cookie=False)
        return {**visitors.me(), "token": session.token, "expires_at": instant_text(session.expires_at)}


@current.route("")
class CurrentSession(MethodView):
    @current.response(200, schemas.Account)
    def get(self) -> dict[str, Any]:
        """Who is signed in, with their roles."""
        return visitors.me()

    @current.response(204)
    def delete(self) -> None:
        """Sign out: the token is worth nothing any more."""
        visitors.credentials().close_session(visitors.required().session.token)
