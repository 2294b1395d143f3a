"""Ballots: opened, closed and read by everybody on one page; voted in on three: choose, check, cast."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import balloting, visitors
from services.gateway.i18n import t
from services.gateway.network import command_id, query
from services.gateway.pages import choosing, common
from services.gateway.problems import code_of, status_of
from services.gateway.schemas.ballots import BALLOT_KINDS, BALLOT_MODES, BALLOT_PURPOSES, SUBJECTS
from shared.access import NETWORK, Role
from shared.errors import CommendationError, NotSignedIn, ValidationFailed
from shared.ids import derived_id

pages = common.blueprint("ballots")
Shown = Response | tuple[str, int]

MARK = "mark."
"""Before the id of a choice: the field of a paper on which each is voted on by itself."""

CHOSEN = "chosen"
"""The field of a paper from which one chooses."""

VOTED = "evaluations.already_voted"


def _runs() -> bool:
    return visitors.holds(Role.OFFICE, Role.COUNCIL, scope=NETWORK)


@pages.get("/ballots")
def overview(error: CommendationError | None = None) -> str:
    runs = _runs()
    campaigns = query("campaigns", "campaigns") if runs else []
    return render_template(
        "ballots.html",
        ballots=query("evaluations", "ballots"),
        mine=query("evaluations", "my_ballots"),
        runs=runs,
        posts=query("registry", "posts") if runs else [],
        rules=query("evaluations", "ballot_rules") if runs else [],
        councils=query("registry", "councils") if runs else [],
        campaigns=[(run["campaign"], run["title"]) for run in campaigns if run["state"] != "final"],
        purposes=_words("ballot_purpose", BALLOT_PURPOSES),
        kinds=_words("ballot_kind", BALLOT_KINDS),
        modes=_words("ballot_mode", BALLOT_MODES),
        subjects=_words("ballot_subject", SUBJECTS),
        error=error,
    )


def _words(family: str, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(key, t(f"{family}.{key}")) for key in keys]


@pages.post("/ballots")
def begin() -> Shown:
    ballot = derived_id("ballot", command_id())
    data = {"ballot": ballot, **common.filled("title", "purpose", "mode", "kind", "rule", "campaign", "council", whole=("most",))}
    data["electorate"], data["absent"] = request.form.getlist("elector"), request.form.getlist("absent")
    try:
        data["choices"] = _choices()
    except ValidationFailed as error:
        return overview(error), status_of(error)
    return common.act(
        "evaluations", "open_ballot", data, done="flash.ballot_opened", back=url_for("ballots.show", ballot=ballot), again=overview
    )


def _choices() -> list[dict[str, str]]:
    """What the lines of the form name: units by name, code or key; others by "id | words", or by words alone."""
    subject, typed = request.form.get("subject", ""), request.form.get("choices", "")
    if subject == "unit":
        return [{"choice": key, "subject": subject} for key in choosing.keys_of_lines(typed, common.names())]
    found = []
    for line in choosing.lines_of(typed):
        named, bar, words = (part.strip() for part in line.partition("|"))
        key, called = (named, words) if bar else (derived_id("ballot-choice", named), named)
        found.append({"choice": key, "subject": subject, "words": called})
    return found


@pages.get("/ballots/<ballot>")
def show(ballot: str, error: CommendationError | None = None) -> str:
    found = query("evaluations", "ballot", ballot=ballot)
    posts = {row["account"]: row for row in query("registry", "posts")}
    return render_template(
        "ballot.html",
        ballot=found,
        counts=_shares(found["count"]) if found["count"] else {},
        runs=_runs(),
        posts=posts,
        letter_of=[(account, posts.get(account, {}).get("post", account)) for account in _may_write(found)],
        marks=_marks(found),
        error=error,
    )


def _may_write(ballot: dict[str, Any]) -> list[str]:
    """The absent whose written opinions the visitor may still enter."""
    asks = ballot["mode"] != "secret" and ballot["rule"]["absent_may_vote"] and ballot["opened_by"] == visitors.required().account
    return [account for account in ballot["absent"] if account not in ballot["letters"]] if asks else []


def _shares(count: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The counts by choice, each with its `share` in percent, cut off after two places so that 79.996 does not read as 80."""
    found = {}
    for one in count["counts"]:
        share = None
        if one["in_favour"] is not None and count["of"]:
            share = (Decimal(one["in_favour"]) * 100 / count["of"]).quantize(Decimal("0.01"), ROUND_DOWN)
        found[one["choice"]] = {**one, "share": share}
    return found


@pages.post("/ballots/<ballot>/letters")
def letter(ballot: str) -> Shown:
    """Enter the written opinion of a voter who is absent."""
    marks = _marks(query("evaluations", "ballot", ballot=ballot))
    given = [{"choice": choice, "mark": mark} for choice, mark in marks.items()]
    return _act(ballot, "record_letter", {**common.filled("voter", "document"), "marks": given}, done="flash.letter_recorded")


@pages.post("/ballots/<ballot>/letters/<voter>/correction")
def correct_letter(ballot: str, voter: str) -> Shown:
    """Enter a letter anew; the scan that its first entry names stays with it."""
    found = query("evaluations", "ballot", ballot=ballot)
    given = [{"choice": choice, "mark": mark} for choice, mark in _marks(found).items()]
    scans = {letter["voter"]: letter["sha256"] for letter in found["entered"]}
    data = {"voter": voter, **common.filled("document", "reason"), "marks": given, "sha256": scans.get(voter)}
    return _act(ballot, "correct_letter", data, done="flash.letter_corrected")


