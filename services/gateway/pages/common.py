"""What every page shares: who may see it, the words and formats of the templates, and the way of a form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import formats, i18n, visitors
from services.gateway.editor import words_of_place
from services.gateway.network import command, query, settle
from services.gateway.pages import choosing
from services.gateway.problems import TokenStale, status_of, words_of
from shared.access import NETWORK, Role
from shared.bounds import FORM_FIELDS_MAX
from shared.calendar import legal_date
from shared.errors import CommendationError, NotFound, NotSignedIn
from shared.ids import new_id

CLOCK = "commendation.clock"
SECRETS = ("password", "current", "again")
"""Fields that are never written into a page: a password is typed once more instead."""

DAYS = "days"
"""Field of a form that says which of its fields hold a day as people write it."""

READERS: Mapping[str, tuple[str, ...]] = {
    "registry": ("registry", "campaigns", "rankings", "awards"),
    "campaigns": ("campaigns", "evaluations", "rankings"),
    "evaluations": ("evaluations", "rankings"),
    "awards": ("awards",),
}
"""Whose views show what a command to a service changed."""


def blueprint(name: str) -> Blueprint:
    """Pages for who is signed in; a change needs the session's own token."""
    made = Blueprint(name, __name__, template_folder="../templates")
    made.before_request(_guard)
    return made


def _guard() -> Response | tuple[str, int] | None:
    if visitors.present() is None:
        if request.method == "POST":
            visitors.check_origin()
            # what was typed goes along through the sign-in: a session that ended over lunch costs nobody a sheet
            return sign_in_page(next_url=request.path, carried=_typed_fields(), status=401, words=i18n.t("sign_in.ended"))
        return redirect(url_for("signing.form") + "?" + urlencode({"next": request.full_path.rstrip("?")}), 303)
    if request.method == "POST":
        try:
            visitors.check_csrf()
        except TokenStale as error:
            return stale_page(error)
    return None


def _typed_fields() -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in (visitors.CSRF_FIELD, *SECRETS)]
    return kept[:FORM_FIELDS_MAX]


def sign_in_page(*, next_url: str, carried: list[tuple[str, str]], status: int = 200, words: str = "", login: str = "") -> tuple[str, int]:
    """The sign-in page; `carried`: fields of the form that waits for it."""
    return render_template("sign_in.html", next_url=next_url, carried=carried, words=words, login=login), status


def keep_page(error: CommendationError) -> tuple[str, int]:
    """What was typed, in a form that is sent again, where a service is away that the form's own page cannot do without."""
    return render_template("carry_on.html", action=request.path, fields=_typed_fields(), error=error), status_of(error)


def stale_page(error: TokenStale) -> tuple[str, int]:
    """What was typed into a page of an earlier session, in a form with the token of this one: nothing is done until the visitor sends it.

    Not larger than the request was allowed to be. Passwords and files stay behind, and the page says so.
    """
    left_behind = any(request.form.get(name) for name in SECRETS) or any(file.filename for file in request.files.values())
    page = render_template("carry_on.html", action=request.path, fields=_typed_fields(), stale=True, left_behind=left_behind)
    return page, status_of(error)


def furnish(app: Flask) -> None:
    """The words, formats and helpers that templates use."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        number=formats.number,
        short=formats.short,
        percent=formats.percent,
        day=formats.day,
        day_field=formats.day_field,
        moment=formats.moment,
        pairs=_pairs,
    )
    app.jinja_env.globals.update(
        t=i18n.t,
        known=i18n.known,
        language=i18n.language,
        other_language=_other_language,
        csrf=lambda: _present().session.csrf,
        command_id=new_id,
        visitor=visitors.present,
        me=_me_or_none,
        own_units=lambda: visitors.scopes(Role.SECRETARY),
        holds=lambda *roles, scope=None: visitors.holds(*(Role(role) for role in roles), scope=scope),
        name_of=name_of,
        organisations_to_choose=choosing.organisations_to_choose,
        organisations_found=lambda text: choosing.organisations_found(text, names()),
        lines_unclear=lambda text: choosing.lines_unclear(text, names()),
        flashed=_flashed,
        typed=typed,
        today=today,
        days_left=lambda due: (date.fromisoformat(due) - today()).days if due else None,
        words_of=words_of,
        problem_places=problem_places,
        fault_at=fault_at,
    )


def _pairs(rows: Iterable[Mapping[str, Any]], key: str, words: str) -> list[tuple[Any, Any]]:
    """Two columns of rows, as the options of a choice."""
    return [(row[key], row[words]) for row in rows]


def _present() -> visitors.Visitor:
    return visitors.required()


def _me_or_none() -> dict[str, Any] | None:
    """The visitor's account for the head of the page; a page about an error is shown even when the registry is away."""
    if visitors.present() is None:
        return None
    try:
        return visitors.me()
    except CommendationError:
        return None


def _other_language() -> tuple[str, str]:
    """Code of the language one may switch to, and the address of this page in it."""
    other = "en" if i18n.language() == "vi" else "vi"
    kept = {name: value for name, value in request.args.items() if name != "lang"} if request.method == "GET" else {}
    path = request.path if request.method == "GET" else url_for("home.home")
    return other, f"{path}?{urlencode({**kept, 'lang': other})}"


def now() -> datetime:
    """This instant."""
    return cast("Callable[[], datetime]", current_app.extensions[CLOCK])()


def today() -> date:
    """The day it is in Viet Nam."""
    return legal_date(now())


