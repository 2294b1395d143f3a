"""What the notes of the July table say of a pair: whether the old commune goes over whole or in part, or is the same unit still."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.console.reorganisation.spelling import letters


class Share(StrEnum):
    """How much of the old unit the line is about. Land without its people, or people without their land, is a part."""

    WHOLE = "whole"
    PART = "part"
    SAME = "same"
    """The unit goes on as it is, under another name or kind at most."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note understood: its share, and the official wording. `typed_wrongly`: it took more than blanks to read it."""

    share: Share
    words: str
    typed_wrongly: bool = False


_KNOWN = {
    "Nhập toàn bộ": Share.WHOLE,
    "Nhập một phần": Share.PART,
    "Nhập toàn bộ diện tích": Share.PART,
    "Nhập một phần diện tích": Share.PART,
    "Nhập một phần dân số": Share.PART,
    "Nhập một phần diện tích, toàn bộ dân số": Share.PART,
    "Giữ nguyên": Share.SAME,
    "Đổi tên": Share.SAME,
    "Đổi loại hình": Share.SAME,
}
_BEGINNINGS = {
    "Sắp xếp toàn bộ ": Share.WHOLE,
    "Phần còn lại sau khi tách một phần vào ": Share.PART,
    "Đổi tên từ một phần ": Share.PART,
    "Đổi tên, đổi loại hình từ một phần ": Share.PART,
}


def understood(note: str) -> Note | None:
    """The meaning of a tidied note; None where nothing known says it, which is then for people to read.

    A letter with the wrong tone or hat is read past when exactly one known wording remains.
    """
    if note in _KNOWN:
        return Note(_KNOWN[note], note)
    for beginning, share in _BEGINNINGS.items():
        if note.startswith(beginning):
            return Note(share, note)
    plain = letters(note)
    meant = [words for words in _KNOWN if letters(words) == plain]
    return Note(_KNOWN[meant[0]], meant[0], typed_wrongly=True) if len(meant) == 1 else None
