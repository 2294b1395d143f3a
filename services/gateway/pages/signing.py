"""Signing in and out, and one's own password."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.credentials import BadCredentials, SignInRests
from services.gateway.i18n import t
from services.gateway.pages import common
from services.gateway.passwords import LENGTH_MIN
from services.gateway.problems import status_of, words_of
from shared.errors import CommendationError

pages = Blueprint("signing", __name__)

CARRIED = "carried."
"""Prefix of the fields that a form carries through the sign-in page."""


@pages.get("/sign-in")
def form() -> Response | tuple[str, int]:
    if visitors.present() is not None:
        return redirect(_local(request.args.get("next")), 303)
    return common.sign_in_page(next_url=_local(request.args.get("next")), carried=[])


@pages.post("/sign-in")
def sign_in() -> Response | tuple[str, int]:
    visitors.check_origin()
    carried = [(name.removeprefix(CARRIED), value) for name, value in request.form.items(multi=True) if name.startswith(CARRIED)]
    next_url, login = _local(request.form.get("next")), request.form.get("login", "")[:60]
    try:
        session = visitors.sign_in(login, request.form.get("password", ""))
    except CommendationError as error:
        shown, status = common.sign_in_page(next_url=next_url, carried=carried, status=status_of(error), words=words_of(error), login=login)
        response = make_response(shown, status)
        if isinstance(error, SignInRests):
            response.headers["Retry-After"] = str(error.details["seconds"])
        return response
    if carried:
        g.visitor = visitors.Visitor(session, by_cookie=True)
        fresh = [(name, value) for name, value in carried if name != visitors.CSRF_FIELD]
        response = make_response(render_template("carry_on.html", action=next_url, fields=fresh))
    else:
        response = make_response(redirect(next_url, 303))
    return visitors.keep_cookie(response, session)


@pages.post("/sign-out")
def sign_out() -> Response:
    visitor = visitors.present()
    if visitor is not None:
        visitors.check_csrf()
        visitors.credentials().close_session(visitor.session.token)
    response = redirect(url_for("signing.form"), 303)
    response.delete_cookie(visitors.COOKIE, path="/")
    return response


own = common.blueprint("own")


@own.get("/password")
def password() -> str:
    return render_template("password.html", length_min=LENGTH_MIN, words="")


@own.post("/password")
def change_password() -> Response | tuple[str, int]:
    session = visitors.required().session
    given, again = request.form.get("password", ""), request.form.get("again", "")
    if given != again:
        return render_template("password.html", length_min=LENGTH_MIN, words=t("password.differ")), 422
    try:
        visitors.credentials().check(session.login, session.account, request.form.get("current", ""))
        visitors.credentials().set_password(session.account, given)
    except BadCredentials:
        return render_template("password.html", length_min=LENGTH_MIN, words=t("password.current_wrong")), 422
    except CommendationError as error:
        return render_template("password.html", length_min=LENGTH_MIN, words=words_of(error)), status_of(error)
    renewed = visitors.credentials().open_session(session.account, session.login)
    visitors.credentials().put_flash(renewed.token, {"message": "flash.password", "values": {}, "kind": "done"})
    return visitors.keep_cookie(make_response(redirect(url_for("home.home"), 303)), renewed)


pages.register_blueprint(own)


def _local(address: str | None) -> str:
    """An address of this site only: a link in a mail must not lead through our sign-in to somewhere else."""
    parts = urlsplit(address or "")
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//") or "\\" in (address or ""):
        return url_for("home.home")
    return address or url_for("home.home")
