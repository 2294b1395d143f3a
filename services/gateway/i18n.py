"""The words on screen, Vietnamese first and English second, from the files of `catalogue/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from flask import g, has_request_context, request

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
COOKIE = "lang"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every message by id: {id: {"vi": ..., "en": ...}}.

    Raises ValueError for an id that stands in two files.
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).with_name("catalogue").glob("*.yaml")):
        # read by libyaml: PyYAML's own reader takes seven times as long, which is a third of a second of each start
        part = cast("dict[str, dict[str, str]]", yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
        if twice := found.keys() & part.keys():
            raise ValueError(f"{path.name} says again what another file of the catalogue says: {', '.join(sorted(twice))}")
        found |= part
    return found


def language() -> Language:
    """The language of this request: what the visitor chose, else Vietnamese."""
    if not has_request_context():
        return "vi"
    if "language" not in g:
        chosen = request.args.get("lang") or request.cookies.get(COOKIE)
        g.language = chosen if chosen in LANGUAGES else "vi"
    return cast("Language", g.language)


def t(message: str, /, **values: Any) -> str:
    """The words of a message in the language of this request.

    Raises KeyError for an id that the catalogue lacks: a missing word is a defect, found by the tests.
    """
    return catalogue()[message][language()].format(**values)


def known(message: str) -> bool:
    """Whether the catalogue has this id, for words that hang on data such as an error's code."""
    return message in catalogue()
