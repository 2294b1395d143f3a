"""Word and Excel files, and those within them: each part by what it is, however it is called."""

from __future__ import annotations

import io
import re
import zipfile

from shared.bounds import EVIDENCE_PACKAGES_DEEP_MAX, EVIDENCE_UNPACKED_BYTES_MAX
from shared.files import JPEG, OLE, PNG, Part, broken, carries_files, noted_beside, parts_of, unclean
from shared.traces import metafiles, pictures, words

_PACKAGE = b"PK\x03\x04"
_PICTURES = {b"\xff\xd8\xff": JPEG, b"\x89PNG": PNG, b"GIF8": pictures.GIF}
"""Pictures within a document by how they begin: what they are called there is often wrong."""

_WORDS = ("xml", "rels", "vml")
_DRAWN_BY = re.compile(rb"<(?:[A-Za-z0-9]+:)?metadata|sodipodi:|inkscape:|data:|<i:")
"""What drawing programs keep for themselves in an SVG, and pictures in it; those of Office do neither."""

_TYPEFACES = ("odttf", "fntdata")
_BARE_HEADS = (b"\x0c\x00\x00\x00", b"\x28\x00\x00\x00")
"""Of pictures of Windows (BMP) that have no room for a profile, which may be a path."""


def stripped(content: bytes) -> bytes:
    """The package without what names its makers. Raises FileRefused."""
    _check_unpacked(content)
    return _stripped(content)


def found(content: bytes) -> list[str]:
    """The parts in which its makers are named, and "package" for what is noted beside them. Raises FileRefused."""
    _check_unpacked(content)
    return _found(content)


def _check_unpacked(content: bytes, deep: int = 0) -> int:
    """Bytes of a package unpacked, with those of the packages in it. Raises FileRefused for more, or deeper ones, than a document has."""
    parts = parts_of(content)
    size = sum(len(part.content) for part in parts)
    for part in parts:
        if part.content.startswith(_PACKAGE):
            if deep == EVIDENCE_PACKAGES_DEEP_MAX:
                raise broken()
            size += _check_unpacked(part.content, deep + 1)
        if size > EVIDENCE_UNPACKED_BYTES_MAX:
            raise broken()
    return size


def _found(content: bytes) -> list[str]:
    parts = sorted(part.name for part in parts_of(content) if words.NAMING_PARTS.match(part.name) or _names(part))
    return ["package", *parts] if noted_beside(content) else parts


def _stripped(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for part in parts_of(content):
            if not words.NAMING_PARTS.match(part.name):
                named = zipfile.ZipInfo(part.name)  # without the moment at which the part was written
                named.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(named, _part_stripped(part))
    return made.getvalue()


def _names(part: Part) -> bool:
    if part.content.startswith(_PACKAGE):
        return bool(_found(part.content))
    if picture := _picture_kind(part):
        return bool(pictures.found(part.content, picture))
    return _part_stripped(part) != part.content


def _part_stripped(part: Part) -> bytes:
    content, ending = part.content, part.name.rpartition(".")[2].lower()
    if picture := _picture_kind(part):
        return pictures.stripped(content, picture)
    if content.startswith(_PACKAGE):
        return _stripped(content)
    if metafiles.is_emf(content) or metafiles.is_wmf(content):
        return metafiles.bare(content, part.name)
    if content.startswith(OLE):
        raise carries_files()
    if ending in _WORDS:
        return words.bare(content, part.name)
    if ending == "svg" and not _DRAWN_BY.search(content):
        return words.bare(content, part.name)
    if not content or ending in _TYPEFACES or (content.startswith(b"BM") and content[14:18] in _BARE_HEADS):
        return content
    raise unclean(part.name)


def _picture_kind(part: Part) -> str | None:
    return next((kind for begins, kind in _PICTURES.items() if part.content.startswith(begins)), None)
