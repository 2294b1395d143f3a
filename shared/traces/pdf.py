"""PDF files, written anew from what their pages lead to: without descriptions, names beside notes, and what earlier revisions said."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.filters import decode_stream_data
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NullObject, StreamObject, TextStringObject

from shared.files import broken, carries_files, locked, unclean
from shared.traces.pictures import jpeg_bare

_NAMING = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/Perms", "/DSS", "/CreatorInfo", "/OPI", "/SpiderInfo", "/Threads"),
    *("/PTEX.FileName", "/PTEX.InfoDict"),
)
"""Entries that describe who made, changed and signed a document or a drawing in it, and with what certificates."""

_FILES = ("/F", "/UF", "/DOS", "/Mac", "/Unix")
_REMOTE = ("/GoToR", "/GoToE", "/Launch", "/ImportData", "/SubmitForm", "/Thread")
_WEB = re.compile(r"(https?|mailto):", re.IGNORECASE)
_LOCAL = re.compile(r"file:|[a-z]:[\\/]|\\\\", re.IGNORECASE)
_NOWHERE = "-"

_BOXES = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_BOXES_NOTED = (b"xml ", b"uuid", b"uinf")
"""Boxes of a JPEG 2000 that describe it."""

_UNREADABLE = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, NotImplementedError, RecursionError)


def stripped(content: bytes) -> bytes:
    """The PDF without what names its makers. Raises FileRefused."""
    try:
        writer = _copied(_reader(content))
        _clean(writer)
        # what nothing points to any more would be written all the same
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
        made = io.BytesIO()
        writer.write(made)
    except _UNREADABLE as error:
        raise broken() from error
    return made.getvalue()


def found(content: bytes) -> list[str]:
    """The entries that name its makers. Raises FileRefused."""
    try:
        reader = _reader(content)
        said = {str(name) for name in reader.metadata or {} if name != "/Producer"}
        return sorted(said | _clean(_copied(reader)))
    except _UNREADABLE as error:
        raise broken() from error


def _reader(content: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise locked()
    if reader.attachments:
        raise carries_files()
    return reader


def _copied(reader: PdfReader) -> PdfWriter:
    writer = PdfWriter(clone_from=reader)
    for one in _dictionaries(writer):
        if "/EF" in one:  # on a page, where `attachments` does not look
            raise carries_files()
        if "/XFA" in one:
            raise unclean("XFA")
    return writer


def _clean(writer: PdfWriter) -> set[str]:
    """Take out what names somebody; the entries where it did."""
    cleaned = {"/ID"} if writer._ID else set()
    writer.metadata, writer._ID = None, None
    for one in _dictionaries(writer):
        for name in _naming(one):
            del one[NameObject(name)]
            cleaned.add(name)
        for name in _pointing(one):
            one[NameObject(name)] = TextStringObject(_NOWHERE)
            cleaned.add(name)
        if isinstance(one, StreamObject) and _picture_cleaned(one):
            cleaned.add("/Filter")
    return cleaned


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
    """The entries of a dictionary that name somebody: descriptions, who commented, who signed."""
    names = [name for name in _NAMING if name in one]
    if _text(one, "/Author"):  # of a thread; it may also be the state of a button
        names.append("/Author")
    if "/B" in one and _value(one, "/Type") == "/Page":  # what leads to the threads
        names.append("/B")
    if "/Name" in _entries(one, "/User"):  # for whom a layer is
        names.append("/User")
    if "/T" in one and "/Rect" in one and _value(one, "/Subtype") != "/Widget":
        names.append("/T")
    if "/V" in one and (_value(one, "/FT") == "/Sig" or "/ByteRange" in _entries(one, "/V")):
        names.append("/V")
    return names


def _pointing(one: DictionaryObject) -> list[str]:
    """The entries that give the place of another file, where it is none on the web: as a rule its user's folder."""
    names = ["/URI"] if _LOCAL.match(_text(one, "/URI")) else []
    if _value(one, "/Type") in ("/Filespec", "/F") or _value(one, "/S") in _REMOTE:
        names += [name for name in _FILES if _text(one, name) not in ("", _NOWHERE) and not _WEB.match(_text(one, name))]
    return names


def _entries(one: DictionaryObject, name: str) -> Collection[str]:
    held = _value(one, name)
    return held if isinstance(held, DictionaryObject) else ()


def _text(one: DictionaryObject, name: str) -> str:
    said = _value(one, name)
    if isinstance(said, bytes):
        return said.decode("latin-1")
    return said if isinstance(said, str) else ""


def _value(one: DictionaryObject, name: str) -> Any:
    """What an entry holds, also where it stands elsewhere in the file; None where there is none."""
    return one.get(name, NullObject()).get_object()


def _picture_cleaned(one: StreamObject) -> bool:
    """Clean a photograph that stands in the file as its camera or scanner wrote it; whether there was something in it."""
    filters = _value(one, "/Filter")
    filters = list(filters) if isinstance(filters, ArrayObject) else [filters]
    if filters[-1] == "/DCTDecode":
        packed = _unpacked(one, filters[:-1])
        bare = jpeg_bare(packed)
    elif filters == ["/JPXDecode"]:
        packed = one._data
        bare = _boxes_bare(packed)
    else:
        return False
    if bare == packed and len(filters) == 1:
        return False
    one._data = bare
    one[NameObject("/Filter")] = NameObject(filters[-1])
    if len(filters) > 1:
        one.pop("/DecodeParms", None)
    return bare != packed


def _unpacked(one: StreamObject, filters: list[Any]) -> bytes:
    """The bytes of a stream without the filters that stand before that of the picture."""
    if not filters:
        return one._data
    packed = StreamObject()
    packed._data = one._data
    packed[NameObject("/Filter")] = ArrayObject(filters)
    return decode_stream_data(packed)


def _boxes_bare(content: bytes) -> bytes:
    """A JPEG 2000 without the boxes that describe it; a bare one has none."""
    if not content.startswith(_BOXES):
        return content
    kept, at = [], 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4])
        if length == 1:
            length = int.from_bytes(content[at + 8 : at + 16])
        end = len(content) if length == 0 else at + length
        if end < at + 8 or end > len(content):
            raise broken()
        if content[at + 4 : at + 8] not in _BOXES_NOTED:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)
