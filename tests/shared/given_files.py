"""Small files of every kind that is taken; those "of An" say in many ways that Nguyễn Văn An made them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import openpyxl
from openpyxl.comments import Comment
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

AN = "Nguyen Van An"


def _picture(kind: str, **options: Any) -> bytes:
    made = io.BytesIO()
    Image.radial_gradient("L").resize((24, 12)).convert("RGB").save(made, kind, **options)
    return made.getvalue()


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = AN, orientation
    return exif


def _png_of_an() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", AN)
    return _picture("PNG", pnginfo=said)


JPEG, PNG = _picture("JPEG"), _picture("PNG")
JPEG_OF_AN = _picture("JPEG", exif=_exif(1), comment=AN.encode())
JPEG_TURNED = _picture("JPEG", exif=_exif(6))
PNG_OF_AN = _png_of_an()


def _pdf(**said: Any) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(72, 72)
    if said:
        writer.add_metadata({"/Author": AN})
        described = DecodedStreamObject()
        described.set_data(f"<x:xmpmeta>{AN}</x:xmpmeta>".encode())
        writer.root_object[NameObject("/Metadata")] = writer._add_object(described)
        page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/Office"): TextStringObject(AN)})
        note = {"/Subtype": NameObject("/Text"), "/T": TextStringObject(AN), "/Rect": page.mediabox, "/Contents": TextStringObject("Rõ")}
        writer.add_annotation(0, DictionaryObject({NameObject(name): value for name, value in note.items()}))
    if said.get("carries"):
        writer.add_attachment("nested.txt", AN.encode())
    if said.get("password"):
        writer.encrypt("mật khẩu", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


PDF, PDF_OF_AN = _pdf(), _pdf(named=True)
PDF_LOCKED, PDF_CARRYING = _pdf(password=True), _pdf(carries=True)


def _docx() -> bytes:
    made, document = io.BytesIO(), docx.Document()
    document.core_properties.author = document.core_properties.last_modified_by = AN
    document.add_paragraph("Báo cáo năm").add_run(" đã sửa")
    document.add_picture(io.BytesIO(JPEG_OF_AN))
    document.save(made)
    return edited(made.getvalue(), "word/document.xml", b"<w:p>", f'<w:p><w:ins w:id="1" w:author="{AN}"><w:r/></w:ins>'.encode())


def _xlsx() -> bytes:
    made, book = io.BytesIO(), openpyxl.Workbook()
    book.properties.creator = AN
    table = book.worksheets[0]
    table["A1"] = "Điểm"
    table["A1"].comment = Comment("Rõ", AN)
    book.save(made)
    return made.getvalue()


def edited(package: bytes, name: str, before: bytes, after: bytes) -> bytes:
    """The package with one part changed once; fails where there is nothing to change."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(made, "w") as new:
        assert before in old.read(name)
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace(before, after, 1) if part == name else content)
    return made.getvalue()


def holding(package: bytes, **parts: bytes) -> bytes:
    """The package with more parts."""
    made = io.BytesIO(package)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as added:
        for name, content in parts.items():
            added.writestr(name, content)
    return made.getvalue()


DOCX_OF_AN, XLSX_OF_AN = _docx(), _xlsx()
