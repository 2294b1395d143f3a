"""What in a file names who made it (siêu dữ liệu): found, and taken out, for passes in which the makers are not to be known.

What a reader sees on the page is not touched: a name in the text stays, and is for whoever writes the text to leave out.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from shared.bounds import EVIDENCE_PACKAGES_DEEP_MAX, EVIDENCE_PIXELS_MAX, EVIDENCE_UNPACKED_BYTES_MAX
from shared.files import DOCX, JPEG, PDF, PNG, XLSX, FileCarriesFiles, FileLocked, FilePixels, Part, broken, parts_of

_NAMING_PARTS = re.compile(r"(docProps|_xmlsignatures|customXml)/", re.ASCII | re.IGNORECASE)
"""Parts of a package that say who made it, signed it or filed it."""

_NAMING_WORDS = re.compile(
    rb"""(\s(?:[A-Za-z0-9]+:)?(?:author|initials|lastModifiedBy|userName|displayName|userId|providerId)=)(?:"[^"]*"|'[^']*')"""
)
"""Attributes that name somebody: in changes, comments and their people in Word, in comments and reservations in Excel."""

_EXCEL_FOLDER = re.compile(rb"""(<(?:[A-Za-z0-9]+:)?absPath\s[^<>]*?url=)(?:"[^"]*"|'[^']*')""")
"""The folder in which Excel had the file, as a rule one of its user's."""

_EXCEL_AUTHOR = re.compile(rb"(<(?:[A-Za-z0-9]+:)?author>)[^<]*(</)")
# a tag ends at the next bracket, whichever: looked for beyond it, a file of tags that never end would take hours
_RELATION = re.compile(rb"<(?:[A-Za-z0-9]+:)?Relationship\s[^<>]*>")
_OVERRIDE = re.compile(rb"<(?:[A-Za-z0-9]+:)?Override\s[^<>]*>")
_TARGET = re.compile(rb"""(\sTarget\s*=\s*)(?:"([^"]*)"|'([^']*)')""")
_PART_NAME = re.compile(rb"""(\sPartName\s*=\s*)(?:"([^"]*)"|'([^']*)')""")
_ELSEWHERE = re.compile(rb"""\sTargetMode\s*=\s*["']External["']""")
_ADDRESS = re.compile(rb"(https?|mailto):", re.IGNORECASE)
_PICTURES = {b"\xff\xd8\xff": JPEG, b"\x89PNG": PNG}
"""Pictures within a document by how they begin: what they are called there is often wrong."""

_PACKAGES = ("docx", "xlsx", "pptx")
_NOBODY = b'"-"'

_PNG_HEAD = 8
_PNG_SHOWN = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD"})
"""The chunks of a PNG that are needed to show it."""

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
        _check_unpacked(content)
        return _package_stripped(content)
    return _picture_stripped(content, kind)


def found(content: bytes, kind: str) -> list[str]:
    """Where in the file its makers are named; nothing in one that was stripped. Raises FileRefused."""
    if kind == PDF:
        return _pdf_found(content)
    if kind in (DOCX, XLSX):
        _check_unpacked(content)
        return _package_found(content)
    return _picture_found(content, kind)


def _check_unpacked(content: bytes, deep: int = 0) -> int:
    """Bytes of a package unpacked, with those of the packages in it. Raises FileRefused for more, or deeper ones, than a document has."""
    parts = parts_of(content)
    size = sum(len(part.content) for part in parts)
    for part in parts:
        if _ending(part) in _PACKAGES:
            if deep == EVIDENCE_PACKAGES_DEEP_MAX:
                raise broken()
            size += _check_unpacked(part.content, deep + 1)
        if size > EVIDENCE_UNPACKED_BYTES_MAX:
            raise broken()
    return size


def _package_found(content: bytes) -> list[str]:
    return sorted(part.name for part in parts_of(content) if _NAMING_PARTS.match(part.name) or _part_names(part))


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
    if picture := _picture_kind(part):
        return _picture_stripped(part.content, picture)
    ending = _ending(part)
    if ending in _PACKAGES:
        return _package_stripped(part.content)
    return _words_stripped(part) if ending in ("xml", "rels", "vml") else part.content


def _part_names(part: Part) -> bool:
    if picture := _picture_kind(part):
        return bool(_picture_found(part.content, picture))
    if _ending(part) in _PACKAGES:
        return bool(_package_found(part.content))
    return _part_stripped(part) != part.content


def _picture_kind(part: Part) -> str | None:
    return next((kind for begins, kind in _PICTURES.items() if part.content.startswith(begins)), None)


def _ending(part: Part) -> str:
    return part.name.rpartition(".")[2].lower()


