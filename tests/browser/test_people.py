"""People in a browser: registered and given a post by the office, offered by one unit and taken by the other, forgotten."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor

SignIn = Callable[[str], Visitor]
NAME = "Đỗ Thị Thử Nghiệm"
FORGOTTEN = "(đã xoá dữ liệu cá nhân)"


def form(page: Page, name: str) -> Locator:
    return page.locator(f"form:has(> input[name=form][value^='{name}'])")


def test_a_person_is_registered_transferred_by_both_sides_and_forgotten(sign_in: SignIn) -> None:
    office = sign_in("thuongtruc")
    page = office.page
    office.open("/people?unit=ttcp")
    registering = form(page, "person")
    registering.get_by_label("Họ và tên").fill(NAME)
    registering.get_by_label("Chức vụ").fill("Thanh tra viên")
    registering.get_by_label("Từ ngày").fill("1/1/2020")
    registering.get_by_label("Số căn cước").fill("0791876543")
    registering.get_by_role("button").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(form(page, "person").get_by_label("Họ và tên")).to_have_value(NAME)
    form(page, "person").get_by_label("Số căn cước").fill("079187654321")
    form(page, "person").get_by_role("button").press("Enter")
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    address = page.url.removeprefix(office.url)
    page.locator("summary", has_text="Nhận chức vụ").click()
    taking = form(page, "take")
    taking.get_by_label("Đơn vị").select_option(label="Thanh tra Chính phủ")
    taking.get_by_label("Chức vụ").fill("Uỷ viên Ban chấp hành Công đoàn")
    taking.get_by_label("Từ ngày").fill("2022-05-01")
    taking.get_by_role("button").click()
    expect(page.locator("#posts ~ div tbody th")).to_have_text(["Thanh tra viên", "Uỷ viên Ban chấp hành Công đoàn"])

    giving = sign_in("thuky.ttcp")
    giving.open(address)
    giving.page.locator("summary", has_text="Đề nghị điều động").click()
    offer = form(giving.page, "offer")
    offer.get_by_label("Thôi giữ chức vụ").select_option(label="Thanh tra viên – Thanh tra Chính phủ")
    offer.get_by_label("Đơn vị nhận").select_option(label="Kiểm toán Nhà nước")
    offer.get_by_label("Ngày chuyển").fill("2025-09-01")
    offer.get_by_label("Văn bản").fill("CV 12/TTCP")
    offer.get_by_role("button").click()
    expect(giving.page.locator("#transfers ~ div tbody tr")).to_contain_text("chờ trả lời")

    receiving = sign_in("thuky.ktnn")
    receiving.open("/people")
    receiving.page.locator("#transfers ~ div").get_by_role("link", name=NAME).click()
    receiving.page.locator("summary", has_text="Tiếp nhận").first.click()
    accepting = form(receiving.page, "accept-")
    accepting.get_by_label("Nhận vào chức vụ").fill("Kiểm toán viên")
    accepting.get_by_label("Văn bản").fill("QĐ 34/KTNN")
    accepting.get_by_role("button").press("Enter")
    expect(receiving.page.locator("#transfers ~ div tbody tr")).to_contain_text("đã tiếp nhận")
    posts = receiving.page.locator("#posts ~ div tbody")
    expect(posts.locator("tr", has_text="Thanh tra viên")).to_contain_text("31/08/2025")
    expect(posts.locator("tr", has_text="Kiểm toán viên")).to_contain_text("01/09/2025")

    office.open(address)
    page.locator("summary", has_text="Xoá dữ liệu cá nhân").click()
    form(page, "forget").get_by_label("Căn cứ pháp lý").fill("Luật 91/2025/QH15")
    form(page, "forget").get_by_label("Ngày yêu cầu").fill("2026-02-01")
    form(page, "forget").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FORGOTTEN)
    receiving.open("/people")
    expect(receiving.page.get_by_role("link", name=FORGOTTEN)).to_be_visible()
    for visitor in (office, receiving):
        expect(visitor.page.get_by_text(NAME)).to_have_count(0)
