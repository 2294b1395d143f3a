"""Emulation titles (danh hiệu thi đua) that units and people may register as targets: dated data, read at the rim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Subject(StrEnum):
    """Whom a title is given to. person: cá nhân; collective: tập thể."""

    PERSON = "person"
    COLLECTIVE = "collective"


@dataclass(frozen=True, slots=True)
class Title:
    """A title by its code, in force between its dates; `basis` the law that has it, unverified where its wording was not read."""

    code: str
    name: str
    subject: Subject
    from_on: date
    until_on: date | None
    basis: str
    verified: bool

    def in_force(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)
