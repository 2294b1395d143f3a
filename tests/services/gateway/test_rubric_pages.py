"""Rubrics on the pages: the list and the gallery, two versions side by side, and the editor in which nothing typed is lost."""

from __future__ import annotations

import ast
import html
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from werkzeug.datastructures import MultiDict

from services.campaigns.templates import Standing, gallery
from services.gateway import editor
from services.gateway.i18n import catalogue, known
from shared import rubric as rubrics
from shared.errors import CommendationError
from shared.plain import plain
from shared.rubric import Evidence, RoundingMode
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import SAVED, TEMPLATE, FakeNetwork, recorded
from tests.shared.rubric.given import a_group, a_rubric, an_item

Browsers = Callable[[str], Browser]
TABLE = rubrics.to_data(a_rubric(a_group("A", an_item("A1", "7.5"), an_item("A2", "20", passes=("central",))), key="R"))


def fields_of(page: str) -> list[tuple[str, str]]:
    """The fields of the editor as a browser sends them."""
    form = page[page.index('<form id="rubric"') : page.index("</form>", page.index('<form id="rubric"'))]
    found = []
    for attributes, select, options in re.findall(r"<input\b([^>]*)>|<select\b([^>]*)>(.*?)</select>", form, re.DOTALL):
        said = dict(re.findall(r'(\w+)="([^"]*)"', attributes or select))
        if select:
            chosen = re.findall(r'<option value="([^"]*)" selected>', options) or re.findall(r'<option value="([^"]*)"', options)[:1]
            said["value"] = chosen[0]
        if "name" in said and (said.get("type") != "checkbox" or " checked" in attributes):
            found.append((said["name"], html.unescape(said.get("value", ""))))
    return found


def typed(page: str, **changes: str) -> MultiDict[str, str]:
    """The fields, some of them changed; "__" stands for a point in a name."""
    fields = MultiDict(fields_of(page))
    for name, value in changes.items():
        fields[name.replace("__", ".")] = value
    return fields