def _words_stripped(part: Part) -> bytes:
    """The part without attributes that name somebody, and without pointers to parts that are left out."""
    folder = posixpath.dirname(posixpath.dirname(part.name))

    def kept(relation: re.Match[bytes]) -> bytes:
        said = _TARGET.search(relation[0])
        named = (said[2] or said[3] or b"") if said else b""
        if _ELSEWHERE.search(relation[0]):
            return relation[0] if _ADDRESS.match(named) else _TARGET.sub(rb"\g<1>" + _NOBODY, relation[0])
        target = posixpath.normpath(posixpath.join("/", folder, named.decode(errors="replace"))).lstrip("/")
        return b"" if _NAMING_PARTS.match(target) else relation[0]

    def listed(override: re.Match[bytes]) -> bytes:
        said = _PART_NAME.search(override[0])
        named = (said[2] or said[3] or b"") if said else b""
        return b"" if _NAMING_PARTS.match(named.decode(errors="replace").lstrip("/")) else override[0]

    if part.name.endswith(".rels"):
        return _RELATION.sub(kept, part.content)
    if part.name == "[Content_Types].xml":
        return _OVERRIDE.sub(listed, part.content)
    content = _EXCEL_FOLDER.sub(rb"\g<1>" + _NOBODY, part.content)
    return _EXCEL_AUTHOR.sub(rb"\g<1>-\g<2>", _NAMING_WORDS.sub(rb"\g<1>" + _NOBODY, content))


def _picture_stripped(content: bytes, kind: str) -> bytes:
    bare = _png_bare if kind == PNG else _jpeg_bare
    if kind == PNG and not any(name == b"eXIf" for _, _, name in _png_chunks(content)):
        return bare(content)
    picture = _opened(content)
    if picture.getexif().get(_ORIENTATION, 1) == 1:
        return bare(content)
    made = io.BytesIO()
    try:
        turned = ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError) as error:
        raise broken() from error
    turned.info = {}
    turned.save(made, "PNG" if kind == PNG else "JPEG", quality=_JPEG_QUALITY, exif=b"")
    return bare(made.getvalue())


def _picture_found(content: bytes, kind: str) -> list[str]:
    if kind == PNG:
        return [] if _png_bare(content) == content else ["chunks"]
    return [] if _jpeg_bare(content) == content else ["segments"]


def _opened(content: bytes) -> Image.Image:
    """A picture of which the head alone has been read."""
    try:
        picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise broken() from error
    if picture.width * picture.height > EVIDENCE_PIXELS_MAX:
        most = EVIDENCE_PIXELS_MAX // 1_000_000
        raise FilePixels(f"The picture has more than {most} million pixels; make it smaller, or scan it with fewer dots.", most=most)
    return picture


def _png_bare(content: bytes) -> bytes:
    """A PNG of its picture alone, bit for bit: without chunks that are not needed to show it, and what follows its end."""
    return content[:_PNG_HEAD] + b"".join(content[start:end] for start, end, name in _png_chunks(content) if name in _PNG_SHOWN)


def _png_chunks(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The chunks of a PNG as start, end and name. Raises FileRefused."""
    at = _PNG_HEAD
    while at + 12 <= len(content):
        name, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4])
        if end > len(content):
            break
        yield at, end, name
        if name == b"IEND":
            return
        at = end
    raise broken()


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
        writer = _copied(_pdf(content))
        writer.metadata = None
        for one in _dictionaries(writer):
            for name in _naming(one):
                del one[NameObject(name)]
            if isinstance(one, StreamObject) and one.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
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
        writer = _copied(reader)
        return sorted({*said, *(name for one in _dictionaries(writer) for name in _naming(one))})
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise broken() from error


def _pdf(content: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise FileLocked("The file is locked with a password; save it without and send that.")
    if reader.attachments:
        raise _carries_files()
    return reader


def _copied(reader: PdfReader) -> PdfWriter:
    writer = PdfWriter(clone_from=reader)
    if any("/EF" in one for one in _dictionaries(writer)):  # on a page, where `attachments` does not look
        raise _carries_files()
    return writer


def _carries_files() -> FileCarriesFiles:
    return FileCarriesFiles("The file carries other files within; attach each of them by itself.")


def _dictionaries(writer: PdfWriter) -> Iterator[DictionaryObject]:
    """All dictionaries, those too that stand within others and are no objects of their own."""
    waiting: list[Any] = list(writer._objects)
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            yield one
            waiting += dict.values(one)
        elif isinstance(one, ArrayObject):
            waiting += one


def _naming(one: DictionaryObject) -> list[str]:
    """The entries of a dictionary of a PDF that name somebody: descriptions, who commented, who signed."""
    names = [name for name in _PDF_NAMING if name in one]
    if "/T" in one and "/Rect" in one and one.get("/Subtype") != "/Widget":
        names.append("/T")
    if one.get("/FT") == "/Sig" and "/V" in one:
        names.append("/V")
    return names
