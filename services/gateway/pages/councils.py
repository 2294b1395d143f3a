"""Councils: their terms, and who sits in them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.i18n import t
from services.gateway.network import query
from services.gateway.pages import choosing, common
from services.gateway.schemas.councils import SEATS
from shared.access import Role
from shared.errors import CommendationError, NotAllowed

pages = common.blueprint("councils")
Shown = Response | tuple[str, int]


@pages.get("/councils")
def overview(error: CommendationError | None = None) -> str:
    return render_template(
        "councils.html",
        councils=query("registry", "councils"),
        offers=_maintains(),
        error=error,
    )


@pages.post("/councils")
def form() -> Shown:
    data = common.filled("council", "name", "organisation", "formed_on", "document")
    if "council" not in data and (key := choosing.key_from(data.get("name", ""))):
        data["council"] = f"hd-{key}"[:60]
    back = url_for("councils.one", council=data.get("council") or "-")
    return common.act("registry", "form_council", data, done="flash.council", back=back, again=overview, name=data.get("name", ""))


@pages.get("/councils/<council>")
def one(council: str, error: CommendationError | None = None) -> str:
    """A council; candidates for a seat are the people of one unit, which is chosen first."""
    found = query("registry", "council", council=council)
    unit = choosing.key_of(request.form.get("of_unit") or request.args.get("unit", "").strip() or found["organisation"], common.names())
    people = query("registry", "people", unit=unit) if _maintains() else []
    candidates = {row["person"]: f"{row['full_name']} – {row['post']}" for row in people if not row["until_on"] and not row["forgotten_on"]}
    return render_template(
        "council.html",
        council=found,
        unit=unit,
        candidates=list(candidates.items()),
        seats=[(seat, t(f"seat.{seat}")) for seat in SEATS],
        offers=_maintains(),
        error=error,
    )


@pages.post("/councils/<council>/terms")
def open_term(council: str) -> Shown:
    data = common.filled("term", "from_on", "until_on", "document")
    if "term" not in data and {"from_on", "until_on"} <= data.keys():
        data["term"] = f"{data['from_on'][:4]}-{data['until_on'][:4]}"
    return _act_on(council, "open_term", data, done="flash.term_opened", term=data.get("term", ""))


@pages.post("/councils/<council>/terms/<term>/members")
def appoint(council: str, term: str) -> Shown:
    data = {"term": term, **common.filled("person", "seat", "from_on")}
    return _act_on(council, "appoint_member", data, done="flash.seat_taken")


@pages.post("/councils/<council>/terms/<term>/members/<person>/relief")
def relieve(council: str, term: str, person: str) -> Shown:
    data = {"term": term, "person": person, **common.filled("until_on", "reason")}
    return _act_on(council, "relieve_member", data, done="flash.seat_left")


def _maintains() -> bool:
    return visitors.holds(Role.OFFICE, Role.ADMINISTRATOR)


def _act_on(council: str, method: str, data: dict[str, Any], *, done: str, **values: Any) -> Shown:
    def again(error: CommendationError) -> str:
        if isinstance(error, NotAllowed):
            raise error
        return one(council, error)

    back = url_for("councils.one", council=council)
    return common.act("registry", method, {"council": council, **data}, done=done, back=back, again=again, **values)