def words(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def drafted(network: FakeNetwork) -> FakeNetwork:
    """A draft of a table that adds up."""
    network.answers["campaigns", "rubric_draft"] = {"draft": "d1", "content": TABLE, **SAVED}
    return network


def draft_told(network: FakeNetwork) -> Any:
    (call,) = network.told("campaigns", "draft_rubric")
    return call.data


# The form and the data


@pytest.mark.parametrize("template", gallery().values(), ids=lambda one: one.key)
def test_the_editor_shows_a_rubric_and_reads_the_same_rubric_back(browser: Browsers, drafted: FakeNetwork, template: Any) -> None:
    content = rubrics.to_data(template.rubric)
    drafted.answers["campaigns", "rubric_draft"] = {"draft": "d1", "content": content, **SAVED}
    read, unclear = editor.read(typed(browser("office").get("/rubric-drafts/d1").text))
    assert not unclear
    assert rubrics.from_data(read) == template.rubric


def test_every_field_of_a_rubric_has_its_place_in_the_editor(browser: Browsers, drafted: FakeNetwork) -> None:
    full = rubrics.load_yaml(FULL)
    rubrics.check(full)
    drafted.answers["campaigns", "rubric_draft"] = {"draft": "d1", "content": rubrics.to_data(full), **SAVED}
    read, _ = editor.read(typed(browser("office").get("/rubric-drafts/d1").text))
    assert rubrics.from_data(read) == full


FULL = """
key: R
title: Thang điểm
season: 2026
scale: 12.5
places: 1
in_force_from: 2026-01-01
in_force_until: 2026-12-31
based_on: R-2025
legal_basis: [{title: Hướng dẫn, number: 804/HD-SNV, issued_on: 2018-07-18}]
passes: [{key: self, title: Tự chấm}, {key: central, title: Thẩm định, requires_all: false}]
groups:
  - key: I
    title: Nội dung
    maximum: 12.5
    items:
      - key: I.1
        title: Chỉ tiêu
        maximum: 12.5
        weight: 0.8
        statistic: trimmed_mean
        dropped: 1
        places: 3
        panel_rounding: {places: 2, mode: half_even}
        item_rounding: {places: 1, mode: floor}
        evidence: required
        evidence_note: Báo cáo
        threshold: 2.5
        passes: [central]
        source: HD 804
        unverified: true
      - {key: I.2, title: Phong trào, maximum: 2.5}
  - key: II
    title: Điểm thưởng
    maximum: 5
    beyond_scale: true
    items: [{key: II.1, title: Mô hình mới, kind: bonus, maximum: 8}]
total_rounding: {places: 2, mode: half_up}
caps: [{over: "group:II", maximum: 5}, {over: total, maximum: 17}]
tie_breaks: [{by: content}, {by: group, key: I}, {by: vote}]
"""


def test_a_decimal_comma_is_read_and_a_thousands_point_is_not_guessed_at(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    page = here.get("/rubric-drafts/d1").text
    assert 'value="7,5"' in page
    answer = here.post("/rubric-drafts/d1", typed(page, r__groups__0__items__0__maximum="1.000", action="save"))
    assert answer.status_code == 422
    assert 'value="1.000"' in answer.text
    assert "Điểm tối đa: Không đọc được số này." in words(answer.text)
    assert not drafted.told("campaigns", "draft_rubric")
    assert here.post("/rubric-drafts/d1", typed(page, r__groups__0__items__0__maximum="8,25")).status_code == 303
    assert draft_told(drafted)["content"]["groups"][0]["items"][0]["maximum"] == "8.25"


@pytest.mark.parametrize(
    "fields",
    [
        {"r.groups": "x"},
        {"r.groups.0": "x"},
        {"r.groups.x.key": "x"},
        {"r.groups.0.items.0.passes.0.key": "x", "r.groups.0.items.0.passes": "self"},
        {"r.title.a": "x", "r.title": "y"},
        {"r.a.b.c.d.e.f.g.h": "x"},
        {"r.": "x", "r..": "y", "r.groups.99999999999999999999.key": "I"},
        {"r.scale": "9" * 400},
    ],
)
def test_no_form_breaks_the_editor(browser: Browsers, drafted: FakeNetwork, fields: dict[str, str]) -> None:
    answer = browser("office").post("/rubric-drafts/d1", {**fields, "action": "check", "edition": "x"})
    assert answer.status_code in (200, 422)


# Rows


@pytest.mark.parametrize(
    ("action", "keys"),
    [
        ("add:groups", [["A1", "A2"], [None]]),
        ("add:groups.0.items", [["A1", "A2", None]]),
        ("remove:groups.0.items.0", [["A2"]]),
        ("remove:groups.0", []),
        ("down:groups.0.items.0", [["A2", "A1"]]),
        ("up:groups.0.items.1", [["A2", "A1"]]),
        ("up:groups.0.items.0", [["A1", "A2"]]),
        ("down:groups.0.items.1", [["A1", "A2"]]),
        ("remove:groups.7", [["A1", "A2"]]),
        ("turn:groups.0", [["A1", "A2"]]),
        ("add:title", [["A1", "A2"]]),
        ("remove:nothing", [["A1", "A2"]]),
    ],
)
def test_rows_come_go_and_move_without_a_script_and_nothing_is_saved(
    browser: Browsers, drafted: FakeNetwork, action: str, keys: list[list[str | None]]
) -> None:
    here = browser("office")
    page = here.get("/rubric-drafts/d1").text
    answer = here.post("/rubric-drafts/d1", typed(page, r__title="Đang gõ dở", action=action))
    assert answer.status_code == 200
    read, _ = editor.read(typed(answer.text))
    assert [[item.get("key") for item in group["items"]] for group in read["groups"]] == keys
    assert read["title"] == "Đang gõ dở"
    assert not drafted.told("campaigns", "draft_rubric")


def test_the_new_row_is_where_one_goes_on(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    answer = here.post("/rubric-drafts/d1", typed(here.get("/rubric-drafts/d1").text, action="add:groups.0.items"))
    (field,) = re.findall(r"<input[^>]* autofocus>", answer.text)
    assert 'name="r.groups.0.items.2.key"' in field


# What is wrong, and where


def row(page: str, place: str) -> str:
    found = re.search(rf'<tr[^>]* id="{place}"[^>]*>(.*?)</tr>', page, re.DOTALL)
    assert found is not None, place
    return words(found[1])


def test_every_problem_is_said_at_its_row_with_the_sums(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    changes = {"r__groups__0__maximum": "30", "r__groups__0__items__0__title": "", "r__groups__0__items__1__key": "A1", "r__season": "x"}
    fields = typed(here.get("/rubric-drafts/d1").text, **changes, action="check")
    page = here.post("/rubric-drafts/d1", fields).text
    assert "Tên: chưa điền." in row(page, "groups-0-items-0")
    assert "Năm: 'x' không phải là số nguyên từ 0." in words(page)
    fields = typed(page, r__season="2024", r__groups__0__items__0__title="Một", action="check")
    page = here.post("/rubric-drafts/d1", fields).text
    for place in ("groups-0-items-0", "groups-0-items-1"):
        assert "A1 có 2 lần" in row(page, place)
    assert "ghi 30 nhưng cộng lại được 27,5 (chênh -2,5)." in row(page, "groups-0")
    assert "Thang điểm: ghi 27,5 nhưng cộng lại được 30 (chênh 2,5)." in words(page)
    assert not drafted.told("campaigns", "draft_rubric")


def test_a_check_of_what_is_right_says_nothing_is_wrong(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    page = here.post("/rubric-drafts/d1", typed(here.get("/rubric-drafts/d1").text, action="check")).text
    assert "row-error" not in page
    assert "cộng được 27,5" in words(page)


def test_sums_are_exact_and_go_as_far_as_the_numbers_can_be_read() -> None:
    items = [{"maximum": "0.1"}, {"maximum": "0.2"}, {"maximum": "?"}, {"maximum": "5", "kind": "penalty"}, {"maximum": "1", "weight": "2"}]
    group = {"key": "I", "maximum": "9", "items": items}
    beyond = {"key": "II", "maximum": "7", "beyond_scale": "true", "items": [{"kind": "bonus", "maximum": "9"}]}
    content = {"groups": [group, beyond], "caps": [{"over": "group:II", "maximum": "7"}]}
    assert editor.sums_of(content) == ([Decimal("2.3"), Decimal(7)], Decimal(9))


def test_every_problem_of_a_rubric_has_words_in_both_languages() -> None:
    codes = set()
    for name in ("balance.py", "text.py"):
        for node in ast.walk(ast.parse(Path(rubrics.__file__).with_name(name).read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if getattr(called, "id", getattr(called, "attr", "")) in ("Problem", "fail", "_error", "_unknown"):
                code = node.args[1]  # type: ignore[attr-defined]
                codes |= {str(code.value)} if isinstance(code, ast.Constant) else set()
    assert len(codes) > 25
    assert {f"rubric_problem.{code}" for code in codes} == {message for message in catalogue() if message.startswith("rubric_problem.")}


def test_the_words_of_the_model_are_all_there() -> None:
    names = {name for part in (TABLE, *TABLE["passes"], *TABLE["groups"], *TABLE["groups"][0]["items"]) for name in part}
    names |= {"in_force_from", "in_force_until", "threshold", "total_rounding", "panel_rounding", "item_rounding", "group"}
    families = {f"rubric_field.{name}" for name in names}
    families |= (
        {f"evidence.{one}" for one in Evidence} | {f"rounding.{one}" for one in RoundingMode} | {f"standing.{one}" for one in Standing}
    )
    families |= {f"change.{one}" for one in rubrics.Change} | {f"kind.{one}" for one in rubrics.Kind}
    assert not [message for message in sorted(families) if not known(message)]


# Saving, publishing, giving up


def test_a_draft_is_saved_as_it_was_read_and_may_be_wrong(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    answer = here.post(
        "/rubric-drafts/d1", typed(here.get("/rubric-drafts/d1").text, r__groups__0__maximum="99", action="save", command="c-1")
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/rubric-drafts/d1")
    (call,) = drafted.told("campaigns", "draft_rubric")
    assert (call.command, call.data["draft"], call.data["edition"]) == ("c-1", "d1", 3)
    assert call.data["content"]["groups"][0]["maximum"] == "99"


def test_publishing_saves_first_and_publishes_that_edition(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    answer = here.post("/rubric-drafts/d1", typed(here.get("/rubric-drafts/d1").text, action="publish", command="c-1"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/rubrics/R")
    (call,) = drafted.told("campaigns", "publish_draft")
    assert call.data == {"draft": "d1", "edition": 4}
    assert [one.command for one in drafted.calls if one.method in ("draft_rubric", "publish_draft")] == ["c-1:save", "c-1:publish"]


def test_what_is_not_changed_since_it_was_saved_is_published_in_the_edition_it_has(browser: Browsers, drafted: FakeNetwork) -> None:
    drafted.answers["campaigns", "draft_rubric"] = {**recorded(), "events": []}
    here = browser("office")
    here.post("/rubric-drafts/d1", typed(here.get("/rubric-drafts/d1").text, action="publish"))
    assert drafted.told("campaigns", "publish_draft")[0].data["edition"] == 3


def test_a_draft_that_is_refused_is_shown_with_its_faults_and_is_saved(browser: Browsers, drafted: FakeNetwork) -> None:
    table = rubrics.from_data({**TABLE, "scale": "30"})
    with pytest.raises(rubrics.RubricUnbalanced) as refused:
        rubrics.check(table)
    drafted.answers["campaigns", "publish_draft"] = CommendationError.from_data(refused.value.to_data())
    here = browser("office")
    answer = here.post("/rubric-drafts/d1", typed(here.get("/rubric-drafts/d1").text, r__scale="30", action="publish"))
    assert answer.status_code == 409
    assert "ghi 30 nhưng cộng lại được 27,5" in words(answer.text)
    assert "đã được lưu vào bản thảo" in answer.text
    assert typed(answer.text)["edition"] == "4"


def test_two_windows_do_not_overwrite_each_other_and_nothing_is_lost(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    page = here.get("/rubric-drafts/d1").text
    stale = {"code": "campaigns.draft_stale", "message": "Somebody else", "status": 409, "details": {}}
    drafted.answers["campaigns", "draft_rubric"] = CommendationError.from_data(stale)
    theirs = {**TABLE, "season": 2025}
    drafted.answers["campaigns", "rubric_draft"] = {"draft": "d1", "content": theirs, **SAVED, "edition": 4}
    answer = here.post("/rubric-drafts/d1", typed(page, r__title="Của tôi", action="save"))
    assert answer.status_code == 409
    said = words(answer.text)
    assert "người khác vừa lưu bản thảo này" in said
    assert "Năm: 2025 → 2024" in said
    assert "Tên: A rubric → Của tôi" in said
    kept = typed(answer.text)
    assert (kept["r.title"], kept["edition"]) == ("Của tôi", "4")


def test_a_file_takes_the_place_of_what_stands_in_the_editor(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    page = here.get("/rubric-drafts/d1").text
    upload = {**typed(page, action="load"), "file": (io.BytesIO(FULL.encode()), "r.yaml")}
    answer = here.post("/rubric-drafts/d1", upload, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert rubrics.from_data(editor.read(typed(answer.text))[0]) == rubrics.load_yaml(FULL)
    assert typed(answer.text)["edition"] == "3"
    broken = {**typed(page, r__title="Đang gõ dở", action="load"), "file": (io.BytesIO(b"key: a\nfoo: 1\n"), "r.yaml")}
    answer = here.post("/rubric-drafts/d1", broken, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "foo: không có mục này" in words(answer.text)
    assert typed(answer.text)["r.title"] == "Đang gõ dở"


@pytest.mark.parametrize("path", ["/rubrics/r-2024/file", "/rubric-drafts/d1/file"])
def test_a_rubric_is_downloaded_as_the_file_that_can_be_loaded_again(browser: Browsers, drafted: FakeNetwork, path: str) -> None:
    drafted.answers["campaigns", "rubric"] = TABLE
    answer = browser("office").get(path)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert rubrics.load_yaml(answer.text) == rubrics.from_data(TABLE)
    assert list(yaml.safe_load(answer.text))[:3] == ["key", "title", "season"]


def test_a_draft_is_given_up(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    answer = here.post("/rubric-drafts/d1", typed(here.get("/rubric-drafts/d1").text, action="discard"))
    assert answer.headers["Location"] == "/rubrics"
    assert drafted.told("campaigns", "discard_draft")[0].data == {"draft": "d1", "edition": 3}


# Copies, versions, the gallery

COPY = {"title": "Thang điểm 2027", "season": "2027", "in_force_from": "2027-01-01", "command": "c-7"}


@pytest.mark.parametrize(("source", "named"), [("rubric:r-2024", {"rubric": "r-2024"}), ("template:mau", {"template": "mau"})])
def test_a_copy_begins_a_draft_of_its_own(browser: Browsers, drafted: FakeNetwork, source: str, named: dict[str, str]) -> None:
    answer = browser("office").post("/rubric-drafts", {**COPY, "source": source})
    (call,) = drafted.told("campaigns", "copy_rubric")
    said = {"key": "thang-diem-2027", "title": "Thang điểm 2027", "season": 2027, "in_force_from": "2027-01-01"}
    assert call.data == {"draft": call.data["draft"], **said, **named}
    assert answer.headers["Location"] == f"/rubric-drafts/{call.data['draft']}"
    browser("office").post("/rubric-drafts", {**COPY, "source": source})
    assert {one.data["draft"] for one in drafted.told("campaigns", "copy_rubric")} == {call.data["draft"]}


def test_a_blank_draft_begins_with_the_passes_in_use_and_can_be_opened(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    here.post("/rubric-drafts", {**COPY, "source": "blank"})
    content = draft_told(drafted)["content"]
    assert (content["key"], content["season"], [one["key"] for one in content["passes"]]) == (
        "thang-diem-2027",
        2027,
        ["self", "cluster", "central"],
    )
    drafted.answers["campaigns", "rubric_draft"] = {"draft": "d1", "content": content, **SAVED}
    assert "Tên: chưa điền." in row(here.get("/rubric-drafts/d1").text, "groups-0-items-0")


def test_a_copy_that_is_refused_is_shown_again_where_it_was_asked_for(browser: Browsers, drafted: FakeNetwork) -> None:
    places = [{"at": "season", "message": "Missing data for required field."}]
    refusal = {"code": "validation", "message": "?", "status": 422, "details": {"errors": places}}
    drafted.answers["campaigns", "copy_rubric"] = CommendationError.from_data(refusal)
    for source, heading in (("rubric:r-2024", "Thang điểm 2024"), ("template:mau", "Thang điểm 2024")):
        answer = browser("office").post("/rubric-drafts", {**COPY, "season": "", "form": "copy", "source": source})
        assert answer.status_code == 422
        assert f"<h1>{heading}</h1>" in answer.text
        assert "Năm thi đua: chưa điền." in words(answer.text)
        assert 'value="Thang điểm 2027"' in answer.text


def test_two_versions_stand_side_by_side_with_their_differences_in_words(browser: Browsers, network: FakeNetwork) -> None:
    old = rubrics.from_data(TABLE)
    new = rubrics.load_yaml(FULL)
    found = {"before": TABLE, "after": rubrics.to_data(new), "differences": plain(rubrics.differences(old, new))}
    network.answers["campaigns", "compare_rubrics"] = found
    page = words(browser("office").get("/rubrics/R/differences/R2").text)
    assert "Thang điểm: 27,5 → 12,5" in page
    assert "Lượt chấm cluster: bỏ – Cluster" in page
    assert "Khi bằng điểm, xét lần lượt: không ghi → điểm nội dung; điểm nhóm I; phiếu bầu của hội nghị" in page
    rows = re.findall(r"I\.1\s+–\s+–\s+Chỉ tiêu\s+12,5\s+thêm", page)
    assert len(rows) == 1
    same = {"before": TABLE, "after": TABLE, "differences": []}
    network.answers["campaigns", "compare_rubrics"] = same
    assert "Hai bản giống nhau." in browser("office").get("/rubrics/R/differences/R").text


def test_a_changed_item_says_what_it_was_and_is(browser: Browsers, network: FakeNetwork) -> None:
    old = rubrics.from_data(TABLE)
    data = {
        **TABLE,
        "groups": [{**TABLE["groups"][0], "items": [{**TABLE["groups"][0]["items"][0], "maximum": "8", "evidence": "required"}]}],
    }
    new = rubrics.from_data(data)
    network.answers["campaigns", "compare_rubrics"] = {"before": TABLE, "after": data, "differences": plain(rubrics.differences(old, new))}
    page = words(browser("office").get("/rubrics/R/differences/R2").text)
    assert "Tiêu chí A1: Điểm tối đa: 7,5 → 8" in page
    assert "Minh chứng: không cần minh chứng → bắt buộc minh chứng" in page
    assert re.search(r"A2\s+Item A2\s+20\s+–\s+–\s+bỏ", page)


def test_a_template_says_its_source_and_why_it_is_refused(browser: Browsers, network: FakeNetwork) -> None:
    template = gallery()["mau-03"]
    assert template.refusal is not None
    told = {**TEMPLATE, "rubric": rubrics.to_data(template.rubric), "refusal": template.refusal.to_data(), "note": plain(template.note)}
    network.answers["campaigns", "rubric_template"] = told
    page = words(browser("office").get("/rubric-templates/mau-03").text)
    assert "văn bản cũ, đã thay thế" in page
    assert "A. Tiêu chí chung: ghi 30 nhưng cộng lại được 30,5 (chênh 0,5)." in page
    assert template.note.vi in page


def test_a_rubric_in_use_is_not_offered_for_withdrawal(browser: Browsers, drafted: FakeNetwork) -> None:
    here = browser("office")
    assert "/rubrics/r-2024/withdrawal" not in here.get("/rubrics/r-2024").text
    drafted.answers["campaigns", "campaigns"] = []
    assert "/rubrics/r-2024/withdrawal" in here.get("/rubrics/r-2024").text
    assert here.post("/rubrics/r-2024/withdrawal", {"reason": "Ghi sai"}).status_code == 303
    assert drafted.told("campaigns", "withdraw_rubric")[0].data == {"rubric": "r-2024", "reason": "Ghi sai"}


def test_only_the_office_is_offered_drafts(browser: Browsers, network: FakeNetwork) -> None:
    assert "Nháp 2026" in browser("office").get("/rubrics").text
    page = browser("thuky").get("/rubrics").text
    assert "Nháp 2026" not in page
    assert "rubric-drafts" not in page


def test_a_choice_of_another_rubric_leads_to_the_two_side_by_side(browser: Browsers) -> None:
    here = browser("thuky")
    assert here.get("/rubrics/a/differences?other=b").headers["Location"] == "/rubrics/a/differences/b"
    assert here.get("/rubrics/a/differences").headers["Location"] == "/rubrics/a"
