"""Tables as Excel workbooks and as CSV.

A workbook has the table with drop-downs by name, an instruction sheet, and two sheets that are hidden: the lists with the keys behind the
words, and what the workbook is for. Two hidden columns of the table hold what each row is about and the mark of its values.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from services.gateway.formats import printable
from services.gateway.i18n import t
from services.gateway.workbooks.opening import opened, opened_by_us, unreadable
from services.gateway.workbooks.table import FIRST_ROW, Fault, Filled, Kind, Row, Table, Values, folded, mark, read_cell

ROWS_MAX = 20_000
"""Rows of a workbook that is brought back."""

COLUMNS_MAX = 200
"""Columns of a sheet that are read: tables have some twenty, the hidden lists two for each kind of choice."""

SPARE_ROWS = 500
"""Rows under the last that take drop-downs, too, for what is added."""

_LISTS, _ABOUT = "lists", "about"
_ID, _MARK = "_id", "_mark"
_HEAD = Font(bold=True, color="FFFFFF")
_HEAD_FILL = PatternFill("solid", fgColor="7A1F1F")
_FAULT_FILL = PatternFill("solid", fgColor="F8D7DA")


def write(table: Table, rows: Iterable[tuple[str, Values]], *, lead: Sequence[str]) -> bytes:
    """A workbook of these rows (what each is about, its values). lead: the sentences of the instruction sheet."""
    book, words = _begun(table, lead), table.words()
    sheet = book[table.title]
    number = FIRST_ROW - 1
    for number, (about, values) in enumerate(rows, FIRST_ROW):
        cells = [
            words[column.among].get(values[column.key]) if column.kind is Kind.CHOICE else values[column.key] for column in table.columns
        ]
        _put(sheet, table, number, cells, about, mark(values))
    _finish(book, table, last=number)
    return _bytes(book)


def write_faulty(table: Table, filled: Filled, faults: Sequence[Fault], *, lead: Sequence[str]) -> bytes:
    """The rows that something is wrong with, as they were typed, each mistake in its cell and in words at the end of the row."""
    by_row: dict[int, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_row[fault.row].append(fault)
    book = _begun(table, lead)
    sheet = book[table.title]
    words_at = len(table.columns) + 3
    sheet.cell(1, words_at, t("workbook.faults")).font = Font(bold=True)
    sheet.column_dimensions[get_column_letter(words_at)].width = 80
    number = FIRST_ROW - 1
    for number, row in enumerate((row for row in filled.rows if row.number in by_row), FIRST_ROW):
        _put(sheet, table, number, list(row.typed), row.id or "", row.base or "")
        said = by_row[row.number]
        sheet.cell(number, words_at, printable(" ".join(words_of(table, fault) for fault in said))).data_type = "s"
        for fault in said:
            if fault.column:
                cell = sheet.cell(number, _place(table, fault.column))
                cell.fill, cell.comment = _FAULT_FILL, Comment(words_of(table, fault), t("site.name"))
    _finish(book, table, last=number)
    return _bytes(book)


@opened_by_us("workbook.no_workbook")
def read(table: Table, content: bytes) -> Filled:
    """What came back: an Excel workbook, or CSV with the same head.

    Raises WorkbookUnreadable, whose message says what to do.
    """
    lines, own = _sheet_lines(table, content) if content[:2] == b"PK" else (_csv_lines(content), {})
    head = [str(cell or "").strip().casefold() for cell in next(lines, [])]
    places = _places(table, head)
    offered = {name: {**found, **own.get(name, {})} for name, found in folded(table.lists).items()}
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, cells in enumerate(lines, FIRST_ROW):
        if number > ROWS_MAX:
            raise unreadable("workbook.too_many", n=ROWS_MAX)
        typed = [_at(cells, places.get(column.key)) for column in table.columns]
        about, base = (str(_at(cells, places.get(key)) or "").strip() or None for key in (_ID, _MARK))
        if about is None and not any(str(cell or "").strip() for cell in typed):
            continue
        values: Values = {}
        for column, cell in zip(table.columns, typed, strict=True):
            values[column.key], message = read_cell(column, cell, offered)
            if message is not None:
                faults.append(Fault(number, column.key, message, {"typed": _typed(cell), "n": column.length_max}))
        rows.append(Row(number, about, base, values, [_typed(cell) for cell in typed]))
    return Filled(rows, faults)


def cell_of(table: Table, fault: Fault) -> str:
    """Where it is, as a spreadsheet names it: "C7"; of a whole row its number."""
    return f"{get_column_letter(_place(table, fault.column))}{fault.row}" if fault.column else str(fault.row)


def words_of(table: Table, fault: Fault) -> str:
    """The mistake in words, with its cell and the head of its column."""
    at = cell_of(table, fault)
    if not fault.column:
        return t("workbook.row_fault", row=at, words=t(fault.message, **fault.values))
    return t("workbook.cell_fault", cell=at, column=table.column(fault.column).words, words=t(fault.message, **fault.values))


def _begun(table: Table, lead: Sequence[str]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(table.title)
    for at, column in enumerate(table.columns, 1):
        cell = sheet.cell(1, at, column.words)
        cell.font, cell.fill, cell.alignment = _HEAD, _HEAD_FILL, Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    for at, key in enumerate((_ID, _MARK), len(table.columns) + 1):
        sheet.cell(1, at, key)
        sheet.column_dimensions[get_column_letter(at)].hidden = True
    sheet.freeze_panes = "B2"
    guide = book.create_sheet(t("workbook.guide"))
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 34, 100
    for line in lead:
        guide.append(["", line])
    guide.append([])
    for column in table.columns:
        needed = t("workbook.required") if column.required else ""
        guide.append([column.words, " ".join(part for part in (needed, column.hint) if part)])
        guide.cell(guide.max_row, 1).font = Font(bold=True)
    for row in guide.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    for at, (name, found) in enumerate(table.lists.items()):
        for number, (words, key) in enumerate([(name, ""), *found.items()], 1):
            lists.cell(number, 2 * at + 1, printable(words)).data_type = "s"  # text stays text here, too
            lists.cell(number, 2 * at + 2, key)
    about = book.create_sheet(_ABOUT)
    about.sheet_state = "hidden"
    about.append(["table", table.name])
    return book


def _finish(book: Workbook, table: Table, *, last: int) -> None:
    """Drop-downs, dates and filters over the rows and some below them."""
    sheet = book[table.title]
    through = last + SPARE_ROWS
    names = list(table.lists)
    for at, column in enumerate(table.columns, 1):
        letter = get_column_letter(at)
        area = f"{letter}{FIRST_ROW}:{letter}{through}"
        if column.kind is Kind.CHOICE and table.lists[column.among]:
            source = get_column_letter(2 * names.index(column.among) + 1)
            allowed = f"'{_LISTS}'!${source}$2:${source}${len(table.lists[column.among]) + 1}"
            # a name may be typed: what is no name of the list is told when the workbook is brought back
            rule = DataValidation(type="list", formula1=allowed, allow_blank=True, showErrorMessage=True, errorStyle="warning")
            rule.add(area)
            sheet.add_data_validation(rule)
        elif column.kind is Kind.DATE:
            for number in range(FIRST_ROW, min(through, last + 50) + 1):
                sheet.cell(number, at).number_format = "dd/mm/yyyy"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{max(last, 2)}"


def _put(sheet: Worksheet, table: Table, number: int, cells: Sequence[Any], about: str, base: str) -> None:
    for at, (column, value) in enumerate(zip(table.columns, cells, strict=True), 1):
        if value is None or value == "":
            continue
        if column.kind is Kind.NUMBER and _is_number(value):
            sheet.cell(number, at, Decimal(value))
            continue
        cell = sheet.cell(number, at, printable(value) if isinstance(value, str) else value)
        if column.kind is not Kind.DATE or isinstance(value, str):
            cell.data_type, cell.number_format = "s", "@"  # text stays text: "=1+1" is a name, "00123" keeps its noughts
    sheet.cell(number, len(table.columns) + 1, about or None)
    sheet.cell(number, len(table.columns) + 2, base or None)


def _is_number(value: Any) -> bool:
    """Whether a number as a row has it; what was mistyped is given back as it was typed."""
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(value)) is not None


def _bytes(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _sheet_lines(table: Table, content: bytes) -> tuple[Iterator[Sequence[Any]], dict[str, dict[str, str]]]:
    """The rows of the table, head first, and the workbook's own lists: words mean what they meant when it was made."""
    book = opened(content)
    about = {row[0]: row[1] for row in _rows(book, _ABOUT) if len(row) > 1}
    if about.get("table") != table.name or table.title not in book.sheetnames:
        raise unreadable("workbook.another", title=table.title)
    columns = list(zip(*_rows(book, _LISTS), strict=False))
    own = {
        str(words[0]): {str(word): str(key) for word, key in zip(words[1:], keys[1:], strict=True) if word and key}
        for words, keys in zip(columns[::2], columns[1::2], strict=False)
    }
    return _rows(book, table.title), folded(own)


