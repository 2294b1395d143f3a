"""Organisations by workbook: download, bring back, look at what would change, and record all of it or nothing.

What was brought back travels with the preview, so that nothing is kept here between the two: what is recorded is worked out anew from the
same file, and only if it is still what was shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from services.gateway import formats
from services.gateway.i18n import t
from services.gateway.network import command, query
from services.gateway.offload import beside
from services.gateway.pages import choosing, common
from services.gateway.problems import status_of, words_of
from services.gateway.workbooks import excel
from services.gateway.workbooks import organisations as workbook
from services.gateway.workbooks.table import Fault, Filled, Table
from shared.errors import CommendationError, NotSignedIn, ValidationFailed

pages = common.blueprint("workbooks")
Shown = Answer | tuple[str, int] | str

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORDS = {
    "register": "organisations.register",
    "rename": "organisation.rename",
    "recode": "organisation.recode",
    "retype": "organisation.retype",
    "move": "organisation.move",
}
SHOWN_MAX = 200
"""Changes and mistakes that the preview lists; the rest are counted."""


@pages.get("/organisations/workbook.xlsx")
def download() -> Response:
    rows = query("registry", "organisations")
    made = workbook.table(rows)
    content = beside(excel.write, made, [(row["organisation"], workbook.values_of(row)) for row in rows], lead=_lead())
    return _file(content, f"to-chuc-{common.today():%Y-%m-%d}.xlsx")


@pages.get("/organisations/workbook")
def upload(error: CommendationError | None = None) -> str:
    return render_template("workbook.html", error=error)


@pages.post("/organisations/workbook")
def preview() -> Shown:
    """What the file would change, row by row, and every mistake by its cell."""
    try:
        return _shown(_content())
    except NotSignedIn:
        raise
    except CommendationError as error:
        return upload(error), status_of(error)


@pages.post("/organisations/workbook/changes")
def record() -> Shown:
    """Record what was shown, all or nothing."""
    try:
        content = _content()
        _, _, plan = _read(content)
        if plan.faults or _digest(plan) != request.form.get("digest"):
            return _shown(content, moved_on=True)
        answer = command("registry", "record_organisations", {"changes": [one.change for one in plan.planned]})
    except NotSignedIn:
        raise
    except CommendationError as error:
        return upload(error), status_of(error)
    done = "flash.workbook" if answer["events"] else "flash.workbook_nothing"
    return common.finish("registry", answer, done=done, back=url_for("organisations.overview"), n=answer["events"])


@pages.post("/organisations/workbook/faults.xlsx")
def faults() -> Shown:
    """The rows that something is wrong with, as a workbook to be put right and brought back."""
    try:
        made, filled, plan = _read(_content())
    except NotSignedIn:
        raise
    except CommendationError as error:
        return upload(error), status_of(error)
    return _file(beside(excel.write_faulty, made, filled, plan.faults, lead=_lead()), "to-chuc-can-sua.xlsx")


def _read(content: bytes) -> tuple[Table, Filled, workbook.Plan]:
    """The table as it is now, what was filled in, and what it would do; the registry says what it would refuse."""
    rows = query("registry", "organisations")
    made = workbook.table(rows)
    filled = beside(excel.read, made, content)
    plan = workbook.plan(filled, rows, choosing.key_from)
    if plan.planned:
        told = query("registry", "rehearse_organisations", changes=[one.change for one in plan.planned])
        refused = [_refused(plan, row) for row in told["refused"]]
        plan = workbook.Plan(plan.planned, [*plan.faults, *refused])
    return made, filled, plan


def _refused(plan: workbook.Plan, told: dict[str, Any]) -> Fault:
    """A refusal of the registry at the cell that asked for it."""
    planned = plan.planned[told["change"]]
    return Fault(planned.row, planned.columns[0], "workbook.refused", {"words": words_of(CommendationError.from_data(told["error"]))})


def _shown(content: bytes, *, moved_on: bool = False) -> Shown:
    made, filled, plan = _read(content)
    listed = sorted(plan.faults, key=lambda fault: fault.row)
    shown = render_template(
        "workbook_preview.html",
        rows=len(filled.rows),
        planned=[_line(made, one) for one in plan.planned[:SHOWN_MAX]],
        changes=len(plan.planned),
        faults=[excel.words_of(made, fault) for fault in listed[:SHOWN_MAX]],
        wrong=len(plan.faults),
        most=SHOWN_MAX,
        content=base64.b64encode(content).decode(),
        digest=_digest(plan),
        moved_on=moved_on,
    )
    return shown, 409 if moved_on else 422 if plan.faults else 200


def _line(made: Table, one: workbook.Planned) -> dict[str, Any]:
    """A change as the preview shows it: each thing with what it was and will be."""
    words = {name: {key: said for said, key in found.items()} for name, found in made.lists.items()}

    def said(key: str, values: dict[str, Any]) -> str:
        value = values.get(key)
        if value is None:
            return ""
        among = made.column(key).among
        return words[among].get(value, str(value)) if among else formats.day(value) if isinstance(value, date) else str(value)

    return {
        "row": one.row,
        "change": t(_WORDS[one.change["change"]]),
        "name": common.name_of(one.change["organisation"]) if one.before else one.after.get("name", ""),
        "parts": [(made.column(key).words, said(key, one.before), said(key, one.after)) for key in one.columns],
    }


def _content() -> bytes:
    """The file that was just chosen, or the one that travelled with the preview."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.read()
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error:
        content = b""
    if not content:
        raise ValidationFailed("No file was chosen.", errors=[{"at": "file", "message": "Choose a file."}])
    return content


def _digest(plan: workbook.Plan) -> str:
    said = json.dumps([one.change for one in plan.planned], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _lead() -> Sequence[str]:
    return [t("workbook.lead_edit"), t("workbook.lead_back"), t("workbook.lead_delete")]


def _file(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
