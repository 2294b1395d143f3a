"""The score sheet while one works on it: it saves itself, shows what another window saved, and is filled by keyboard and in Excel."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import SCREEN, Visitor

SignIn = Callable[[str], Visitor]
SHEET = "/campaigns/noi-chinh-2024/sheets/vksndtc/self/vksndtc"


def row(page: Page, item: str) -> tuple[str, str]:
    """What stands in the two fields of a row."""
    return page.locator(f"[name='score:{item}']").input_value(), page.locator(f"[name='reason:{item}']").input_value()


def test_a_sheet_saves_itself_and_two_windows_see_each_other(sign_in: SignIn) -> None:
    visitor = sign_in("thuky.vksndtc")
    visitor.open(SHEET)
    mine, theirs = visitor.page, visitor.page.context.new_page()
    theirs.goto(f"{visitor.url}{SHEET}")
    state = mine.locator("#saving")
    mine.locator("[name='score:II.1']").focus()
    mine.keyboard.type("12,5")
    mine.keyboard.press("Enter")
    mine.keyboard.type("0")
    mine.keyboard.press("Shift+Enter")
    assert mine.evaluate("document.activeElement.name") == "score:II.1"
    expect(state).to_contain_text("Đã lưu lúc")  # by itself
    mine.locator("[name='score:II.1']").fill("13")
    mine.keyboard.press("Control+s")
    expect(state).to_contain_text("Đã lưu lúc")

    theirs.locator("[name='score:II.1']").fill("14")
    theirs.locator("[name='reason:II.1']").fill("theo báo cáo")
    theirs.keyboard.press("Control+s")
    expect(theirs.locator("#saving")).to_contain_text("Dòng chờ sửa: II.1")
    expect(theirs.locator("tr[data-item='II.1'] .contested")).to_contain_text("Lấy điểm đã lưu: 13")
    expect(theirs.locator("[name='score:II.2']")).to_have_value("0")  # untouched here: taken over
    assert row(theirs, "II.1") == ("14", "theo báo cáo")
    theirs.get_by_label("Giữ điểm, lý do tôi nhập").check()
    theirs.keyboard.press("Control+s")
    expect(theirs.locator("#saving")).not_to_contain_text("Dòng chờ sửa")
    expect(theirs.locator(".contested")).to_have_count(0)

    def away(route: Route) -> None:
        route.fulfill(status=503, body="") if route.request.method == "POST" else route.continue_()

    mine.route("**/sheets/**", away)
    mine.locator("[name='score:II.2']").fill("1")
    mine.keyboard.press("Control+s")
    expect(state).to_contain_text("Đang thử lại; nội dung đã nhập vẫn còn trên trang này.")
    mine.unroute("**/sheets/**")
    expect(state).to_contain_text("Đã lưu lúc", timeout=15_000)
    mine.reload()
    assert (row(mine, "II.1"), row(mine, "II.2")[0]) == (("14", "theo báo cáo"), "1")
    visitor.complaints = [said for said in visitor.complaints if "503" not in said]


def test_a_sheet_is_filled_in_excel_and_its_head_and_sum_stay_in_sight(sign_in: SignIn) -> None:
    visitor = sign_in("thuky.vksndtc")
    page = visitor.page
    visitor.open(f"{SHEET}?lang=vi")
    page.locator("tr[data-item]").last.scroll_into_view_if_needed()
    for place in (page.locator("table.sheet thead th").first, page.locator(".running")):
        box = place.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= SCREEN["height"] - box["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]
    page.get_by_role("link", name="Chấm bằng Excel").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải phiếu của").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    tab = book.worksheets[0]
    place = next(cells[0].row for cells in tab.iter_rows(min_row=6) if cells[0].value == "III.1")
    tab.cell(place, 4).value, tab.cell(place, 5).value = 3.25, "Số liệu quý IV"
    filled = io.BytesIO()
    book.save(filled)
    page.get_by_label("Tệp").set_input_files({"name": "phieu.xlsx", "mimeType": "application/octet-stream", "buffer": filled.getvalue()})
    page.get_by_role("button", name="Xem trước thay đổi").click()
    expect(page.get_by_text("1 thay đổi, 0 dòng cần chọn, 0 lỗi")).to_be_visible()
    page.get_by_role("button", name="Ghi vào bản nháp").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi 1 dòng từ tệp Excel")
    assert row(page, "III.1") == ("3,25", "Số liệu quý IV")
