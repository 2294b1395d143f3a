"""Organisations by workbook: download, bring back, look at what would change, and record all of it or nothing.

What was brought back travels with the preview, so that nothing is kept here between the two: what is recorded is worked out anew from the
same file, and only if it is still what was shown.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from services.gateway import formats, organisation_workbook
from services.gateway.i18n import t
from services.gateway.pages import common, previews
from services.gateway.problems import status_of
from services.gateway.workbooks import excel
from services.gateway.workbooks import organisations as workbook
from services.gateway.workbooks.table import Table
from shared.errors import CommendationError, NotSignedIn

pages = common.blueprint("workbooks")
Shown = Answer | tuple[str, int] | str

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
    return organisation_workbook.download()


@pages.get("/organisations/workbook")
def upload(error: CommendationError | None = None) -> str:
    return render_template("workbook.html", error=error)


@pages.post("/organisations/workbook")
def preview() -> Shown:
    """What the file would change, row by row, and every mistake by its cell."""
    try:
        return _shown(previews.content())
    except NotSignedIn:
        raise
    except CommendationError as error:
        return upload(error), status_of(error)


@pages.post("/organisations/workbook/changes")
def record() -> Shown:
    """Record what was shown, all or nothing."""
    try:
        content = previews.content()
        brought = organisation_workbook.read(content)
        if brought.plan.faults or brought.digest != request.form.get("digest"):
            return _shown(content, moved_on=True)
        answer = organisation_workbook.record(brought)
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
        return organisation_workbook.faulty(organisation_workbook.read(previews.content()))
    except NotSignedIn:
        raise
    except CommendationError as error:
        return upload(error), status_of(error)


def _shown(content: bytes, *, moved_on: bool = False) -> Shown:
    brought = organisation_workbook.read(content)
    planned, found = brought.plan.planned, brought.faults
    shown = render_template(
        "workbook_preview.html",
        rows=len(brought.filled.rows),
        planned=[_line(brought.table, one) for one in planned[:SHOWN_MAX]],
        changes=len(planned),
        faults=[excel.words_of(brought.table, fault) for fault in found[:SHOWN_MAX]],
        wrong=len(found),
        most=SHOWN_MAX,
        content=previews.carried(content),
        digest=brought.digest,
        moved_on=moved_on,
    )
    return shown, 409 if moved_on else 422 if found else 200


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
