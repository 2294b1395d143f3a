"""People and councils: who holds which post in a unit, transfers between units, and who sits in a council.

No name goes into an address, a message that is kept, or a log: what a page shows of a person is opened for it alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.formats import typed_day
from services.gateway.i18n import t
from services.gateway.network import command_id, query
from services.gateway.pages import choosing, common
from services.gateway.problems import status_of
from shared.access import NETWORK, Role
from shared.errors import CommendationError, NotAllowed, NotSignedIn
from shared.ids import derived_id

pages = common.blueprint("people")
Shown = Response | tuple[str, int]

SEXES = ("female", "male")
DETAILS = ("full_name", "sex", "born_on", "identity_number")
OVERSEERS = (Role.OFFICE, Role.ADMINISTRATOR, Role.INSPECTOR)


@pages.get("/people")
def overview(error: CommendationError | None = None, found: list[dict[str, Any]] | None = None) -> str:
    """The people of one unit, its transfers that wait for an answer, and the form for another person."""
    own = _own_units()
    unit = request.form.get("unit") or request.args.get("unit", "").strip() or (own[0][0] if len(own) == 1 else "")
    if visitors.holds(*OVERSEERS):
        unit = choosing.key_of(unit, common.names())
    on = _day(request.args.get("on", ""))
    asked: dict[str, Any] = {"unit": unit, "on": on} if on else {"unit": unit}
    return render_template(
        "people.html",
        own=own,
        chooses=visitors.holds(*OVERSEERS),
        unit=unit,
        on=on,
        people=query("registry", "people", **asked) if unit else [],
        transfers=query("registry", "transfers", unit=unit) if unit else [],
        sexes=_sexes(),
        offers=bool(unit) and _acts_for(unit),
        finds=bool(unit) and visitors.holds(*OVERSEERS, scope=NETWORK),
        found=found,
        error=error,
    )


@pages.post("/people/search")
def find() -> str | tuple[str, int]:
    """Who bears a name in the unit and below it: sent as a form, for no name stands in an address."""
    try:
        return overview(found=query("registry", "find_people", **common.filled("unit", "name")))
    except NotSignedIn:
        raise
    except CommendationError as error:
        return overview(error), status_of(error)


@pages.post("/people")
def register() -> Shown:
    data = common.filled(*DETAILS, "unit", "post", "from_on", "document")
    person = derived_id("person", command_id())
    return common.act(
        "registry",
        "register_person",
        {"person": person, **data},
        done="flash.person_registered",
        back=url_for("people.overview", unit=data.get("unit", "")),
        again=overview,
    )


@pages.get("/people/<person>")
def one(person: str, error: CommendationError | None = None) -> str:
    found = query("registry", "person", person=person)
    keeps = visitors.holds(Role.OFFICE, Role.ADMINISTRATOR)
    details = query("registry", "person_details", person=person) if keeps and not found["forgotten_on"] else None
    return render_template(
        "person.html",
        person=found,
        details=details,
        sexes=_sexes(),
        own=_own_units(),
        held=[
            (f"{row['unit']}:{row['post']}", f"{row['post']} – {common.name_of(row['unit'])}")
            for row in found["posts"]
            if row["until_on"] is None and _acts_for(row["unit"])
        ],
        receives={row["transfer"] for row in found["transfers"] if visitors.holds(Role.SECRETARY, scope=row["to_unit"])},
        gives={row["transfer"] for row in found["transfers"] if _acts_for(row["from_unit"])},
        keeps=keeps,
        error=error,
    )


@pages.post("/people/<person>/details")
def correct(person: str) -> Shown:
    return _act_on(person, "correct_details", common.filled(*DETAILS, "reason"), done="flash.person_corrected")


@pages.post("/people/<person>/posts")
def take(person: str) -> Shown:
    return _act_on(person, "take_post", common.filled("unit", "post", "from_on", "document"), done="flash.post_taken")


@pages.post("/people/<person>/posts/leaving")
def leave(person: str) -> Shown:
    """Back to the unit's people: who has left their last post there is in its care no more."""
    data = _held() | common.filled("until_on", "document")
    return _act_on(person, "leave_post", data, done="flash.post_left", back=url_for("people.overview", unit=data.get("unit", "")))


@pages.post("/people/<person>/transfers")
def offer(person: str) -> Shown:
    held = _held()
    if "unit" in held:
        held["from_unit"] = held.pop("unit")
    data = {"transfer": derived_id("transfer", command_id()), **held, **common.filled("to_unit", "moves_on", "document")}
    return _act_on(person, "offer_transfer", data, done="flash.transfer_offered")


@pages.post("/people/<person>/transfers/<transfer>/acceptance")
def accept(person: str, transfer: str) -> Shown:
    data = {"transfer": transfer, **common.filled("post", "document")}
    return _act_on(person, "accept_transfer", data, done="flash.transfer_accepted")


@pages.post("/people/<person>/transfers/<transfer>/refusal")
def refuse(person: str, transfer: str) -> Shown:
    return _end(person, transfer, "refuse_transfer", "flash.transfer_refused")


@pages.post("/people/<person>/transfers/<transfer>/withdrawal")
def withdraw(person: str, transfer: str) -> Shown:
    return _end(person, transfer, "withdraw_transfer", "flash.transfer_withdrawn")


@pages.post("/people/<person>/erasure")
def forget(person: str) -> Shown:
    return _act_on(person, "forget_person", common.filled("ground", "requested_on"), done="flash.person_forgotten")


def _held() -> dict[str, Any]:
    """The post that was chosen among those that the person holds, each an option "unit:post"."""
    unit, _, post = request.form.get("held", "").partition(":")
    return {"unit": unit, "post": post} if unit and post else {}


def _day(typed: str) -> str:
    """A day of the address, or none where it is no day."""
    try:
        return date.fromisoformat(typed_day(typed)).isoformat()
    except ValueError:
        return ""


def _own_units() -> list[tuple[str, str]]:
    """The units for which the visitor acts as secretary, as the options of a choice."""
    return sorted(((unit, common.name_of(unit)) for unit in visitors.scopes(Role.SECRETARY)), key=lambda option: option[1])


def _acts_for(unit: str) -> bool:
    return visitors.holds(Role.OFFICE, Role.ADMINISTRATOR, Role.SECRETARY, scope=unit)


def _sexes() -> list[tuple[str, str]]:
    return [(sex, t(f"sex.{sex}")) for sex in SEXES]


def _end(person: str, transfer: str, method: str, done: str) -> Shown:
    """Back to the list of people: whoever refuses a transfer has nothing to do with the person any more."""
    return _act_on(person, method, {"transfer": transfer, **common.filled("reason")}, done=done, back=url_for("people.overview"))


def _act_on(person: str, method: str, data: dict[str, Any], *, done: str, back: str = "") -> Shown:
    def again(error: CommendationError) -> str:
        if isinstance(error, NotAllowed):
            raise error  # the page of the person would refuse as well
        return one(person, error)

    back = back or url_for("people.one", person=person)
    return common.act("registry", method, {"person": person, **data}, done=done, back=back, again=again)
