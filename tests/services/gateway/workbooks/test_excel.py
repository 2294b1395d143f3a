"""Workbooks out and in: what one sees in Excel, what comes back, and every mistake by its cell."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from services.gateway.workbooks import excel, opening
from services.gateway.workbooks.opening import WorkbookUnreadable
from services.gateway.workbooks.table import Column, Fault, Kind, Table, Values, mark
from tests.shared import given_files as the

TABLE = Table(
    name="places",
    title="Nơi chốn",
    columns=[
        Column("name", "Tên", "Tên đầy đủ.", required=True, length_max=20),
        Column("code", "Mã", "Mã số."),
        Column("under", "Thuộc", "Chọn theo tên.", Kind.CHOICE, among="places"),
        Column("since", "Từ ngày", "Ngày.", Kind.DATE),
    ],
    lists={"places": {"Hà Nội": "hn", "Tỉnh Ninh Bình": "nb"}},
)
ROWS: list[tuple[str, Values]] = [
    ("a", {"name": "Ba Đình", "code": "00004", "under": "hn", "since": date(2025, 7, 1)}),
    ("b", {"name": "=1+1", "code": None, "under": None, "since": None}),
]
HEAD = ["Tên", "Mã", "Thuộc", "Từ ngày"]


def book(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content))


def edited(**cells: Any) -> bytes:
    """The workbook of ROWS with some cells typed anew, saved as a spreadsheet program would."""
    opened = book(excel.write(TABLE, ROWS, lead=["Sửa rồi tải lên."]))
    for cell, value in cells.items():
        opened["Nơi chốn"][cell] = value
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()


def test_what_was_not_edited_comes_back_as_it_went() -> None:
    filled = excel.read(TABLE, edited())
    assert [(row.id, row.values) for row in filled.rows] == ROWS
    assert [row.base for row in filled.rows] == [mark(values) for _, values in ROWS]
    assert filled.faults == []


def test_one_sees_a_table_with_drop_downs_and_instructions_and_no_codes() -> None:
    opened = book(edited())
    assert opened.sheetnames[:2] == ["Nơi chốn", "Hướng dẫn"]
    assert [opened[name].sheet_state for name in opened.sheetnames] == ["visible", "visible", "hidden", "hidden"]
    sheet = opened["Nơi chốn"]
    assert [cell.value for cell in sheet[1]][:4] == HEAD
    assert [sheet.column_dimensions[letter].hidden for letter in "DEF"] == [False, True, True]
    assert sheet["C2"].value == "Hà Nội"
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == "'lists'!$A$2:$A$3"
    assert "C2" in rule.sqref
    assert "C100" in rule.sqref  # the empty rows below take it, too
    guide = [[cell.value for cell in row] for row in opened["Hướng dẫn"].rows]
    assert ["Tên", "Bắt buộc. Tên đầy đủ."] in guide


def test_text_is_never_a_formula_and_a_code_keeps_its_noughts() -> None:
    sheet = book(excel.write(TABLE, ROWS, lead=[]))["Nơi chốn"]
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert (sheet["B2"].value, sheet["B2"].number_format) == ("00004", "@")
    assert sheet["D2"].number_format == "dd/mm/yyyy"


def test_every_mistake_is_named_by_its_cell() -> None:
    filled = excel.read(TABLE, edited(A2=None, A3="x" * 21, C2="Hà Tây", D3="31/02/2025"))
    told = {excel.cell_of(TABLE, fault): fault.message for fault in filled.faults}
    assert told == {"A2": "workbook.missing", "C2": "workbook.no_choice", "A3": "workbook.too_long", "D3": "workbook.no_date"}
    assert "Ô C2 (Thuộc): “Hà Tây” không có trong danh sách; hãy chọn trong ô thả xuống." in [
        excel.words_of(TABLE, fault) for fault in filled.faults
    ]


@pytest.mark.parametrize("typed", [date(2025, 7, 1), "1/7/2025", "01-07-2025", "2025-07-01", "1.7.2025"])
def test_a_day_is_read_however_it_is_typed(typed: Any) -> None:
    filled = excel.read(TABLE, edited(D2=typed))
    assert filled.rows[0].values["since"] == date(2025, 7, 1)


@pytest.mark.parametrize("typed", ["7/2025", "2025", "mai", "29/02/2025", "1/1/25", "٢/٧/٢٠٢٥"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    assert [fault.message for fault in excel.read(TABLE, edited(D2=typed)).faults] == ["workbook.no_date"]


def test_a_number_that_excel_made_of_a_code_is_the_code() -> None:
    assert excel.read(TABLE, edited(B2=123)).rows[0].values["code"] == "123"
    assert excel.read(TABLE, edited(B2=123.0)).rows[0].values["code"] == "123"


def test_words_mean_what_they_meant_when_the_workbook_was_made() -> None:
    later = Table(TABLE.name, TABLE.title, TABLE.columns, {"places": {"Thủ đô Hà Nội": "hn", "Tỉnh Ninh Bình": "nb"}})
    filled = excel.read(later, edited())
    assert (filled.rows[0].values["under"], filled.faults) == ("hn", [])


def test_new_rows_and_blank_rows() -> None:
    filled = excel.read(TABLE, edited(A6="Hoàn Kiếm", C6="HÀ NỘI", A5="  "))
    assert [(row.number, row.id) for row in filled.rows] == [(2, "a"), (3, "b"), (6, None)]
    assert filled.rows[-1].values == {"name": "Hoàn Kiếm", "code": None, "under": "hn", "since": None}


@pytest.mark.parametrize("separator", [",", ";"])
def test_csv_with_the_same_head(separator: str) -> None:
    lines = [HEAD, ["Ba Đình", "00004", "Hà Nội", "1/7/2025"], ["", "", "Hà Tây", ""]]
    content = "\r\n".join(separator.join(line) for line in lines).encode("utf-8-sig")
    filled = excel.read(TABLE, content)
    assert filled.rows[0].values == {"name": "Ba Đình", "code": "00004", "under": "hn", "since": date(2025, 7, 1)}
    assert [excel.cell_of(TABLE, fault) for fault in filled.faults] == ["A3", "C3"]


def test_the_faulty_rows_come_back_as_a_workbook() -> None:
    filled = excel.read(TABLE, edited(C2="Hà Tây", A6="Hoàn Kiếm"))
    again = excel.write_faulty(TABLE, filled, [*filled.faults, Fault(6, "", "workbook.gone")], lead=[])
    sheet = book(again)["Nơi chốn"]
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows(min_row=2, max_row=3)] == [
        ["Ba Đình", "00004", "Hà Tây"],
        ["Hoàn Kiếm", None, None],
    ]
    assert "không có trong danh sách" in sheet["C2"].comment.text
    assert "Ô C2 (Thuộc)" in sheet["G2"].value
    # put right and brought back, it is a workbook like the first
    opened = book(again)
    opened["Nơi chốn"]["C2"] = "Tỉnh Ninh Bình"
    target = io.BytesIO()
    opened.save(target)
    back = excel.read(TABLE, target.getvalue())
    assert [(row.id, row.values["under"]) for row in back.rows] == [("a", "nb"), (None, None)]
    assert back.rows[0].values["since"] == date(2025, 7, 1)


def _zip(**entries: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Thiếu cột"),
        (b"\xff\xfe\x00", "không mở được"),
        (b"PK\x03\x04rubbish", "không mở được"),
        (_zip(nothing=b"x"), "không mở được"),
        ("Tên;Mã\nBa Đình;4".encode(), "Thiếu cột: Thuộc, Từ ngày"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(WorkbookUnreadable, match=said):
        excel.read(TABLE, content)


def test_a_workbook_made_for_something_else_is_refused() -> None:
    other = Table("others", TABLE.title, TABLE.columns, TABLE.lists)
    with pytest.raises(WorkbookUnreadable, match="không phải bảng “Nơi chốn”"):
        excel.read(TABLE, excel.write(other, ROWS, lead=[]))


def test_a_line_of_csv_that_never_ends_is_said_to_be_unreadable() -> None:
    with pytest.raises(WorkbookUnreadable, match="không mở được"):
        excel.read(TABLE, ";".join(HEAD).encode() + b"\n" + b"x" * 200_000)


def test_a_sheet_that_goes_on_without_end_is_read_as_far_as_tables_go() -> None:
    """What lies before its last cell is made row by row, empty as it is: of the lists all at once."""
    content = the.edited(edited(), "xl/worksheets/sheet3.xml", b'<dimension ref="A1:', b'<dimension ref="A1:XFD99999999"/><x y="')
    content = the.edited(content, "xl/worksheets/sheet3.xml", b"</sheetData>", b'<row r="300000"><c r="XFD300000"/></row></sheetData>')
    rows = list(excel._rows(opening.opened(content), "lists"))
    assert (len(rows), {len(row) for row in rows}) == (excel.ROWS_MAX + 1, {excel.COLUMNS_MAX})
    assert [row.id for row in excel.read(TABLE, content).rows] == ["a", "b"]


def test_rows_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "ROWS_MAX", 2)
    with pytest.raises(WorkbookUnreadable, match="Nhiều nhất 2 dòng"):
        excel.read(TABLE, edited())


def test_what_an_earlier_release_took_and_no_workbook_can_hold_is_a_blank() -> None:
    lists = {"places": {"Hà\x07Nội": "hn"}}
    opened = book(
        excel.write(replace(TABLE, lists=lists), [("a", {"name": "Ba\x17Đình\uffff", "code": None, "under": "hn", "since": None})], lead=[])
    )
    assert opened["Nơi chốn"]["A2"].value == "Ba Đình "
    assert opened["lists"]["A2"].value == "Hà Nội"
