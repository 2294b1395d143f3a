"""Ratings of people and units: a period's grid, by hand or from a workbook, its approval, and the year.

What was brought back travels with the preview, as for organisations: what is recorded is worked out anew from the same file, and only if
it is still what was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from services.gateway import visitors
from services.gateway.downloads import attachment
from services.gateway.formats import NumberUnclear, typed_number
from services.gateway.i18n import t
from services.gateway.network import command, query
from services.gateway.offload import beside
from services.gateway.pages import choosing, common, previews
from services.gateway.periods import typed_period, words_of_period
from services.gateway.problems import code_of, status_of
from services.gateway.rating_rows import Entry, entry_of, mark_of, rated_in, words_of_faults
from services.gateway.workbooks import excel
from services.gateway.workbooks import ratings as workbook
from services.gateway.workbooks.table import Filled, Table
from shared.access import Role
from shared.errors import CommendationError, NotFound, NotSignedIn, ValidationFailed

pages = common.blueprint("ratings")
pages.add_app_template_filter(words_of_period, "period")
Shown = Answer | tuple[str, int] | str

OVERSEERS = (Role.OFFICE, Role.INSPECTOR)
REFUSED = "evaluations.ratings_refused"
SHOWN_MAX = 200
"""Rows and mistakes that the preview lists; the rest are counted."""


@pages.get("/ratings")
def overview(error: CommendationError | None = None) -> str:
    """The periods that a unit has ratings of, and the way to another period or to a year."""
    own = _own_units()
    unit = request.args.get("unit", "").strip() or (own[0][0] if len(own) == 1 else "")
    if visitors.holds(*OVERSEERS):
        unit = choosing.key_of(unit, common.names())
    schemes = query("evaluations", "rating_schemes")
    return render_template(
        "ratings.html",
        own=own,
        chooses=visitors.holds(*OVERSEERS),
        unit=unit,
        periods=query("evaluations", "rating_periods", unit=unit) if unit else [],
        schemes=schemes,
        titles={scheme["key"]: scheme["title"] for scheme in schemes},
        error=error,
    )


@pages.get("/ratings/open")
def choose() -> Shown:
    """To the period, or to the year where only a year was typed."""
    unit, scheme, typed = (request.args.get(name, "").strip() for name in ("unit", "scheme", "period"))
    period = typed_period(typed) if typed else f"{common.today():%Y-%m}"
    if period is None:
        errors = [{"at": "period", "message": t("ratings.period_unclear")}]
        return overview(ValidationFailed(f"{typed!r} is no period.", errors=errors)), 422
    if period.isdigit():
        return redirect(url_for("ratings.year", unit=unit, year=int(period), scheme=scheme), 303)
    return redirect(url_for("ratings.grid", unit=unit, period=period, scheme=scheme), 303)


@pages.get("/ratings/<unit>/<period>/<scheme>")
def grid(unit: str, period: str, scheme: str, error: CommendationError | None = None) -> str:
    ratings = _ratings(unit, period, scheme)
    return _grid(ratings, _entries(ratings), error)


@pages.post("/ratings/<unit>/<period>/<scheme>")
def save(unit: str, period: str, scheme: str) -> Shown:
    """Save the rows that were filled in, and put them before whoever approves where that button was pressed."""
    ratings = _ratings(unit, period, scheme)
    entries = [_typed(entry, ratings["scheme"]) for entry in _entries(ratings)]
    if any(entry.errors for entry in entries):
        return _grid(ratings, entries, None), 422
    at = _at(ratings)
    rows, removed = _changes(ratings, entries)
    if any(entry.errors for entry in entries):
        return _grid(ratings, entries, None), 409
    submitting = request.form.get("action") == "submit"
    try:
        answer = None
        if rows or removed:
            body = {**at, "rows": rows, "removed": removed, "version": ratings["version"]}
            answer = command("evaluations", "enter_ratings", body, step="rows")
        if submitting:
            answer = command("evaluations", "submit_ratings", at, step="submit")
    except NotSignedIn:
        raise
    except CommendationError as error:
        return _refused(ratings, entries, error), status_of(error)
    back = url_for("ratings.grid", **at)
    if answer is None:
        return common.go(back, "flash.unchanged")
    return common.finish("evaluations", answer, done="flash.ratings_submitted" if submitting else "flash.ratings_saved", back=back)


@pages.post("/ratings/<unit>/<period>/<scheme>/approval")
def approve(unit: str, period: str, scheme: str) -> Shown:
    data = common.filled("effective_on", "document", "variant")
    return _act((unit, period, scheme), "approve_ratings", data, done="flash.ratings_approved")


@pages.post("/ratings/<unit>/<period>/<scheme>/return")
def give_back(unit: str, period: str, scheme: str) -> Shown:
    return _act((unit, period, scheme), "return_ratings", common.filled("reason"), done="flash.ratings_returned")


@pages.get("/ratings/<unit>/<period>/<scheme>/corrections/<subject>")
def correction(unit: str, period: str, scheme: str, subject: str) -> str:
    ratings = _ratings(unit, period, scheme)
    return _correction(ratings, _entry(ratings, subject))


@pages.post("/ratings/<unit>/<period>/<scheme>/corrections/<subject>")
def correct(unit: str, period: str, scheme: str, subject: str) -> Shown:
    """One row of approved ratings, as its fields say."""
    ratings = _ratings(unit, period, scheme)
    entry = _typed(_entry(ratings, subject), ratings["scheme"])
    if entry.errors:
        return _correction(ratings, entry), 422
    at = _at(ratings)
    return common.act(
        "evaluations",
        "correct_rating",
        {**at, "row": entry.to_data(), **common.filled("reason")},
        done="flash.rating_corrected",
        back=url_for("ratings.grid", **at),
        again=lambda error: _correction(ratings, entry, error),
    )


@pages.get("/ratings/<unit>/<period>/<scheme>/workbook.xlsx")
def download(unit: str, period: str, scheme: str) -> Response:
    ratings = _ratings(unit, period, scheme)
    made = workbook.table(ratings)
    recorded = {row["subject"]: row for row in ratings["rows"]}
    rows = [(entry.who.subject, workbook.values_of(made, entry, recorded.get(entry.who.subject))) for entry in _entries(ratings)]
    return attachment(beside(excel.write, made, rows, lead=_lead()), f"xep-loai-{unit}-{period}.xlsx")


@pages.post("/ratings/<unit>/<period>/<scheme>/workbook")
def preview(unit: str, period: str, scheme: str) -> Shown:
    """What the file would enter, row by row, and every mistake by its cell."""
    try:
        return _preview(_ratings(unit, period, scheme), previews.content())
    except NotSignedIn:
        raise
    except CommendationError as error:
        return grid(unit, period, scheme, error), status_of(error)


@pages.post("/ratings/<unit>/<period>/<scheme>/workbook/rows")
def record(unit: str, period: str, scheme: str) -> Shown:
    """Record what was shown, all or nothing."""
    try:
        ratings, content = _ratings(unit, period, scheme), previews.content()
        plan = _read(ratings, content)[2]
        if plan.faults or _digest(plan) != request.form.get("digest"):
            return _preview(ratings, content, moved_on=True)
        rows = [entry.to_data() for entry in plan.entries]
        answer = command("evaluations", "enter_ratings", {**_at(ratings), "rows": rows, "version": ratings["version"]})
    except NotSignedIn:
        raise
    except CommendationError as error:
        return grid(unit, period, scheme, error), status_of(error)
    back = url_for("ratings.grid", unit=unit, period=period, scheme=scheme)
    return common.finish("evaluations", answer, done="flash.ratings_filled", back=back, n=len(plan.entries))


@pages.post("/ratings/<unit>/<period>/<scheme>/workbook/faults.xlsx")
def faults(unit: str, period: str, scheme: str) -> Shown:
    """The rows that something is wrong with, as a workbook to be put right and brought back."""
    try:
        made, filled, plan, _ = _read(_ratings(unit, period, scheme), previews.content())
    except NotSignedIn:
        raise
    except CommendationError as error:
        return grid(unit, period, scheme, error), status_of(error)
    return attachment(beside(excel.write_faulty, made, filled, plan.faults, lead=_lead()), "xep-loai-can-sua.xlsx")


@pages.get("/ratings/<unit>/years/<int:year>/<scheme>")
def year(unit: str, year: int, scheme: str, error: CommendationError | None = None) -> str:
    variant = (request.form if request.method == "POST" else request.args).get("variant", "").strip() or None
    found = query("evaluations", "year_ratings", unit=unit, year=year, scheme=scheme, variant=variant)
    rows = [{"subject": one["subject"], "post": ""} for one in found["standings"]]
    last_day = f"{year}-12-31"
    named = {one.subject: one for one in rated_in({"unit": unit, "scheme": found["scheme"], "rows": rows, "last_day": last_day})}
    return render_template(
        "year_ratings.html",
        ratings=found,
        named=named,
        over=_over(found["quotas"]),
        decides=visitors.holds(Role.OFFICE, scope=unit),
        variant=variant,
        error=error,
    )


@pages.post("/ratings/<unit>/years/<int:year>/<scheme>/grades/<subject>")
def decide(unit: str, year: int, scheme: str, subject: str) -> Shown:
    grade = common.filled("grade").get("grade")
    data = {"subject": subject, "grade": grade, **common.filled("reason")}
    return _act_on_year(unit, year, scheme, "decide_year_grade", data, done="flash.year_grade_decided")


@pages.post("/ratings/<unit>/years/<int:year>/<scheme>/recognition")
def recognise(unit: str, year: int, scheme: str) -> Shown:
    data = common.filled("document", "effective_on", "variant")
    return _act_on_year(unit, year, scheme, "recognise_year", data, done="flash.year_recognised")


def _own_units() -> list[tuple[str, str]]:
    """The units for which the visitor acts as secretary, as the options of a choice."""
    return sorted(((unit, common.name_of(unit)) for unit in visitors.scopes(Role.SECRETARY)), key=lambda option: option[1])


def _ratings(unit: str, period: str, scheme: str) -> dict[str, Any]:
    return dict(query("evaluations", "ratings", unit=unit, period=period, scheme=scheme))


def _at(ratings: Mapping[str, Any]) -> dict[str, Any]:
    return {"unit": ratings["unit"], "period": ratings["period"], "scheme": ratings["scheme"]["key"]}


def _entries(ratings: Mapping[str, Any]) -> list[Entry]:
    """The rows as they are recorded, and empty ones for who has none."""
    recorded = {row["subject"]: row for row in ratings["rows"]}
    return [entry_of(who, recorded.get(who.subject)) for who in rated_in(ratings)]


def _typed(held: Entry, scheme: Mapping[str, Any]) -> Entry:
    """The row as the form says it, with what cannot be read as a number."""
    subject = held.who.subject

    def said(name: str) -> str:
        return " ".join(request.form.get(f"{name}:{subject}", "").split())

    entry = Entry(
        held.who,
        group=said("group"),
        leads=bool(said("leads")),
        figures={figure["key"]: said(f"figure:{figure['key']}") for figure in scheme["figures"]},
        facts=request.form.getlist(f"fact:{subject}"),
        unrated=said("unrated"),
        decided=said("decided"),
        because=said("because"),
        points=held.points,
        grade=held.grade,
        seen=held.seen,
    )
    for key, typed in entry.figures.items():
        try:
            typed_number(typed)
        except NumberUnclear:
            entry.errors[key] = t("rating_fault.unclear", given=typed)
    if entry.filled and not entry.group:
        entry.errors["group"] = t("rating_fault.missing")
    return entry


def _changes(ratings: Mapping[str, Any], entries: Sequence[Entry]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows to enter and the subjects to take out, by what one saw, what is recorded now, and what was typed.

    A row that only somebody else has changed stays as it is now. Where both have, it is marked: saved again it is taken as it was typed.
    """
    recorded = {row["subject"]: row for row in ratings["rows"]}
    rows, removed = [], []
    for entry in entries:
        subject = entry.who.subject
        said = entry.to_data() if entry.filled else None
        typed, now, seen = mark_of(said), mark_of(recorded.get(subject)), request.form.get(f"seen:{subject}", "")
        if typed in (now, seen):
            continue
        if now != seen:
            entry.errors["subject"] = t("rating_fault.meanwhile")
        elif said is None:
            removed.append(subject)
        else:
            rows.append(said)
    return rows, removed


