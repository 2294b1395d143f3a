"""The result of a season on a projector and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import SCREEN, Visitor

DONE = "noi-chinh-2023"
PROJECTOR = {"width": 1920, "height": 1080}


def test_the_office_opens_the_result_from_the_last_place_and_prints_it(sign_in: Callable[[str], Visitor]) -> None:
    office = sign_in("thuongtruc")
    page = office.page
    winner = next(unit for unit, cells in office.standings(DONE).items() if cells[0] == "1")
    page.get_by_role("link", name="Xuất tệp, in, xem biểu đồ").click()
    page.get_by_role("link", name="Bắt đầu công bố").click()
    stage = page.locator("#stage")
    places = int(re.findall(r"\d+", page.locator(".begin .large").inner_text())[0])
    for opened in range(1, places + 1):
        assert winner not in page.content()
        if opened == 2:
            page.locator("h1").click()  # anywhere on the screen goes on, too
        else:
            page.keyboard.press("Space")
        expect(stage).to_have_attribute("data-opened", str(opened))
        for screen in (PROJECTOR, SCREEN) if opened == places else ():
            page.set_viewport_size(screen)
            assert page.evaluate("document.documentElement.scrollHeight") <= screen["height"]
    expect(stage.locator(".name")).to_have_text(winner)
    page.keyboard.press("ArrowLeft")
    expect(stage).to_have_attribute("data-opened", str(places - 1))
    assert winner not in page.content()
    office.open(f"/campaigns/{DONE}/exports/print?sheets=1")
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") > places
    office.open(f"/campaigns/{DONE}/charts")
    expect(page.get_by_role("img", name="Tổng điểm của mỗi đơn vị theo nhóm tiêu chí")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"]
