"""Codes of organisations: the electronic identification code (mã định danh điện tử) and that of the statistics office (mã thống kê).

Decision 20/2020/QĐ-TTg, amended by 09/2025/QĐ-TTg: a letter and two digits, then a number for each level below, "H13.41.24". The form
before it (QCVN 102:2016) has the levels in reverse and zeros where there is none: "000.00.12.H56" says what "H56.12" says. The statistics
office counts provinces with two digits, districts with three and communes with five. An organisation may have one code of each scheme.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Scheme(StrEnum):
    """Who gives a code."""

    IDENTIFICATION = "identification"
    STATISTICS = "statistics"


_DOTTED = re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,3})*")
_REVERSED = re.compile(r"([0-9]{1,3}\.)+[A-Z][0-9]{2}")
_STATISTICS = re.compile(r"[0-9]{2}|[0-9]{3}|[0-9]{5}")


def scheme_of(code: str) -> Scheme | None:
    """The scheme of a code by its form; None for what is no code."""
    if _STATISTICS.fullmatch(code):
        return Scheme.STATISTICS
    return Scheme.IDENTIFICATION if _DOTTED.fullmatch(code) or _REVERSED.fullmatch(code) else None


def as_now_written(code: str) -> str:
    """A code in the form of Decision 20/2020, so that both ways to write one are the same; any other text as it is.

    >>> as_now_written("000.00.12.H56")
    'H56.12'
    """
    if not _REVERSED.fullmatch(code):
        return code
    levels = code.split(".")[::-1]
    while len(levels) > 1 and not levels[-1].strip("0"):
        levels.pop()
    return ".".join(levels)