def _grid(ratings: Mapping[str, Any], entries: Sequence[Entry], error: CommendationError | None) -> str:
    return render_template(
        "ratings_grid.html",
        ratings=ratings,
        scheme=ratings["scheme"],
        entries=entries,
        wrong=sum(bool(entry.errors) for entry in entries),
        done=sum(entry.filled for entry in entries),
        over=_over(ratings["quotas"]),
        edits=visitors.holds(Role.OFFICE, Role.SECRETARY, scope=ratings["unit"]),
        approves=visitors.holds(Role.OFFICE, scope=ratings["unit"]),
        error=error,
    )


def _over(quotas: Sequence[Mapping[str, Any]]) -> list[tuple[str, str | None]]:
    """The grades, with the group where it is counted, of which there are more than a quota that binds allows."""
    return [(line["grade"], line["group"]) for line in quotas if line["binding"] and line["left"] < 0]


def _entry(ratings: Mapping[str, Any], subject: str) -> Entry:
    """The row of somebody. Raises NotFound."""
    for entry in _entries(ratings):
        if entry.who.subject == subject:
            return entry
    raise NotFound(f"{subject} is not rated in {ratings['unit']}.", subject=subject)


def _correction(ratings: Mapping[str, Any], entry: Entry, error: CommendationError | None = None) -> str:
    if error is not None and _take_faults({entry.who.subject: entry}, error):
        error = None
    return render_template("rating_correction.html", ratings=ratings, scheme=ratings["scheme"], entry=entry, error=error)


