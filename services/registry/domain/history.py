"""An organisation as its facts say it is, on any day.

A fact says what held from a day on; what held on a given day is what was said of the last such day up to it, and of two that were said
of the same day the later one. Facts may be recorded in any order: one about the past leaves what was said of later days as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from services.registry.domain.codes import Scheme, scheme_of
from services.registry.domain.organisations import (
    Attribute,
    Fact,
    Heir,
    OrganisationCorrected,
    OrganisationDissolved,
    OrganisationMerged,
    OrganisationMoved,
    OrganisationRecoded,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationRetyped,
    OrganisationSplit,
)

BEGINNING, EVER = date.min, date.max
"""Of what holds from the beginning, known or not, and of what has no end."""

PARENTS = (Attribute.PARENT, Attribute.SECTOR_PARENT)
CODES = (Attribute.CODE, Attribute.STATISTICS_CODE)


@dataclass(frozen=True, slots=True)
class Said:
    """One attribute, said to have a value from a day on."""

    attribute: Attribute
    from_on: date
    value: str | None


@dataclass(frozen=True, slots=True)
class Succession:
    """What others took over on a day: all of it (merged), parts of it (split), or nothing (dissolved); ends: it was itself no more."""

    change: str
    on: date
    heirs: tuple[Heir, ...]
    ends: bool


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which nothing changed: from the first up to, not with, `until_on`."""

    from_on: date
    until_on: date
    name: str
    code: str | None
    statistics_code: str | None
    kind: str | None
    level: str
    parent: str | None
    sector_parent: str | None


Span = tuple[date, date, str | None]
"""The days from the first up to, not with, the second, on which an attribute had one value."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as its stream says it is.

    said: in the order in which it was recorded; taken_back: the days for which a succession was recorded that never took place.
    """

    registered: OrganisationRegistered | None = None
    opened_on: date | None = None
    said: tuple[Said, ...] = ()
    successions: tuple[Succession, ...] = ()
    taken_back: tuple[date | None, ...] = ()

    @property
    def ending(self) -> Succession | None:
        """What ended it."""
        return next((one for one in self.successions if one.ends), None)

    @property
    def life(self) -> tuple[date, date]:
        """Its first day, and the first on which it is no more."""
        ending = self.ending
        return self.opened_on or BEGINNING, EVER if ending is None else ending.on

    def open_on(self, day: date) -> bool:
        first, until = self.life
        return self.registered is not None and first <= day < until

    def value_on(self, attribute: Attribute, day: date) -> str | None:
        """The value of an attribute on a day; on days outside its life what the nearest fact says."""
        told = (one for one in reversed(self.said) if one.attribute == attribute and one.from_on <= day)
        found = max(told, key=lambda one: one.from_on, default=None)
        return None if found is None else found.value

    def spans(self, attribute: Attribute, first: date = BEGINNING, until: date = EVER) -> Iterator[Span]:
        """The values of an attribute day by day within its life and these days, as few spans as there are values one after another."""
        opened, ended = self.life
        days = _cut((one.from_on for one in self.said if one.attribute == attribute), max(first, opened), min(until, ended))
        values = [(day, after, self.value_on(attribute, day)) for day, after in pairwise(days)]
        begun: Span | None = None
        for day, after, value in values:
            if begun is not None and begun[2] == value:
                begun = (begun[0], after, value)
                continue
            if begun is not None:
                yield begun
            begun = (day, after, value)
        if begun is not None:
            yield begun

    def periods(self) -> tuple[Period, ...]:
        """Its life in periods, the first one first; none where it never was."""
        found: list[Period] = []
        for day, after in pairwise(_cut((one.from_on for one in self.said), *self.life)):
            values = {attribute: self.value_on(attribute, day) for attribute in Attribute if attribute not in _OF_NO_DAY}
            period = Period(day, after, **values)  # type: ignore[arg-type]
            if found and replace(period, from_on=found[-1].from_on) == replace(found[-1], until_on=after):
                found[-1] = replace(found[-1], until_on=after)
            else:
                found.append(period)
        return tuple(found)


