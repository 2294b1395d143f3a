"""The XML of Word and Excel: who is named in it goes, all else stays as it was, to the byte."""

from __future__ import annotations

import io
import zipfile

import pytest

from shared import files, traces
from shared.traces import words
from tests.shared import given_files as the

AN = the.AN.encode()
SETTINGS = "word/settings.xml"


@pytest.mark.parametrize(
    ("said", "bare"),
    [
        (b'<w:ins w:id="1" w:author="%b">', b'<w:ins w:id="1" w:author="-">'),
        (b"<w:ins w:author = '%b'>", b'<w:ins w:author = "-">'),
        (b'<w:permStart w:id="1" w:ed="btp\\%b"/>', b'<w:permStart w:id="1" w:ed="-"/>'),
        (b'<person displayName="%b" userId="S::%b" providerId="AD"/>', b'<person displayName="-" userId="-" providerId="-"/>'),
        (b'<table displayName="Bang1" name="Bang1"/>', b'<table displayName="Bang1" name="Bang1"/>'),
        (b'<scenario name="A" user="%b" comment="Created by %b"/>', b'<scenario name="A" user="-" comment="-"/>'),
        (b'<definedName name="A" comment="B">A1</definedName>', b'<definedName name="A" comment="B">A1</definedName>'),
        (b'<pivotCacheDefinition refreshedBy="%b" recordCount="1"/>', b'<pivotCacheDefinition refreshedBy="-" recordCount="1"/>'),
        (b'<dbPr connection="User ID=%b;Password=x" command="A"/>', b'<dbPr connection="-" command="A"/>'),
        (b'<fileSharing userName="%b"/>', b'<fileSharing userName="-"/>'),
        (b'<x15ac:absPath url="C:\\%b\\"/>', b'<x15ac:absPath url="-"/>'),
        (b'<w:p w:rsidR="00A7" w:rsidRDefault="00A7" w14:paraId="1">', b'<w:p w14:paraId="1">'),
        (b"<w:rsids><w:rsidRoot w:val='1'/></w:rsids><w:zoom/>", b"<w:zoom/>"),
        (b'<w:docVars><w:docVar w:name="a" w:val="%b"/></w:docVars>', b""),
        (b'<w15:docId w15:val="{1}"/><w:a/>', b"<w:a/>"),
        (b'<w:mailMerge><w:query w:val="%b"/></w:mailMerge>', b""),
        (b'<customWorkbookViews><customWorkbookView name="%b"/></customWorkbookViews>', b""),
        (b'<protectedRange><securityDescriptor>%b</securityDescriptor></protectedRange>', b"<protectedRange></protectedRange>"),
        (b'<pageSetup paperSize="9" r:id="rId1"/>', b'<pageSetup paperSize="9"/>'),
        (b'<pic:cNvPr id="1" name="%b.jpg" descr="C:\\%b.jpeg"/>', b'<pic:cNvPr id="1" name="-" descr="-"/>'),
        (b'<wp:docPr id="1" name="H\xc3\xacnh 1" descr="L\xe1\xbb\x85 trao c\xe1\xbb\x9d."/>', None),
        (b'<sheet name="%b.xlsx"/>', None),
        (b'<v:imagedata r:id="rId5" o:title="%b"/>', b'<v:imagedata r:id="rId5" o:title="-"/>'),
        (b"<definedName name='A'>'C:\\Users\\%b\\[a]A'!A1</definedName>", b"<definedName name='A'>'C:\\Users\\-\\[a]A'!A1</definedName>"),
        (b"<f>'file:///home/%b/a.ods'#$A.B1</f>", b"<f>'file:///home/-/a.ods'#$A.B1</f>"),
        (b"<w:t>C:\\Users\\%b\\a</w:t>", None),
        (b'<a href="https://home/%b/"/>', None),
        (b'<w:instrText>INCLUDEPICTURE "D:\\\\%b\\\\a.jpg" \\d</w:instrText>', b'<w:instrText>INCLUDEPICTURE "-" \\d</w:instrText>'),
        (b'<w:instrText>HYPERLINK "https://btp.gov.vn/%b"</w:instrText>', None),
        (b'<w:fldSimple w:instr=" INCLUDETEXT &quot;\\\\\\\\may-%b\\a&quot; "/>', b'<w:fldSimple w:instr=" INCLUDETEXT &quot;-&quot; "/>'),
        (b"<a><!-- by %b --><b/></a>", b"<a><b/></a>"),
        (b"<authors><author><![CDATA[%b]]></author></authors>", b"<authors><author>-</author></authors>"),
        (
            b"<authors><author>%b</author></authors><r><t>%b:</t></r><r><t>x: y</t></r>",
            b"<authors><author>-</author></authors><r><t>-:</t></r><r><t>x: y</t></r>",
        ),
    ],
)  # fmt: skip
def test_who_is_named_goes_and_all_else_stays(said: bytes, bare: bytes | None) -> None:
    content = b'<?xml version="1.0" encoding="UTF-8"?>' + said.replace(b"%b", AN)
    expected = content if bare is None else b'<?xml version="1.0" encoding="UTF-8"?>' + bare
    assert words.bare(content, "word/document.xml") == expected
    assert words.bare(expected, "word/document.xml") == expected


