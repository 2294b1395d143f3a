"""The leader asks for a correction of one item; its unit can correct that one only, shows a file for it, and hands the sheet in again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.shared.given_files import PDF

SignIn = Callable[[str], Visitor]
SHEET = "/campaigns/noi-chinh-2024/sheets/ktnn/self/ktnn"
REASON = "Tiêu chí I.1 thiếu số liệu quý IV, đề nghị bổ sung."


def test_a_sheet_is_returned_and_comes_back_with_evidence(sign_in: SignIn, tmp_path: Path) -> None:
    leader = sign_in("khoitruong")
    leader.open(f"{SHEET}/items/I.1/evidence")
    page = leader.page
    page.get_by_label("Nhận xét của bạn").fill("Số liệu mới đến quý III.")
    page.get_by_role("button", name="Gửi nhận xét").click()
    expect(page.get_by_text("Số liệu mới đến quý III.")).to_be_visible()
    leader.open(SHEET)
    page.get_by_label("Trả lại dòng I.1").check()
    page.locator("#return-reason").fill(REASON)
    page.get_by_role("button", name="Trả lại phiếu").click()
    expect(page.locator(".notice.done")).to_be_visible()

    unit = sign_in("thuky.ktnn")
    unit.open(SHEET)
    page = unit.page
    expect(page.get_by_text(REASON)).to_be_visible()
    assert [field.get_attribute("name") for field in page.locator("input[name^='score:']").all()] == ["score:I.1"]
    page.locator("tr[data-item='I.1'] .files a").click()
    expect(page.get_by_text("Số liệu mới đến quý III.")).to_be_visible()
    (tmp_path / "báo cáo.pdf").write_bytes(PDF)
    page.get_by_label("Chọn tệp").set_input_files(tmp_path / "báo cáo.pdf")
    page.get_by_role("button", name="Đính kèm").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="báo cáo.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF
    unit.open(SHEET)
    page.get_by_role("button", name="Nộp phiếu").click()
    expect(page.locator("input[name^='score:']")).to_have_count(0)
