"""The editor of a rubric in a browser: running sums that are exact, rows that come and go, and a table in use whose error is found."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import SCREEN, Visitor

SignIn = Callable[[str], Visitor]


def test_a_form_in_use_is_corrected_in_the_editor_and_published(sign_in: SignIn) -> None:
    office = sign_in("thuongtruc")
    page = office.page
    office.open("/rubric-templates/mau-03")
    expect(page.get_by_role("note")).to_contain_text("A. Tiêu chí chung: ghi 30 nhưng cộng lại được 30,5")
    page.locator("summary", has_text="Sao cho năm mới hoặc để sửa").click()
    page.get_by_label("Tên", exact=True).fill("Mẫu 03 đã sửa")
    page.get_by_label("Năm thi đua").fill("2027")
    page.get_by_role("button", name="Sao cho năm mới").click()
    expect(page.get_by_text("Đã lập bản thảo.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]

    group = page.locator("#groups-0")
    expect(group).to_contain_text("ghi 30 nhưng cộng lại được 30,5 (chênh 0,5).")
    expect(group.locator("output")).to_have_text("cộng được 30,5 (chênh +0,5)")
    page.get_by_label("Điểm tối đa, tiêu chí A.II.1.1").fill("0,5")
    expect(group.locator("output")).to_have_text("cộng được 30")
    expect(page.locator("#unsaved")).to_have_text("Có thay đổi chưa lưu")

    page.locator("#groups-2").get_by_role("button", name="Lên trên").click()
    expect(page.get_by_label("Mã, nhóm C")).to_have_attribute("name", "r.groups.1.key")
    expect(page.get_by_label("Điểm tối đa, tiêu chí A.II.1.1")).to_have_value("0,5")
    page.get_by_role("button", name="Công bố").click()
    expect(page.get_by_text("Đã công bố Mẫu 03 đã sửa.")).to_be_visible()
    expect(page.get_by_role("heading", name="Mẫu 03 đã sửa")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]


def test_pages_of_rubrics_fit_the_screen(sign_in: SignIn) -> None:
    office = sign_in("thuongtruc")
    for path in ("/rubrics", "/rubric-templates/thua-thien-hue-2018", "/rubric-templates/mau-02"):
        office.open(path)
        assert office.page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"], path
    assert not office.complaints
