"""The one door by which a workbook comes in: what openpyxl opens was counted before, so that no file holds a process for long.

A small file may hold a million areas of a format, each of which becomes an object, or a sheet a thousand times. So a workbook is unpacked
once, under its bounds, its XML is counted as it streams by, and openpyxl is given a package of the counted parts alone.
"""

from __future__ import annotations

import csv
import io
import lzma
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from xml.parsers import expat

from openpyxl import Workbook, load_workbook
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.utils.exceptions import CellCoordinatesException, IllegalCharacterError, InvalidFileException

from services.gateway.i18n import t
from shared.bounds import (
    WORKBOOK_BYTES_MAX,
    WORKBOOK_CELLS_MAX,
    WORKBOOK_DEEP_MAX,
    WORKBOOK_ELEMENTS_MAX,
    WORKBOOK_FORMULA_LETTERS_MAX,
    WORKBOOK_PARTS_MAX,
    WORKBOOK_TABS_MAX,
)
from shared.errors import ValidationFailed
from shared.files import OLE, XLSX, FileLocked, FileRefused, FileRuns, kind_of, locked_within

_XML = (".xml", ".rels")
_CELLS = frozenset({"row", "c", "v", "f", "is", "si", "t"})
"""Elements of the table itself, of which openpyxl makes values and not objects."""

_STYLE_WEIGHT = 5
"""Elements that one of a style counts for: so much longer openpyxl has to do with it."""

_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, expat.ExpatError, csv.Error, EOFError, OSError)
_ODD = (CellCoordinatesException, IllegalCharacterError, InvalidFileException, TokenizerError)
_MISREAD = (SyntaxError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError)
"""What openpyxl comes to with parts that are not as it takes for granted."""


class WorkbookUnreadable(ValidationFailed):
    """What came back is no workbook of this table."""

    code = "workbook_unreadable"


def unreadable(message: str, **values: object) -> WorkbookUnreadable:
    """message: words of the catalogue, which say what to do."""
    words = t(message, **values)
    return WorkbookUnreadable(words, errors=[{"at": "workbook", "message": words}])


@contextmanager
def opened_by_us(words: str) -> Iterator[None]:
    """Whatever goes wrong in a file that no spreadsheet program wrote, as WorkbookUnreadable with these words of the catalogue."""
    try:
        yield
    except (*_DAMAGED, *_ODD, *_MISREAD) as error:
        raise unreadable(words) from error


def opened(content: bytes) -> Workbook:
    """A workbook with the values of its cells. Raises WorkbookUnreadable, and what `opened_by_us` takes."""
    return _loaded(_counted(content), values=True)


def opened_twice(content: bytes) -> tuple[Workbook, Workbook]:
    """A workbook with the values of its cells, and with their formulas. Raises as `opened`."""
    package = _counted(content)
    return _loaded(package, values=True), _loaded(package, values=False)


def _loaded(package: bytes, *, values: bool) -> Workbook:
    return load_workbook(io.BytesIO(package), read_only=True, data_only=values, keep_links=False)


def _counted(content: bytes) -> bytes:
    """The package anew, of the parts that were counted."""
    _check_kind(content)
    made, count = io.BytesIO(), _Count()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(made, "w") as package:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > WORKBOOK_BYTES_MAX or len(parts) > WORKBOOK_PARTS_MAX:
            raise unreadable("workbook.too_large")
        for part in parts:
            said = archive.read(part)  # also of those that are left out: one that is damaged tells that the file is
            if part.filename.lower().endswith(_XML):
                count.part(part.filename, said)
                package.writestr(part.filename, said)
    return made.getvalue()


def _check_kind(content: bytes) -> None:
    """Refuse what is another kind of file, whatever it is called. Raises WorkbookUnreadable, with the kind in words where it is a table."""
    if content.startswith(OLE):
        raise unreadable("workbook.locked") if locked_within(content) else unreadable("workbook.other_kind", kind=".xls")
    if not content.startswith(b"PK"):
        raise zipfile.BadZipFile
    if _OPEN_DOCUMENT in content[:200]:
        raise unreadable("workbook.other_kind", kind=".ods")
    try:
        if kind_of(content) != XLSX:
            raise unreadable("workbook.other_kind", kind=".docx")
    except FileLocked as error:
        raise unreadable("workbook.locked") from error
    except FileRuns as error:
        raise unreadable("workbook.other_kind", kind=".xlsm / .xlsb") from error
    except FileRefused as error:
        raise zipfile.BadZipFile from error


class _Count:
    """What the XML of a workbook holds, counted part by part."""

    def __init__(self) -> None:
        self.cells = self.elements = self.letters = 0

    def part(self, name: str, content: bytes) -> None:
        """Count one part. Raises WorkbookUnreadable for more than a workbook has, ExpatError for what is no XML."""
        self._deep, self._weight, self._formulas, self._tabs = 0, 1, dict[str, int](), list[str]()
        self._folder = posixpath.dirname(posixpath.dirname(name))
        self._shared = ""
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.StartElementHandler = self._begun
        self._parser.EndElementHandler = self._ended
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.Parse(content, True)
        if len(self._tabs) > WORKBOOK_TABS_MAX:
            raise unreadable("workbook.too_many_tabs", n=WORKBOOK_TABS_MAX)
        if len(set(self._tabs)) < len(self._tabs):  # a tab that is there many times is read as often
            raise ValueError("a tab twice")

    def _begun(self, name: str, said: Mapping[str, str]) -> None:
        tag = name.rpartition("}")[2]
        self._deep += 1
        if tag in _CELLS:
            self.cells += 1
            if tag == "f" and said.get("t") == "shared":
                self._shared, self._parser.CharacterDataHandler = said.get("si", ""), self._said
                self.letters += self._formulas.get(self._shared, 0)  # written out anew for each cell that shares it
        else:
            self.elements += self._weight + said.get("sqref", "").count(" ")
            if tag == "styleSheet":
                self._weight = _STYLE_WEIGHT
            elif tag == "sheet":
                self._tabs += [value for key, value in said.items() if key.endswith("}id")]
            elif tag == "Relationship" and said.get("Type", "").endswith("sheet"):
                self._tabs.append(posixpath.normpath(posixpath.join("/", self._folder, said.get("Target", ""))).lower())
        if self.cells > WORKBOOK_CELLS_MAX:
            raise unreadable("workbook.too_large")
        if self.elements > WORKBOOK_ELEMENTS_MAX or self.letters > WORKBOOK_FORMULA_LETTERS_MAX or self._deep > WORKBOOK_DEEP_MAX:
            raise unreadable("workbook.too_much")

    def _ended(self, _name: str) -> None:
        self._deep -= 1
        self._parser.CharacterDataHandler = None

    def _said(self, words: str) -> None:
        self._formulas[self._shared] = self._formulas.get(self._shared, 0) + len(words)


def _refuse_doctype(*_said: object) -> None:
    raise ValueError("a document type")
