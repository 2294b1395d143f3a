"""The two official tables as they stand: rows with their lines, and what could not be read in them.

`communes-2025-01-04.csv`: the tree of 4 January 2025, a line for each commune with its district and province.
`conversion-2025-07-01.csv`: a line for each pair of old and new commune; a line with only its first cell filled opens a province.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.console.reorganisation.spelling import tidy
from shared.errors import CommendationError

JANUARY = "communes-2025-01-04.csv"
JULY = "conversion-2025-07-01.csv"
_JANUARY_HEAD = ["Tỉnh Thành Phố", "Mã TP", "Quận Huyện", "Mã QH", "Phường Xã", "Mã PX", "Cấp"]
_JULY_HEAD = ["Tỉnh, thành phố", "Tên Xã mới", "Mã Xã mới", "Tên Xã cũ", "Mã Xã cũ", "Ghi chú", "Quận/huyện", "Tỉnh cũ"]
_NAMED = re.compile(r"^(?P<name>.+?) ?\((?P<code>[0-9]+)\)$")
_COMMUNE = re.compile(r"[0-9]{5}")


class TableUnreadable(CommendationError):
    """A table is not what it should be; the message names file, line and cell."""

    code = "reorganisation.table"


@dataclass(frozen=True, slots=True)
class Place:
    """A province or district as a table names it: its name and statistics code."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Commune:
    """A line of January: a commune under its district and province; `commune` is None for a district without communes."""

    line: int
    province: Place
    district: Place
    commune: Place | None


@dataclass(frozen=True, slots=True)
class Conversion:
    """A line of July: what of an old commune goes to a new one.

    old.code is "" for what was no commune: a district that becomes a special zone (đặc khu), or a strip of coast.
    """

    line: int
    province: Place
    commune: Place
    old: Place
    note: str
    old_district: Place
    old_province: Place


def january(folder: Path) -> tuple[Commune, ...]:
    """The tree of 4 January 2025. Raises TableUnreadable."""
    return tuple(_january(folder / JANUARY))


def july(folder: Path) -> tuple[Conversion, ...]:
    """The pairs of 1 July 2025. Raises TableUnreadable."""
    return tuple(_july(folder / JULY))


def _january(path: Path) -> Iterator[Commune]:
    lines = _lines(path)
    _head(path, next(lines, (1, [])), _JANUARY_HEAD)
    for line, cells in lines:
        province, district = Place(cells[0], cells[1]), Place(cells[2], cells[3])
        for what, place in (("province", province), ("district", district)):
            if not place.name or not place.code.isdigit():
                raise TableUnreadable(f"{path.name}, line {line}: {what} {place.name!r} has no code; give its digits.", line=line)
        if not cells[4] and not cells[5]:
            yield Commune(line, province, district, None)
            continue
        _commune(path, line, cells[4], cells[5])
        yield Commune(line, province, district, Place(cells[4], cells[5]))


def _july(path: Path) -> Iterator[Conversion]:
    lines = _lines(path)
    next(lines, None)  # the title over both halves
    _head(path, next(lines, (2, [])), _JULY_HEAD)
    for line, cells in lines:
        if not any(cells[1:]):
            continue
        _commune(path, line, cells[1], cells[2])
        if cells[4]:
            _commune(path, line, cells[3], cells[4])
        yield Conversion(
            line,
            _named(path, line, "A", cells[0]),
            Place(cells[1], cells[2]),
            Place(cells[3], cells[4]),
            cells[5],
            _named(path, line, "G", cells[6]),
            _named(path, line, "H", cells[7]),
        )


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line (that of its last row, as an editor counts) and tidied cells, eight at least."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise TableUnreadable(f"There is no {path}; the folder must hold {JANUARY} and {JULY}.") from error
    except UnicodeDecodeError as error:
        raise TableUnreadable(f"{path} is not UTF-8 text; save it as CSV UTF-8.") from error
    reader = csv.reader(text.splitlines(keepends=True))
    for cells in reader:
        tidied = [tidy(cell) for cell in cells]
        yield reader.line_num, tidied + [""] * (8 - len(tidied))


def _head(path: Path, found: tuple[int, list[str]], wanted: list[str]) -> None:
    line, cells = found
    if cells[: len(wanted)] != wanted:
        raise TableUnreadable(f"{path.name}, line {line}: the columns should be {', '.join(wanted)}; found {', '.join(cells)}.", line=line)


def _commune(path: Path, line: int, name: str, code: str) -> None:
    if not name or not _COMMUNE.fullmatch(code):
        raise TableUnreadable(f"{path.name}, line {line}: commune {name!r} has the code {code!r}; give five digits.", line=line)


def _named(path: Path, line: int, column: str, cell: str) -> Place:
    found = _NAMED.match(cell)
    if found is None:
        raise TableUnreadable(f"{path.name}, cell {column}{line}: {cell!r} is not a name with its code in brackets.", line=line)
    return Place(found["name"], found["code"])
