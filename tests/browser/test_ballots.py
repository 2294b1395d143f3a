"""A secret ballot in a browser: opened by the office, voted in on a phone and at a desk, closed, and its result read by all."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from services.console.sample.season import account_of
from tests.browser.conftest import Visitor
from tests.support.network import RunningNetwork

SignIn = Callable[[str], Visitor]
VOTERS = ("thuky.btp", "thuky.ttcp", "thuky.ktnn", "thuky.bca", "thuky.vksndtc")
PHONE = {"width": 390, "height": 844}
TITLE = "Suy tôn đơn vị nhận cờ (thử)"


def vote_in_the_browser(visitor: Visitor, mark: str) -> None:
    page = visitor.page
    visitor.open("/")
    page.get_by_role("link", name=f"Bỏ phiếu – {TITLE}").press("Enter")
    page.get_by_role("group", name="Bộ Tư pháp").get_by_label(mark, exact=True).check()
    page.get_by_role("button", name="Tiếp tục").press("Enter")
    expect(page.get_by_text("Phiếu chưa được bỏ.")).to_be_visible()
    page.get_by_role("button", name="Sửa lại").click()
    expect(page.get_by_role("group", name="Bộ Tư pháp").get_by_label(mark, exact=True)).to_be_checked()
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("button", name="Bỏ phiếu").press("Enter")
    expect(page.get_by_text("Lá phiếu của bạn đã được ghi nhận.")).to_be_visible()


def fits(page: Page) -> bool:
    """Whether nothing of the page lies beside the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_secret_ballot_is_opened_voted_in_and_closed(sign_in: SignIn, network: RunningNetwork) -> None:
    office = sign_in("thuongtruc")
    page = office.page
    office.open("/ballots")
    page.locator("summary", has_text="Mở cuộc bỏ phiếu").click()
    page.get_by_label("Tên", exact=True).fill(TITLE)
    for label, option in [
        ("Mục đích", "suy tôn"),
        ("Cách chọn", "đồng ý hay không với từng lựa chọn"),
        ("Quy tắc", "Suy tôn trong khối, cụm thi đua"),
    ]:
        page.get_by_label(label).select_option(label=option)
    page.get_by_label("Danh sách lựa chọn").fill("Bộ Tư pháp\nttcp")
    boxes = page.locator("input[name=elector]")
    accounts = {row.get_attribute("value") for row in boxes.all()}
    assert len(accounts) >= len(VOTERS)
    for login in VOTERS:
        page.locator(f"input[name=elector][value='{account_of(login)}']").check()
    page.get_by_role("button", name="Mở cuộc bỏ phiếu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    address = page.url.removeprefix(office.url)
    expect(page.get_by_text("0/5")).to_be_visible()

    phone = sign_in(VOTERS[0])
    phone.page.set_viewport_size(PHONE)
    vote_in_the_browser(phone, "Đồng ý")
    assert fits(phone.page)
    vote_in_the_browser(sign_in(VOTERS[1]), "Không đồng ý")
    phone.open("/ballots")
    expect(phone.page.get_by_text("bạn đã bỏ phiếu")).to_be_visible()

    office.open(address)
    expect(page.get_by_text("2/5")).to_be_visible()
    expect(page.get_by_text("Kết quả kiểm phiếu")).to_have_count(0)
    page.locator("summary", has_text="Kết thúc và kiểm phiếu").click()
    page.get_by_role("button", name="Kết thúc và kiểm phiếu").click()
    expect(page.get_by_role("alert")).to_contain_text("còn người chưa bỏ phiếu")
    for login in VOTERS[2:]:
        vote = {"marks": [{"choice": "btp", "mark": "for"}, {"choice": "ttcp", "mark": "for"}]}
        network.api(login).post(f"{address}/secret-vote", vote, status=201)
    page.get_by_role("button", name="Kết thúc và kiểm phiếu").click()
    expect(page.get_by_role("heading", name="Kết quả kiểm phiếu")).to_be_visible()

    phone.open(address)
    expect(phone.page.locator("table.board tbody tr").nth(0)).to_contain_text("80 %")
    expect(phone.page.locator("table.board tbody tr").nth(0)).to_contain_text("đạt")
    expect(phone.page.locator("table.board tbody tr").nth(1)).to_contain_text("60 %")
    logged = network.log_text()
    assert "Ballots.close_ballot" in logged
    for trace in ("cast_vote", "/vote", "/secret-vote", "/paper"):
        assert trace not in logged, trace