def _take_faults(entries: Mapping[str, Entry], error: CommendationError) -> bool:
    """Put every fault that evaluations found at its field; False where the refusal is about something else."""
    found = words_of_faults(error.details.get("errors") or []) if code_of(error) == REFUSED else []
    for subject, at, words in found:
        if subject in entries:
            entries[subject].errors[at] = words
    return bool(found)


def _refused(ratings: Mapping[str, Any], entries: Sequence[Entry], error: CommendationError) -> str:
    """The grid with every fault at its field, nothing of what was typed lost."""
    taken = _take_faults({entry.who.subject: entry for entry in entries}, error)
    return _grid(ratings, entries, None if taken else error)


def _act(at: tuple[str, str, str], method: str, data: dict[str, Any], *, done: str) -> Shown:
    unit, period, scheme = at
    return common.act(
        "evaluations",
        method,
        {"unit": unit, "period": period, "scheme": scheme, **data},
        done=done,
        back=url_for("ratings.grid", unit=unit, period=period, scheme=scheme),
        again=lambda error: grid(unit, period, scheme, error),
    )


def _act_on_year(unit: str, at: int, scheme: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    return common.act(
        "evaluations",
        method,
        {"unit": unit, "year": at, "scheme": scheme, **data},
        done=done,
        back=url_for("ratings.year", unit=unit, year=at, scheme=scheme),
        again=lambda error: year(unit, at, scheme, error),
    )


def _read(ratings: Mapping[str, Any], content: bytes) -> tuple[Table, Filled, workbook.Plan, dict[str, Any]]:
    """The table as it is now, what was filled in, what it would enter, and what evaluations say of that."""
    made = workbook.table(ratings)
    filled = beside(excel.read, made, content)
    entries = {entry.who.subject: entry for entry in _entries(ratings)}
    plan = workbook.plan(filled, made, ratings, entries)
    told: dict[str, Any] = {"rows": [], "quotas": ratings["quotas"]}
    if plan.entries:
        told = query("evaluations", "rehearse_ratings", **_at(ratings), rows=[entry.to_data() for entry in plan.entries])
        plan = workbook.Plan(plan.entries, plan.rows, [*plan.faults, *workbook.refused(plan, ratings["scheme"], told["errors"])])
    return made, filled, plan, told


def _preview(ratings: Mapping[str, Any], content: bytes, *, moved_on: bool = False) -> Shown:
    made, filled, plan, told = _read(ratings, content)
    come_to = {row["subject"]: row for row in told["rows"]}
    listed = sorted(plan.faults, key=lambda fault: fault.row)
    shown = render_template(
        "ratings_preview.html",
        ratings=ratings,
        rows=len(filled.rows),
        entries=[(entry, come_to.get(entry.who.subject)) for entry in plan.entries[:SHOWN_MAX]],
        count=len(plan.entries),
        faults=[excel.words_of(made, fault) for fault in listed[:SHOWN_MAX]],
        wrong=len(plan.faults),
        quotas=told["quotas"],
        most=SHOWN_MAX,
        content=previews.carried(content),
        digest=_digest(plan),
        moved_on=moved_on,
    )
    return shown, 409 if moved_on else 422 if plan.faults else 200


def _digest(plan: workbook.Plan) -> str:
    return previews.digest_of([entry.to_data() for entry in plan.entries])


def _lead() -> Sequence[str]:
    return [t("rating_book.lead_fill"), t("workbook.lead_back")]
