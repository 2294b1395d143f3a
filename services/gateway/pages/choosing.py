"""Organisations in forms: of few one chooses from a list, of many one types name, code or key and chooses from what is found."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from flask import current_app, g

from services.gateway.network import query
from shared.errors import ValidationFailed

EXTENSION = "commendation.names"
FEW = 200
"""Organisations that one looks through in a list; of more one types."""

FOUND_MAX = 20
"""Organisations that are offered for what was typed."""

KEY_LENGTH = 60
"""Letters of a key that is made from a name: it stands in addresses; the registry takes up to 100."""

LINES_EXPLAINED = 10
"""Lines that name no organisation for which those like it are looked up."""

NONE_NAMED = "There is none of this name."
BY_NAME = "by_name"
"""Field of a form that says which of its fields name an organisation by whatever was typed."""


class Names:
    """The names of organisations, kept from one request to the next: of thousands only what is new is asked for.

    A name may change with the day without anything being recorded on it, so that each day begins anew.
    """

    def __init__(self) -> None:
        self._kept: tuple[date | None, int, dict[str, str]] = (None, 0, {})

    def on(self, day: date) -> Mapping[str, str]:
        """The names on this day, the day it is, of ended organisations the last."""
        since, position, known = self._kept
        if since != day:
            position, known = 0, {}
        told = query("registry", "organisation_names", after=position)
        if told["position"] < position:  # another log: that of a network set up anew
            told, known = query("registry", "organisation_names", after=0), {}
        names = {**known, **told["names"]} if told["names"] else known
        self._kept = day, told["position"], names
        return names


def names_on(day: date) -> Mapping[str, str]:
    """The names of organisations by key."""
    return cast("Names", current_app.extensions.setdefault(EXTENSION, Names())).on(day)


def organisations_to_choose() -> list[tuple[str, str]] | None:
    """The organisations that are not ended, as the options of a choice; None where they are too many to look through."""
    if "organisations_to_choose" not in g:
        few = query("registry", "count_organisations") <= FEW
        g.organisations_to_choose = labels(query("registry", "organisations")) if few else None
    return cast("list[tuple[str, str]] | None", g.organisations_to_choose)


def organisations_found(typed: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The organisations that are not ended and have these words in name, code or key, as options with whom each is under; FOUND_MAX."""
    if not typed.strip():
        return []
    rows = query("registry", "organisations", q=typed, page=1)[:FOUND_MAX]
    return [(row["organisation"], " – ".join(filter(None, (row["name"], names.get(row["parent"], row["parent"]))))) for row in rows]


def key_of(typed: str, names: Mapping[str, str]) -> str:
    """The key of the organisation that was typed: see `keys_of`."""
    return keys_of([typed], names)[0]


def keys_of(typed: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The keys of the organisations that were typed, in their order: the key itself, or that of the one with this name or code.

    What is none of these, or the name of several, stays as it was typed.
    """
    bearers: defaultdict[str, list[str]] = defaultdict(list)
    if any(one not in names for one in typed):
        for key, name in names.items():
            bearers[_folded(name)].append(key)
    return [one if one in names else _bearer_of(one, bearers.get(_folded(one), [])) for one in typed]


def _bearer_of(typed: str, bearers: Sequence[str]) -> str:
    """The one who bears what was typed as name, or as code."""
    if len(bearers) == 1:
        return bearers[0]
    if re.fullmatch(r"[A-Z0-9.]{2,30}", typed):
        holder = query("registry", "organisation_by_code", code=typed)["organisation"]
        return cast("str", holder or typed)
    return typed


def keys_of_lines(text: str, names: Mapping[str, str]) -> list[str]:
    """The keys of the organisations of which each line names one, each once. Raises ValidationFailed for lines that name none."""
    lines = lines_of(text)
    keys = keys_of(lines, names)
    wrong = [{"at": line, "message": NONE_NAMED} for line, key in zip(lines, keys, strict=True) if key not in names]
    if wrong:
        raise ValidationFailed("Not every line names one organisation.", errors=wrong)
    return list(dict.fromkeys(keys))


def lines_of(text: str) -> list[str]:
    """The lines in which something stands, without the blanks around it."""
    return [line for line in map(str.strip, text.splitlines()) if line]


def lines_unclear(text: str, names: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The lines that name no organisation, each with those that are like it (see `organisations_found`); the first LINES_EXPLAINED."""
    lines = lines_of(text)
    unclear = [line for line, key in zip(lines, keys_of(lines, names), strict=True) if key not in names]
    return [(line, organisations_found(line, names)) for line in unclear[:LINES_EXPLAINED]]


def options_of(keys: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """These organisations as the options of a choice, in their order; namesakes are told apart."""
    few = dict(organisations_to_choose() or ())
    return labels({"organisation": key, "name": few.get(key, names.get(key, key)), "parent": None, "code": None} for key in keys)


def key_from(text: str) -> str:
    """A key from a Vietnamese name: "Bộ Tư pháp" gives "bo-tu-phap"; empty where no letter is left.

    >>> key_from("Uỷ ban  Đoàn kết")
    'uy-ban-doan-ket'
    """
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    while len(words) > 1 and len("-".join(words)) > KEY_LENGTH:
        words.pop()
    return "-".join(words)[:KEY_LENGTH]


def labels(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Organisations as the options of a choice; those that share a name say whose they are."""
    found = list(rows)
    count = Counter(row["name"] for row in found)
    names = {row["organisation"]: row["name"] for row in found}

    def words(row: Mapping[str, Any]) -> str:
        if count[row["name"]] == 1:
            return str(row["name"])
        return f"{row['name']} ({names.get(row['parent']) or row['code'] or row['organisation']})"

    return [(row["organisation"], words(row)) for row in found]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()
