"""Organisations (cơ quan, đơn vị): state, events and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.registry.domain.errors import AlreadyThere
from shared.decider import Decider


@dataclass(frozen=True, slots=True)
class RegisterOrganisation:
    """Register an organisation. code: the electronic identification code (QĐ 20/2020/QĐ-TTg) where there is one."""

    organisation: str
    name: str
    level: str
    opened_on: date | None = None
    code: str | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class OrganisationRegistered:
    """An organisation exists, from a date where it is known, at a level (data, not a fixed list), under a parent where it has one."""

    organisation: str
    name: str
    level: str
    opened_on: date | None
    code: str | None
    parent: str | None


def _decide_organisation(state: OrganisationRegistered | None, command: RegisterOrganisation) -> Sequence[Any]:
    made = OrganisationRegistered(command.organisation, command.name, command.level, command.opened_on, command.code, command.parent)
    if state is None:
        if command.parent == command.organisation:
            raise AlreadyThere(f"{command.organisation} cannot be its own parent.", organisation=command.organisation)
        return [made]
    if state == made:
        return []
    raise AlreadyThere(f"{command.organisation} is registered as {state.name!r} with other particulars.", organisation=state.organisation)


ORGANISATION: Decider[OrganisationRegistered | None] = Decider(None, _decide_organisation, lambda _state, event: event)
