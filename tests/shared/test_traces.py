"""What names the makers of a file is found and taken out; what one reads in it stays."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import openpyxl
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from shared import files, traces
from shared.bounds import EVIDENCE_PACKAGES_DEEP_MAX
from shared.traces import packages, pictures
from tests.shared import given_files as the

NAMED = {
    "pdf": the.PDF_OF_AN,
    "docx": the.DOCX_OF_AN,
    "xlsx": the.XLSX_OF_AN,
    "png": the.PNG_OF_AN,
    "jpeg": the.JPEG_OF_AN,
    "turned": the.JPEG_TURNED,
}
each_named = pytest.mark.parametrize("content", NAMED.values(), ids=NAMED)


MIDDLE = len(the.DOCX_OF_AN) // 2
DAMAGED = the.DOCX_OF_AN[:MIDDLE] + bytes(200) + the.DOCX_OF_AN[MIDDLE + 200 :]


def _inside(content: bytes) -> bytes:
    """All bytes in the file, those of a package unpacked."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return b"\n".join(package.read(name) for name in package.namelist())


@each_named
def test_nobody_is_named_in_what_was_stripped(content: bytes) -> None:
    kind = files.kind_of(content)
    assert traces.found(content, kind)
    assert the.AN.encode() in _inside(content)
    bare = traces.stripped(content, kind)
    assert files.kind_of(bare) == kind
    assert traces.found(bare, kind) == []
    assert the.AN.encode() not in _inside(bare)


@each_named
def test_the_same_file_is_stripped_to_the_same_bytes(content: bytes) -> None:
    kind = files.kind_of(content)
    assert traces.stripped(content, kind) == traces.stripped(content, kind)


@pytest.mark.parametrize("content", [the.PDF, the.PNG, the.JPEG], ids=["pdf", "png", "jpeg"])
def test_what_names_nobody_is_found_clean(content: bytes) -> None:
    assert traces.found(content, files.kind_of(content)) == []


def test_the_words_of_a_document_stay() -> None:
    bare = traces.stripped(the.DOCX_OF_AN, files.DOCX)
    read = docx.Document(io.BytesIO(bare))
    assert "Báo cáo năm đã sửa" in [paragraph.text for paragraph in read.paragraphs]
    assert len(read.inline_shapes) == 1
    sheet = openpyxl.load_workbook(io.BytesIO(traces.stripped(the.XLSX_OF_AN, files.XLSX))).worksheets[0]
    assert (sheet["A1"].value, sheet["A1"].comment and sheet["A1"].comment.text) == ("Điểm", "Rõ")


def test_nothing_points_to_what_was_left_out() -> None:
    with zipfile.ZipFile(io.BytesIO(traces.stripped(the.DOCX_OF_AN, files.DOCX))) as package:
        names = set(package.namelist())
        said = package.read("_rels/.rels") + package.read("[Content_Types].xml")
    assert not [name for name in names if name.startswith("docProps/")]
    assert b"docProps" not in said
    assert "word/document.xml" in names


def test_the_pages_and_notes_of_a_pdf_stay() -> None:
    reader = PdfReader(io.BytesIO(traces.stripped(the.PDF_OF_AN, files.PDF)))
    assert len(reader.pages) == 1
    notes = [note.get_object() for note in reader.pages[0].annotations or ()]
    assert [(note["/Contents"], "/T" in note) for note in notes] == [("Rõ", False)]


def test_a_picture_looks_as_it_did() -> None:
    def seen(content: bytes) -> Image.Image:
        return Image.open(io.BytesIO(content)).convert("RGB")

    for content in (the.JPEG_OF_AN, the.PNG_OF_AN):
        bare = traces.stripped(content, files.kind_of(content))
        assert ImageChops.difference(seen(content), seen(bare)).getbbox() is None
    assert traces.stripped(the.JPEG_TURNED, files.JPEG) != the.JPEG_TURNED
    assert seen(traces.stripped(the.JPEG_TURNED, files.JPEG)).size == (12, 24)


def test_what_follows_the_end_of_a_picture_goes() -> None:
    assert traces.stripped(the.JPEG + b"Motion photo of An", files.JPEG) == the.JPEG


@pytest.mark.parametrize(
    ("content", "kind", "refusal"),
    [
        (the.PDF_LOCKED, files.PDF, files.FileLocked),
        (the.PDF_CARRYING, files.PDF, files.FileCarriesFiles),
        (b"%PDF-1.7 and no more", files.PDF, files.FileBroken),
        (the.PNG[:60], files.PNG, files.FileBroken),
        (the.JPEG[:-2], files.JPEG, files.FileBroken),
        (the.JPEG[:40], files.JPEG, files.FileBroken),
        (DAMAGED, files.DOCX, files.FileBroken),
    ],
    ids=["locked", "carrying", "no pdf", "half a png", "no end", "half a jpeg", "damaged docx"],
)
def test_what_cannot_be_looked_into_is_refused(content: bytes, kind: str, refusal: type[files.FileRefused]) -> None:
    for look in (traces.found, traces.stripped):
        with pytest.raises(refusal):
            look(content, kind)


