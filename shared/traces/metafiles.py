"""Drawings of Windows, EMF and WMF, as documents hold them: without their description, and without what programs noted in them.

The records stay where they are and as long as they are; what is taken out becomes noughts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.files import unclean

EMF_AT, EMF_MARK = 40, b" EMF"
WMF_PLACEABLE = b"\xd7\xcd\xc6\x9a"
_WMF_HEADS = (b"\x01\x00\x09\x00", b"\x02\x00\x09\x00")
_PLACEABLE_BYTES, _WMF_HEAD_BYTES = 22, 18

_EMF_END, _EMF_COMMENT = 14, 70
_PLUS = b"EMF+"
"""A comment that is no comment: the same drawing in newer records, which is what Office shows."""

_PLUS_COMMENT = 0x4003
_ESCAPE, _COMMENT = 0x0626, 0x000F
_DESCRIBED = re.compile(rb"Exif\x00\x00|http://ns\.adobe\.com/|tEXt|iTXt|zTXt|eXIf|Photoshop 3\.0")
"""How the descriptions in photographs begin, which a drawing may hold as they are."""


def is_emf(content: bytes) -> bool:
    return content.startswith(b"\x01\x00\x00\x00") and content[EMF_AT : EMF_AT + 4] == EMF_MARK


def is_wmf(content: bytes) -> bool:
    return content.startswith((WMF_PLACEABLE, *_WMF_HEADS))


def bare(content: bytes, name: str) -> bytes:
    """The drawing alone. name: of the part that it is.

    Raises FileUnclean for one that is broken, or holds a photograph with a description.
    """
    made = bytearray(content)
    end = _clear_emf(made, name) if is_emf(content) else _clear_wmf(made, name)
    drawing = bytes(made[:end])
    if _DESCRIBED.search(drawing):
        raise unclean(name)
    return drawing


def _clear_emf(made: bytearray, name: str) -> int:
    """Clear the comments of an EMF; where it ends."""
    letters, at = _number(made, 60), _number(made, 64)
    _clear(made, at, at + 2 * letters)
    for start, end in _records(made, 0, name):
        kind = _number(made, start)
        if kind == _EMF_END:
            return end
        if kind == _EMF_COMMENT and bytes(made[start + 12 : start + 16]) == _PLUS:
            _clear_plus(made, start + 16, min(end, start + 12 + _number(made, start + 8)))
        elif kind == _EMF_COMMENT:
            _clear(made, start + 12, end)
    raise unclean(name)


def _clear_plus(made: bytearray, at: int, end: int) -> None:
    while at + 12 <= end and (size := _number(made, at + 4)) >= 12:
        if int.from_bytes(made[at : at + 2], "little") == _PLUS_COMMENT:
            _clear(made, at + 12, min(at + size, end))
        at += size


def _records(made: bytearray, at: int, name: str) -> Iterator[tuple[int, int]]:
    while at + 8 <= len(made):
        end = at + _number(made, at + 4)
        if end < at + 8 or end > len(made):
            raise unclean(name)
        yield at, end
        at = end


def _clear_wmf(made: bytearray, name: str) -> int:
    """Clear the comments of a WMF; where it ends."""
    at = _WMF_HEAD_BYTES + (_PLACEABLE_BYTES if made.startswith(WMF_PLACEABLE) else 0)
    while at + 6 <= len(made):
        end, function = at + 2 * _number(made, at), int.from_bytes(made[at + 4 : at + 6], "little")
        if end < at + 6 or end > len(made):
            break
        if function == 0:
            return end
        if function == _ESCAPE and int.from_bytes(made[at + 6 : at + 8], "little") == _COMMENT:
            _clear(made, at + 10, end)
        at = end
    raise unclean(name)


def _clear(made: bytearray, start: int, end: int) -> None:
    end = min(end, len(made))
    if start < end:
        made[start:end] = bytes(end - start)


def _number(made: bytearray, at: int) -> int:
    return int.from_bytes(made[at : at + 4], "little")
