"""When two Vietnamese names are the same name: blanks, capitals and the place of the tone mark do not count, letters and tones do."""

from __future__ import annotations

import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_AFTER_GLIDE = re.compile(rf"(o|u)([{_TONES}])(a|e|y)(?![a-zà-ỹ])")
"""oà, oè, uý as written before 1984 schoolbooks and now: hòa and hoà are one word. Only at a word's end; "toán" has one way."""


def tidy(text: str) -> str:
    """A cell with composed letters, and its blanks and line ends as single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same_name(text: str) -> str:
    """What two spellings of one name have in common.

    >>> same_name("Xã  Hoà Bình") == same_name("xã Hòa Bình")
    True
    >>> same_name("Xã Phong Nậm") == same_name("Xã Phong Nặm")
    False
    """
    # tones are taken apart from the letters they stand on; hats and horns (â, ơ, ...) stay on them
    apart = unicodedata.normalize("NFD", tidy(text).casefold())
    kept = re.sub(rf"([{_TONES}])([\u0302\u0306\u031b])", r"\2\1", apart)
    words = re.sub(r"([a-z])([\u0302\u0306\u031b])", lambda found: unicodedata.normalize("NFC", found.group()), kept)
    return _AFTER_GLIDE.sub(r"\1\3\2", words)


KINDS = ("Thành phố", "Tỉnh", "Quận", "Huyện", "Thị xã", "Thị trấn", "Phường", "Xã", "Đặc khu")
"""The kinds of administrative units that names begin with."""


def letters(text: str) -> str:
    """Without tones, hats and capitals: what remains when somebody types in haste."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def kind_of(name: str) -> str | None:
    """The kind that a name begins with, also where its tones are left out: "Xã" of "Xa Ea Kly"; None where it begins with none."""
    plain = letters(name)
    return next((kind for kind in KINDS if plain.startswith(f"{letters(kind)} ")), None)


def with_kind(name: str, kind: str | None = None) -> str:
    """The name beginning with its kind as it is spelled; `kind` is put before a name that begins with none.

    >>> with_kind("Thi trấn Ngan Dừa"), with_kind("Xuân Phước", "Xã")
    ('Thị trấn Ngan Dừa', 'Xã Xuân Phước')
    """
    found = kind_of(name)
    if found is not None:
        return found + name[len(found) :]
    return name if kind is None else f"{kind} {name}"
