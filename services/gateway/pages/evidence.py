"""What is shown and said for one item of a sheet: files of evidence (minh chứng) and comments (nhận xét)."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import evidence, visitors
from services.gateway.network import query
from services.gateway.pages import common
from services.gateway.problems import status_of
from shared.access import Role
from shared.bounds import EVIDENCE_BYTES_MAX, EVIDENCE_FILES_MAX
from shared.errors import CommendationError, NotFound, NotSignedIn, ValidationFailed
from shared.files import ENDINGS

pages = common.blueprint("evidence")
pages.url_value_preprocessor(lambda _endpoint, _values: evidence.make_room())

AT = "/campaigns/<campaign>/sheets/<unit>/<pass_key>/<scorer>/items/<item>"
Shown = Response | tuple[str, int]


@pages.get(f"{AT}/evidence")
def item(campaign: str, unit: str, pass_key: str, scorer: str, item: str) -> str:
    return _page(_key(campaign, unit, pass_key, scorer), item)


@pages.post(f"{AT}/evidence")
def attach(campaign: str, unit: str, pass_key: str, scorer: str, item: str) -> Shown:
    key = _key(campaign, unit, pass_key, scorer)
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise ValidationFailed("No file was chosen.", errors=[{"at": "file", "message": "Choose a file."}])
        answer = evidence.attach(key, item, file.filename, file.read())
    except NotSignedIn:
        raise
    except CommendationError as error:
        return _page(key, item, error), status_of(error)
    return common.finish("evaluations", answer, done="flash.evidence_attached", back=_back(key, item))


@pages.get(f"{AT}/evidence/<sha256>")
def download(campaign: str, unit: str, pass_key: str, scorer: str, item: str, sha256: str) -> Response:
    return evidence.answer(_key(campaign, unit, pass_key, scorer), item, sha256)


@pages.post(f"{AT}/evidence/<sha256>/removal")
def remove(campaign: str, unit: str, pass_key: str, scorer: str, item: str, sha256: str) -> Shown:
    data = {"sha256": sha256, "reason": request.form.get("reason", "")}
    return _act(_key(campaign, unit, pass_key, scorer), item, "remove_evidence", data, "flash.evidence_removed")


@pages.post(f"{AT}/comments")
def comment(campaign: str, unit: str, pass_key: str, scorer: str, item: str) -> Shown:
    method = "review_item" if request.form.get("form") == "review" else "comment_item"
    data = {"comment": request.form.get("comment", "").replace("\r\n", "\n")}
    return _act(_key(campaign, unit, pass_key, scorer), item, method, data, "flash.commented")


def _act(key: evidence.Key, item: str, method: str, data: dict[str, Any], done: str) -> Shown:
    asked = {**key, "item": item, **data}
    return common.act("evaluations", method, asked, done=done, back=_back(key, item), again=lambda error: _page(key, item, error))


def _page(key: evidence.Key, item: str, error: CommendationError | None = None) -> str:
    sheet = query("evaluations", "sheet", **key)
    rows = {row["key"]: row for group in sheet["groups"] for row in group["items"]}
    if item not in rows:
        raise NotFound(f"The sheet has no item {item}.", item=item)
    row = rows[item]
    fills = common.fills(key["scorer"])
    return render_template(
        "sheet_evidence.html",
        sheet=sheet,
        key=key,
        item=row,
        fills=sheet["editable"] and fills,
        attaches=sheet["editable"] and fills and row["scored_here"] and (not sheet["returned"] or row["flagged"]),
        reviews=sheet["state"] == "submitted" and visitors.holds(Role.OFFICE, Role.LEADER),
        posts=_posts(row["comments"]),
        endings_of=ENDINGS,
        endings=[f".{ending}" for ending in (*ENDINGS.values(), "jpeg")],
        megabytes_max=EVIDENCE_BYTES_MAX // 1_000_000,
        files_max=EVIDENCE_FILES_MAX,
        error=error,
    )


def _posts(comments: list[dict[str, Any]]) -> dict[str, str]:
    """The posts of the accounts that commented."""
    return {row["account"]: row["post"] for row in query("registry", "posts")} if comments else {}


def _key(campaign: str, unit: str, pass_key: str, scorer: str) -> evidence.Key:
    return {"campaign": campaign, "unit": unit, "pass_key": pass_key, "scorer": scorer}


def _back(key: evidence.Key, item: str) -> str:
    return url_for("evidence.item", item=item, **key)