@pytest.mark.parametrize(
    "content",
    [
        "<a author='An'/>".encode("utf-16"),
        b"<?xml version='1.0' encoding='windows-1258'?><a/>",
        b"<!DOCTYPE a [<!ENTITY b 'An'>]><a>&b;</a>",
        b"<a><!-- never ends",
        b"<w:rsids><w:a/>",
    ],
    ids=["utf-16", "windows-1258", "document type", "remark", "element"],
)
def test_what_is_written_in_another_way_is_refused(content: bytes) -> None:
    with pytest.raises(files.FileUnclean) as refused:
        words.bare(content, SETTINGS)
    assert refused.value.details == {"within": SETTINGS}


@pytest.mark.parametrize(
    ("relation", "stays"),
    [
        ('Target="https://btp.gov.vn/" TargetMode="External"', True),
        ('Target="mailto:vanthu@btp.gov.vn" TargetMode="External"', True),
        ('Target="https://btp-my.sharepoint.com/personal/an/a.docx" TargetMode="External"', False),
        ('Target="http://x/a.dotm" Type="http://s/relationships/attachedTemplate" TargetMode="External"', False),
        ('Target="file:///D:/an/a.xlsx" Type="http://s/relationships/externalLinkPath" TargetMode="External"', False),
        ('Target="printerSettings/printerSettings1.bin"', False),
        ('Target="theme/theme1.xml"', True),
    ],
)
def test_pointers_to_what_is_left_out_or_nobodys_business_go(relation: str, stays: bool) -> None:
    content = f'<Relationships><Relationship Id="r" {relation}/></Relationships>'.encode()
    assert (words.bare(content, "xl/_rels/workbook.xml.rels") == content) is stays


@pytest.mark.parametrize(
    "name",
    [
        "docProps/thumbnail.emf",
        "customXml/item1.xml",
        "docMetadata/LabelInfo.xml",
        "package/services/metadata/core-properties/1.psmdcp",
        "xl/printerSettings/printerSettings1.bin",
        "xl/revisions/userNames.xml",
        "word/webextensions/webextension1.xml",
    ],
)
def test_parts_that_are_about_their_makers_are_left_out(name: str) -> None:
    content = the.holding(the.XLSX_OF_AN, **{name: AN})
    assert name in traces.found(content, files.XLSX)
    with zipfile.ZipFile(io.BytesIO(traces.stripped(content, files.XLSX))) as package:
        assert name not in package.namelist()


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("word/embeddings/oleObject1.bin", files.OLE + AN, files.FileCarriesFiles),
        ("word/activeX/activeX1.bin", AN, files.FileUnclean),
        ("word/media/image1.tiff", b"II*\0" + AN, files.FileUnclean),
        ("word/media/image1.svg", b"<svg><metadata>An</metadata></svg>", files.FileUnclean),
        ("word/afchunk1.html", b"<meta name=author>", files.FileUnclean),
    ],
)
def test_what_nobody_can_clean_is_refused(name: str, content: bytes, refusal: type[files.FileRefused]) -> None:
    held = the.holding(the.DOCX_OF_AN, **{name: content})
    assert files.kind_of(held) == files.DOCX  # and in a pass that is not blind it is taken as it is
    for look in (traces.found, traces.stripped):
        with pytest.raises(refusal):
            look(held, files.DOCX)


def test_a_typeface_stays_and_plain_pictures() -> None:
    parts = {
        "word/fonts/font1.odttf": b"\x01\x02\x03",
        "word/media/image1.bmp": b"BM" + bytes(12) + b"\x28\0\0\0" + bytes(40),
        "word/media/image2.svg": b"<svg><path d='M0 0'/></svg>",
    }
    bare = traces.stripped(the.holding(the.DOCX_OF_AN, **parts), files.DOCX)
    with zipfile.ZipFile(io.BytesIO(bare)) as package:
        assert {name: package.read(name) for name in parts} == parts


def test_what_the_package_notes_of_itself_goes() -> None:
    made = io.BytesIO(traces.stripped(the.DOCX_OF_AN, files.DOCX))
    with zipfile.ZipFile(made, "a") as package:
        package.comment = AN
    assert traces.found(made.getvalue(), files.DOCX) == ["package"]
    assert AN not in traces.stripped(made.getvalue(), files.DOCX)