def names() -> dict[str, str]:
    """The names of organisations and clusters by id."""
    if "names" not in g:
        g.names = {**choosing.names_on(today()), **{row["cluster"]: row["name"] for row in query("registry", "clusters")}}
    return cast("dict[str, str]", g.names)


def name_of(key: str | None) -> str:
    """The name of an organisation or cluster; the seat of a panel ("J1") is its own name."""
    return names().get(key, key) if key else ""


def typed(form: str, field: str, default: Any = "") -> str:
    """What was typed into a field of this form when it is shown again, else the default."""
    if request.method == "POST" and request.form.get("form") == form:
        return request.form.get(field, "")
    return str(default)


def problem_places(error: CommendationError) -> list[dict[str, str]]:
    """The places that an error names, in words."""
    found = []
    for place in error.details.get("errors") or []:
        label = f"label.{_field_of(place)}"
        found.append({"at": i18n.t(label) if i18n.known(label) else str(place["at"]), "message": _words_at(place)})
    matters = error.details.get("matters") or []
    found += [{"at": _place_of(one), "message": i18n.t(f"matter.{one['kind']}", count=one["count"])} for one in matters]
    for one in error.details.get("imbalances") or []:
        at = i18n.t("rubric.scale") if one["at"] == "scale" else f"{one['at'].removeprefix('group:')}. {one['title']}"
        sums = {name: formats.short(one[name]) for name in ("declared", "found", "difference")}
        found.append({"at": at, "message": i18n.t("rubric.imbalance", **sums)})
    return found


def fault_at(error: CommendationError | None, form: str, field: str) -> str:
    """What is wrong with a field of the form that was sent, in words; "" where nothing is."""
    if not error or request.method != "POST" or request.form.get("form") != form:
        return ""
    return " ".join(_words_at(place) for place in error.details.get("errors") or [] if _field_of(place) == field)


def _field_of(place: Mapping[str, Any]) -> str:
    """The field of a form that a place names: of one of several that are typed into it ("evidence[1]") the field of all."""
    return str(place["at"]).partition("[")[0] if str(place["at"]).endswith("]") else str(place["at"])


def _words_at(place: Mapping[str, Any]) -> str:
    message = f"field.{place['message']}"
    return i18n.t(message) if i18n.known(message) else words_of_place(place)


def _place_of(matter: Mapping[str, Any]) -> str:
    """Where something is in the way of a final result: a service, a board, a pass by its title, or a unit."""
    if "title" in matter:
        return str(matter["title"])
    for family in ("service", "board"):
        if i18n.known(f"{family}.{matter['at']}"):
            return i18n.t(f"{family}.{matter['at']}")
    return name_of(str(matter["at"]))


def filled(*fields: str, whole: tuple[str, ...] = ()) -> dict[str, Any]:
    """The named fields of the form that were filled in; those in `whole` as whole numbers where they are.

    Of a field in which an organisation is typed: its key; of one for a day: the day as ISO text.
    """
    found: dict[str, Any] = {}
    for name in (*fields, *whole):
        value = request.form.get(name, "").replace("\r\n", "\n").strip()
        if value and name in request.form.getlist(choosing.BY_NAME):
            value = choosing.key_of(value, names())
        if name in request.form.getlist(DAYS):
            value = formats.typed_day(value)
        if value:
            found[name] = int(value) if name in whole and value.isdigit() and len(value) < 10 else value
    return found


def act(
    service: str,
    method: str,
    data: dict[str, Any],
    *,
    done: str,
    back: str,
    again: Callable[[CommendationError], str],
    **values: Any,
) -> Response | tuple[str, int]:
    """Give a command for a form: then see the change (303), or the page again with what is wrong and nothing lost."""
    try:
        answer = command(service, method, data)
    except NotSignedIn:
        raise
    except CommendationError as error:
        return again(error), status_of(error)
    return finish(service, answer, done=done, back=back, **values)


def finish(service: str, answer: Mapping[str, Any], *, done: str, back: str, **values: Any) -> Response:
    """Wait until the views show the change, keep a message for the next page, and go there."""
    seen = settle(service, int(answer["position"]), READERS.get(service, (service,)))
    return go(back, done, **values) if seen else go(back, "flash.later", kind="wait")


def go(address: str, message: str, *, kind: str = "done", **values: Any) -> Response:
    """See another page, with a message on it."""
    visitors.credentials().put_flash(_present().session.token, {"message": message, "values": values, "kind": kind})
    return redirect(address, 303)


def _flashed() -> dict[str, Any] | None:
    visitor = visitors.present()
    kept = visitor and visitors.credentials().take_flash(visitor.session.token)
    return {"words": i18n.t(kept["message"], **kept["values"]), "kind": kept["kind"]} if kept else None


def campaign_or_404(campaign: str) -> dict[str, Any]:
    """A campaign. Raises NotFound."""
    found = query("campaigns", "campaign", campaign=campaign)
    if found is None:
        raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
    return cast("dict[str, Any]", found)


def fills(scorer: str) -> bool:
    """Whether the visitor fills the sheets of this scorer; the service has the last word."""
    return visitors.holds(Role.OFFICE, scope=NETWORK) or visitors.holds(Role.SECRETARY, scope=scorer)


def taking_part(campaigns: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The units of these campaigns as the options of a choice, by name."""
    units = {unit for run in campaigns for unit in run["audience"]}
    return sorted(((unit, name_of(unit)) for unit in units), key=lambda option: option[1])
