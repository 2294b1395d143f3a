"""Adjustments of a campaign: bonus, penalty and exclusion beside the sheets, made and reversed by the office, seen by all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import evidence, formats, i18n, visitors
from services.gateway.network import command_id, query
from services.gateway.pages import common
from services.gateway.problems import status_of, words_of
from services.gateway.schemas.adjustments import ADJUSTMENT_KINDS
from shared.access import NETWORK, Role
from shared.bounds import EVIDENCE_BYTES_MAX, EVIDENCE_FILES_MAX
from shared.calendar import legal_date
from shared.errors import CommendationError, NotSignedIn
from shared.files import ENDINGS, FileRefused
from shared.ids import derived_id

pages = common.blueprint("adjustments")
pages.url_value_preprocessor(lambda endpoint, _values: evidence.make_room() if endpoint == "adjustments.make" else None)
Shown = Response | tuple[str, int]

CHOSEN, KEPT = "chosen", "kept"
"""Fields of the form: digests that are ticked, and "digest name" of files that came with an earlier sending of it."""

LOOK = "look"
"""The step at which nothing is recorded yet: the form is shown again with the files of the unit, and with the one that was brought."""


@pages.get("/campaigns/<campaign>/adjustments")
def show(campaign: str, error: CommendationError | None = None, brought: str = "") -> str:
    """brought: "digest name" of the file that came with the form just now."""
    run = common.campaign_or_404(campaign)
    rules = query("evaluations", "adjustment_rules")
    acts = visitors.holds(Role.OFFICE, scope=NETWORK) and run["state"] != "final"
    kept = [*request.form.getlist(KEPT), *([brought] if brought else [])]
    return render_template(
        "adjustments.html",
        run=run,
        rows=query("evaluations", "adjustments", campaign=campaign),
        counted_on=_counted_on(run),
        acts=acts,
        units=common.taking_part([run]),
        rules=rules,
        bases={rule["rule"]: rule for rule in rules},
        choices=[(rule["rule"], _words(rule)) for rule in rules],
        kinds=[(kind, i18n.t(f"adjustment_kind.{kind}")) for kind in ADJUSTMENT_KINDS],
        kept=kept,
        offered=_offered(run, kept) if acts else {},
        chosen=[*request.form.getlist(CHOSEN), brought.partition(" ")[0]],
        sees_files=lambda unit: (
            visitors.holds(Role.OFFICE, Role.INSPECTOR, scope=NETWORK)
            or visitors.holds(Role.LEADER, scope=run["cluster"])
            or visitors.holds(Role.SECRETARY, scope=unit)
        ),
        endings=[f".{ending}" for ending in (*ENDINGS.values(), "jpeg")],
        megabytes_max=EVIDENCE_BYTES_MAX // 1_000_000,
        files_max=EVIDENCE_FILES_MAX,
        looks=request.form.get("step") == LOOK,
        file_fault=words_of(error) if isinstance(error, FileRefused) else common.fault_at(error, "adjustment", "evidence"),
        error=error,
    )


def _counted_on(run: Mapping[str, Any]) -> date:
    """The day by which an adjustment counts or has expired, as boards take it: they stand still with the season, a freeze or the result."""
    ends = [common.today(), date(run["season"], 12, 31)]
    if run["finalised_on"]:
        ends.append(date.fromisoformat(run["finalised_on"]))
    if run["frozen"]:
        ends.append(legal_date(datetime.fromisoformat(run["frozen"]["since"])))
    return min(ends)


def _offered(run: dict[str, Any], kept: list[str]) -> dict[str, str]:
    """What the form offers to be ticked, words by digest: files that came with it, and those on the sheets of the unit it names."""
    found = {sha256: name for sha256, _, name in (one.partition(" ") for one in kept)}
    unit = common.typed("adjustment", "unit")
    if not unit:
        return found
    titles = {one["pass_key"]: one["title"] for one in run["passes"]}
    for file in evidence.of_unit(run["campaign"], unit):
        words = i18n.t("adjustments.file_of", name=file["name"], item=file["item"], turn=titles.get(file["pass_key"], file["pass_key"]))
        found.setdefault(file["sha256"], words)
    return found


@pages.post("/campaigns/<campaign>/adjustments")
def make(campaign: str) -> Shown:
    brought = ""
    try:
        brought = _brought(campaign)
        points = formats.typed_number(request.form.get("points", ""))
    except NotSignedIn:
        raise
    except CommendationError as error:
        return show(campaign, error, brought), status_of(error)
    if request.form.get("step") == LOOK:
        return show(campaign, brought=brought), 200
    fields = common.filled("unit", "rule", "kind", "title", "reason", "authority", "document", "effective_on", "expires_on")
    digests = [*request.form.getlist(CHOSEN), *brought.split(" ")[:1], *request.form.get("evidence", "").split()]
    data: dict[str, Any] = {"adjustment": derived_id("adjustment", command_id()), "evidence": [*dict.fromkeys(filter(None, digests))]}
    if points is not None:
        data["points"] = format(points, "f")
    return common.act(
        "evaluations",
        "make_adjustment",
        {"campaign": campaign, **data, **fields},
        done="flash.adjustment_made",
        back=url_for("adjustments.show", campaign=campaign),
        again=lambda error: show(campaign, error, brought),
    )


def _brought(campaign: str) -> str:
    """Keep the file that came with the form; its "digest name", "" where none did. What is refused after it need not be sent again."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return ""
    kept = evidence.keep(campaign, request.form.get("unit", ""), file.read())
    return f"{kept['sha256']} {evidence.named(file.filename, kept['media_type'], 'minh-chung')}"


@pages.get("/campaigns/<campaign>/adjustments/<adjustment>/evidence/<sha256>")
def download(campaign: str, adjustment: str, sha256: str) -> Response:
    return evidence.answer_of_adjustment(campaign, request.args.get("unit", ""), adjustment, sha256)


@pages.post("/campaigns/<campaign>/adjustments/<adjustment>/reversal")
def reverse(campaign: str, adjustment: str) -> Shown:
    return common.act(
        "evaluations",
        "reverse_adjustment",
        {"campaign": campaign, "adjustment": adjustment, **common.filled("unit", "reason", "authority")},
        done="flash.adjustment_reversed",
        back=url_for("adjustments.show", campaign=campaign),
        again=lambda error: show(campaign, error),
    )


def _words(rule: dict[str, Any]) -> str:
    """A rule as one chooses it: its title, and what it gives or takes."""
    if rule["points"] is None:
        return f"{rule['title']} ({i18n.t('adjustments.excludes')})"
    sign = "+" if rule["kind"] == "bonus" else "−"
    return f"{rule['title']} ({sign}{formats.short(rule['points'])})"
