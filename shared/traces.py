"""What in a file names who made it (siêu dữ liệu): found, and taken out, for passes in which the makers are not to be known.

What a reader sees on the page is not touched: a name in the text stays, and is for whoever writes the text to leave out.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator

from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from shared.files import DOCX, JPEG, PDF, PNG, XLSX, FileCarriesFiles, FileLocked, Part, broken, parts_of

_NAMING_PARTS = re.compile(r"(docProps|_xmlsignatures|customXml)/", re.ASCII | re.IGNORECASE)
"""Parts of a package that say who made it, signed it or filed it."""

_NAMING_WORDS = re.compile(
    rb"""(\s(?:[A-Za-z0-9]+:)?(?:author|initials|lastModifiedBy|userName|displayName|userId|providerId)=)(?:"[^"]*"|'[^']*')"""
)
"""Attributes that name somebody: in changes, comments and their people in Word, in comments and reservations in Excel."""

_EXCEL_AUTHOR = re.compile(rb"(<(?:[A-Za-z0-9]+:)?author>)[^<]*(</)")
_RELATION = re.compile(rb"""<(?:[A-Za-z0-9]+:)?Relationship\s[^>]*?Target="([^"]*)"[^>]*?/>""")
_OVERRIDE = re.compile(rb"""<(?:[A-Za-z0-9]+:)?Override\s[^>]*?PartName="/([^"]*)"[^>]*?/>""")
_PICTURES = {"jpg": JPEG, "jpeg": JPEG, "png": PNG}
_PACKAGES = {"docx": DOCX, "xlsx": XLSX}
_NOBODY = b'"-"'

_PNG_SHOWN = frozenset({"dpi", "gamma", "srgb", "transparency", "interlace", "aspect", "background", "chromaticity"})
"""What a PNG says of itself that is needed to show it."""

