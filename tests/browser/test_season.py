"""What a secretary does in a browser: find what is due, fill the sheet, hand it in, and see the board change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCREEN, Visitor

SignIn = Callable[[str], Visitor]
CAMPAIGN = "noi-chinh-2024"
BANNER = "Số liệu minh hoạ – không phải kết quả chính thức"


def fill_all(page: Page, share: str) -> None:
    """Give every item half of its maximum or nothing, as Vietnamese write it."""
    for row in page.locator("tr[data-item]").all():
        half = str(float(row.get_attribute("data-maximum") or 0) / 2).replace(".", ",").removesuffix(",0")
        row.locator("input[name^='score:']").fill({"half": half, "nothing": "0"}[share])


def open_sheet(visitor: Visitor) -> Page:
    visitor.page.get_by_role("link", name="Chấm điểm", exact=False).first.click()
    expect(visitor.page.get_by_role("heading", name="Phiếu chấm điểm")).to_be_visible()
    return visitor.page


def test_a_secretary_fills_and_hands_in_a_sheet_and_the_board_changes(sign_in: SignIn) -> None:
    secretary = sign_in("thuky.btp")
    assert "chưa có điểm" in " ".join(secretary.standings(CAMPAIGN)["Bộ Tư pháp"])
    secretary.open("/")
    page = open_sheet(secretary)
    expect(page.get_by_text(BANNER)).to_be_visible()
    fill_all(page, "half")
    page.locator("[data-kind=penalty] input[name^='score:']").fill("0")
    page.get_by_role("button", name="Lưu bản nháp").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã lưu bản nháp")
    assert "chưa có điểm" in " ".join(secretary.standings(CAMPAIGN)["Bộ Tư pháp"])  # a draft does not count
    secretary.open("/")
    page = open_sheet(secretary)
    expect(page.locator("[data-sum=total]")).to_have_text("500")
    page.locator("input[name='score:I.1']").fill("150,25")
    page.get_by_role("button", name="Nộp phiếu").click()
    expect(page.get_by_text("Đã nộp phiếu.")).to_be_visible()
    assert page.locator("input[name^='score:']").count() == 0
    standings = secretary.standings(CAMPAIGN)
    assert "500,25" in standings["Bộ Tư pháp"]
    assert standings["Bộ Tư pháp"][0] == str(sum("chưa có điểm" not in " ".join(row) for row in standings.values()))  # the lowest total
    page.locator("tr", has_text="Bộ Tư pháp").get_by_role("link", name="Vì sao?").click()
    expect(page.get_by_role("heading", name="Vì sao? Bộ Tư pháp")).to_be_visible()
    expect(page.locator("tbody", has_text="I.1").first).to_contain_text("150,25")


def test_what_is_wrong_is_said_at_the_row_and_nothing_is_lost(sign_in: SignIn) -> None:
    page = open_sheet(sign_in("thuky.bqp"))
    first, second = page.locator("tr[data-item='I.1']"), page.locator("tr[data-item='I.2']")
    first.locator("input[name^='score:']").fill("300,5")
    first.locator("textarea").fill("Vượt chỉ tiêu")
    second.locator("input[name^='score:']").fill("99,5")
    second.locator("input[name^='score:']").blur()
    expect(first).to_contain_text("Điểm phải từ 0 đến 300.")  # the script, before anything is sent
    expect(page.locator("[data-sum=total]")).to_have_text("400")
    page.get_by_role("button", name="Lưu bản nháp").click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa lưu")  # the service, which has the last word
    expect(first).to_contain_text("Điểm phải từ 0 đến 300.")
    expect(first.locator("input[name^='score:']")).to_have_value("300,5")
    expect(first.locator("textarea")).to_have_value("Vượt chỉ tiêu")
    expect(second.locator("input[name^='score:']")).to_have_value("99,5")
    first.locator("input[name^='score:']").fill("290,75")
    page.get_by_role("button", name="Lưu bản nháp").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã lưu bản nháp")
    expect(page.locator("[data-sum=total]")).to_have_text("390,25")


def test_two_people_on_one_sheet_do_not_overwrite_each_other(sign_in: SignIn) -> None:
    one, other = sign_in("thuky.vksndtc"), sign_in("thuky.vksndtc")
    mine, theirs = open_sheet(one), open_sheet(other)
    theirs.locator("input[name='score:I.1']").fill("250")
    theirs.locator("input[name='score:I.2']").fill("100")
    theirs.get_by_role("button", name="Lưu bản nháp").click()
    expect(theirs.get_by_role("status").first).to_contain_text("Đã lưu")
    mine.locator("input[name='score:I.1']").fill("260")
    mine.get_by_role("button", name="Lưu bản nháp").click()
    expect(mine.get_by_role("alert")).to_contain_text("người khác vừa lưu phiếu này")
    expect(mine.locator("input[name='score:I.1']")).to_have_value("260")
    expect(mine.locator("tr[data-item='I.1']")).to_contain_text("Lấy điểm đã lưu: 250")
    expect(mine.locator("input[name='score:I.2']")).to_have_value("100")
    mine.get_by_label("Giữ điểm, lý do tôi nhập").check()
    mine.get_by_role("button", name="Lưu bản nháp").click()
    expect(mine.locator("[data-sum=total]")).to_have_text("360")


def test_a_session_that_ended_costs_nobody_what_they_typed(sign_in: SignIn) -> None:
    from services.console.sample.season import sample_password

    page = open_sheet(sign_in("thuky.bqp"))
    page.locator("input[name='score:III.1']").fill("17,25")
    page.context.clear_cookies()
    page.get_by_role("button", name="Lưu bản nháp").click()
    page.get_by_label("Tên đăng nhập").fill("thuky.bqp")
    page.get_by_label("Mật khẩu").fill(sample_password())
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name="Gửi tiếp").click()
    expect(page.locator("input[name='score:III.1']")).to_have_value("17,25")
    expect(page.get_by_role("status").first).to_contain_text("Đã lưu bản nháp")


PAGES = [
    "/",
    "/boards",
    "/campaigns",
    f"/campaigns/{CAMPAIGN}",
    *[f"/campaigns/{CAMPAIGN}/boards/{name}" for name in ("standings", "flag", "leader", "standings/tandtc")],
    f"/campaigns/{CAMPAIGN}/sheets/tandtc/self/tandtc",
    "/awards",
    "/decisions",
    "/audit",
    "/password",
]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_fit_the_screen_and_make_the_browser_complain_of_nothing(sign_in: SignIn, language: str) -> None:
    office = sign_in("thuongtruc")
    for path in PAGES:
        office.open(f"{path}?lang={language}")
        assert office.page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"], path
        assert office.page.evaluate("document.documentElement.lang") == language
    assert not office.complaints


def test_the_keyboard_reaches_the_content_first(sign_in: SignIn) -> None:
    page = sign_in("thuky.bqp").page
    page.reload()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung chính"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
