"""Score sheets by workbook: download, fill without a connection, bring back, look at what would change, and record all of it or nothing.

What was brought back travels with the preview, so that nothing is kept here between the two: what is recorded is worked out anew from the
same file, and only if it is still what was shown.
"""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from services.gateway import sheet_workbook
from services.gateway.i18n import t
from services.gateway.pages import common, previews
from services.gateway.problems import status_of
from services.gateway.workbooks.sheets import Change, Plan, Subject
from shared.errors import CommendationError, NotSignedIn

pages = common.blueprint("sheet_workbook")
Shown = Answer | tuple[str, int] | str

AT = "/campaigns/<campaign>/sheet-workbooks/<pass_key>/<scorer>"
SHOWN_MAX = 200
"""Changes and mistakes that the preview lists; the rest are counted. Every row that waits for a choice is shown."""


@pages.get(f"{AT}.xlsx")
def download(campaign: str, pass_key: str, scorer: str) -> Response:
    return sheet_workbook.download(Subject(campaign, pass_key, scorer), request.args.get("unit"))


@pages.get(AT)
def upload(campaign: str, pass_key: str, scorer: str, error: CommendationError | None = None) -> str:
    run = common.campaign_or_404(campaign)
    return render_template("sheet_workbook.html", run=run, subject=Subject(campaign, pass_key, scorer), unit=_unit(), error=error)


@pages.post(AT)
def preview(campaign: str, pass_key: str, scorer: str) -> Shown:
    """What the file would change, row by row, and every mistake by its cell."""
    try:
        return _shown(Subject(campaign, pass_key, scorer), previews.content())
    except NotSignedIn:
        raise
    except CommendationError as error:
        return upload(campaign, pass_key, scorer, error), status_of(error)


@pages.post(f"{AT}/changes")
def record(campaign: str, pass_key: str, scorer: str) -> Shown:
    """Record what was shown, all or nothing."""
    subject = Subject(campaign, pass_key, scorer)
    try:
        content = previews.content()
        shown, plan = sheet_workbook.read(subject, content, unit=_unit(), choose=_choice)
        if shown.digest != request.form.get("digest"):
            return _shown(subject, content, words=t("workbook.moved_on"))
        if plan.contested:
            return _shown(subject, content, words=t("sheet_workbook.choose_all"))
        if plan.faults:
            return _shown(subject, content, words=t("sheet_workbook.still_wrong"))
        if not plan.changes:
            return common.go(_back(subject), "flash.workbook_nothing")
        answer = sheet_workbook.record(subject, plan)
    except NotSignedIn:
        raise
    except CommendationError as error:
        return upload(campaign, pass_key, scorer, error), status_of(error)
    return common.finish("evaluations", answer, done="flash.sheet_workbook", back=_back(subject), n=len(plan.changes))


@pages.post(f"{AT}/faults.xlsx")
def faults(campaign: str, pass_key: str, scorer: str) -> Shown:
    """The rows in which something is wrong, in a workbook to be put right and brought back with all the others."""
    try:
        return sheet_workbook.faulty(Subject(campaign, pass_key, scorer), previews.content(), unit=_unit(), choose=_choice)
    except NotSignedIn:
        raise
    except CommendationError as error:
        return upload(campaign, pass_key, scorer, error), status_of(error)


def _shown(subject: Subject, content: bytes, *, words: str = "") -> Shown:
    shown, plan = sheet_workbook.read(subject, content, unit=_unit(), choose=_choice)
    page = render_template(
        "sheet_workbook_preview.html",
        run=common.campaign_or_404(subject.campaign),
        subject=subject,
        unit=_unit(),
        shown=shown,
        faults=plan.faults,
        choice=_choice,
        most=SHOWN_MAX,
        content=previews.carried(content),
        words=words,
    )
    return page, _status(plan, words)


def _status(plan: Plan, words: str) -> int:
    return 422 if plan.faults else 409 if words or plan.contested else 200


def _choice(one: Change) -> str:
    """What was chosen of two on the preview."""
    return request.form.get(f"choice:{one.unit}:{one.line.item}", "")


def _unit() -> str:
    """The sheet from which somebody came here, to which they go back."""
    return request.values.get("unit", "")


def _back(subject: Subject) -> str:
    if not _unit():
        return url_for("home.home")
    return url_for("sheets.show", campaign=subject.campaign, unit=_unit(), pass_key=subject.pass_key, scorer=subject.scorer)