_ORIENTATION = 0x0112  # the EXIF entry that says how a photograph is to be turned
_JPEG_QUALITY = 95
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""A marker within a scan: neither a byte that was escaped nor one at which a decoder may begin anew."""

_PDF_NAMING = ("/Metadata", "/PieceInfo", "/LastModified", "/Perms", "/DSS")
"""Entries that describe who made, changed and signed a document, and with what certificates."""


def stripped(content: bytes, kind: str) -> bytes:
    """The file without what names its makers; a file that names nobody may come back as it was. Raises FileRefused.

    kind: as `files.kind_of` found it. A photograph is turned as it was shown, and a signature in a file is no longer valid.
    """
    if kind == PDF:
        return _pdf_stripped(content)
    if kind in (DOCX, XLSX):
        return _package_stripped(content)
    return _picture_stripped(content, kind)


def found(content: bytes, kind: str) -> list[str]:
    """Where in the file its makers are named; nothing in one that was stripped. Raises FileRefused."""
    if kind == PDF:
        return _pdf_found(content)
    if kind in (DOCX, XLSX):
        return sorted(part.name for part in parts_of(content) if _NAMING_PARTS.match(part.name) or _part_names(part))
    return _picture_found(content, kind)


def _package_stripped(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for part in parts_of(content):
            if not _NAMING_PARTS.match(part.name):
                named = zipfile.ZipInfo(part.name)  # without the moment at which the part was written
                named.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(named, _part_stripped(part))
    return made.getvalue()


def _part_stripped(part: Part) -> bytes:
    ending = _ending(part)
    if ending in _PICTURES:
        return _picture_stripped(part.content, _PICTURES[ending])
    if ending in _PACKAGES:
        return _package_stripped(part.content)
    return _words_stripped(part) if ending in ("xml", "rels", "vml") else part.content


def _part_names(part: Part) -> bool:
    ending = _ending(part)
    kind = _PICTURES.get(ending) or _PACKAGES.get(ending)
    return bool(found(part.content, kind)) if kind else _part_stripped(part) != part.content


def _ending(part: Part) -> str:
    return part.name.rpartition(".")[2].lower()


def _words_stripped(part: Part) -> bytes:
    """The part without attributes that name somebody, and without pointers to parts that are left out."""
    folder = posixpath.dirname(posixpath.dirname(part.name))

    def kept(relation: re.Match[bytes]) -> bytes:
        target = posixpath.normpath(posixpath.join("/", folder, relation[1].decode(errors="replace"))).lstrip("/")
        return b"" if _NAMING_PARTS.match(target) else relation[0]

    if part.name.endswith(".rels"):
        return _RELATION.sub(kept, part.content)
    if part.name == "[Content_Types].xml":
        return _OVERRIDE.sub(lambda of: b"" if _NAMING_PARTS.match(of[1].decode(errors="replace")) else of[0], part.content)
    return _EXCEL_AUTHOR.sub(rb"\g<1>-\g<2>", _NAMING_WORDS.sub(rb"\g<1>" + _NOBODY, part.content))


def _picture_stripped(content: bytes, kind: str) -> bytes:
    picture = _opened(content)
    made = io.BytesIO()
    if kind == PNG:
        turned = ImageOps.exif_transpose(picture)
        turned.info = {name: value for name, value in picture.info.items() if name in _PNG_SHOWN}
        turned.save(made, "PNG")
        return made.getvalue()
    if picture.getexif().get(_ORIENTATION, 1) == 1:
        return _jpeg_bare(content)
    ImageOps.exif_transpose(picture).save(made, "JPEG", quality=_JPEG_QUALITY, exif=b"", comment=b"")
    return _jpeg_bare(made.getvalue())


def _picture_found(content: bytes, kind: str) -> list[str]:
    if kind == PNG:
        return sorted(str(name) for name in _opened(content).info.keys() - _PNG_SHOWN)
    return [] if _jpeg_bare(content) == content else ["segments"]


def _opened(content: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
        picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise broken() from error
    return picture


def _jpeg_bare(content: bytes) -> bytes:
    """A JPEG of its picture alone, bit for bit: without the segments of applications and comments, and what follows its end."""
    kept = [content[:2]]
    for start, end, marker in _jpeg_segments(content):
        # APP0 is how JFIF says that it is one, APP14 how its colours are meant
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(content[start:end])
    return b"".join(kept)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments of a JPEG after its first two bytes, as start, end and marker; a scan is one with what it shows. Raises FileRefused."""
    at = 2
    while at + 2 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xD9:
            yield at, at + 2, marker
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == 0xDA:
            following = _JPEG_MARKER.search(content, end)
            end = following.start() if following else len(content)
        yield at, end, marker
        at = end
    raise broken()


def _pdf_stripped(content: bytes) -> bytes:
    try:
        writer = PdfWriter(clone_from=_pdf(content))
        writer.metadata = None
        for one in _dictionaries(writer):
            for name in _naming(one):
                del one[NameObject(name)]
            if isinstance(one, StreamObject) and one.get("/Filter") == "/DCTDecode":
                one._data = _jpeg_bare(one._data)
        # what nothing points to any more would be written all the same
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        made = io.BytesIO()
        writer.write(made)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise broken() from error
    return made.getvalue()


def _pdf_found(content: bytes) -> list[str]:
    try:
        reader = _pdf(content)
        said = [str(name) for name in reader.metadata or {} if name != "/Producer"]
        writer = PdfWriter(clone_from=reader)
        return sorted({*said, *(name for one in _dictionaries(writer) for name in _naming(one))})
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise broken() from error


def _pdf(content: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise FileLocked("The file is locked with a password; save it without and send that.")
    if reader.attachments:
        raise FileCarriesFiles("The file carries other files within; attach each of them by itself.")
    return reader


def _dictionaries(writer: PdfWriter) -> Iterator[DictionaryObject]:
    for one in writer._objects:
        if isinstance(one, DictionaryObject):
            yield one


def _naming(one: DictionaryObject) -> list[str]:
    """The entries of a dictionary of a PDF that name somebody: descriptions, who commented, who signed."""
    names = [name for name in _PDF_NAMING if name in one]
    if "/T" in one and "/Rect" in one and one.get("/Subtype") != "/Widget":
        names.append("/T")
    if one.get("/FT") == "/Sig" and "/V" in one:
        names.append("/V")
    return names
