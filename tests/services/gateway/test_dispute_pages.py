"""The pages of conflicts of interest, adjustments and appeals: who is offered what, what is asked, what is said where it is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.gateway import evidence
from shared.blobs import FolderBlobs, digest_of
from shared.errors import NotAllowed, RemoteError, ValidationFailed
from tests.services.gateway.conftest import Browser
from tests.services.gateway.test_pages import Reader
from tests.services.gateway.world import CAMPAIGN, PASSES, UNITS, FakeNetwork, recorded
from tests.shared.given_files import PDF, PNG

Browsers = Callable[[str], Browser]
Headers = Callable[[str], dict[str, str]]

CONFLICT = {
    "unit": "bca",
    "scorer": "btp",
    "pass_key": "cluster",
    "ground": "parent",
    "source": "derived",
    "state": "standing",
    "effect": "blocks",
    "basis": "Cấp trên <i>",
    "verified": False,
    "deniable": True,
    "words": None,
    "declared_by": None,
    "said_on": None,
}
DECLARED = {**CONFLICT, "pass_key": None, "ground": "interest", "source": "declared", "words": "Cùng đề án", "declared_by": "btp"}
RULE = {
    "rule": "flag-government",
    "kind": "bonus",
    "title": "Cờ thi đua của Chính phủ",
    "points": "15",
    "fixed": True,
    "family": "flag",
    "basis": "Bảng biểu 4",
    "verified": True,
    "from_on": None,
    "until_on": None,
}
ADJUSTMENT = {
    "adjustment": "a1",
    "unit": "btp",
    "rule": "flag-government",
    "kind": "bonus",
    "points": "15",
    "title": "Cờ thi đua <b>",
    "reason": "Dẫn đầu",
    "authority": "Ban",
    "document": "12/QĐ-TTg",
    "evidence": ["0" * 64],
    "effective_on": "2024-11-01",
    "expires_on": None,
    "reversed": None,
}
APPEAL = {
    "appeal": "k1",
    "unit": "btp",
    "items": ["I.1"],
    "text": "Chưa tính <chỉ tiêu>",
    "lodged_on": "2024-11-18",
    "due_on": "2024-11-22",
    "state": "lodged",
    "withdrawn": None,
    "answered": None,
}
TERM = {"since": "2024-11-15", "due_on": "2024-11-22", "tentative": False, "working_days": 5, "basis": "Tập quán", "verified": False}
RUBRIC = {"key": "r-2024", "groups": [{"key": "I", "title": "Nhóm", "items": [{"key": "I.1", "title": "Chỉ tiêu", "maximum": "20"}]}]}


@pytest.fixture(autouse=True)
def told(network: FakeNetwork) -> None:
    run = {**CAMPAIGN, "units": UNITS, "passes": PASSES, "phases": []}
    network.answers |= {
        ("campaigns", "campaign"): run,
        ("campaigns", "rubric"): RUBRIC,
        ("evaluations", "conflicts"): [CONFLICT, DECLARED],
        ("evaluations", "check_conflicts"): [CONFLICT, {**CONFLICT, "unit": "btp", "ground": "own_unit"}],
        ("evaluations", "adjustments"): [ADJUSTMENT],
        ("evaluations", "adjustment_rules"): [RULE],
        ("evaluations", "unit_evidence"): [],
        ("evaluations", "appeals"): {"appeals": [APPEAL], "term": TERM, "unfinished": ["cluster"]},
    }
    for method in ("declare_conflict", "deny_conflict", "withdraw_conflict", "recuse_scorer", "withdraw_recusal"):
        network.answers["evaluations", method] = recorded()
    for method in ("make_adjustment", "reverse_adjustment", "lodge_appeal", "withdraw_appeal", "answer_appeal"):
        network.answers["evaluations", method] = recorded()


def refusal(code: str, **details: Any) -> RemoteError:
    error = RemoteError("refused")
    error.remote_code, error.remote_status, error.details = code, 409, details
    return error


def test_conflicts_are_listed_for_the_office_with_what_it_may_do(browser: Browsers) -> None:
    page = browser("office").get("/campaigns/td-2024/conflicts").text
    assert "cấp trên trực tiếp" in page
    assert "Cấp trên &lt;i&gt; · chưa đối chiếu được với văn bản" in page
    assert page.count("<summary>Thôi chấm<") == 1, "what stands beside any pass has no sheet to step back from"
    assert page.count("<summary>Kết luận không có xung đột<") == 2
    assert page.count("<summary>Rút khai báo<") == 1


def test_a_secretary_sees_the_conflicts_of_their_unit_as_a_scorer(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("thuky").get("/campaigns/td-2024/conflicts").text
    assert not network.told("evaluations", "conflicts")
    assert [call.data["pass_key"] for call in network.told("evaluations", "check_conflicts")] == ["cluster"]
    assert "cấp trên trực tiếp" in page
    assert "tự thẩm định chính mình" not in page
    assert "<summary>Thôi chấm<" in page
    assert "<summary>Kết luận không có xung đột<" not in page


@pytest.mark.parametrize(("state", "offered"), [("open", 1), ("closed", 0)])
def test_a_recusal_is_taken_back_where_its_pass_is_open(browser: Browsers, network: FakeNetwork, state: str, offered: int) -> None:
    run: Any = network.answers["campaigns", "campaign"]
    network.answers["campaigns", "campaign"] = {**run, "passes": [{**one, "state": state} for one in run["passes"]]}
    network.answers["evaluations", "conflicts"] = [{**CONFLICT, "state": "recused"}, {**CONFLICT, "unit": "bca", "state": "taken_back"}]
    page = browser("office").get("/campaigns/td-2024/conflicts").text
    assert page.count("<summary>Rút lại việc thôi chấm<") == offered
    assert page.count("đã rút lại việc thôi chấm") == 1


def test_a_scorer_is_tried_without_effect(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("office").get("/campaigns/td-2024/conflicts?scorer=btp&pass_key=cluster").text
    (call,) = network.told("evaluations", "check_conflicts")
    assert call.data == {"campaign": "td-2024", "scorer": "btp", "pass_key": "cluster"}
    assert "tự thẩm định chính mình" in page


PAIR = {"unit": "bca", "scorer": "btp", "ground": "interest"}


@pytest.mark.parametrize(
    ("path", "data", "method"),
    [
        ("conflicts", {**PAIR, "note": "Cùng đề án"}, "declare_conflict"),
        ("conflicts/withdrawal", {**PAIR, "reason": "Đã xong"}, "withdraw_conflict"),
        ("conflicts/denial", {**PAIR, "reason": "Không có quan hệ nào"}, "deny_conflict"),
        ("recusals", {**PAIR, "pass_key": "cluster", "reason": "Cùng đề án"}, "recuse_scorer"),
        ("recusals/withdrawal", {"unit": "bca", "scorer": "btp", "pass_key": "cluster", "reason": "Đã xong"}, "withdraw_recusal"),
        ("adjustments/a1/reversal", {"unit": "btp", "reason": "Nhầm", "authority": "Ban"}, "reverse_adjustment"),
    ],
)
def test_each_form_asks_what_it_says(browser: Browsers, network: FakeNetwork, path: str, data: dict[str, str], method: str) -> None:
    answer = browser("office").post(f"/campaigns/td-2024/{path}", data)
    assert answer.status_code == 303
    (call,) = network.told("evaluations", method)
    assert {"campaign": "td-2024", **data}.items() <= call.data.items()


def test_a_refused_denial_stands_in_its_row_with_what_was_typed(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "deny_conflict"] = refusal("evaluations.reason_too_short", letters=5, least=20)
    answer = browser("office").post("/campaigns/td-2024/conflicts/denial", {**PAIR, "form": "deny-2", "reason": "không"})
    assert answer.status_code == 409
    assert "5 ký tự" in answer.text
    assert "<details open><summary>Kết luận không có xung đột" in answer.text
    assert ">không</textarea>" in answer.text


def test_adjustments_are_seen_by_all_and_made_by_the_office(browser: Browsers) -> None:
    page = browser("thuky").get("/campaigns/td-2024/adjustments").text
    assert "Cờ thi đua &lt;b&gt;" in page
    assert "+15" in page
    assert 'action="/campaigns/td-2024/adjustments' not in page
    page = browser("office").get("/campaigns/td-2024/adjustments").text
    assert "Cờ thi đua của Chính phủ (+15)" in page
    assert 'action="/campaigns/td-2024/adjustments/a1/reversal"' in page


@pytest.mark.parametrize(
    ("expires_on", "run", "expired"),
    [
        ("2024-11-19", {}, True),
        ("2024-11-20", {}, False),
        ("2024-11-14", {"frozen": {"since": "2024-11-13T20:00:00Z", "reason": "Chờ lễ"}}, False),
        ("2024-11-14", {"finalised_on": "2024-11-14"}, False),
        ("2023-12-31", {"season": 2023}, False),
    ],
    ids=["the day before", "that day", "in force when frozen", "in force when made final", "in force to the season's end"],
)
def test_an_adjustment_that_has_expired_is_not_said_to_count(
    browser: Browsers, network: FakeNetwork, expires_on: str, run: dict[str, Any], expired: bool
) -> None:
    network.answers["evaluations", "adjustments"] = [{**ADJUSTMENT, "expires_on": expires_on}]
    network.answers["campaigns", "campaign"] = {**CAMPAIGN, "units": UNITS, "passes": PASSES, "phases": [], **run}
    page = browser("thuky").get("/campaigns/td-2024/adjustments").text
    assert ("đã hết hiệu lực" in page, ">được tính<" in page) == (expired, not expired)


FORM = {
    "form": "adjustment",
    "unit": "btp",
    "rule": "flag-government",
    "reason": "Dẫn đầu",
    "authority": "Ban",
    "document": "12/QĐ-TTg",
    "effective_on": "2024-11-01",
}


def test_an_adjustment_is_asked_as_the_form_says(browser: Browsers, network: FakeNetwork) -> None:
    office = browser("office")
    digests = ["a" * 64, "b" * 64]
    data = {**FORM, "points": "7,5", "evidence": "\r\n".join(digests), "command": "k-1"}
    assert {office.post("/campaigns/td-2024/adjustments", data).status_code for _ in range(2)} == {303}
    first, again = network.told("evaluations", "make_adjustment")
    assert first.data == again.data, "the same form sent twice means the same adjustment"
    assert (first.data["points"], first.data["evidence"]) == ("7.5", digests)
    assert "kind" not in first.data
    assert "expires_on" not in first.data


def test_a_day_is_typed_as_on_paper_and_what_is_wrong_is_said_at_its_field(browser: Browsers, network: FakeNetwork) -> None:
    office = browser("office")
    days = {"days": ["effective_on", "expires_on"]}
    office.post("/campaigns/td-2024/adjustments", {**FORM, **days, "effective_on": "1/11/2024", "document": "02/03/2024"})
    (call,) = network.told("evaluations", "make_adjustment")
    assert (call.data["effective_on"], call.data["document"]) == ("2024-11-01", "02/03/2024")
    errors = [{"at": "effective_on", "message": "Not a valid date."}]
    network.answers["evaluations", "make_adjustment"] = ValidationFailed("no day", errors=errors)
    page = office.post("/campaigns/td-2024/adjustments", {**FORM, **days, "effective_on": "31/02/2024"}).text
    field = page[page.index('id="adjustment-effective_on"') :]
    assert 'value="31/02/2024"' in field[: field.index(">")]
    assert 'aria-invalid="true"' in field[: field.index(">")]
    assert 'id="adjustment-effective_on-fault"' in field[: field.index("</p>")]
    assert "ghi ngày/tháng/năm" in field[: field.index("</p>")]
    assert page.count('aria-invalid="true"') == 1


ADJUSTMENTS = "/campaigns/td-2024/adjustments"
ON_A_SHEET = {
    "pass_key": "self",
    "scorer": "btp",
    "item": "I.1",
    "sha256": "c" * 64,
    "name": "Quyết định <1>.pdf",
    "media_type": "application/pdf",
    "size": 9,
}


@pytest.fixture
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderBlobs:
    made = FolderBlobs(tmp_path / "blobs")
    monkeypatch.setitem(app.extensions, evidence.EXTENSION, made)
    return made


def _ticked(page: str) -> dict[str, bool]:
    """The files that the form offers, and whether they are ticked."""
    boxes = re.findall(r'name="chosen" value="(\w+)"( checked)?', page)
    return {digest: bool(checked) for digest, checked in boxes}


def test_evidence_is_chosen_among_the_files_of_the_unit_and_uploaded(browser: Browsers, network: FakeNetwork, blobs: FolderBlobs) -> None:
    network.answers["evaluations", "unit_evidence"] = [ON_A_SHEET]
    office = browser("office")
    look = {**FORM, "step": "look", "points": "7,5", "file": (io.BytesIO(PDF), "C:/Nộp/Kết luận.PDF")}
    page = office.post(ADJUSTMENTS, look, content_type="multipart/form-data").text
    assert not network.told("evaluations", "make_adjustment"), "looking records nothing"
    assert _ticked(page) == {digest_of(PDF): True, "c" * 64: False}
    for kept in ("Kết luận.PDF", "Quyết định &lt;1&gt;.pdf", 'value="7,5"', "Dẫn đầu</textarea>"):
        assert kept in page
    carried = re.findall(r'name="kept" value="([^"]+)"', page)
    assert blobs.get(digest_of(PDF)) == PDF
    data = {**FORM, "kept": carried, "chosen": ["c" * 64], "evidence": "d" * 64, "file": (io.BytesIO(PNG), "ảnh.png")}
    assert office.post(ADJUSTMENTS, data, content_type="multipart/form-data").status_code == 303
    (call,) = network.told("evaluations", "make_adjustment")
    assert call.data["evidence"] == ["c" * 64, digest_of(PNG), "d" * 64], "what was ticked, brought and typed, and no more"


def test_a_file_of_an_adjustment_that_is_refused_is_not_sent_twice(browser: Browsers, network: FakeNetwork, blobs: FolderBlobs) -> None:
    office = browser("office")
    brought = {**FORM, "points": "1.000", "file": (io.BytesIO(PDF), "a.pdf")}
    answer = office.post(ADJUSTMENTS, brought, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert _ticked(answer.text) == {digest_of(PDF): True}


def test_a_file_that_is_no_evidence_is_refused_at_its_field(
    browser: Browsers, network: FakeNetwork, blobs: FolderBlobs, tmp_path: Path
) -> None:
    program = {**FORM, "file": (io.BytesIO(b"MZ a program"), "a.pdf")}
    answer = browser("office").post(ADJUSTMENTS, program, content_type="multipart/form-data")
    assert answer.status_code == 409
    fault = answer.text[answer.text.index('id="adjustment-file-fault"') :]
    assert "không phải pdf" in fault[: fault.index("</p>")]
    assert not network.told("evaluations", "make_adjustment")
    assert not list(tmp_path.rglob("blobs/*"))
    typed = {**FORM, "evidence": "12"}
    errors = [{"at": "evidence[0]", "message": "Give the SHA-256 as 64 of 0-9 and a-f."}]
    network.answers["evaluations", "make_adjustment"] = ValidationFailed("no digest", errors=errors)
    assert 'id="adjustment-evidence-fault"' in browser("office").post(ADJUSTMENTS, typed).text


def test_nobody_fills_the_store_who_may_not_adjust(browser: Browsers, network: FakeNetwork, blobs: FolderBlobs, tmp_path: Path) -> None:
    network.answers["evaluations", "unit_evidence"] = NotAllowed("You may not.")
    brought = {**FORM, "file": (io.BytesIO(PDF), "a.pdf")}
    assert browser("thuky").post(ADJUSTMENTS, brought, content_type="multipart/form-data").status_code == 403
    assert not list(tmp_path.rglob("blobs/*"))
    assert not network.told("evaluations", "make_adjustment")


def test_the_evidence_of_an_adjustment_is_opened_by_whoever_sees_the_sheets(
    browser: Browsers, network: FakeNetwork, blobs: FolderBlobs
) -> None:
    digest = blobs.put(PDF)
    network.answers["evaluations", "adjustments"] = [
        {**ADJUSTMENT, "evidence": [digest]},
        {**ADJUSTMENT, "unit": "bca", "evidence": [digest]},
    ]
    network.answers["evaluations", "adjustment_evidence"] = {"sha256": digest}
    address = f"{ADJUSTMENTS}/a1/evidence/{digest}?unit="
    secretary = browser("thuky")
    page = secretary.get(ADJUSTMENTS).text
    assert f'href="{address}btp"' in page
    assert f'href="{address}bca"' not in page
    assert f'href="{address}bca"' in browser("office").get(ADJUSTMENTS).text
    answer = secretary.get(f"{address}btp")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=minh-chung-{digest[:12]}.pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    network.answers["evaluations", "adjustment_evidence"] = NotAllowed("You may not.")
    assert secretary.get(f"{address}bca").status_code == 403


def test_programs_bring_list_and_open_the_files_of_adjustments(
    client: FlaskClient, network: FakeNetwork, token: Callable[[str], dict[str, str]], blobs: FolderBlobs
) -> None:
    network.answers["evaluations", "unit_evidence"] = [ON_A_SHEET]
    headers, files = token("office"), "/api/v1/campaigns/td-2024/adjustment-evidence"
    assert client.get(f"{files}?unit=btp", headers=headers).get_json() == [ON_A_SHEET]
    assert client.get(files, headers=headers).status_code == 422
    for content, status in ((PDF, 201), (b"MZ a program", 409)):
        body = {"file": (io.BytesIO(content), "a.pdf")}
        answer = client.post(f"{files}?unit=btp", data=body, headers=headers, content_type="multipart/form-data")
        assert answer.status_code == status, answer.text
        if status == 201:
            assert answer.get_json() == {"sha256": digest_of(PDF), "media_type": "application/pdf", "size": len(PDF)}
    network.answers["evaluations", "adjustment_evidence"] = {"sha256": digest_of(PDF)}
    at = f"/api/v1/campaigns/td-2024/adjustments/a1/evidence/{digest_of(PDF)}?unit=btp"
    assert client.get(at, headers=headers).data == PDF
    assert network.told("evaluations", "adjustment_evidence")[-1].data["unit"] == "btp"


def test_points_that_cannot_be_read_and_an_award_counted_already_keep_the_form(browser: Browsers, network: FakeNetwork) -> None:
    office = browser("office")
    answer = office.post("/campaigns/td-2024/adjustments", {**FORM, "points": "1.000"})
    assert answer.status_code == 422
    assert 'value="1.000"' in answer.text
    assert not network.told("evaluations", "make_adjustment")
    network.answers["evaluations", "make_adjustment"] = refusal(
        "evaluations.adjustment_twice", adjustment="a1", title="Cờ", document="12/QĐ-TTg"
    )
    answer = office.post("/campaigns/td-2024/adjustments", FORM)
    assert answer.status_code == 409
    assert "Cờ (12/QĐ-TTg) đã được tính" in answer.text
    assert "Dẫn đầu</textarea>" in answer.text


def test_a_secretary_lodges_within_the_term_and_answers_nothing(browser: Browsers, network: FakeNetwork) -> None:
    secretary = browser("thuky")
    page = secretary.get("/campaigns/td-2024/units/btp/appeals").text
    assert "đến hết ngày 22/11/2024 (5 ngày làm việc sau 15/11/2024)" in page
    assert "Chưa tính &lt;chỉ tiêu&gt;" in page
    assert "<summary>Trả lời<" not in page
    data = {"form": "appeal", "items": ["I.1"], "text": "Chưa tính chỉ tiêu"}
    assert secretary.post("/campaigns/td-2024/units/btp/appeals", data).status_code == 303
    (call,) = network.told("evaluations", "lodge_appeal")
    assert {"unit": "btp", "items": ["I.1"], "text": "Chưa tính chỉ tiêu"}.items() <= call.data.items()
    network.answers["evaluations", "lodge_appeal"] = refusal("evaluations.appeal_late", due_on="2024-11-22", today="2024-11-25")
    answer = secretary.post("/campaigns/td-2024/units/btp/appeals", data)
    assert answer.status_code == 409
    assert "nhận đến hết ngày 2024-11-22" in answer.text
    assert 'value="I.1" checked' in answer.text


def test_the_office_answers_with_scores_and_their_reasons(browser: Browsers, network: FakeNetwork) -> None:
    office = browser("office")
    assert "khi các lượt chấm này đã đóng: Khối chấm" in " ".join(office.get("/campaigns/td-2024/appeals").text.split())
    data = {
        "form": "answer-k1",
        "outcome": "upheld",
        "answer": "Chấp nhận vì đã đủ minh chứng",
        "items": ["I.1", "I.2"],
        "score:I.1": "19,5",
        "reason:I.1": "đủ minh chứng",
        "score:I.2": "",
    }
    assert office.post("/campaigns/td-2024/units/btp/appeals/k1/answer", data).status_code == 303
    (call,) = network.told("evaluations", "answer_appeal")
    assert call.data["scores"] == [{"item": "I.1", "score": "19.5", "reason": "đủ minh chứng"}]
    network.answers["evaluations", "answer_appeal"] = refusal("evaluations.passes_open", passes=["cluster"])
    answer = office.post("/campaigns/td-2024/units/btp/appeals/k1/answer", data)
    assert answer.status_code == 409
    assert 'value="19,5"' in answer.text


def test_the_campaign_page_leads_to_all_three(browser: Browsers) -> None:
    page = browser("thuky").get("/campaigns/td-2024").text
    for path in ("conflicts", "adjustments", "units/btp/appeals"):
        assert f'href="/campaigns/td-2024/{path}"' in page
    assert 'href="/campaigns/td-2024/appeals"' not in page
    assert 'href="/campaigns/td-2024/appeals"' in browser("office").get("/campaigns/td-2024").text


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("office", "conflicts?scorer=btp&pass_key=cluster"),
        ("thuky", "conflicts"),
        ("office", "adjustments"),
        ("thuky", "adjustments"),
        ("office", "appeals"),
        ("thuky", "units/btp/appeals"),
    ],
)
def test_each_page_is_whole_and_every_field_has_its_label(
    browser: Browsers, network: FakeNetwork, login: str, path: str, language: str
) -> None:
    answered = {"outcome": "partly", "answer": "Vì", "scores": [{"item": "I.1", "score": "19.5", "reason": "đủ"}], "on": "2024-11-20"}
    others = [
        {**APPEAL, "appeal": "k2", "state": "answered", "answered": answered},
        {**APPEAL, "appeal": "k3", "state": "withdrawn", "withdrawn": "Thôi"},
    ]
    network.answers["evaluations", "appeals"] = {"appeals": [APPEAL, *others], "term": TERM, "unfinished": []}
    gate = {**ADJUSTMENT, "adjustment": "a2", "kind": "gate", "points": None, "rule": None, "expires_on": "2024-12-31"}
    taken_back = {"reversed": {"on": "2024-11-19", "reason": "Nhầm", "authority": "Ban"}}
    network.answers["evaluations", "adjustments"] = [ADJUSTMENT, {**gate, **taken_back}]
    answer = browser(login).get(f"/campaigns/td-2024/{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{language}">' in answer.text
    reader = Reader()
    reader.feed(answer.text)
    assert not reader.open
    assert reader.headings == 1
    assert len(reader.ids) == len(set(reader.ids)), "an id stands twice"
    assert not [field for field in reader.fields if field.get("id") not in reader.labels and "aria-label" not in field]
    assert "None" not in answer.text


@pytest.mark.parametrize(
    ("path", "body", "method", "more"),
    [
        ("conflicts", {**PAIR, "note": "N"}, "declare_conflict", {}),
        ("conflict-withdrawals", {**PAIR, "reason": "R"}, "withdraw_conflict", {}),
        ("conflict-denials", {**PAIR, "ground": "parent", "reason": "R"}, "deny_conflict", {}),
        ("recusals", {**PAIR, "pass_key": "cluster", "reason": "R"}, "recuse_scorer", {}),
        ("recusal-withdrawals", {"unit": "bca", "scorer": "btp", "pass_key": "cluster", "reason": "R"}, "withdraw_recusal", {}),
        ("adjustments", {key: FORM[key] for key in FORM if key != "form"} | {"adjustment": "a1", "points": "7.50"}, "make_adjustment", {}),
        ("adjustments/a1/reversal", {"unit": "btp", "reason": "R", "authority": "A"}, "reverse_adjustment", {"adjustment": "a1"}),
        ("appeals", {"appeal": "k1", "unit": "btp", "items": ["I.1"], "text": "T"}, "lodge_appeal", {}),
        ("appeals/k1/withdrawal", {"unit": "btp", "reason": "R"}, "withdraw_appeal", {"appeal": "k1"}),
        (
            "appeals/k1/answer",
            {"unit": "btp", "outcome": "upheld", "answer": "A", "scores": [{"item": "I.1", "score": "19.50", "reason": "R"}]},
            "answer_appeal",
            {"appeal": "k1"},
        ),
    ],
)
def test_a_command_over_the_api_reaches_the_service_as_given(
    client: FlaskClient,
    token: Headers,
    network: FakeNetwork,
    path: str,
    body: dict[str, Any],
    method: str,
    more: Any,
) -> None:
    answer = client.post(f"/api/v1/campaigns/td-2024/{path}", json=body, headers=token("office"))
    assert answer.status_code == 201, answer.text
    (call,) = network.told("evaluations", method)
    assert call.data == {"campaign": "td-2024", **body, **more}


@pytest.mark.parametrize("path", ["conflicts", "conflict-check?pass_key=cluster&scorer=btp", "adjustments?unit=btp", "appeals?unit=btp"])
def test_a_question_over_the_api(client: FlaskClient, token: Headers, path: str) -> None:
    answer = client.get(f"/api/v1/campaigns/td-2024/{path}", headers=token("office"))
    assert answer.status_code == 200, answer.text
    assert answer.get_json()
    assert client.get("/api/v1/adjustment-rules", headers=token("office")).get_json()[0]["points"] == "15"
