"""Organisations: the list of any day, one with its history and lineage, and the forms that change it.

Everybody who is signed in may read; what changes them is for the standing office and the administrator, and the registry refuses others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Response as JsonResponse
from flask import jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import formats, visitors
from services.gateway.i18n import t
from services.gateway.network import query
from services.gateway.pages import choosing, common
from services.gateway.problems import code_of, status_of
from shared.access import Role
from shared.bounds import ORGANISATIONS_PAGE
from shared.errors import CommendationError, NotFound, ValidationFailed

pages = common.blueprint("organisations")
Shown = Response | tuple[str, int] | str

LEVELS = ("central", "ministry", "province", "commune", "unit")
ATTRIBUTES = ("name", "code", "statistics_code", "kind", "level", "parent", "sector_parent", "opened_on", "succession")
HEIRS = 4
"""Rows for heirs in a form that is new; more by a button."""

HEIRS_MAX = 60
CHILDREN = 20
"""Units under an organisation that its own page shows; the list has all."""

STEPS_MAX = 300
"""Steps of a lineage that are drawn; the API has more."""

CHANGES: Mapping[str, tuple[str, ...]] = {
    "rename": ("name",),
    "recode": ("code",),
    "retype": ("kind", "level"),
    "move": ("parent", "sector_parent"),
    "merge": ("into",),
    "split": (),
    "dissolve": (),
    "correct": ("attribute", "held_from", "value", "reason"),
}
"""What each form asks besides day and document; a field left empty says that there is none."""


@pages.get("/organisations")
def overview(error: CommendationError | None = None) -> str:
    asked, wrong = _asked("on", "known_on")
    days = dict(asked)
    asked |= {name: request.args[name].strip() for name in ("q", "parent", "sector_parent") if request.args.get(name, "").strip()}
    page = int(request.args["page"]) if request.args.get("page", "").isdecimal() and len(request.args["page"]) < 7 else 1
    count = query("registry", "count_organisations", **asked)
    return render_template(
        "organisations.html",
        organisations=query("registry", "organisations", page=page, **asked),
        asked=asked,
        days=days,
        count=count,
        page=page,
        more=lambda number: {**request.args.to_dict(), "page": number},
        last=max(1, -(-count // ORGANISATIONS_PAGE)),
        terms=terms(),
        offers=_maintains(),
        error=error or wrong,
    )


@pages.post("/organisations")
def register() -> Shown:
    data = common.filled("organisation", "name", "level", "kind", "code", "opened_on", "parent", "sector_parent")
    if "organisation" not in data and (key := _free_key(data)):
        data["organisation"] = key
    return common.act(
        "registry",
        "register_organisation",
        data,
        done="flash.organisation",
        back=url_for("organisations.one", organisation=data.get("organisation") or "-"),
        again=lambda error: overview(_named(error)),
        name=data.get("name", ""),
    )


@pages.get("/organisations/search")
def search() -> JsonResponse:
    """What is offered while one types: [[key, words], ...]."""
    return jsonify(choosing.organisations_found(request.args.get("q", ""), common.names()))


@pages.get("/organisations/<organisation>")
def one(organisation: str, error: CommendationError | None = None) -> str:
    asked, wrong = _asked("on", "known_on")
    found = query("registry", "organisation", organisation=organisation, **asked)
    known = {name: day for name, day in asked.items() if name == "known_on"}
    lineage = query("registry", "lineage", organisation=organisation, **known)
    under = {"parent": organisation, "on": found["on"], **known}
    return render_template(
        "organisation.html",
        one=found,
        asked=asked,
        parents=[_parent(found, name, asked) for name in ("parent", "sector_parent") if found[name]],
        ancestors=_tree(lineage["ancestors"]),
        heirs=_tree(lineage["heirs"]),
        whole=lineage["complete"] and max(len(lineage["ancestors"]), len(lineage["heirs"])) <= STEPS_MAX,
        children=query("registry", "organisations", page=1, **under)[:CHILDREN],
        children_count=query("registry", "count_organisations", **under),
        under=under,
        attributes=[(name, t(f"attribute.{name}")) for name in ATTRIBUTES],
        rows=_heir_rows(),
        terms=terms(),
        offers=_maintains(),
        error=error or wrong,
    )


@pages.post("/organisations/<organisation>/<change>")
def change(organisation: str, change: str) -> Shown:
    if change not in CHANGES:
        raise NotFound(f"Nothing of the kind {change} happens to an organisation.")
    if "more" in request.form:  # rows for heirs: the page again with what was typed
        return one(organisation)
    fields = CHANGES[change]
    data = {**dict.fromkeys(fields), **common.filled(*fields, *(() if change == "correct" else ("effective_on", "document")))}

    def again(error: CommendationError) -> str:
        return one(organisation, _named(error))

    if change == "split":
        try:
            data["heirs"] = _heirs_typed()
        except ValidationFailed as error:
            return again(error), status_of(error)
    given = {name: value for name, value in data.items() if value is not None or name in _MAY_BE_EMPTY}
    return common.act(
        "registry",
        f"{change}_organisation",
        {"organisation": organisation, **given},
        done="flash.organisation_changed",
        back=url_for("organisations.one", organisation=organisation),
        again=again,
        what=t(f"organisation.{change}"),
        name=common.name_of(organisation),
    )


_MAY_BE_EMPTY = ("kind", "parent", "sector_parent", "held_from", "value")


def terms() -> dict[str, list[str]]:
    """Levels and kinds to suggest: those in use, and the usual ones."""
    used = query("registry", "organisation_terms")
    return {"levels": sorted({*used["levels"], *(t(f"level.{level}") for level in LEVELS)}), "kinds": used["kinds"]}


def _maintains() -> bool:
    return visitors.holds(Role.ADMINISTRATOR, Role.OFFICE)


def _asked(*days: str) -> tuple[dict[str, Any], ValidationFailed | None]:
    """The days of the address, and what is wrong with one that is none."""
    asked: dict[str, Any] = {}
    errors = []
    for name in days:
        if given := formats.typed_day(request.args.get(name, "")):
            try:
                asked[name] = date.fromisoformat(given).isoformat()
            except ValueError:
                errors.append({"at": name, "message": "Not a valid date."})
    return asked, ValidationFailed("A day cannot be read.", errors=errors) if errors else None


def _free_key(data: Mapping[str, Any]) -> str:
    """The key of a new organisation: its code or name, with the parent's key where another bears the same name.

    The same form gives the same key each time, also when it is sent twice.
    """
    name, parent = data.get("name", ""), data.get("parent")
    base = choosing.key_from(data.get("code") or name)
    names = common.names()
    for key in (base, f"{base}-{parent}" if parent else f"{base}-2"):
        if key and (key not in names or _registered_as(key, name, parent)):
            return key
    return base


def _registered_as(key: str, name: str, parent: str | None) -> bool:
    """Whether this key is that of an organisation registered with this name and parent: the same form, sent again."""
    try:
        found = query("registry", "organisation", organisation=key)
    except CommendationError as error:
        if code_of(error) == NotFound.code:  # a cluster bears it
            return False
        raise
    first = found["facts"][0]["data"]
    return (first["name"], first["parent"]) == (name, parent)


def _parent(found: Mapping[str, Any], relation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """One it is under on that day, and whether that one is itself there: {"relation", "organisation", "open", "ended_on"}."""
    above = query("registry", "organisation", organisation=found[relation], **{**asked, "on": found["on"]})
    return {"relation": relation, "organisation": found[relation], "open": above["open"], "ended_on": above["ended_on"]}


def _tree(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps of a lineage as they hang on one another, each with its `further` ones."""
    roots: list[dict[str, Any]] = []
    nodes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for step in steps[:STEPS_MAX]:
        further: list[dict[str, Any]] = []
        nodes.setdefault(tuple(step["path"]), further)
        nodes.get(tuple(step["path"][:-1]), roots).append({**step, "further": further})
    return roots


