"""Who may what in a browser: the table of permissions, and a role that is lent and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from shared.calendar import legal_date, utc_now
from shared.permissions import table
from tests.browser.conftest import SCREEN, Visitor

SignIn = Callable[[str], Visitor]


def test_the_administrator_sees_the_whole_table_of_permissions(sign_in: SignIn) -> None:
    administrator = sign_in("quantri")
    page = administrator.page
    administrator.open("/accounts")
    page.get_by_role("link", name="Ma trận phân quyền").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma trận phân quyền")
    methods = page.locator("section[aria-labelledby^=service-] tbody th code").all_inner_texts()
    assert sorted(methods) == sorted(row.method for row in table().permissions)
    row = page.locator("tbody tr", has=page.locator("code", has_text="forget_person"))
    expect(row).to_contain_text("Xoá dữ liệu cá nhân")
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]


def test_a_role_is_lent_for_a_time_and_taken_back(sign_in: SignIn) -> None:
    lender, stand_in = sign_in("thuky.bca"), sign_in("thuky.ttcp")
    page, unit = lender.page, "Bộ Công an"
    until = legal_date(utc_now()) + timedelta(days=7)
    stand_in.open("/people")
    expect(stand_in.page.get_by_role("option", name=unit)).to_have_count(0)

    lender.open("/stand-ins")
    page.get_by_label("Vai trò").select_option(index=1)
    page.get_by_label("Người được uỷ quyền").select_option(label="Thư ký Thanh tra Chính phủ (tài khoản mẫu) – Thanh tra Chính phủ")
    page.get_by_label("Đến hết ngày").fill(f"{until}")
    page.get_by_label("Lý do").fill("Đi công tác")
    page.get_by_role("button", name="Uỷ quyền").press("Enter")
    lent = page.locator("#lent ~ div tbody tr")
    expect(lent).to_contain_text(f"{until:%d/%m/%Y}")
    stand_in.open("/people")
    expect(stand_in.page.get_by_role("option", name=unit)).to_have_count(1)

    lent.locator("summary").press("Enter")
    lent.get_by_label("Lý do").fill("Đã về")
    lent.get_by_role("button", name="Chấm dứt").press("Enter")
    expect(page.get_by_text("Bạn chưa uỷ quyền vai trò nào.")).to_be_visible()
    stand_in.open("/people")
    expect(stand_in.page.get_by_role("option", name=unit)).to_have_count(0)
