"""What a file is by its bytes, whatever it is called: only kinds that an office reads, and none with macros."""

from __future__ import annotations

import html
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.bounds import EVIDENCE_BYTES_MAX, EVIDENCE_PARTS_MAX, EVIDENCE_TYPES_BYTES_MAX, EVIDENCE_UNPACKED_BYTES_MAX
from shared.errors import DomainError

_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = "application/pdf"
DOCX = f"{_OFFICE}wordprocessingml.document"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
PNG = "image/png"
JPEG = "image/jpeg"

ENDINGS = {PDF: "pdf", DOCX: "docx", XLSX: "xlsx", PNG: "png", JPEG: "jpg"}
"""Each kind that is taken, with the ending of its files."""

_PDF_WITHIN = 1024
"""Bytes within which a PDF says that it is one: readers allow as much before it."""

_MAIN_PARTS = {f"{DOCX}.main+xml": DOCX, f"{XLSX}.main+xml": XLSX}
_CONTENT_TYPES = "[Content_Types].xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of the Office before 2007 begin, and those of the newer one that have a password."""

_LOCKED_WITHIN = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED = 0x1
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MACROS = re.compile(r"(^|/)vbaProject\.bin$", re.IGNORECASE)


class FileRefused(DomainError):
    """The file cannot be taken."""

    code = "file_refused"


class FileEmpty(FileRefused):
    """There is nothing in it."""

    code = "file_empty"


class FileTooLarge(FileRefused):
    """It has more bytes than one file may have. `details["most"]`: how many million."""

    code = "file_too_large"


class FilePixels(FileRefused):
    """It is a picture of more pixels than one may have. `details["most"]`: how many million."""

    code = "file_pixels"


class FileKind(FileRefused):
    """By its bytes it is of no kind that is taken. `details["kinds"]`: the endings of those that are."""

    code = "file_kind"


class FileRuns(FileRefused):
    """It holds macros, which would run on the machine of whoever opens it."""

    code = "file_runs"


class FileBroken(FileRefused):
    """It cannot be opened, or unpacks to more than any document does."""

    code = "file_broken"


class FileLocked(FileRefused):
    """It needs a password."""

    code = "file_locked"


class FileCarriesFiles(FileRefused):
    """It carries files of its own, which nobody has looked at."""

    code = "file_carries_files"


class FileUnclean(FileRefused):
    """It holds something that may name its makers and cannot be cleaned of it. `details["within"]`: which part."""

    code = "file_unclean"


def kind_of(content: bytes) -> str:
    """The media type of a file. Raises FileRefused for one that is empty, too large, or of no kind that is taken."""
    if not content:
        raise FileEmpty("The file is empty; choose another.")
    if len(content) > EVIDENCE_BYTES_MAX:
        most = EVIDENCE_BYTES_MAX // 1_000_000
        raise FileTooLarge(f"The file has more than {most} MB; scan it in grey or split it.", most=most)
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    if locked_within(content):
        raise locked()
    raise _other_kind()


def locked_within(content: bytes) -> bool:
    """Whether it is a docx or xlsx with a password, which Office packs as it packed files before 2007."""
    return content.startswith(OLE) and _LOCKED_WITHIN in content


def noted_beside(content: bytes) -> bool:
    """Whether a docx or xlsx notes something of itself or of its files that is in none of them. Raises FileRefused."""
    with _package(content) as package:
        return bool(package.comment) or any(one.comment or one.extra for one in package.infolist())


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a package."""

    name: str
    content: bytes


def parts_of(content: bytes) -> list[Part]:
    """The files in a docx or xlsx. Raises FileRefused for one that is broken, locked, or unpacks to more than it may."""
    with _package(content) as package:
        return [Part(one.filename, package.read(one)) for one in package.infolist() if not one.is_dir()]


@contextmanager
def _package(content: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            listed = package.infolist()
            if any(one.flag_bits & _ENCRYPTED for one in listed):
                raise locked()
            # what the list says is held against what is unpacked, so that it cannot be less
            if sum(one.file_size for one in listed) > EVIDENCE_UNPACKED_BYTES_MAX or len(listed) > EVIDENCE_PARTS_MAX:
                raise broken()
            # of two files of one name each program reads another; and what is packed otherwise, no office program reads
            if len({one.filename.lower() for one in listed}) < len(listed) or any(one.compress_type not in _PACKED for one in listed):
                raise broken()
            yield package
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise broken() from error


def broken() -> FileBroken:
    return FileBroken("The file is damaged and cannot be opened; save it anew and send that.")


def unclean(within: str) -> FileUnclean:
    words = f"The file holds {within}, which may say who made it and cannot be cleaned; save it as a PDF or a picture and send that."
    return FileUnclean(words, within=within)


def locked() -> FileLocked:
    return FileLocked("The file is locked with a password; save it without and send that.")


def carries_files() -> FileCarriesFiles:
    return FileCarriesFiles("The file carries other files within; attach each of them by itself.")


def _office_kind(content: bytes) -> str:
    with _package(content) as package:
        names = package.namelist()
        if _CONTENT_TYPES in names and package.getinfo(_CONTENT_TYPES).file_size > EVIDENCE_TYPES_BYTES_MAX:
            raise broken()
        listed = package.read(_CONTENT_TYPES) if _CONTENT_TYPES in names else b""
    said = re.findall(rb"""ContentType\s*=\s*(?:"([^"]*)"|'([^']*)')""", listed)
    types = {html.unescape((one or other).decode("ascii", "replace")).lower() for one, other in said}
    if any("macroenabled" in one or one.endswith("vbaproject") for one in types) or any(_MACROS.search(name) for name in names):
        raise FileRuns("The file holds macros, which are not taken; save it as .docx or .xlsx and send that.")
    for main, kind in _MAIN_PARTS.items():
        if main in types:
            return kind
    raise _other_kind()


def _other_kind() -> FileKind:
    kinds = ", ".join(ENDINGS.values())
    return FileKind(f"By its content this is none of {kinds}; save or scan it as one of them.", kinds=kinds)
