"""What a file is says its content, and nothing else does."""

from __future__ import annotations

import io
import zipfile

import pytest

from shared import files
from shared.bounds import EVIDENCE_BYTES_MAX, EVIDENCE_TYPES_BYTES_MAX, EVIDENCE_UNPACKED_BYTES_MAX
from tests.shared import given_files as the


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (the.PDF, files.PDF),
        (b"\r\n" * 20 + the.PDF, files.PDF),
        (the.PNG, files.PNG),
        (the.JPEG, files.JPEG),
        (the.DOCX_OF_AN, files.DOCX),
        (the.XLSX_OF_AN, files.XLSX),
    ],
    ids=["pdf", "pdf after blank lines", "png", "jpeg", "docx", "xlsx"],
)
def test_each_kind_is_told_by_its_content(content: bytes, kind: str) -> None:
    assert files.kind_of(content) == kind
    assert kind in files.ENDINGS


def _package(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("types", "[Content_Types].xml"), content)
    return made.getvalue()


_OTHERWISE = f"<Default ContentType = '{files.DOCX}.main+xml'/><Override ContentType='a/vnd.macro&#69;nabled'/>".encode()


def _damaged(compression: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as package:
        package.writestr("[Content_Types].xml", b"<Types/>" * 100)
    content = made.getvalue()
    middle = content.index(b"[Content_Types].xml") + 40
    return content[:middle] + b"\xff" * 8 + content[middle + 8 :]


def _repacked(content: bytes, compression: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return made.getvalue()


def _with_macros(package: bytes) -> bytes:
    word = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return the.edited(package, "[Content_Types].xml", word, b"application/vnd.ms-word.document.macroEnabled.main+xml")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", files.FileEmpty),
        (b"%PDF-1.7" + b" " * EVIDENCE_BYTES_MAX, files.FileTooLarge),
        (b"MZ\x90\x00", files.FileKind),
        (b"<html>%PDF" + b" " * 2000 + b"%PDF-1.7", files.FileKind),
        (_package(readme=b"x"), files.FileKind),
        (_package(types=b'<Override ContentType="application/epub+zip"/>'), files.FileKind),
        (_with_macros(the.DOCX_OF_AN), files.FileRuns),
        (the.holding(the.DOCX_OF_AN, **{"word/VBAProject.bin": b"x"}), files.FileRuns),
        (_package(types=_OTHERWISE), files.FileRuns),
        (_damaged(zipfile.ZIP_LZMA), files.FileBroken),
        (the.DOCX_OF_AN[:-100], files.FileBroken),
        (_package(types=b" " * (EVIDENCE_UNPACKED_BYTES_MAX + 1)), files.FileBroken),
        (_package(types=b" " * (EVIDENCE_TYPES_BYTES_MAX + 1)), files.FileBroken),
        (_repacked(the.DOCX_OF_AN, zipfile.ZIP_LZMA), files.FileBroken),
        (the.holding(the.DOCX_OF_AN, **{"WORD/document.xml": b"x"}), files.FileBroken),
        (files.OLE + "EncryptedPackage".encode("utf-16-le"), files.FileLocked),
        (files.OLE + bytes(600), files.FileKind),
    ],
    ids=[
        "empty",
        "too large",
        "program",
        "page",
        "zip",
        "book",
        "macros",
        "macros by name",
        "macros spelt otherwise",
        "damaged within",
        "cut off",
        "unpacks to too much",
        "a list without end",
        "packed otherwise",
        "a name twice",
        "with a password",
        "of the older Office",
    ],
)
def test_what_is_not_taken_is_refused(content: bytes, refusal: type[files.FileRefused]) -> None:
    with pytest.raises(refusal):
        files.kind_of(content)


def test_a_file_of_just_the_size_is_taken() -> None:
    assert files.kind_of(b"%PDF-1.7".ljust(EVIDENCE_BYTES_MAX)) == files.PDF
