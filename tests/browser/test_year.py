"""A campaign's year in a browser: terms that move, boards that stand still, units that are urged, documents for the conference."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from shared.calendar import legal_date, utc_now
from tests.browser.conftest import SCREEN, Visitor
from tests.support.network import RunningNetwork

SignIn = Callable[[str], Visitor]
CAMPAIGN = "noi-chinh-2024"
SHEET = f"/campaigns/{CAMPAIGN}/sheets/bqp/self/bqp"


def in_days(days: int) -> date:
    """So many days from now, in Viet Nam."""
    return legal_date(utc_now()) + timedelta(days=days)


def form(page: Page, name: str) -> Locator:
    return page.locator(f"form:has(> input[name=form][value='{name}'])")


def due(page: Page) -> Locator:
    return page.locator("dl.facts div", has_text="Hạn nộp")


def test_a_pass_is_extended_closed_early_and_opened_again(sign_in: SignIn) -> None:
    office, secretary = sign_in("thuongtruc"), sign_in("thuky.bqp")
    page = office.page
    step = page.locator("table.year tr", has=page.locator("[name=form][value='extend~self'], [name=form][value='reopen~self']"))
    office.open(f"/campaigns/{CAMPAIGN}")
    step.locator("summary").press("Enter")
    form(page, "extend~self").get_by_label("Gia hạn đến hết").fill(f"{in_days(40)}")
    form(page, "extend~self").get_by_label("Lý do").fill("Bão số 9, nhiều đơn vị xin lùi hạn")
    form(page, "extend~self").get_by_role("button").press("Enter")
    expect(page.get_by_role("status")).to_have_text("✓ Đã gia hạn.")
    expect(step).to_contain_text(f"gia hạn đến hết {in_days(40):%d/%m/%Y} – Bão số 9")
    secretary.open(SHEET)
    expect(due(secretary.page)).to_contain_text(f"{in_days(40):%d/%m/%Y}")

    close = form(page, "close~self")
    close.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("Hãy ghi lý do.")
    close.get_by_label("Lý do, nếu đóng sớm").fill("Các đơn vị đã đủ số liệu")
    close.get_by_role("button").click()
    expect(step).to_contain_text("đóng sớm – Các đơn vị đã đủ số liệu")
    secretary.open(SHEET)
    expect(secretary.page.locator("input[name^='score:']")).to_have_count(0)

    step.locator("summary", has_text="Mở lại").press("Enter")
    form(page, "reopen~self").get_by_label("Hạn nộp").fill(f"{in_days(20)}")
    form(page, "reopen~self").get_by_label("Lý do").fill("Hai đơn vị chưa kịp nộp")
    form(page, "reopen~self").get_by_role("button").press("Enter")
    expect(page.get_by_role("status")).to_have_text("✓ Đã mở lại.")
    secretary.open(SHEET)
    expect(due(secretary.page)).to_contain_text(f"{in_days(20):%d/%m/%Y}")
    expect(secretary.page.locator("input[name='score:I.1']")).to_be_editable()


def test_a_frozen_board_says_so_until_it_is_thawed(sign_in: SignIn) -> None:
    office, secretary = sign_in("thuongtruc"), sign_in("thuky.bqp")
    page, board = office.page, f"/campaigns/{CAMPAIGN}/boards/standings"
    mark = secretary.page.get_by_role("note").filter(has_text="Bảng điểm đóng băng từ")

    def act(name: str, reason: str, done: str) -> None:
        office.open(f"/campaigns/{CAMPAIGN}")
        page.locator("summary", has_text="băng bảng điểm").press("Enter")
        form(page, name).get_by_label("Lý do").fill(reason)
        form(page, name).get_by_role("button").press("Enter")
        expect(page.get_by_role("status")).to_contain_text(done)
        secretary.open(board)

    act("freeze", "Chờ hội nghị tổng kết", "Đã đóng băng bảng điểm.")
    expect(mark).to_contain_text("Chờ hội nghị tổng kết")
    expect(secretary.page.get_by_role("link", name="Xem kết quả tạm tính")).to_have_count(0)
    act("thaw", "Hội nghị đã họp", "Đã mở băng bảng điểm.")
    expect(secretary.page.locator("table.board")).to_be_visible()
    expect(mark).to_have_count(0)


def test_the_office_urges_who_has_not_and_the_unit_sees_it_first_thing(sign_in: SignIn) -> None:
    office = sign_in("thuongtruc")
    page = office.page
    office.open("/urging")
    page.get_by_label("Đơn vị").first.select_option(label="Bộ Quốc phòng")
    page.get_by_role("button", name="Lọc").click()
    rows = page.locator("form:has([value=remind]) tbody tr")
    expect(rows.locator("th")).to_have_text(["Bộ Quốc phòng"])
    expect(rows).to_contain_text("Nộp phiếu chấm điểm")
    rows.get_by_label("Bộ Quốc phòng").press("Space")
    page.get_by_label("Nội dung").fill("Đề nghị Bộ nộp phiếu trước hội nghị.")
    page.get_by_role("button", name="Nhắc", exact=True).press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã nhắc 1 việc.")
    expect(rows).to_contain_text("1 lần, gần nhất")

    secretary = sign_in("thuky.bqp")
    reminder = secretary.page.locator("section[aria-labelledby=reminders] p")
    expect(reminder).to_contain_text("Đề nghị Bộ nộp phiếu trước hội nghị.")
    assert "Đề nghị Bộ nộp phiếu" not in sign_in("thuky.vksndtc").page.locator("main").inner_text()


def test_the_pack_for_the_conference_opens_and_names_every_unit(sign_in: SignIn, network: RunningNetwork) -> None:
    office = sign_in("thuongtruc")
    page = office.page
    office.open(f"/campaigns/{CAMPAIGN}")
    page.get_by_role("link", name="Tài liệu hội nghị tổng kết").press("Enter")
    page.get_by_label("Ngày họp").fill("2025-04-10")
    page.get_by_label("Địa điểm").fill("Hội trường thử, Hà Nội")
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải bộ tài liệu").press("Enter")
    units = {row["name"] for row in network.board(CAMPAIGN, "standings")["rows"]}
    assert len(units) == 8
    with zipfile.ZipFile(Path(download.value.path())) as pack:
        said = {name: _words(pack.read(name)) for name in pack.namelist()}
    assert len(said) == 5
    for name in said:
        assert name.endswith(".docx")
    assert len([name for name, words in said.items() if all(unit in words for unit in units)]) >= 2, "the attendance and the boards"
    assert any("Hội trường thử, Hà Nội" in words for words in said.values())


def _words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


PAGES = [
    "/organisations",
    "/organisations/btp",
    "/organisations/workbook",
    "/clusters",
    "/clusters/khoi-noi-chinh",
    "/people?unit=btp",
    "/councils",
    "/councils/hd-tdkt-minh-hoa",
    "/stand-ins",
    *[f"/campaigns/{CAMPAIGN}{page}" for page in ("", "/plan", "/pairing", "/targets", "/conference")],
    "/inspections",
    "/inspections/kiem-tra-minh-hoa-2024",
    "/urging",
]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_of_registry_and_year_fit_the_screen_and_make_the_browser_complain_of_nothing(sign_in: SignIn, language: str) -> None:
    office = sign_in("thuongtruc")
    for path in PAGES:
        office.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert office.page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"], path
        assert office.page.evaluate("document.documentElement.lang") == language
    assert not office.complaints
