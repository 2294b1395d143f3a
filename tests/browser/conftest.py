"""A sample network and a real browser before it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from services.console.sample.season import sample_password
from tests.support.network import RunningNetwork

SCREEN = {"width": 1366, "height": 768}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNetwork]:
    running = RunningNetwork("embedded", tmp_path_factory.mktemp("browser") / "var")
    try:
        running.start(sample=True)
        yield running
    finally:
        running.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at a screen of 1366 by 768; `complaints`: what the browser found wrong with our pages."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def standings(self, campaign: str) -> dict[str, list[str]]:
        """The cells of the standings by unit."""
        self.open(f"/campaigns/{campaign}/boards/standings")
        rows = self.page.locator("table.board tbody tr")
        found = {}
        for place in range(rows.count()):
            unit = rows.nth(place).locator("th").inner_text()
            found[unit] = rows.nth(place).locator("td").all_inner_texts()
        return found


@pytest.fixture
def sign_in(network: RunningNetwork, chromium: Browser) -> Iterator[Callable[[str], Visitor]]:
    """Sign in as a sample account, on the sign-in page; at the end, no page may have made the browser complain."""
    visitors: list[Visitor] = []

    def enter(login: str) -> Visitor:
        page = chromium.new_context(viewport=SCREEN, locale="vi-VN").new_page()
        visitor = Visitor(page, network.url)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.on("console", lambda said: visitor.complaints.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: dialog.accept())
        visitor.open("/")
        page.get_by_label("Tên đăng nhập").fill(login)
        page.get_by_label("Mật khẩu").fill(sample_password())
        page.get_by_role("button", name="Đăng nhập").click()
        page.get_by_role("heading", name="Việc cần làm").wait_for()
        visitors.append(visitor)
        return visitor

    yield enter
    for visitor in visitors:
        visitor.page.context.close()
        # a refused form is answered 4xx on purpose, which the browser logs as an error
        assert not [said for said in visitor.complaints if "status of 4" not in said]
