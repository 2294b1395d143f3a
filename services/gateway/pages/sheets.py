"""The score sheet (phiếu chấm điểm), laid out like the paper form.

Nothing that was typed is lost: a refused form is shown again as it was typed, and where two windows have changed the same row differently,
both are shown and one chooses. The page's script saves by the same address while one types, and reads the answer as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import duties, filling, formats, visitors
from services.gateway.filling import Filled, Outcome
from services.gateway.i18n import t
from services.gateway.network import command, query
from services.gateway.pages import common
from services.gateway.problems import code_of, status_of, words_of
from shared.access import NETWORK, Role
from shared.bounds import RETURN_REASON_LETTERS_MIN
from shared.errors import CommendationError, NotSignedIn, Unavailable
from shared.plain import plain

pages = common.blueprint("sheets")

Key = dict[str, Any]
Shown = Response | tuple[str, int]

AT = "/campaigns/<campaign>/sheets/<unit>/<pass_key>/<scorer>"
STALE = "evaluations.sheet_stale"
SIGNS = {"penalty": "−", "bonus": "+"}
COLUMNS_MAX = 4
"""Passes that have a column even before they have given scores, as on paper; of more, the later ones would only take up room."""


@pages.get(AT)
def show(campaign: str, unit: str, pass_key: str, scorer: str) -> str:
    sheet = query("evaluations", "sheet", **_key(campaign, unit, pass_key, scorer))
    # whoever only looks, as the leader who has just returned the sheet, is shown no fields: what they typed would be refused
    sheet["editable"] = sheet["editable"] and common.fills(scorer)
    return _page(sheet, filling.held(sheet))


@pages.post(AT)
def save(campaign: str, unit: str, pass_key: str, scorer: str) -> Shown:
    key = _key(campaign, unit, pass_key, scorer)
    try:
        sheet = query("evaluations", "sheet", **key)
        filled = filling.read(sheet, request.form)
        if lost := filling.not_taken(sheet, request.form):
            return (
                _told({"words": t("sheet.not_taken")}, 409)
                if _by_script()
                else (_page(sheet, filled, t("sheet.not_taken"), lost=lost), 409)
            )
        if _by_script():
            return _saved_by_script(key, sheet, filled)
        return _saved(key, sheet, filled, submitting=request.form.get("action") == "submit")
    except Unavailable as error:
        # the sheet cannot be laid out without the service: what was typed waits in a form of its own
        return _told({"words": words_of(error)}, status_of(error)) if _by_script() else common.keep_page(error)


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


@pages.post(f"{AT}/return")
def give_back(campaign: str, unit: str, pass_key: str, scorer: str) -> Shown:
    """Give the sheet back to its scorer, for the rows that are ticked; refused, the form stands as it was filled in."""
    key = _key(campaign, unit, pass_key, scorer)
    asked = {**key, "items": request.form.getlist("item"), "reason": request.form.get("reason", ""), **common.filled("due_on")}

    def again(error: CommendationError) -> str:
        sheet = query("evaluations", "sheet", **key)
        return _page(sheet, filling.held(sheet), error=error)

    return common.act("evaluations", "return_sheet", asked, done="flash.sheet_returned", back=url_for("sheets.show", **key), again=again)


def _saved(key: Key, sheet: filling.Sheet, filled: Filled, *, submitting: bool) -> Shown:
    """Save the whole form or nothing of it, and hand the sheet in where that is asked."""
    if filled.contested:
        return _page(sheet, filled, t("sheet.stale")), 409
    if filled.faulty:
        return _page(sheet, filled, t("sheet.rows_wrong")), 422
    if submitting and filled.unseen:
        return _page(sheet, filled, t("sheet.look_first", items=", ".join(filled.unseen))), 409
    answer: dict[str, Any] | None = None
    changes = filled.changes()
    try:
        if changes:
            answer = _score(key, sheet, changes, step="scores")
        if submitting:
            version = sheet["version"] + (len(answer["events"]) if answer else 0)
            # sent again it finds a later version, and is then a command of its own that has nothing left to do
            answer = command("evaluations", "submit_sheet", {**key, "version": version}, step=f"submit-{version}")
    except (NotSignedIn, Unavailable):
        raise
    except CommendationError as error:
        return _refused(key, sheet, error)
    back = url_for("sheets.show", **key)
    items = ", ".join(filled.unseen)
    if answer is None:
        return common.go(back, "flash.sheet_taken" if items else "flash.unchanged", items=items)
    done = "flash.submitted" if submitting else "flash.saved_beside" if items else "flash.saved"
    return common.finish("evaluations", answer, done=done, back=back, items=items)


def _saved_by_script(key: Key, sheet: filling.Sheet, filled: Filled) -> Response:
    """Save the rows that are sound, and say of each other row why it waits."""
    try:
        _score_sound(key, sheet, filled)
    except (NotSignedIn, Unavailable):
        raise
    except CommendationError as error:
        if code_of(error) != STALE:
            return _told({"words": words_of(error)}, status_of(error))
        # somebody saved between our two questions: their rows are merged like those saved before
        sheet = query("evaluations", "sheet", **key)
        filled = filling.read(sheet, request.form)
        _score_sound(key, sheet, filled)
    rows = {item["key"]: _row_told(filled.rows[item["key"]]) for item in filling.items_of(sheet) if filling.takes(sheet, item)}
    return _told({"at": formats.moment(common.now())[:5], "rows": rows})


def _score_sound(key: Key, sheet: filling.Sheet, filled: Filled) -> None:
    """Save what was changed without the rows that the service finds faulty; those say so."""
    changes = filled.changes()
    if not changes:
        return
    try:
        _score(key, sheet, changes, step="scores")
    except CommendationError as error:
        refusals = filling.refusals(sheet, error)
        if not refusals:
            raise
        for item, words in refusals.items():
            filled.rows[item].error = words
        if sound := filled.changes():
            _score(key, sheet, sound, step="sound")


def _row_told(entry: filling.Entry) -> dict[str, Any]:
    """A row as the script hears of it. seen: what it holds now, None while it waits."""
    waits = bool(entry.error)
    return {
        "seen": None if waits else filling.mark(entry.score, entry.reason),
        "taken": [entry.score, entry.reason] if entry.taken else None,
        "theirs": entry.theirs and {"score": entry.theirs.score, "reason": entry.theirs.reason, "mark": entry.theirs.mark},
        "words": entry.error,
    }


def _told(data: dict[str, Any], status: int = 200) -> Response:
    answer = jsonify(data)
    answer.status_code = status
    return answer


def _key(campaign: str, unit: str, pass_key: str, scorer: str) -> Key:
    return {"campaign": campaign, "unit": unit, "pass_key": pass_key, "scorer": scorer}


def _score(key: Key, sheet: filling.Sheet, changes: list[dict[str, Any]], *, step: str) -> dict[str, Any]:
    return command("evaluations", "score_items", {**key, "scores": plain(changes), "version": sheet["version"]}, step=step)


def _page(
    sheet: filling.Sheet,
    filled: Filled,
    words: str = "",
    error: CommendationError | None = None,
    lost: Mapping[str, filling.Given] | None = None,
) -> str:
    """The page of the sheet; lost: what was typed into rows that are not filled any more, by item."""
    given = {before["pass_key"] for item in filling.items_of(sheet) for before in item["previous"]}
    order = [one["pass_key"] for one in sheet["passes"]]
    here = order.index(sheet["pass_key"]) if sheet["pass_key"] in order else len(order)
    takes = {item["key"]: filling.takes(sheet, item) for item in filling.items_of(sheet)}
    return render_template(
        "sheet.html",
        sheet=sheet,
        rows=filled.rows,
        words=words,
        lost=lost or {},
        changed=any(entry.outcome is not Outcome.HELD for entry in filled.rows.values()),
        takes=takes,
        wrong=[key for key, entry in filled.rows.items() if entry.error and takes[key]],
        apart=any(item["kind"] in ("bonus", "penalty") and takes[item["key"]] for item in filling.items_of(sheet)),
        left=_left(sheet),
        titles={one["pass_key"]: one["title"] for one in sheet["passes"]},
        earlier=[one for one in order[:here] if one in given or len(order) <= COLUMNS_MAX],
        later=order[here + 1 :] if len(order) <= COLUMNS_MAX else [],
        has_earlier=bool(given),
        returnable=_returnable(sheet),
        sees_drafts=common.fills(sheet["scorer"]) or visitors.holds(Role.INSPECTOR, scope=NETWORK),
        reason_min=RETURN_REASON_LETTERS_MIN,
        error=error,
        signs=SIGNS,
    )


def _left(sheet: filling.Sheet) -> list[str]:
    """The other units whose sheets the visitor has still to hand in for this scorer and pass, by name, beginning after this unit."""
    if sheet["scorer"] == sheet["unit"] or sheet["scorer"] not in duties.scorers():
        return []
    here = common.name_of(sheet["unit"])
    found = [
        task["unit"]
        for task in query("evaluations", "tasks", units=[sheet["scorer"]])
        if all(task[name] == sheet[name] for name in ("campaign", "pass_key")) and task["state"] == "open" and task["unit"] != sheet["unit"]
    ]
    return sorted(found, key=lambda unit: (common.name_of(unit) < here, common.name_of(unit)))


def _returnable(sheet: filling.Sheet) -> bool:
    """Whether the page offers to give the sheet back: it was handed in, its pass is open, and the visitor checks such sheets of others."""
    if sheet["state"] != "submitted" or not visitors.holds(Role.OFFICE, Role.LEADER):
        return False
    if visitors.holds(Role.SECRETARY, scope=sheet["scorer"]):
        return False
    run = common.campaign_or_404(sheet["campaign"])
    is_open = any(one["pass_key"] == sheet["pass_key"] and one["state"] == "open" for one in run["passes"])
    return is_open and visitors.holds(Role.OFFICE, Role.LEADER, scope=run["cluster"])


def _refused(key: Key, sheet: filling.Sheet, error: CommendationError) -> Shown:
    """The sheet again with what the service said, at the rows it names."""
    now = query("evaluations", "sheet", **key)
    filled = filling.read(now, request.form)
    for item, said in filling.refusals(now, error).items():
        filled.rows[item].error = said
    words = t("sheet.stale") if code_of(error) == STALE else words_of(error)
    if now["version"] != sheet["version"] and code_of(error) != STALE:
        words += " " + t("sheet.draft_kept")
    return _page(now, filled, words), status_of(error)
