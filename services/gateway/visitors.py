"""Who is at the other end of a request: their session, their roles, and whether a change really comes from them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from services.gateway import network
from services.gateway.credentials import Credentials, Session
from services.gateway.problems import CsrfRefused, TokenStale
from shared.access import NETWORK, Role
from shared.bounds import SESSION_HOURS
from shared.errors import NotSignedIn

EXTENSION = "commendation.credentials"
COOKIE = "session"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in account. by_cookie: a browser, which sends the cookie also when another site asks it to."""

    session: Session
    by_cookie: bool

    @property
    def account(self) -> str:
        return self.session.account


def credentials() -> Credentials:
    return cast("Credentials", current_app.extensions[EXTENSION])


def find() -> None:
    """Find out whose request this is; runs before each."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    g.visitor = None
    if scheme.lower() == "bearer" and token:
        session = credentials().session(token.strip())
        g.visitor = session and Visitor(session, by_cookie=False)
    elif cookie := request.cookies.get(COOKIE):
        session = credentials().session(cookie)
        if session is not None:
            g.visitor = Visitor(session, by_cookie=True)


def present() -> Visitor | None:
    return cast("Visitor | None", g.get("visitor"))


def required() -> Visitor:
    """The visitor. Raises NotSignedIn."""
    visitor = present()
    if visitor is None:
        raise NotSignedIn("No session, or it has ended: POST /api/v1/sessions, then send Authorization: Bearer <token>.")
    return visitor


def check_origin() -> None:
    """Refuse a change that another site sends. Raises CsrfRefused."""
    origin = request.headers.get("Origin")
    crossing = request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
    if crossing or (origin is not None and urlsplit(origin).netloc != request.host):
        raise CsrfRefused("This request comes from another site; open the page here and try again.")


def check_csrf() -> None:
    """Refuse a change by cookie that does not carry the session's own token. Raises CsrfRefused, TokenStale."""
    visitor = present()
    if visitor is None or not visitor.by_cookie:
        return
    check_origin()
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(given.encode(), visitor.session.csrf.encode()):
        refusal = TokenStale if _of_this_site() else CsrfRefused
        raise refusal("This request does not carry the token of your session; open the page again and repeat it.")


def _of_this_site() -> bool:
    """Whether the browser says that a page of ours sends this, after `check_origin` found nothing that says another does."""
    return "Origin" in request.headers or request.headers.get("Sec-Fetch-Site") == "same-origin"


def me() -> dict[str, Any]:
    """The visitor's account as the registry knows it now: {account, login, post, organisation, roles: [{role, scope}]}.

    Raises NotSignedIn when the account is gone.
    """
    if "me" not in g:
        found = network.query("registry", "account_by_login", login=required().session.login)
        if found is None:
            raise NotSignedIn("This account is not known any more; ask the administrator.")
        g.me = found
    return cast("dict[str, Any]", g.me)


def holds(*roles: Role, scope: str | None = None) -> bool:
    """Whether the visitor holds one of these roles, in the whole network or in the scope.

    For what a page offers; what is allowed, the service that takes the command decides.
    """
    return any(held["role"] in roles and (scope is None or held["scope"] in (NETWORK, scope)) for held in me()["roles"])


def scopes(role: Role) -> list[str]:
    """The organisations or clusters in which the visitor holds a role."""
    return [held["scope"] for held in me()["roles"] if held["role"] == role and held["scope"] != NETWORK]


def sign_in(login: str, password: str) -> Session:
    """Check login and password and open a session. Raises BadCredentials, SignInRests or Unavailable."""
    login = login.strip().lower()
    account = network.query("registry", "account_by_login", login=login) if login else None
    known = None if account is None else str(account["account"])
    credentials().check(login, known, password)
    return credentials().open_session(str(known), login)


def keep_cookie(response: Response, session: Session) -> Response:
    """Hand the session to a browser: not readable by scripts, not sent from other sites, and only over https once it came over https."""
    response.set_cookie(
        COOKIE, session.token, max_age=SESSION_HOURS * 3600, httponly=True, samesite="Strict", secure=over_https(), path="/"
    )
    return response


def over_https() -> bool:
    """Whether the visitor's side of the connection is https; a proxy in front says so."""
    return request.is_secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"
