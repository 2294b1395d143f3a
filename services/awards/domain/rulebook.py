"""The rulebook: what share of the council a form of commendation needs, and from when."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a form of commendation is: flag (cờ thi đua) for a unit, title (danh hiệu thi đua) for a person."""

    FLAG = "flag"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Share of all council members, in percent, that must be in favour of a form, for votes held from a day on (None: from ever).

    verified: whether the sentence of the law was read; a figure that was not says so wherever it is shown.
    """

    form: str
    kind: Kind
    percent: Decimal
    from_on: date | None
    basis: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All thresholds of all times."""

    thresholds: tuple[Threshold, ...]

    def forms(self, kind: Kind) -> list[str]:
        return sorted({rule.form for rule in self.thresholds if rule.kind == kind})

    def at(self, form: str, day: date) -> Threshold | None:
        """The rule for a form on a day: the one that began last."""
        begun = [rule for rule in self.thresholds if rule.form == form and (rule.from_on is None or rule.from_on <= day)]
        return max(begun, key=lambda rule: rule.from_on or date.min, default=None)


def form_key(form: str) -> str:
    """The name of a form as the rulebook writes it: keyboards compose Vietnamese letters in more than one way."""
    return unicodedata.normalize("NFC", form)
