"""Organisations (cơ quan, đơn vị): what is asked to be recorded of them, and what happened to them.

`effective_on` is the first day on which the new holds; the day before is the last of the old. `document`: number and date of the paper that
says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar


class Attribute(StrEnum):
    """What is said of an organisation: what changes with the days, and its opening and successions, which are days themselves."""

    NAME = "name"
    CODE = "code"
    STATISTICS_CODE = "statistics_code"
    KIND = "kind"
    LEVEL = "level"
    PARENT = "parent"
    SECTOR_PARENT = "sector_parent"
    OPENED_ON = "opened_on"
    SUCCESSION = "succession"


@dataclass(frozen=True, slots=True)
class Heir:
    """Who goes on with an organisation's work; share: the part of it, above 0 and at most 1, where it is known."""

    organisation: str
    share: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterOrganisation:
    """Register an organisation.

    level, kind: data, no fixed lists; code: that of Decision 20/2020/QĐ-TTg or of the statistics office, told apart by their form;
    parent: whom it is under by territory or in the hierarchy; sector_parent: by sector (ngành dọc), where that is another.
    """

    organisation: str
    name: str
    level: str
    opened_on: date | None = None
    code: str | None = None
    parent: str | None = None
    kind: str | None = None
    sector_parent: str | None = None


@dataclass(frozen=True, slots=True)
class RenameOrganisation:
    """Give it another name (đổi tên)."""

    organisation: str
    name: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class RecodeOrganisation:
    """Give it another code in place of the one of the same scheme (đổi mã); the old one stays in its history."""

    organisation: str
    code: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class RetypeOrganisation:
    """Say anew of what kind and at which level it is (đổi loại hình)."""

    organisation: str
    kind: str | None
    level: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class MoveOrganisation:
    """Say anew whom it is under (chuyển về trực thuộc): both parents, None for one that it has not."""

    organisation: str
    parent: str | None
    sector_parent: str | None
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class MergeOrganisation:
    """Merge it into another (sáp nhập, nhập toàn bộ), which ends it."""

    organisation: str
    into: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class SplitOrganisation:
    """Divide it among heirs (chia, tách, nhập một phần). It ends, unless it is one of its own heirs and goes on with the rest."""

    organisation: str
    heirs: tuple[Heir, ...]
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class DissolveOrganisation:
    """End it without an heir (giải thể)."""

    organisation: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class CorrectOrganisation:
    """Say anew what was recorded wrongly (đính chính).

    An attribute of the days: its value from `held_from` (None: from the beginning) until the next recorded change. OPENED_ON: the day,
    or None where it is not known; no `held_from`. SUCCESSION: the day on which the succession recorded for `held_from` really took place,
    or None where it never did. Days as ISO text.
    """

    organisation: str
    attribute: Attribute
    held_from: date | None
    value: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class OrganisationRegistered:
    """An organisation exists, from a date where it is known, at a level (data, not a fixed list), under a parent where it has one."""

    SCHEMA: ClassVar[int] = 2

    organisation: str
    name: str
    level: str
    opened_on: date | None
    code: str | None
    parent: str | None
    kind: str | None
    sector_parent: str | None


@dataclass(frozen=True, slots=True)
class OrganisationRenamed:
    """It has another name from a day on."""

    organisation: str
    name: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class OrganisationRecoded:
    """It has another code of the same scheme from a day on."""

    organisation: str
    code: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class OrganisationRetyped:
    """It is of this kind and level from a day on."""

    organisation: str
    kind: str | None
    level: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class OrganisationMoved:
    """It is under these parents from a day on."""

    organisation: str
    parent: str | None
    sector_parent: str | None
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class OrganisationMerged:
    """It is part of another from a day on, and no more itself."""

    organisation: str
    into: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class OrganisationSplit:
    """It is divided among heirs from a day on."""

    organisation: str
    heirs: tuple[Heir, ...]
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class OrganisationDissolved:
    """It is no more from a day on."""

    organisation: str
    effective_on: date
    document: str


@dataclass(frozen=True, slots=True)
class OrganisationCorrected:
    """What had been recorded of it is said anew (see CorrectOrganisation)."""

    organisation: str
    attribute: Attribute
    held_from: date | None
    value: str | None
    reason: str

    @property
    def effective_on(self) -> date | None:
        return self.held_from


Change = (
    RegisterOrganisation
    | RenameOrganisation
    | RecodeOrganisation
    | RetypeOrganisation
    | MoveOrganisation
    | MergeOrganisation
    | SplitOrganisation
    | DissolveOrganisation
    | CorrectOrganisation
)
"""A command on an organisation."""

Fact = (
    OrganisationRegistered
    | OrganisationRenamed
    | OrganisationRecoded
    | OrganisationRetyped
    | OrganisationMoved
    | OrganisationMerged
    | OrganisationSplit
    | OrganisationDissolved
    | OrganisationCorrected
)
"""An event of an organisation."""
