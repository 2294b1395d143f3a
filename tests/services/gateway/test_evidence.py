"""Evidence and comments of one item: a file goes through the blob store, and comes back as a download only."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.gateway import evidence
from shared.blobs import FolderBlobs, digest_of
from shared.bounds import EVIDENCE_BYTES_MAX
from shared.errors import NotFound
from shared.traces import found
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import SHEET_URL, TASK, FakeNetwork, item, recorded, sheet
from tests.shared.given_files import JPEG_OF_AN, PDF, PNG

Browsers = Callable[[str], Browser]
Tokens = Callable[[str], dict[str, str]]
URL = f"{SHEET_URL}/items/I.1/evidence"
FILE: dict[str, Any] = {"sha256": digest_of(PDF), "name": "Báo cáo.pdf", "media_type": "application/pdf", "size": len(PDF)}


def a_sheet(*, blind: bool = False, returned: dict[str, Any] | None = None, flagged: bool = False, **more: Any) -> dict[str, Any]:
    rows = [
        item("I.1", score="7.50", evidence=[FILE], comments=[{"comment": "Rõ", "by": "a-1", "at": "2024-11-19T03:00:00Z"}], flagged=flagged)
    ]
    group = {"key": "I", "title": "Nhóm I", "maximum": "40", "sum": "7.50", "items": rows}
    more = {"evidence_missing": [], "requires_evidence": False, **more}
    return sheet(blind=blind, returned=returned, groups=[group], **more)


@pytest.fixture
def blobs(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderBlobs:
    made = FolderBlobs(tmp_path / "blobs")
    monkeypatch.setitem(app.extensions, evidence.EXTENSION, made)
    return made


@pytest.fixture(autouse=True)
def _answers(network: FakeNetwork) -> None:
    network.answers |= {
        ("evaluations", "sheet"): a_sheet(),
        ("evaluations", "evidence"): FILE,
        ("registry", "posts"): [{"account": "a-1", "post": "Thư ký Bộ Tư pháp", "login": "thuky", "organisation": "btp"}],
        **{
            ("evaluations", one): recorded(5)
            for one in ("attach_evidence", "remove_evidence", "comment_item", "review_item", "return_sheet")
        },
    }


def asked(network: FakeNetwork, method: str) -> list[dict[str, Any]]:
    return [call.data for call in network.calls if call.method == method]


def upload(content: bytes, name: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(content), name)}


def test_the_page_shows_files_comments_and_their_posts(browser: Browsers) -> None:
    page = browser("thuky").get(URL).text
    for words in ("Báo cáo.pdf", FILE["sha256"][:12], "Thư ký Bộ Tư pháp", "Rõ", "Chọn tệp", "10:00 19/11/2024"):
        assert words in page, words


def test_a_file_is_kept_before_the_sheet_is_told_of_it(browser: Browsers, blobs: FolderBlobs, network: FakeNetwork) -> None:
    answer = browser("thuky").post(URL, upload(PDF, "C:/Nộp/Báo cáo.PDF"), content_type="multipart/form-data")
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    (told,) = asked(network, "attach_evidence")
    assert told == {
        "campaign": "td-2024",
        "unit": "btp",
        "pass_key": "self",
        "scorer": "btp",
        "item": "I.1",
        "sha256": digest_of(PDF),
        "name": "Báo cáo.PDF",
    }
    assert blobs.get(told["sha256"]) == PDF


def test_in_a_blind_pass_the_makers_are_taken_out_and_the_original_is_not_kept(
    browser: Browsers, blobs: FolderBlobs, network: FakeNetwork
) -> None:
    network.answers["evaluations", "sheet"] = a_sheet(blind=True)
    browser("thuky").post(URL, upload(JPEG_OF_AN, "anh-nguyen-van-an.jpg"), content_type="multipart/form-data")
    (told,) = asked(network, "attach_evidence")
    assert (told["name"], told["sha256"] != digest_of(JPEG_OF_AN)) == ("I.1.jpg", True)
    assert found(JPEG_OF_AN, "image/jpeg")
    assert not found(blobs.get(told["sha256"]), "image/jpeg")
    with pytest.raises(NotFound):
        blobs.get(digest_of(JPEG_OF_AN))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.pdf", "rỗng"),
        (b"MZ\x90 a program", "a.pdf", "không phải pdf"),
        (b"%PDF-" + b"0" * EVIDENCE_BYTES_MAX, "a.pdf", "lớn hơn 20 MB"),
        (PDF, "", ""),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_words_and_nothing_is_kept(
    browser: Browsers, blobs: FolderBlobs, network: FakeNetwork, tmp_path: Path, content: bytes, name: str, said: str
) -> None:
    answer = browser("thuky").post(URL, upload(content, name), content_type="multipart/form-data")
    assert answer.status_code in (409, 422)
    assert said in answer.text
    assert not asked(network, "attach_evidence")
    assert not list(tmp_path.rglob("blobs/*"))


def test_a_download_is_never_shown_in_place(browser: Browsers, blobs: FolderBlobs) -> None:
    blobs.put(PDF)
    answer = browser("thuky").get(f"{URL}/{FILE['sha256']}")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_damaged_file_is_not_handed_out(browser: Browsers, blobs: FolderBlobs, tmp_path: Path) -> None:
    sha256 = blobs.put(PDF)
    (tmp_path / "blobs" / sha256[:2] / sha256).write_bytes(PDF + b" ")
    answer = browser("thuky").get(f"{URL}/{sha256}")
    assert answer.status_code == 500
    assert "không khớp" in answer.text


def test_files_are_removed_and_items_commented_on(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    here.post(f"{URL}/{FILE['sha256']}/removal", {"form": "remove", "reason": "nhầm tệp"})
    here.post(f"{SHEET_URL}/items/I.1/comments", {"form": "comment", "comment": "Theo báo cáo\r\nnăm"})
    assert asked(network, "remove_evidence")[0]["reason"] == "nhầm tệp"
    assert asked(network, "comment_item")[0]["comment"] == "Theo báo cáo\nnăm"


def test_what_was_handed_in_is_commented_on_by_who_may_return_it(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "sheet"] = a_sheet(state="submitted", editable=False)
    assert 'enctype="multipart' not in browser("thuky").get(URL).text
    office = browser("office")
    assert 'value="review"' in office.get(URL).text
    office.post(f"{SHEET_URL}/items/I.1/comments", {"form": "review", "comment": "Chưa rõ nguồn"})
    assert asked(network, "review_item")[0]["comment"] == "Chưa rõ nguồn"


def test_of_a_returned_sheet_only_flagged_items_take_files(browser: Browsers, network: FakeNetwork) -> None:
    back = {"reason": "Thiếu số liệu quý IV.", "items": ["I.2"]}
    for flagged in (False, True):
        network.answers["evaluations", "sheet"] = a_sheet(returned=back, flagged=flagged)
        page = browser("thuky").get(URL).text
        assert ("Thiếu số liệu quý IV." in page, 'enctype="multipart' in page) == (True, flagged)


def test_the_api_takes_and_gives_files(client: FlaskClient, token: Tokens, blobs: FolderBlobs, network: FakeNetwork) -> None:
    here, headers = f"/api/v1{URL}", token("thuky")
    made = client.post(here, data=upload(PNG, "ảnh.png"), headers=headers, content_type="multipart/form-data")
    assert made.status_code == 201, made.text
    sha256 = asked(network, "attach_evidence")[0]["sha256"]
    assert client.get(f"{here}/{sha256}", headers=headers).data == PNG
    assert client.post(here, headers=headers, content_type="multipart/form-data").status_code == 422
    assert client.post(f"{here}/{sha256}/removal", json={"reason": "nhầm"}, headers=headers).status_code == 201
    refused = client.post(here, data=upload(b"GIF89a", "a.png"), headers=headers, content_type="multipart/form-data")
    assert refused.get_json()["code"] == "file_kind"
    said = {"reason": "Thiếu số liệu quý IV.", "items": ["I.1"], "due_on": "2024-12-05"}
    assert client.post(f"/api/v1{SHEET_URL}/return", json=said, headers=headers).status_code == 201
    assert asked(network, "return_sheet")[0].items() >= said.items()
    for rest, method in (("comments", "comment_item"), ("reviews", "review_item")):
        assert client.post(f"/api/v1{SHEET_URL}/items/I.1/{rest}", json={"comment": "Rõ"}, headers=headers).status_code == 201
        assert asked(network, method)[0]["item"] == "I.1"


def test_home_says_what_was_returned_extended_or_given_grace(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    for more, said in (
        ({"returned": True, "extended": True}, "được trả lại để sửa"),
        ({"extended": True}, "đã gia hạn"),
        ({"grace_until": "2024-12-02"}, "được chậm đến hết 02/12/2024"),
    ):
        network.answers["evaluations", "tasks"] = [{**TASK, **more}]
        assert said in here.get("/").text
        network.answers["evaluations", "tasks"] = [{**TASK, **more, "state": "submitted"}]
        assert said not in here.get("/").text


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("Báo cáo.pdf", "application/pdf", "Báo cáo.pdf"),
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("", "image/png", "I.1.png"),
        ("...", "image/png", "I.1.png"),
        ("ảnh.jpeg", "image/jpeg", "ảnh.jpeg"),
        ("a\nb\x00.exe", "application/pdf", "a b .exe.pdf"),
        ("dài" * 200 + ".pdf", "application/pdf", ("dài" * 200 + ".pdf")[-150:]),
    ],
)
def test_a_name_is_one_that_every_system_takes(name: str, kind: str, kept: str) -> None:
    assert evidence.named(name, kind, "I.1") == kept