def _rows(book: Workbook, title: str) -> Iterator[Sequence[Any]]:
    """The rows of a sheet, one more than are read; none of a sheet that is not there. A sheet may say that it has more than any."""
    if title not in book.sheetnames:
        return iter(())
    sheet = book[title]
    rows, columns = min(sheet.max_row or ROWS_MAX, ROWS_MAX), min(sheet.max_column or COLUMNS_MAX, COLUMNS_MAX)
    return iter(sheet.iter_rows(max_row=rows + 1, max_col=columns, values_only=True))


def _csv_lines(content: bytes) -> Iterator[Sequence[Any]]:
    text = content.decode("utf-8-sig")
    first = text.split("\n", 1)[0]
    return csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")


def _places(table: Table, head: Sequence[str]) -> Mapping[str, int]:
    found = {column.key: head.index(column.words.casefold()) for column in table.columns if column.words.casefold() in head}
    missing = [column.words for column in table.columns if column.key not in found]
    if missing:
        raise unreadable("workbook.columns_missing", columns=", ".join(missing))
    return found | {key: head.index(key) for key in (_ID, _MARK) if key in head}


def _place(table: Table, key: str) -> int:
    return next(at for at, column in enumerate(table.columns, 1) if column.key == key)


def _at(cells: Sequence[Any], place: int | None) -> Any:
    return cells[place] if place is not None and place < len(cells) else None


def _typed(cell: Any) -> str:
    if hasattr(cell, "strftime") and isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return "" if cell is None else str(cell)
