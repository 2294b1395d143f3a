"""The score sheet (phiếu chấm điểm), laid out like the paper form; nothing that was typed is lost on an error."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway.formats import number, short, typed_number
from services.gateway.i18n import known, t
from services.gateway.network import command, query
from services.gateway.pages import common
from services.gateway.problems import code_of, status_of, words_of
from shared.errors import CommendationError, NotSignedIn, ValidationFailed
from shared.plain import plain

pages = common.blueprint("sheets")

Key = dict[str, Any]
STALE = "evaluations.sheet_stale"


@dataclass
class Entry:
    """One row as it is shown: what stands in its two fields, what stood there when the page was opened, and what is wrong."""

    score: str
    reason: str
    seen: str
    error: str = ""
    note: str = ""
    changed: bool = False


@dataclass
class Entries:
    """The rows by item key, and what goes for the whole sheet."""

    rows: dict[str, Entry] = field(default_factory=dict)
    words: str = ""
    status: int = 200


@pages.get("/campaigns/<campaign>/sheets/<unit>/<pass_key>/<scorer>")
def show(campaign: str, unit: str, pass_key: str, scorer: str) -> str:
    key: Key = {"campaign": campaign, "unit": unit, "pass_key": pass_key, "scorer": scorer}
    sheet = query("evaluations", "sheet", **key)
    return _page(sheet, Entries({item["key"]: _held(item) for item in _items(sheet)}))[0]


@pages.post("/campaigns/<campaign>/sheets/<unit>/<pass_key>/<scorer>")
def save(campaign: str, unit: str, pass_key: str, scorer: str) -> Response | tuple[str, int]:
    key: Key = {"campaign": campaign, "unit": unit, "pass_key": pass_key, "scorer": scorer}
    sheet = query("evaluations", "sheet", **key)
    entries, changes = _read(sheet)
    submitting = request.form.get("action") == "submit"
    if any(entry.error for entry in entries.rows.values()):
        entries.words, entries.status = t("sheet.rows_wrong"), 422
        return _page(sheet, entries)
    if changes and request.form.get("version") != str(sheet["version"]):
        entries.words, entries.status = t("sheet.stale"), 409
        return _page(sheet, entries)
    answer: dict[str, Any] | None = None
    try:
        if changes:
            body = {**key, "scores": plain(changes), "version": sheet["version"]}
            answer = command("evaluations", "score_items", body, step="scores")
        if submitting:
            answer = command("evaluations", "submit_sheet", dict(key), step="submit")
    except NotSignedIn:
        raise
    except CommendationError as error:
        return _refused(key, sheet, entries, error)
    back = url_for("sheets.show", **key)
    if answer is None:
        return common.go(back, "flash.unchanged")
    return common.finish("evaluations", answer, done="flash.submitted" if submitting else "flash.saved", back=back)


def _page(sheet: dict[str, Any], entries: Entries) -> tuple[str, int]:
    titles = {one["pass_key"]: one["title"] for one in sheet["passes"]}
    order = list(titles)
    earlier = order[: order.index(sheet["pass_key"])] if sheet["pass_key"] in titles else []
    given = {before["pass_key"] for item in _items(sheet) for before in item["previous"]}
    shown = render_template(
        "sheet.html", sheet=sheet, entries=entries, titles=titles, earlier=[one for one in earlier if one in given], signs=SIGNS
    )
    return shown, entries.status


SIGNS = {"penalty": "−", "bonus": "+"}


def _items(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for group in sheet["groups"] for item in group["items"]]


def _held(item: dict[str, Any]) -> Entry:
    """A row as the sheet holds it."""
    score, reason = short(item["score"]), item["reason"] or ""
    return Entry(score, reason, seen=_seen(score, reason))


def _seen(score: str, reason: str) -> str:
    return _text(f"{score}|{_text(reason)}")


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").strip()


def _read(sheet: dict[str, Any]) -> tuple[Entries, list[dict[str, Any]]]:
    """What was typed: the rows to show again, and the scores that differ from what the sheet holds.

    A row that the visitor did not touch follows what somebody else saved meanwhile; a touched one keeps what was typed.
    """
    entries, changes = Entries(), []
    for item in _items(sheet):
        key, held = item["key"], _held(item)
        score, reason = request.form.get(f"score:{key}"), _text(request.form.get(f"reason:{key}", ""))
        if score is None or _seen(score.strip(), reason) == _text(request.form.get(f"seen:{key}", "")):
            entries.rows[key] = held
            continue
        entry = Entry(score.strip(), reason, seen=held.seen, changed=True)
        entries.rows[key] = entry
        if _text(request.form.get(f"seen:{key}", held.seen)) != held.seen:
            entry.note = t("sheet.saved_meanwhile", score=held.score or "–")
        try:
            value = typed_number(score)
        except ValidationFailed:
            entry.error = t("sheet.number_unclear")
            continue
        if _seen(short(value), reason) != held.seen:
            changes.append({"item": key, "score": value, "reason": reason or None})
    return entries, changes


def _refused(key: Key, sheet: dict[str, Any], entries: Entries, error: CommendationError) -> tuple[str, int]:
    """The sheet again with what the service said, at the rows it names."""
    now = query("evaluations", "sheet", **key)
    items = {item["key"]: item for item in _items(now)}
    for place in error.details.get("errors") or []:
        if place["at"] in entries.rows:
            entries.rows[place["at"]].error = _row_words(place, items[place["at"]])
    for missing in error.details.get("missing") or []:
        if missing in entries.rows:
            entries.rows[missing].error = t("sheet.missing")
    for name, entry in entries.rows.items():
        entry.seen = _held(items[name]).seen
    entries.words, entries.status = words_of(error), status_of(error)
    if code_of(error) == STALE:
        entries.words = t("sheet.stale")
    elif now["version"] != sheet["version"]:
        entries.words += " " + t("sheet.draft_kept")
    return _page(now, entries)


def _row_words(place: dict[str, str], item: dict[str, Any]) -> str:
    message = f"row.{place.get('code', '')}"
    if known(message):
        return t(message, maximum=short(item["maximum"]), places=item["places"], before=number(item["baseline"]))
    return place["message"]
