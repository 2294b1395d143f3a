"""The grid of ratings in a browser: points, grade and quota while one types are those that the service gives once they are saved."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Visitor

ROWS = [
    {"general": "28,5", "assigned": "10", "completed": "10", "on_quality": "10", "on_progress": "10", "delays": "1"},
    {"general": "25", "assigned": "7,5", "completed": "6,25", "on_quality": "6,25", "on_progress": "7", "major_errors": "2"},
]


def test_what_is_counted_while_one_types_is_what_is_saved(sign_in: Callable[[str], Visitor]) -> None:
    visitor = sign_in("thuky.btp")
    visitor.open("/ratings/btp/2026-01/nd-335-2025")
    page = visitor.page
    for place, figures in enumerate(ROWS):
        row = page.locator("tr[data-subject]").nth(place)
        for key, value in figures.items():
            row.locator(f"[data-figure={key}]").fill(value)

    def shown() -> list[str]:
        cells = [page.locator(f"[data-{name}]").all_inner_texts() for name in ("points", "given")]
        return [*cells[0], *cells[1], page.locator("#quotas li").first.inner_text()]

    typed = shown()
    assert typed[:4] == ["97,91", "84,11", "HTXS", "HTT"]
    assert "vượt 1 so với 0 chỉ tiêu HTXS, cả đơn vị: đã dùng 1; 20 % của 1 = 0,2 → 0" in typed[4]
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_load_state()
    assert "Đã lưu" in page.locator(".notice").first.inner_text()
    assert shown() == typed