def _heir_rows() -> int:
    """How many rows for heirs the form shows: as many as were typed, and more where that was asked for."""
    typed = sum(name.startswith("heir-") for name in request.form) if request.method == "POST" else 0
    return min(HEIRS_MAX, max(HEIRS, typed) + (HEIRS if "more" in request.form else 0))


def _heirs_typed() -> list[dict[str, Any]]:
    """The heirs of the form. Raises NumberUnclear for a share that is no number."""
    heirs = []
    for row in range(_heir_rows()):
        typed = request.form.get(f"heir-{row}", "").strip()
        if not typed:
            continue
        share = formats.typed_number(request.form.get(f"share-{row}", ""))
        note = request.form.get(f"note-{row}", "").strip()
        heirs.append({"organisation": choosing.key_of(typed, common.names()), "share": share and format(share, "f"), "note": note or None})
    return heirs


def _named(error: CommendationError) -> CommendationError:
    """A refusal with names in place of keys and days as one writes them, for its words on the page."""
    words: dict[str, Callable[[Any], str]] = {
        "organisation": common.name_of,
        "holder": common.name_of,
        "heirs": lambda keys: ", ".join(map(common.name_of, keys)) or t("organisation.nobody"),
        "path": lambda keys: " → ".join(map(common.name_of, keys)),
    }
    for name, value in error.details.items():
        if name in words:
            error.details[name] = words[name](value)
        elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            error.details[name] = formats.day(value)
    return error
