"""The door by which workbooks come in: each trick is refused in words, before openpyxl makes anything of it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

import services
from services.gateway.workbooks import opening
from services.gateway.workbooks.opening import WorkbookUnreadable
from shared.files import OLE
from tests.shared import given_files as the

SHEET, BOOK, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def _plain() -> bytes:
    book, made = Workbook(), io.BytesIO()
    book.worksheets[0]["A1"] = "Điểm"
    book.create_sheet("hai")["A1"] = "=A2+1"
    book.save(made)
    return made.getvalue()


PLAIN = _plain()
AFTER = b"</sheetData>"
FORMULA = b'<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A9">%b</f></c>' % b"+".join([b"A1"] * 100)


def _with(name: str, before: bytes, after: bytes) -> bytes:
    return the.edited(PLAIN, name, before, after)


def _refused(content: bytes) -> str:
    with pytest.raises(WorkbookUnreadable) as refused, opening.opened_by_us("workbook.no_workbook"):
        opening.opened_twice(content)
    return refused.value.message


def test_a_workbook_comes_in_with_values_and_formulas() -> None:
    values, formulas = opening.opened_twice(the.holding(PLAIN, **{"xl/printerSettings/a.bin": b"x"}))
    assert next(opening.opened(PLAIN).worksheets[0].values) == next(values.worksheets[0].values) == ("Điểm",)
    assert next(formulas["hai"].values) == ("=A2+1",)


def test_there_is_no_other_door() -> None:
    """Whoever opens a workbook with openpyxl itself opens it uncounted."""
    rooms = [Path(one) for one in services.__path__]
    found = [path.name for room in rooms for path in room.rglob("*.py") if "load_workbook" in path.read_text(encoding="utf-8")]
    assert found == ["opening.py"]


MANY = {
    "formats by condition": (SHEET, AFTER, AFTER + b'<conditionalFormatting sqref="A1"/>' * 200),
    "areas of one": (SHEET, AFTER, AFTER + b'<conditionalFormatting sqref="' + b"A1 " * 200 + b'"/>'),
    "merged cells": (SHEET, AFTER, AFTER + b"<mergeCells>" + b'<mergeCell ref="A1:B1"/>' * 200 + b"</mergeCells>"),
    "drop-downs": (SHEET, AFTER, AFTER + b"<dataValidations>" + b'<dataValidation sqref="A1"/>' * 200 + b"</dataValidations>"),
    "links": (SHEET, AFTER, AFTER + b"<hyperlinks>" + b'<hyperlink ref="A1"/>' * 200 + b"</hyperlinks>"),
    "names": (
        BOOK,
        b"<definedNames",
        b"<definedNames>" + b'<definedName name="a">A1</definedName>' * 200 + b"</definedNames><definedNames",
    ),
    "styles": ("xl/styles.xml", b"</cellXfs>", b"<xf/>" * 200 + b"</cellXfs>"),
    "nests": (SHEET, AFTER, AFTER + b"<a>" * 51 + b"</a>" * 51),
    "formulas": (SHEET, b"<sheetData>", b"<sheetData>" + FORMULA + b'<c r="A2"><f t="shared" si="0"/></c>' * 20 + b"</row>"),
}


@pytest.mark.parametrize(("name", "before", "after"), MANY.values(), ids=MANY)
def test_what_becomes_too_many_objects_is_refused(name: str, before: bytes, after: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    content = _with(name, before, after)
    monkeypatch.setattr(opening, "WORKBOOK_ELEMENTS_MAX", 850)
    monkeypatch.setattr(opening, "WORKBOOK_FORMULA_LETTERS_MAX", 5_000)
    opening.opened_twice(PLAIN)
    assert "quá nhiều định dạng" in _refused(content)


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    strings = the.holding(PLAIN, **{"xl/more.xml": b"<sst>" + b"<si><t>a</t></si>" * 200 + b"</sst>"})
    opening.opened(strings)
    monkeypatch.setattr(opening, "WORKBOOK_CELLS_MAX", 300)
    assert "quá lớn" in _refused(strings)
    for name, most in (("WORKBOOK_PARTS_MAX", 5), ("WORKBOOK_BYTES_MAX", 5_000)):
        with monkeypatch.context() as changed:
            changed.setattr(opening, name, most)
            assert "quá lớn" in _refused(PLAIN)


def test_a_sheet_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    same_id = _with(BOOK, b'r:id="rId2"', b'r:id="rId1"')
    same_part = _with(RELATIONS, b"/xl/worksheets/sheet2.xml", b"worksheets/./SHEET1.xml")
    for content in (same_id, same_part):
        assert "không mở được" in _refused(content)
    monkeypatch.setattr(opening, "WORKBOOK_TABS_MAX", 1)
    assert "hơn 1 trang tính" in _refused(PLAIN)


def test_a_sheet_by_another_name_is_not_opened_uncounted() -> None:
    moved = the.holding(_with(RELATIONS, b"/xl/worksheets/sheet1.xml", b"/xl/media/a.png"), **{"xl/media/a.png": b"<worksheet/>"})
    assert opening.opened(moved).sheetnames == ["hai"]


def _kind(before: str, after: str) -> bytes:
    return _with("[Content_Types].xml", before.encode(), after.encode())


def _changed(change: Callable[[bytearray], None]) -> bytes:
    made = bytearray(PLAIN)
    change(made)
    return bytes(made)


def _listed(made: bytearray) -> int:
    """Where the list of the package has its first file."""
    return made.index(b"PK\x01\x02")


def _lock(made: bytearray) -> None:
    made[_listed(made) + 8] |= 1


def _damage(made: bytearray) -> None:
    made[_listed(made) + 16] ^= 0xFF


def _lie(made: bytearray) -> None:
    """The list says that a file has ten bytes."""
    struct.pack_into("<I", made, _listed(made) + 24, 10)


def _pack_otherwise(made: bytearray) -> None:
    struct.pack_into("<H", made, _listed(made) + 10, zipfile.ZIP_LZMA)


def _open_document() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", b"<x/>")
    return made.getvalue()


SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (OLE + bytes(600), "tệp .xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "có mật khẩu"),
        (_changed(_lock), "có mật khẩu"),
        (_open_document(), "tệp .ods"),
        (the.DOCX_OF_AN, "tệp .docx"),
        (_kind(SPREADSHEET, "application/vnd.ms-excel.sheet.binary.macroEnabled.main"), ".xlsb"),
        (_kind(SPREADSHEET, "application/vnd.ms-excel.sheet.macroEnabled.main+xml"), ".xlsm"),
        ("Tên;Mã\nBa Đình;4".encode(), "không mở được"),
        (PLAIN[: len(PLAIN) // 2], "không mở được"),
        (_changed(_damage), "không mở được"),
        (_changed(_lie), "không mở được"),
        (_changed(_pack_otherwise), "không mở được"),
        (the.holding(PLAIN, **{"xl/worksheets/sheetX.xml": b"<worksheet/>"}).replace(b"sheetX", b"sheet1"), "không mở được"),
        (the.holding(PLAIN, **{SHEET.upper(): b"<worksheet/>"}), "không mở được"),
        (_with(SHEET, b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"), "không mở được"),
        (_with(SHEET, b"</worksheet>", b""), "không mở được"),
    ],
    ids=[
        *(
            "xls",
            "with a password",
            "a locked file within",
            "ods",
            "docx",
            "xlsb",
            "xlsm",
            "csv",
            "half",
            "damaged",
            "a size that is a lie",
        ),
        *("packed otherwise", "a name twice", "a name twice in capitals", "entities", "no end"),
    ],
)
def test_what_is_no_sound_workbook_is_said_to_be_none(content: bytes, words: str) -> None:
    assert words in _refused(content)
