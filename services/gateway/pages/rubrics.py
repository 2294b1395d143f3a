"""Rubrics: what is published, its versions side by side, the gallery of templates, and drafts in their editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import comparison, editor, visitors
from services.gateway.downloads import attachment
from services.gateway.i18n import language, t
from services.gateway.network import command, command_id, query
from services.gateway.pages import common
from services.gateway.pages.choosing import key_from
from services.gateway.problems import code_of, status_of, words_of
from shared import rubric as rubrics
from shared.access import Role
from shared.errors import CommendationError, NotSignedIn, ValidationFailed
from shared.ids import derived_id
from shared.plain import plain

pages = common.blueprint("rubrics")
Shown = Response | tuple[str, int]

STALE = "campaigns.draft_stale"
BLANK = {
    "scale": "100",
    "passes": [
        {"key": "self", "title": "Tự chấm"},
        {"key": "cluster", "title": "Khối trưởng thẩm định", "requires_all": False},
        {"key": "central", "title": "Cơ quan thường trực thẩm định", "requires_all": False},
    ],
    "groups": [{"key": "I", "items": [{"key": "I.1"}]}],
}
"""What a draft that copies nothing begins with: the three passes that were found in use everywhere (tự chấm, khối, cơ quan thường trực)."""


@pages.get("/rubrics")
def overview(error: CommendationError | None = None, text: str = "") -> str:
    """text: a rubric as it was typed or uploaded, when it is shown again."""
    offers = visitors.holds(Role.OFFICE)
    published = query("campaigns", "rubrics")
    templates = query("campaigns", "rubric_templates")
    sources = [("blank", t("rubrics.blank"))]
    sources += [(f"rubric:{row['rubric']}", f"{row['title']} – {row['season']}") for row in published]
    sources += [(f"template:{row['template']}", f"{t('rubrics.template')}: {row['title']}") for row in templates]
    return render_template(
        "rubrics.html",
        rubrics=published,
        templates=templates,
        drafts=query("campaigns", "rubric_drafts") if offers else [],
        sources=sources,
        offers=offers,
        text=text,
        error=error,
    )


@pages.post("/rubrics")
def publish() -> Shown:
    """Publish the rubric of a file or of the text field; refused, the text stands in the field for correction."""
    text = ""
    try:
        text = _rubric_text()
        read = rubrics.load_yaml(text)
        rubrics.check(read)
    except CommendationError as error:
        return overview(error, text), status_of(error)
    return common.act(
        "campaigns",
        "publish_rubric",
        {"rubric": rubrics.to_data(read)},
        done="flash.published",
        back=url_for("rubrics.show", rubric=read.key),
        again=lambda error: overview(error, text),
        title=read.title,
    )


def _rubric_text() -> str:
    """The uploaded file, else what was typed. Raises ValidationFailed for nothing and for what is no text."""
    given = request.files.get("file")
    if given is None or not given.filename:
        text = request.form.get("text", "").replace("\r\n", "\n")
        if not text.strip():
            raise ValidationFailed("No rubric was sent.", errors=[{"at": "rubric_text", "message": "Missing data for required field."}])
        return text
    try:
        return given.read().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        message = "Save the file as text in UTF-8."
        raise ValidationFailed(message, errors=[{"at": "rubric_file", "message": message}]) from error


@pages.get("/rubrics/<rubric>")
def show(rubric: str, error: CommendationError | None = None) -> str:
    table = query("campaigns", "rubric", rubric=rubric)
    versions = query("campaigns", "rubric_versions", rubric=rubric)
    used = [row for row in query("campaigns", "campaigns") if row["rubric"] == rubric]
    return render_template(
        "rubric.html",
        rubric=table,
        versions=versions,
        line=next((row for row in versions if row["rubric"] == rubric), {}),
        used=used,
        others=[(row["rubric"], f"{row['title']} – {row['season']}") for row in query("campaigns", "rubrics") if row["rubric"] != rubric],
        offers=visitors.holds(Role.OFFICE),
        error=error,
    )


@pages.get("/rubrics/<rubric>/file")
def download(rubric: str) -> Response:
    """The rubric as the YAML file that the list of rubrics takes."""
    return _file(query("campaigns", "rubric", rubric=rubric), rubric)


@pages.get("/rubrics/<rubric>/differences")
def compare(rubric: str) -> Response:
    """From the choice of another rubric to the two side by side."""
    other = request.args.get("other")
    return redirect(url_for("rubrics.differences", rubric=rubric, other=other) if other else url_for("rubrics.show", rubric=rubric), 303)


@pages.get("/rubrics/<rubric>/differences/<other>")
def differences(rubric: str, other: str) -> str:
    found = query("campaigns", "compare_rubrics", before=rubric, after=other)
    return render_template("rubric_differences.html", **found, heads=comparison.heads(found), rows=comparison.rows(found))


@pages.post("/rubrics/<rubric>/withdrawal")
def withdraw(rubric: str) -> Shown:
    return common.act(
        "campaigns",
        "withdraw_rubric",
        {"rubric": rubric, **common.filled("reason")},
        done="flash.rubric_withdrawn",
        back=url_for("rubrics.show", rubric=rubric),
        again=lambda error: show(rubric, error),
    )


@pages.get("/rubric-templates/<template>")
def template(template: str, error: CommendationError | None = None) -> str:
    found = query("campaigns", "rubric_template", template=template)
    refusal = found["refusal"] and CommendationError.from_data(found["refusal"])
    note = found["note"][language()]
    return render_template("rubric_template.html", template=found, note=note, rubric=found["rubric"], refusal=refusal, error=error)


@pages.post("/rubric-drafts")
def begin() -> Shown:
    """Begin a draft: blank, or as a copy of a rubric or a template."""
    source, _, key = request.form.get("source", "").partition(":")
    draft = derived_id("rubric-draft", command_id())
    data = {"draft": draft, **common.filled("key", "title", "in_force_from", "in_force_until", whole=("season",))}
    if "key" not in data and (made := key_from(data.get("title", ""))):
        data["key"] = made
    if source == "blank":
        named = {name: data[name] for name in ("key", "title", "season", "in_force_from", "in_force_until") if name in data}
        method, data = "draft_rubric", {"draft": draft, "content": {**BLANK, **named}}
    else:
        method, data = "copy_rubric", {**data, source or "rubric": key}
    again = {"rubric": lambda error: show(key, error), "template": lambda error: template(key, error)}
    return common.act(
        "campaigns",
        method,
        data,
        done="flash.draft_begun",
        back=url_for("rubrics.edit", draft=draft),
        again=again[source] if source in again and request.form.get("form") != "begin" else overview,
    )


@pages.get("/rubric-drafts/<draft>")
def edit(draft: str) -> str:
    found = query("campaigns", "rubric_draft", draft=draft)
    content = editor.laid_out(found["content"])
    return _editor(draft, content, found["edition"], editor.faults_of(content))


@pages.get("/rubric-drafts/<draft>/file")
def download_draft(draft: str) -> Response:
    """The draft as it was last saved, as a YAML file."""
    return _file(query("campaigns", "rubric_draft", draft=draft)["content"], draft)


@pages.post("/rubric-drafts/<draft>")
def save(draft: str) -> Shown:
    """What a button of the editor asks: a row more or less, a look at the sums, a file in its place, to save, to publish, to give up."""
    data, unclear = editor.read(request.form)
    content, edition, action = editor.laid_out(data), _edition(), request.form.get("action", "save")
    if ":" in action:
        return _editor(draft, content, edition, unclear, focus=editor.act(content, action), changed=True), 200
    if action == "discard":
        return common.act(
            "campaigns",
            "discard_draft",
            {"draft": draft, "edition": edition},
            done="flash.draft_discarded",
            back=url_for("rubrics.overview"),
            again=lambda error: _editor(draft, content, edition, unclear, words=words_of(error), changed=True),
        )
    if action == "load":
        return _loaded(draft, content, edition, unclear)
    if unclear:
        return _editor(draft, content, edition, unclear, words=t("rubric_editor.unclear"), changed=True), 422
    if action == "check":
        return _editor(draft, content, edition, editor.faults_of(content), words=t("rubric_editor.checked"), changed=True), 200
    return _saved(draft, content, edition, publish=action == "publish")


def _loaded(draft: str, content: editor.Data, edition: int, unclear: editor.Faults) -> Shown:
    """The rubric of a file in place of what stands in the editor; nothing is saved yet."""
    try:
        loaded = editor.laid_out(rubrics.to_data(rubrics.load_yaml(_rubric_text())))
    except CommendationError as error:
        for place in error.details.get("errors") or []:
            unclear.heads.setdefault("file", []).append(f"{place['at']}: {editor.words_of_place(place)}")
        return _editor(draft, content, edition, unclear, words=words_of(error), changed=True), status_of(error)
    return _editor(draft, loaded, edition, editor.faults_of(loaded), words=t("rubric_editor.loaded"), changed=True), 200


def _saved(draft: str, content: editor.Data, edition: int, *, publish: bool) -> Shown:
    """The draft saved, and published where that is asked; refused, the editor again with everything that was typed."""
    drafted = {"draft": draft, "content": content, "edition": edition}
    try:
        answer = command("campaigns", "draft_rubric", drafted, step="save" if publish else "")
    except NotSignedIn:
        raise
    except CommendationError as error:
        return _not_saved(draft, content, edition, error), status_of(error)
    if not publish:
        return common.finish("campaigns", answer, done="flash.draft_saved", back=url_for("rubrics.edit", draft=draft))
    edition += len(answer["events"])
    try:
        answer = command("campaigns", "publish_draft", {"draft": draft, "edition": edition}, step="publish")
    except NotSignedIn:
        raise
    except CommendationError as error:
        words = f"{words_of(error)} {t('rubric_editor.kept')}"
        return _editor(draft, content, edition, editor.faults_of(content), words=words), status_of(error)
    back = url_for("rubrics.show", rubric=str(content.get("key")))
    return common.finish("campaigns", answer, done="flash.published", back=back, title=content.get("title"))


def _not_saved(draft: str, content: editor.Data, edition: int, error: CommendationError) -> str:
    """The editor as it was typed. Where somebody else has saved meanwhile, it says what theirs has otherwise; to save again replaces it."""
    faults = editor.faults_of(content)
    if code_of(error) != STALE:
        return _editor(draft, content, edition, faults, words=words_of(error), changed=True)
    theirs = query("campaigns", "rubric_draft", draft=draft)
    try:
        found = rubrics.differences(rubrics.from_data(theirs["content"]), rubrics.from_data(content))
    except rubrics.RubricUnreadable:
        found = ()
    changes = [comparison.words(one) for one in plain(found)]
    return _editor(draft, content, theirs["edition"], faults, words=t("rubric_editor.stale"), changes=changes, changed=True)


def _editor(
    draft: str,
    content: editor.Data,
    edition: int,
    faults: editor.Faults,
    *,
    words: str = "",
    focus: str | None = None,
    changes: list[str] | None = None,
    changed: bool = False,
) -> str:
    found, on_scale = editor.sums_of(content)
    return render_template(
        "rubric_editor.html",
        draft=draft,
        rubric=content,
        edition=edition,
        faults=faults,
        words=words,
        focus=focus,
        changes=changes,
        changed=changed,
        sums=found,
        on_scale=on_scale,
        shown=editor.shown,
        kinds=[(kind.value, t(f"kind.{kind.value}")) for kind in rubrics.Kind],
        evidences=[(one.value, t(f"evidence.{one.value}")) for one in rubrics.Evidence],
        statistics=[(one.value, t(f"statistic.{one.value}")) for one in rubrics.Statistic],
        modes=[(one.value, t(f"rounding.{one.value}")) for one in rubrics.RoundingMode],
        ties=[(one.value, t(f"tie.{one.value}")) for one in rubrics.TieBy],
    )


def _edition() -> int:
    typed = request.form.get("edition", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _file(content: Mapping[str, Any], name: str) -> Response:
    text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=120)
    return attachment(text, f"{name}.yaml", "application/yaml")
