"""What bringing the workbook of organisations back would change."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from services.gateway.pages import choosing
from services.gateway.workbooks import excel
from services.gateway.workbooks import organisations as workbook

ROWS: list[dict[str, Any]] = [
    {"organisation": "nb", "name": "Tỉnh Ninh Bình", "kind": "Tỉnh", "level": "Cấp tỉnh", "code": "H42", "statistics_code": "37"},
    {"organisation": "x1", "name": "Xã Tân Lập", "kind": "Xã", "level": "Cấp xã", "statistics_code": "00001", "parent": "nb"},
    {"organisation": "x2", "name": "Xã Tân Lập", "kind": "Xã", "level": "Cấp xã", "statistics_code": "00002", "parent": "nb"},
]
SINCE = {"I": date(2026, 1, 1), "J": "QĐ 5/QĐ-UBND"}


def plan(cells: dict[str, Any], *, now: list[dict[str, Any]] = ROWS) -> workbook.Plan:
    """What a workbook made of ROWS and then edited would do to the organisations as they are now."""
    made = workbook.table(ROWS)
    opened = load_workbook(io.BytesIO(excel.write(made, [(row["organisation"], workbook.values_of(row)) for row in ROWS], lead=[])))
    for cell, value in cells.items():
        opened[made.title][cell] = value
    target = io.BytesIO()
    opened.save(target)
    return workbook.plan(excel.read(workbook.table(now), target.getvalue()), now, choosing.key_from)


def changes(found: workbook.Plan) -> list[dict[str, Any]]:
    assert found.faults == []
    return [one.change for one in found.planned]


def test_nothing_edited_changes_nothing_even_if_the_world_went_on() -> None:
    later = [{**ROWS[0], "name": "Tỉnh Ninh Bình mới"}, *ROWS[1:]]
    for now in (ROWS, later):
        found = plan({}, now=now)
        assert (found.planned, found.faults) == ([], [])


def test_names_that_are_shared_say_their_code() -> None:
    assert workbook.names_of(ROWS) == {"Tỉnh Ninh Bình": "nb", "Xã Tân Lập (00001)": "x1", "Xã Tân Lập (00002)": "x2"}


def test_an_edited_row_is_a_change_for_each_thing_that_differs() -> None:
    found = changes(plan({"A3": "Phường Tân Lập", "B3": "Phường", "D3": "H42.7", "F3": None, **{f"{at}3": v for at, v in SINCE.items()}}))
    dated = {"organisation": "x1", "effective_on": "2026-01-01", "document": "QĐ 5/QĐ-UBND"}
    assert found == [
        {"change": "rename", "name": "Phường Tân Lập", **dated},
        {"change": "retype", "kind": "Phường", "level": "Cấp xã", **dated},
        {"change": "recode", "code": "H42.7", **dated},
        {"change": "move", "parent": None, "sector_parent": None, **dated},
    ]


def test_a_new_row_is_registered_under_a_parent_chosen_by_name() -> None:
    found = changes(plan({"A7": "Xã Mới", "C7": "Cấp xã", "F7": "tỉnh ninh bình", "H7": "1/7/2025"}))
    assert found == [
        {
            "change": "register",
            "organisation": "xa-moi",
            "name": "Xã Mới",
            "level": "Cấp xã",
            "kind": None,
            "parent": "nb",
            "sector_parent": None,
            "opened_on": "2025-07-01",
            "code": None,
        }
    ]


@pytest.mark.parametrize(
    ("cells", "at", "message"),
    [
        ({"A3": "Xã Khác"}, "I3", "workbook.unsaid"),
        ({"A3": "Xã Khác", "I3": date(2026, 1, 1)}, "J3", "workbook.unsaid"),
        ({"H3": date(2020, 1, 1), "I3": date(2026, 1, 1), "J3": "QĐ"}, "H3", "workbook.no_reopening"),
        ({"E3": None, "I3": date(2026, 1, 1), "J3": "QĐ"}, "E3", "workbook.code_stays"),
        ({"A3": None}, "A3", "workbook.missing"),
    ],
)
def test_what_cannot_be_done_is_said_at_its_cell(cells: dict[str, Any], at: str, message: str) -> None:
    found = plan(cells)
    assert [(excel.cell_of(workbook.table(ROWS), fault), fault.message) for fault in found.faults] == [(at, message)]
    assert found.planned == []


def test_a_row_that_somebody_else_changed_meanwhile_is_not_overwritten() -> None:
    later = [ROWS[0], {**ROWS[1], "name": "Xã Tân Lập Đông"}, ROWS[2]]
    found = plan({"B3": "Phường", **{f"{at}3": v for at, v in SINCE.items()}}, now=later)
    assert [(fault.row, fault.message) for fault in found.faults] == [(3, "workbook.stale")]


def test_an_edit_that_somebody_else_made_too_is_no_change() -> None:
    later = [ROWS[0], {**ROWS[1], "name": "Xã Tân Lập Đông"}, ROWS[2]]
    assert changes(plan({"A3": "Xã Tân Lập Đông", **{f"{at}3": v for at, v in SINCE.items()}}, now=later)) == []


def test_an_organisation_that_is_gone_or_stands_twice_is_said() -> None:
    dated = {f"{at}{row}": v for at, v in SINCE.items() for row in (3, 4)}
    assert [fault.message for fault in plan({"A3": "Xã A", **dated}, now=[ROWS[0], ROWS[2]]).faults] == ["workbook.gone"]
    twice = plan({"A3": "Xã A", "A4": "Xã B", "K4": "x1", **dated})
    assert [(fault.row, fault.message, fault.values) for fault in twice.faults] == [(4, "workbook.twice", {"row": 3})]


def test_a_row_that_was_brought_back_twice_is_not_registered_twice() -> None:
    row = {"A7": "Xã Mới", "C7": "Cấp xã", "F7": "Tỉnh Ninh Bình"}
    later = [*ROWS, {"organisation": "xa-moi", "name": "Xã Mới", "level": "Cấp xã", "parent": "nb"}]
    assert [(fault.row, fault.message) for fault in plan(row, now=later).faults] == [(7, "workbook.exists")]


def test_new_organisations_of_one_name_have_keys_of_their_own_and_the_same_each_time() -> None:
    rows = {"A7": "Xã Mới", "C7": "Cấp xã", "F7": "Tỉnh Ninh Bình", "A8": "Xã Mới", "C8": "Cấp xã"}
    keys = [change["organisation"] for change in changes(plan(rows))]
    assert len(set(keys)) == 2
    assert keys == [change["organisation"] for change in changes(plan(rows))]
    assert all(key.startswith("xa-moi-") for key in keys)
