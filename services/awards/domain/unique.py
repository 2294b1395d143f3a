"""What must be unique: a unit's nomination for a form, an authority's number of a year. A stream is named by each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.awards.domain.errors import AlreadyProposed, NumberTaken
from services.awards.domain.proposals import Decide, ProposeFlag
from services.awards.domain.rulebook import form_key
from shared.decider import Decider


@dataclass(frozen=True, slots=True)
class UnitNominated:
    """A unit is proposed for a form in a campaign, once and for good.

    One form is not given several times for one achievement (Luật Thi đua, khen thưởng 06/2022/QH15, Article 5).
    """

    campaign: str
    unit: str
    form: str
    proposal: str


def _decide_nomination(state: UnitNominated | None, command: ProposeFlag) -> Sequence[Any]:
    if state is None:
        form = form_key(command.form)
        return [UnitNominated(command.campaign, command.unit, form, command.proposal)]
    if state.proposal == command.proposal:
        return []
    raise AlreadyProposed(
        f"{command.unit} is proposed for {state.form} in this campaign already, as {state.proposal}; "
        "correct the vote on that one instead of proposing anew.",
        proposal=state.proposal,
    )


NOMINATION: Decider[UnitNominated | None] = Decider(None, _decide_nomination, lambda _state, event: event)


@dataclass(frozen=True, slots=True)
class NumberReserved:
    """An authority has given a number of a year to the decision on a proposal."""

    authority: str
    year: int
    number: str
    proposal: str


def _decide_number(state: NumberReserved | None, command: Decide) -> Sequence[Any]:
    if state is None:
        return [NumberReserved(command.authority, command.decided_on.year, command.number, command.proposal)]
    if state.proposal == command.proposal:
        return []
    raise NumberTaken(
        f"{command.authority} has given number {state.number} of {state.year} to the decision on {state.proposal}; "
        "check the number on the document.",
        number=state.number,
        proposal=state.proposal,
    )


NUMBER: Decider[NumberReserved | None] = Decider(None, _decide_number, lambda _state, event: event)


def number_key(command: Decide) -> str:
    """What two writings of one number share: "05/QĐ-TTg" and "5/qđ-ttg" are the same one. A number holds no ':'."""
    return f"{_same(command.authority)}:{command.decided_on.year}:{re.sub(r'^0+(?=[0-9])', '', _same(command.number))}"


def _same(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).lower().split())
