"""Charts as SVG: well-formed, told in words, safe with any name, and true to their numbers."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

from services.gateway import charts
from services.gateway.charts import Axis, Bar, Series

SVG = "{http://www.w3.org/2000/svg}"
NAME = 'Bộ "Công an" & <b>'


def drawn(markup: str) -> ElementTree.Element:
    found = ElementTree.fromstring(markup)
    assert found.get("role") == "img"
    (labelled,) = [found.get("aria-labelledby")]
    ids = {one.get("id") for one in found}
    assert labelled is not None
    assert set(labelled.split()) <= ids
    return found


def texts(svg: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def test_a_bar_is_as_long_as_its_parts_and_each_part_has_a_pattern() -> None:
    rows = [Bar(NAME, [Decimal(30), Decimal(10)], "40"), Bar("B", [Decimal(15), None], "15")]
    svg = drawn(charts.bars("bars", "Tổng", "Mô tả", ["I", "II"], rows))
    bars = [one for one in svg.iter(f"{SVG}rect") if one.get("height") == "22"]
    widths = [Decimal(one.get("width", "")) for one in bars]
    assert widths[0] == 3 * widths[1] == 2 * widths[2]
    assert [one.get("fill") for one in bars] == ["url(#bars-0)", "url(#bars-1)", "url(#bars-0)"]
    assert {"I", "II", NAME, "40"} <= set(texts(svg))


def test_what_is_below_zero_stands_left_of_the_axis() -> None:
    svg = drawn(charts.bars("bars", "t", "d", ["I", "II"], [Bar("A", [Decimal(30), Decimal(-10)], "20")]))
    above, below = [one for one in svg.iter(f"{SVG}rect") if one.get("height") == "22"]
    assert Decimal(below.get("x", "")) + Decimal(below.get("width", "")) == Decimal(above.get("x", ""))


def test_a_rank_line_has_a_point_for_each_season_in_which_there_was_a_rank() -> None:
    series = [Series("A", [1, 2, 1], marked=True), Series(NAME, [2, None, None]), Series("C", [None, 1, 2])]
    svg = drawn(charts.lines("lines", "t", "d", ["2022", "2023", "2024"], series))
    dashed = [one.get("stroke-dasharray") for one in svg.iter(f"{SVG}line") if one.get("stroke-width") in ("3.5", "1.6")]
    assert len(dashed) == 3  # two of the first, one of the third
    assert len(set(dashed)) == 2
    assert f"{NAME} (2022)" in texts(svg)
    assert "C" in texts(svg)


def test_units_that_share_a_rank_are_named_under_one_another() -> None:
    svg = drawn(charts.lines("lines", "t", "d", ["2023", "2024"], [Series(name, [1, 1]) for name in "ABC"]))
    heights = [float(one.get("y", "")) for one in svg.iter(f"{SVG}text") if one.text in ("A", "B", "C")]
    assert len({*heights}) == 3


def test_a_radar_reaches_its_rim_at_the_maximum_and_never_beyond() -> None:
    axes = [Axis("I", Decimal(1), Decimal("0.5")), Axis("II", Decimal("1.4"), Decimal(0)), Axis("III", Decimal(-1), Decimal(0))]
    svg = drawn(charts.radar("radar", "t", "d", axes, NAME, "Trung vị"))
    *_, rim, own, middle = [one.get("points", "").split() for one in svg.iter(f"{SVG}polygon")]
    assert own[:2] == rim[:2]
    assert own[2] == middle[1] == "350,250"


def test_a_long_name_is_cut_beside_the_drawing() -> None:
    svg = drawn(charts.bars("bars", "t", "d", ["I"], [Bar("x" * 80, [Decimal(1)], "1")]))
    assert f"{'x' * 29}…" in texts(svg)


def test_no_style_and_no_script_is_in_a_chart() -> None:
    markup = charts.bars("bars", "<script>", "d", ["I"], [Bar("<script>", [Decimal(0)], "0")])
    assert "<script" not in markup
    assert "style=" not in markup