def test_a_signature_and_the_keys_of_custom_parts_go_too() -> None:
    signed = the.edited(
        the.DOCX_OF_AN,
        "_rels/.rels",
        b"</Relationships>",
        b'<Relationship Id="s" Type="o" Target="_xmlsignatures/o.sigs"/></Relationships>',
    )
    with zipfile.ZipFile(io.BytesIO(traces.stripped(signed, files.DOCX))) as package:
        assert not re.search(rb"_xmlsignatures", package.read("_rels/.rels"))


def test_a_folder_of_its_user_goes_out_of_a_workbook() -> None:
    folder = f"""<x15ac:absPath xmlns:x15ac="a" url="C:\\Users\\{the.AN}\\Desktop\\"/>""".encode()
    _goes(the.edited(the.XLSX_OF_AN, "xl/workbook.xml", b"<sheets>", folder + b"<sheets>"), "xl/workbook.xml")


def test_the_path_of_a_template_goes_and_an_address_stays() -> None:
    settings = f"""<Relationships><Relationship Id="a" Target='file:///C:\\Users\\{the.AN}\\x.dotm' TargetMode="External"/>
        <Relationship Id="b" TargetMode="External" Target="https://btp.gov.vn/?tac-gia"/></Relationships>""".encode()
    said = _goes(the.holding(the.DOCX_OF_AN, **{"word/_rels/settings.xml.rels": settings}), "word/_rels/settings.xml.rels")
    assert b"https://btp.gov.vn/?tac-gia" in said


def test_a_picture_is_known_by_how_it_begins_wherever_it_stands() -> None:
    """Word calls a PNG .jpg and a photograph .jfif, and shows both."""
    pictures = {"word/media/a.jpg": the.PNG_OF_AN, "word/media/b.jfif": the.JPEG_OF_AN}
    content = the.holding(the.DOCX_OF_AN, **pictures)
    for name in pictures:
        _goes(content, name)


def _goes(content: bytes, name: str) -> bytes:
    """The part of that name without An, whom it named before; what was stripped is found clean."""
    kind = files.kind_of(content)
    assert name in traces.found(content, kind)
    bare = traces.stripped(content, kind)
    assert traces.found(bare, kind) == []
    with zipfile.ZipFile(io.BytesIO(bare)) as package:
        said = package.read(name)
    assert the.AN.encode() not in said
    return said


def test_a_document_in_a_document_is_looked_into_but_not_without_end() -> None:
    within = the.holding(the.DOCX_OF_AN, **{"word/embeddings/a.docx": the.XLSX_OF_AN})
    with zipfile.ZipFile(io.BytesIO(traces.stripped(within, files.DOCX))) as package:
        assert the.AN.encode() not in _inside(package.read("word/embeddings/a.docx"))
    for _ in range(EVIDENCE_PACKAGES_DEEP_MAX):
        within = the.holding(the.DOCX_OF_AN, **{"word/embeddings/a.docx": within})
    for look in (traces.found, traces.stripped):
        with pytest.raises(files.FileBroken):
            look(within, files.DOCX)


def test_documents_in_a_document_unpack_to_no_more_than_one_may(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = the.holding(the.DOCX_OF_AN, **{"word/fonts/a.odttf": bytes(3_000_000)})
    outer = the.holding(the.DOCX_OF_AN, **{f"word/embeddings/{n}.docx": inner for n in range(4)})
    assert traces.found(outer, files.DOCX)
    monkeypatch.setattr(packages, "EVIDENCE_UNPACKED_BYTES_MAX", 2 * len(_inside(inner)))
    with pytest.raises(files.FileBroken):
        traces.found(outer, files.DOCX)


def test_tags_that_never_end_take_no_time() -> None:
    """Each was looked for to the end of the file: 20,000 of them took a minute and a half."""
    endless = the.holding(
        the.DOCX_OF_AN, **{"word/_rels/x.xml.rels": b"<Relationship Target=" * 100_000, "word/y.xml": b"<author>" * 100_000}
    )
    assert traces.stripped(endless, files.DOCX)


def test_a_picture_of_many_pixels_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "EVIDENCE_PIXELS_MAX", 24 * 12 - 1)
    assert traces.stripped(the.PNG_OF_AN, files.PNG)
    with pytest.raises(files.FilePixels):
        traces.stripped(the.JPEG_TURNED, files.JPEG)