@pages.post("/ballots/<ballot>/letters/<voter>/withdrawal")
def withdraw_letter(ballot: str, voter: str) -> Shown:
    return _act(ballot, "withdraw_letter", {"voter": voter, **common.filled("reason")}, done="flash.letter_withdrawn")


@pages.post("/ballots/<ballot>/closing")
def close(ballot: str) -> Shown:
    data: dict[str, Any] = common.filled("reason", whole=("cast", "blank", "invalid"))
    found = query("evaluations", "ballot", ballot=ballot)
    if found["mode"] == "hands":
        figures = [common.filled(f"in_favour.{one['choice']}", f"against.{one['choice']}", whole=_hands(one)) for one in found["choices"]]
        data["hands"] = [
            {"choice": one["choice"], **{name.partition(".")[0]: value for name, value in said.items()}}
            for one, said in zip(found["choices"], figures, strict=True)
        ]
    return _act(ballot, "close_ballot", data, done="flash.ballot_closed")


def _hands(choice: dict[str, Any]) -> tuple[str, ...]:
    return f"in_favour.{choice['choice']}", f"against.{choice['choice']}"


@pages.post("/ballots/<ballot>/cancellation")
def cancel(ballot: str) -> Shown:
    return _act(ballot, "cancel_ballot", common.filled("reason"), done="flash.ballot_cancelled")


@pages.post("/ballots/<ballot>/run-off")
def run_off(ballot: str) -> Shown:
    """Open a ballot between those left, for the places left, by the same voters and rule."""
    before = query("evaluations", "ballot", ballot=ballot)
    left = [one for one in before["choices"] if one["choice"] in before["run_off_between"]]
    passed = sum(one["verdict"] == "passed" for one in (before["count"] or {"counts": []})["counts"])
    places = max(1, before["most"] - passed)
    kind = "choose_one" if places == 1 else "choose_up_to" if places < len(left) else "approve_each"
    made = derived_id("ballot", command_id())
    data = {
        "ballot": made,
        "title": t("ballots.run_off_title", title=before["title"]),
        "choices": [{name: value for name, value in one.items() if value is not None} for one in left],
        "kind": kind,
        "most": places if kind == "choose_up_to" else 1,
        "rule": before["rule"]["rule"],
        "run_off_of": ballot,
        **{name: before[name] for name in ("purpose", "mode", "electorate", "absent", "campaign", "council", "cluster")},
    }
    return common.act(
        "evaluations",
        "open_ballot",
        data,
        done="flash.ballot_opened",
        back=url_for("ballots.show", ballot=made),
        again=lambda error: show(ballot, error),
    )


def _act(ballot: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    return common.act(
        "evaluations",
        method,
        {"ballot": ballot, **data},
        done=done,
        back=url_for("ballots.show", ballot=ballot),
        again=lambda error: show(ballot, error),
    )


@pages.get("/ballots/<ballot>/paper")
def paper(ballot: str) -> str:
    """The first step: the paper, to choose on."""
    found = query("evaluations", "ballot", ballot=ballot)
    return _paper(found, "voted" if found["voted"] else "choose" if found["may_vote"] else "closed", {})


@pages.post("/ballots/<ballot>/vote")
def vote(ballot: str) -> Shown:
    """Check what was chosen, go back to it, or cast it. The page is shown at once: a message kept for the next one would be a trace."""
    found = query("evaluations", "ballot", ballot=ballot)
    return _step(found, lambda marks: balloting.cast_secretly(found, marks))


@pages.post("/ballots/<ballot>/named-vote")
def vote_by_name(ballot: str) -> Shown:
    return _step(query("evaluations", "ballot", ballot=ballot), lambda marks: balloting.vote_by_name(ballot, marks))


def _step(ballot: dict[str, Any], cast: Any) -> Shown:
    marks = _marks(ballot)
    step = request.form.get("step")
    if step != "back" and not _fits(ballot, marks):
        return _paper(ballot, "choose", marks, wrong=True), 422
    if step != "cast":
        return _paper(ballot, "choose" if step == "back" else "check", marks), 200
    try:
        cast(marks)
    except NotSignedIn:
        raise
    except CommendationError as error:
        if code_of(error) == VOTED:
            return _paper(ballot, "voted", {}), 409
        return _paper(ballot, "check", marks, error=error), status_of(error)
    return _paper(ballot, "done", {}), 200


def _marks(ballot: dict[str, Any]) -> dict[str, str]:
    """The marks on the paper that was sent, by choice."""
    on_it = [one["choice"] for one in ballot["choices"]]
    if ballot["kind"] == "approve_each":
        said = {choice: request.form.get(f"{MARK}{choice}", "") for choice in on_it}
        return {choice: mark for choice, mark in said.items() if mark in ("for", "against")}
    chosen = request.form.getlist(CHOSEN)
    return dict.fromkeys((choice for choice in on_it if choice in chosen), "for")


def _fits(ballot: dict[str, Any], marks: dict[str, str]) -> bool:
    return ballot["kind"] == "approve_each" or len(marks) <= (ballot["most"] if ballot["kind"] == "choose_up_to" else 1)


def _paper(ballot: dict[str, Any], step: str, marks: dict[str, str], *, wrong: bool = False, error: CommendationError | None = None) -> str:
    return render_template("ballot_paper.html", ballot=ballot, step=step, marks=marks, wrong=wrong, error=error)
