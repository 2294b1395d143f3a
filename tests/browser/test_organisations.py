"""Organisations in a browser: renamed with its document, merged on and on, and edited many at once in Excel."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.support.network import RunningNetwork

SignIn = Callable[[str], Visitor]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPENED = "2019-01-01"


def registered(network: RunningNetwork, **names: str) -> None:
    """Organisations of a test's own, by key."""
    rows = [{"change": "register", "organisation": key, "name": name, "level": "Cục", "opened_on": OPENED} for key, name in names.items()]
    network.api("thuongtruc").post("/organisations/changes", {"changes": rows})
    network.settle()


def opened(page: Page, change: str) -> Locator:
    """The form of a change, its summary opened by keyboard."""
    form = page.locator(f"form:has(> input[name=form][value='{change}'])")
    summary = page.locator("summary", has=page.locator(f"xpath=following-sibling::form/input[@name='form'][@value='{change}']"))
    summary.focus()
    page.keyboard.press("Enter")
    expect(form).to_be_visible()
    return form


def on(page: Page, day: str) -> None:
    """Look at the page as of this day."""
    page.get_by_label("Tại ngày").fill(day)
    page.get_by_label("Tại ngày").press("Enter")


def merge(page: Page, into: str, day: str) -> None:
    form = opened(page, "merge")
    form.get_by_label("Nhập vào").select_option(label=into)
    form.get_by_label("Từ ngày").fill(day)
    form.get_by_label("Văn bản").fill("NĐ 40/2025")
    form.get_by_role("button", name="Sáp nhập").press("Enter")


def test_an_organisation_is_renamed_by_keyboard_and_has_the_name_of_each_day(sign_in: SignIn, network: RunningNetwork) -> None:
    registered(network, doi_ten="Cục Dự trữ khu vực thử")
    office = sign_in("thuongtruc")
    page = office.page
    office.open("/organisations/doi_ten")
    form = opened(page, "rename")
    page.keyboard.press("Tab")
    page.keyboard.type("Chi cục Dự trữ khu vực thử")
    form.get_by_label("Từ ngày").fill("2025-03-01")
    form.get_by_label("Văn bản").press_sequentially("QĐ 385/QĐ-BTC")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận: Đổi tên")
    expect(page.locator("#history ~ div tbody tr").first).to_contain_text("01/03/2025")
    expect(page.locator("#history ~ div tbody tr").first).to_contain_text("QĐ 385/QĐ-BTC")
    for day, name in (("2025-02-28", "Cục Dự trữ khu vực thử"), ("2025-03-01", "Chi cục Dự trữ khu vực thử")):
        on(page, day)
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    on(page, "2018-12-31")
    expect(page.get_by_text("Chưa thành lập vào ngày này; hoạt động từ ngày 01/01/2019.")).to_be_visible()


def test_heirs_of_heirs_are_seen_from_the_first_and_ancestors_from_the_last(sign_in: SignIn, network: RunningNetwork) -> None:
    first, second, last = "Cục Thuế khu vực thử một", "Cục Thuế khu vực thử hai", "Cục Thuế khu vực thử ba"
    registered(network, noi_mot=first, noi_hai=second, noi_ba=last)
    office = sign_in("thuongtruc")
    page = office.page
    office.open("/organisations/noi_mot")
    merge(page, second, "2018-06-30")
    expect(page.get_by_role("alert")).to_contain_text("Ngày 30/06/2018 không hợp lý")
    form = page.locator("form:has(> input[name=form][value='merge'])")
    expect(form.get_by_label("Văn bản")).to_have_value("NĐ 40/2025")
    form.get_by_label("Từ ngày").fill("2025-03-01")
    form.get_by_role("button", name="Sáp nhập").press("Enter")
    expect(page.get_by_text(f"Đã ghi nhận: Sáp nhập – {first}.")).to_be_visible()
    office.open("/organisations/noi_hai")
    merge(page, last, "2025-07-01")
    expect(page.get_by_text(f"Đã ghi nhận: Sáp nhập – {second}.")).to_be_visible()

    office.open("/organisations/noi_mot")
    expect(page.locator(".notice.wait")).to_contain_text("Không còn hoạt động từ ngày 01/03/2025")
    heirs = page.locator("section[aria-labelledby=lineage] > ul > li")
    expect(heirs).to_have_count(1)
    expect(heirs.get_by_role("link")).to_have_text([second, last])
    expect(heirs.locator("li")).to_contain_text("01/07/2025")
    heirs.get_by_role("link", name=last).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(last)
    ancestors = page.locator("section[aria-labelledby=lineage] > ul > li")
    expect(ancestors.get_by_role("link")).to_have_text([second, first])
    on(page, "2025-03-01")
    ancestors.get_by_role("link", name=first).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    expect(page.locator(".notice.wait")).to_contain_text(second)


def test_a_workbook_is_edited_refused_by_cell_put_right_and_recorded(sign_in: SignIn, network: RunningNetwork) -> None:
    registered(network, bang_tinh="Cục Thống kê tỉnh thử", bang_tren="Cục Thống kê trung ương thử")
    office = sign_in("thuongtruc")
    page = office.page
    office.open("/organisations/workbook")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bảng Excel về").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book["Tổ chức"]
    columns = {head.value: get_column_letter(place) for place, head in enumerate(sheet[1], 1)}
    row = _row_of(sheet, "Cục Thống kê tỉnh thử")
    sheet[f"{columns['Tên']}{row}"] = "Chi cục Thống kê tỉnh thử"
    sheet[f"{columns['Trực thuộc']}{row}"] = "Cục Thống kê không có"

    def bring_back() -> None:
        written = io.BytesIO()
        book.save(written)
        office.open("/organisations/workbook")
        page.get_by_label("Tệp").set_input_files({"name": "to-chuc.xlsx", "mimeType": XLSX, "buffer": written.getvalue()})
        page.get_by_role("button", name="Xem trước thay đổi").click()

    bring_back()
    cell = f"{columns['Trực thuộc']}{row}"
    expect(page.get_by_text(f"Ô {cell} (Trực thuộc): “Cục Thống kê không có” không có trong danh sách")).to_be_visible()
    expect(page.get_by_role("button", name="Ghi ")).to_have_count(0)

    sheet[cell] = "Cục Thống kê trung ương thử"
    bring_back()
    expect(page.get_by_role("heading", name="Lỗi cần sửa").locator("~ ul")).to_contain_text("ngày có hiệu lực và văn bản căn cứ")

    sheet[f"{columns['Từ ngày']}{row}"] = date(2025, 3, 1)
    sheet[f"{columns['Văn bản']}{row}"] = "QĐ 386/QĐ-BTC"
    bring_back()
    changes = page.locator("#changes ~ div tbody tr")
    expect(changes.locator("del, ins")).to_have_text(["Cục Thống kê tỉnh thử", "Chi cục Thống kê tỉnh thử", "Cục Thống kê trung ương thử"])
    page.get_by_role("button", name="Ghi 2 thay đổi").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Tổ chức")).to_be_visible()

    office.open("/organisations/bang_tinh")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chi cục Thống kê tỉnh thử")
    expect(page.locator("dl.facts")).to_contain_text("Cục Thống kê trung ương thử")
    on(page, "2025-02-28")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cục Thống kê tỉnh thử")


def _row_of(sheet: Worksheet, name: str) -> int:
    return next(cell.row for (cell,) in sheet.iter_rows(max_col=1) if cell.value == name)