_OF_NO_DAY = (Attribute.OPENED_ON, Attribute.SUCCESSION)


def _cut(days: Iterable[date], first: date, until: date) -> list[date]:
    """The days within these bounds in order, and the bounds themselves; nothing where the bounds hold no day."""
    return [first, *sorted({day for day in days if first < day < until}), until] if first < until else []


def code_attribute(code: str) -> Attribute:
    """Which of an organisation's codes this is. What a release before this one took for a code counts as one of identification."""
    return Attribute.STATISTICS_CODE if scheme_of(code) is Scheme.STATISTICS else Attribute.CODE


def says(fact: Fact) -> tuple[Said, ...]:
    """What a fact says of the attributes that change with the days."""
    match fact:
        case OrganisationRegistered():
            values = {Attribute.NAME: fact.name, Attribute.LEVEL: fact.level, Attribute.KIND: fact.kind}
            values |= {Attribute.PARENT: fact.parent, Attribute.SECTOR_PARENT: fact.sector_parent}
            if fact.code is not None:
                values[code_attribute(fact.code)] = fact.code
            return tuple(Said(attribute, BEGINNING, value) for attribute, value in values.items())
        case OrganisationRenamed():
            return (Said(Attribute.NAME, fact.effective_on, fact.name),)
        case OrganisationRecoded():
            return (Said(code_attribute(fact.code), fact.effective_on, fact.code),)
        case OrganisationRetyped():
            return (Said(Attribute.KIND, fact.effective_on, fact.kind), Said(Attribute.LEVEL, fact.effective_on, fact.level))
        case OrganisationMoved():
            parents = ((Attribute.PARENT, fact.parent), (Attribute.SECTOR_PARENT, fact.sector_parent))
            return tuple(Said(attribute, fact.effective_on, value) for attribute, value in parents)
        case OrganisationCorrected() if fact.attribute not in _OF_NO_DAY:
            return (Said(fact.attribute, fact.held_from or BEGINNING, fact.value),)
    return ()


def succession_of(fact: OrganisationMerged | OrganisationSplit | OrganisationDissolved) -> Succession:
    """What others took over by this fact."""
    match fact:
        case OrganisationMerged():
            return Succession("merged", fact.effective_on, (Heir(fact.into),), ends=True)
        case OrganisationSplit():
            goes_on = any(heir.organisation == fact.organisation for heir in fact.heirs)
            return Succession("split", fact.effective_on, fact.heirs, ends=not goes_on)
        case OrganisationDissolved():
            return Succession("dissolved", fact.effective_on, (), ends=True)


def evolve(state: Organisation, fact: Fact) -> Organisation:
    """The organisation after this fact."""
    after = replace(state, said=(*state.said, *says(fact)))
    match fact:
        case OrganisationRegistered():
            return replace(after, registered=fact, opened_on=fact.opened_on)
        case OrganisationCorrected(attribute=Attribute.OPENED_ON):
            return replace(after, opened_on=None if fact.value is None else date.fromisoformat(fact.value))
        case OrganisationCorrected(attribute=Attribute.SUCCESSION):
            return _with_corrected_succession(after, fact)
        case OrganisationMerged() | OrganisationSplit() | OrganisationDissolved():
            return replace(after, successions=(*state.successions, succession_of(fact)))
    return after


def _with_corrected_succession(state: Organisation, fact: OrganisationCorrected) -> Organisation:
    if fact.value is None:
        others = tuple(one for one in state.successions if one.on != fact.held_from)
        return replace(state, successions=others, taken_back=(*state.taken_back, fact.held_from))
    day = date.fromisoformat(fact.value)
    return replace(state, successions=tuple(replace(one, on=day) if one.on == fact.held_from else one for one in state.successions))
