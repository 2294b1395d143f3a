"""PDF files: what one sees stays; who made, noted, signed or sent it is in no byte of the file."""

from __future__ import annotations

import io
import zlib

import pytest
from pypdf import PdfReader, PdfWriter

from shared import files, traces
from tests.shared import given_files as the

AN = the.AN.encode()
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]%b>>"


def test_a_pdf_names_nobody_where_it_has_no_object_of_its_own_for_it() -> None:
    """A note that stands in its page, and a photograph whose filter is a list of one."""
    note = b"<</Type/Annot/Subtype/Text/T(%b)/Rect[0 0 1 1]/Contents(Ro)>>" % AN
    photograph = b"<</Type/XObject/Subtype/Image/Width 24/Height 12/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter[/DCTDecode]/Length %d>>"
    stream = photograph % len(the.JPEG_OF_AN) + b"stream\n" + the.JPEG_OF_AN + b"\nendstream"
    content = _pdf(b"/Annots[" + note + b"]/Resources<</XObject<</I 4 0 R>>>>", stream)
    assert traces.found(content, files.PDF)
    bare = traces.stripped(content, files.PDF)
    assert the.AN.encode() not in bare
    assert traces.found(bare, files.PDF) == []


def test_a_file_on_a_page_is_one_that_is_carried() -> None:
    pinned = b"/Annots[<</Subtype/FileAttachment/Rect[0 0 1 1]/FS<</F(a.docx)/EF<</F 4 0 R>>>>>>]"
    with pytest.raises(files.FileCarriesFiles):
        traces.stripped(_pdf(pinned, b"<</Type/EmbeddedFile/Length 5>>stream\nhello\nendstream"), files.PDF)


@pytest.mark.parametrize(
    ("of_page", "fourth", "entry"),
    [
        (b"/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(file:///C:/Users/%b/a.pdf)>>>>]", b"null", "/URI"),
        (b"/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/GoToR/F(/C/Users/%b/a.pdf)/D[0]>>>>]", b"null", "/F"),
        (b"/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/Launch/F<</Type/Filespec/UF 4 0 R>>>>>>]", b"(C:\\\\%b\\\\a.xls)", "/UF"),
        (b"/Resources<</XObject<</I 4 0 R>>>>", b"<</PTEX.InfoDict<</Author(%b)>>/Length 0>>stream\n\nendstream", "/PTEX.InfoDict"),
        (b"/Resources<</Properties<</L 4 0 R>>>>", b"<</Type/OCG/Usage<</User<</Type/Ind/Name(%b)>>>>>>", "/User"),
        (b"/B[4 0 R]", b"<</T<</I<</Author(%b)>>>>>>", "/B"),
        (b"/Annots[<</Subtype/Widget/Rect[0 0 1 1]/T(a)/Parent<</FT/Sig/T(b)>>/V 4 0 R>>]", b"<</ByteRange[0 1]/Name(%b)>>", "/V"),
        (b"/OPI<</2.0<</F(%b)>>>>", b"null", "/OPI"),
    ],
)
def test_an_entry_that_names_somebody_goes(of_page: bytes, fourth: bytes, entry: str) -> None:
    content = _pdf(of_page.replace(b"%b", AN), fourth.replace(b"%b", AN))
    assert AN in content
    assert entry in traces.found(content, files.PDF)
    bare = traces.stripped(content, files.PDF)
    assert AN not in bare
    assert traces.found(bare, files.PDF) == []


def test_what_only_looks_like_a_name_stays() -> None:
    """A letter of a typeface, the state of a button, the name of a field, an address on the web."""
    of_page = (
        b"/Resources<</Font<</F 4 0 R>>>>/Annots[<</Subtype/Widget/Rect[0 0 1 1]/T(ten)/AP<</N<</Author 4 0 R>>>>>>"
        b"<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(https://btp.gov.vn/)>>>>]"
    )
    bare = traces.stripped(_pdf(of_page, b"<</Type/Font/CharProcs<</B 3 0 R/User 3 0 R>>>>"), files.PDF)
    for kept in (b"/B ", b"/User ", b"/Author ", b"(ten)", b"/F "):
        assert kept in bare
    link = PdfReader(io.BytesIO(bare)).pages[0]["/Annots"][1]["/A"]  # type: ignore[index]
    assert link["/URI"] == "https://btp.gov.vn/"


def test_an_earlier_revision_and_the_number_of_the_file_go() -> None:
    first = _pdf(b"", b"(%b)" % AN)
    later = PdfWriter(io.BytesIO(first), incremental=True)
    later.add_blank_page(72, 72)
    later._ID = None
    made = io.BytesIO()
    later.write(made)
    content = made.getvalue().replace(b"trailer", b"% " + AN + b"\ntrailer")
    assert AN in content
    bare = traces.stripped(content, files.PDF)
    assert AN not in bare
    assert len(PdfReader(io.BytesIO(bare)).pages) == 2
    numbered = first.replace(b"/Size 5", b"/Size 5/ID[<%b><%b>]" % (AN.hex().encode(), AN.hex().encode()))
    assert traces.found(numbered, files.PDF) == ["/ID"]
    assert b"/ID" not in traces.stripped(numbered, files.PDF)


def test_a_photograph_is_cleaned_however_it_is_packed() -> None:
    packed = zlib.compress(the.JPEG_OF_AN)
    head = b"<</Subtype/Image/Width 24/Height 12/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter[/FlateDecode/DCTDecode]/Length %d>>"
    content = _pdf(b"/Resources<</XObject<</I 4 0 R>>>>", head % len(packed) + b"stream\n" + packed + b"\nendstream")
    assert traces.found(content, files.PDF) == ["/Filter"]
    bare = traces.stripped(content, files.PDF)
    assert traces.found(bare, files.PDF) == []
    (image,) = PdfReader(io.BytesIO(bare)).pages[0].images
    assert (AN in image.data, image.image and image.image.size) == (False, (24, 12))


def test_a_picture_of_boxes_is_left_with_those_that_show_it() -> None:
    boxes = [b"\x00\x00\x00\x0cjP  \r\n\x87\n", _box(b"ftyp", b"jp2 "), _box(b"xml ", AN), _box(b"uuid", AN), _box(b"jp2c", b"\xff\x4f")]
    head = b"<</Subtype/Image/Width 24/Height 12/Filter/JPXDecode/Length %d>>stream\n"
    picture = b"".join(boxes)
    content = _pdf(b"/Resources<</XObject<</I 4 0 R>>>>", head % len(picture) + picture + b"\nendstream")
    bare = traces.stripped(content, files.PDF)
    assert (AN in content, AN in bare) == (True, False)
    assert boxes[0] + boxes[1] + boxes[4] in bare


def _box(name: bytes, said: bytes) -> bytes:
    return (len(said) + 8).to_bytes(4) + name + said


def test_a_form_whose_words_are_elsewhere_is_refused() -> None:
    content = _pdf(b"", b"null").replace(b"/Type/Catalog", b"/AcroForm<</XFA(%b)>>/Type/Catalog" % AN)
    with pytest.raises(files.FileUnclean):
        traces.stripped(content, files.PDF)


def _pdf(of_page: bytes, fourth: bytes) -> bytes:
    """A PDF of one page, written out by hand."""
    page = PAGE % of_page
    content, table = b"%PDF-1.4\n", b"xref\n0 5\n0000000000 65535 f \n"
    for number, one in enumerate([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, fourth], 1):
        table += b"%010d 00000 n \n" % len(content)
        content += b"%d 0 obj %b endobj\n" % (number, one)
    return content + table + b"trailer <</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % len(content)
