"""Decisions on organisations: what may be said of one, given the others that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.registry.domain.codes import Scheme, as_now_written, scheme_of
from services.registry.domain.errors import (
    AlreadyThere,
    BeforeOpening,
    CodeMalformed,
    CodeTaken,
    CorrectionConflict,
    HeirsConflict,
    NotOpen,
    OrganisationEnded,
    ParentCycle,
)
from services.registry.domain.history import (
    BEGINNING,
    CODES,
    EVER,
    PARENTS,
    Organisation,
    Span,
    Succession,
    evolve,
    says,
    succession_of,
)
from services.registry.domain.organisations import (
    Attribute,
    Change,
    CorrectOrganisation,
    DissolveOrganisation,
    Fact,
    Heir,
    MergeOrganisation,
    MoveOrganisation,
    OrganisationCorrected,
    OrganisationDissolved,
    OrganisationMerged,
    OrganisationMoved,
    OrganisationRecoded,
    OrganisationRegistered,
    OrganisationRenamed,
    OrganisationRetyped,
    OrganisationSplit,
    RecodeOrganisation,
    RegisterOrganisation,
    RenameOrganisation,
    RetypeOrganisation,
    SplitOrganisation,
)
from shared.decider import Decider
from shared.errors import DomainError, NotFound

_NEVER_EMPTY = (Attribute.NAME, Attribute.LEVEL)
WHOLE = Decimal(1)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a decision rests on from outside the organisation.

    organisations: those that the change names, all above them, and who has or had a code in question, as their streams say they are;
    holders: for each such code, as it is now written, who has or had it.
    """

    organisations: Mapping[str, Organisation]
    holders: Mapping[str, Sequence[str]]


def organisation(ground: Ground) -> Decider[Organisation]:
    """The organisation aggregate, deciding on this ground."""
    return replace(ORGANISATION, decide=lambda state, command: _decide(ground, state, command))


ORGANISATION: Decider[Organisation] = Decider(Organisation(), lambda _state, _command: (), evolve)
"""An organisation that is only read."""


def named_by(change: Change) -> list[str]:
    """The other organisations that a change names."""
    match change:
        case RegisterOrganisation() | MoveOrganisation():
            named = [change.parent, change.sector_parent]
        case MergeOrganisation():
            named = [change.into]
        case SplitOrganisation():
            named = [heir.organisation for heir in change.heirs]
        case CorrectOrganisation() if change.attribute in PARENTS:
            named = [change.value]
        case _:
            named = []
    return [key for key in named if key is not None]


def above(state: Organisation) -> set[str]:
    """All that the organisation was ever said to be directly under."""
    return {said.value for said in state.said if said.attribute in PARENTS and said.value is not None}


def codes_of(change: Change, state: Organisation) -> set[str]:
    """The codes that the organisation has or may come to have by a change, as they are now written."""
    match change:
        case RegisterOrganisation() | RecodeOrganisation():
            codes = [change.code]
        case CorrectOrganisation() if change.attribute in CODES:
            codes = [change.value]
        case CorrectOrganisation() if change.attribute not in PARENTS:
            # with its life the days get longer on which it has them
            codes = [said.value for said in state.said if said.attribute in CODES]
        case _:
            codes = []
    return {as_now_written(code) for code in codes if code is not None}


def record(ground: Ground, changes: Sequence[Change]) -> dict[str, list[Fact]]:
    """What follows from several changes, one after another: the events of each organisation that they are about.

    Each is decided on what those before it made of all organisations. Raises what the first refused one raises, which says in
    `details["change"]` which it is, counted from 0.
    """
    decided: dict[str, list[Fact]] = {change.organisation: [] for change in changes}
    for change, facts in _in_turn(ground, changes):
        if isinstance(facts, DomainError):
            raise facts
        decided[change.organisation] += facts
    return decided


def refusals(ground: Ground, changes: Sequence[Change]) -> list[DomainError]:
    """What would be refused of several changes, each decided on what those before it would make; those refused make nothing.

    Each says in `details["change"]` which it is about, counted from 0.
    """
    return [facts for _, facts in _in_turn(ground, changes) if isinstance(facts, DomainError)]


def _in_turn(ground: Ground, changes: Sequence[Change]) -> Iterator[tuple[Change, Sequence[Fact] | DomainError]]:
    organisations = dict(ground.organisations)
    holders = {code: list(keys) for code, keys in ground.holders.items()}
    for place, change in enumerate(changes):
        key = change.organisation
        state = organisations.get(key, ORGANISATION.initial)
        try:
            facts = _decide(Ground(organisations, holders), state, change)
        except DomainError as error:
            error.details["change"] = place
            yield change, error
            continue
        for fact in facts:
            state = evolve(state, fact)
            for said in says(fact):
                if said.attribute in CODES and said.value is not None:
                    holders.setdefault(as_now_written(said.value), []).append(key)
        organisations[key] = state
        yield change, facts


def _decide(ground: Ground, state: Organisation, command: Any) -> Sequence[Fact]:
    if isinstance(command, RegisterOrganisation):
        facts = _register(state, command)
    elif state.registered is None:
        raise _unknown("organisation", command.organisation)
    else:
        facts = _change(ground, state, command)
    for fact in facts:
        after = evolve(state, fact)
        _look_at_parents(ground, command.organisation, state, after)
        _look_at_codes(ground, command.organisation, state, after)
        state = after
    return facts


def _register(state: Organisation, command: RegisterOrganisation) -> Sequence[Fact]:
    made = OrganisationRegistered(
        command.organisation,
        command.name,
        command.level,
        command.opened_on,
        command.code,
        command.parent,
        command.kind,
        command.sector_parent,
    )
    if state.registered is None:
        if command.code is not None:
            _look_at_form(command.code)
        return [made]
    if state.registered == made:
        return []
    raise AlreadyThere(
        f"{command.organisation} is registered as {state.registered.name!r} with other particulars.", organisation=command.organisation
    )


def _change(ground: Ground, state: Organisation, command: Any) -> Sequence[Fact]:
    key = command.organisation
    match command:
        case RenameOrganisation():
            return _say(state, OrganisationRenamed(key, command.name, command.effective_on, command.document))
        case RecodeOrganisation():
            _look_at_form(command.code)
            return _say(state, OrganisationRecoded(key, command.code, command.effective_on, command.document))
        case RetypeOrganisation():
            return _say(state, OrganisationRetyped(key, command.kind, command.level, command.effective_on, command.document))
        case MoveOrganisation():
            return _say(state, OrganisationMoved(key, command.parent, command.sector_parent, command.effective_on, command.document))
        case MergeOrganisation():
            if command.into == key:
                raise HeirsConflict(f"{key} cannot be merged into itself.", organisation=key, **_at("into", "It is the unit itself."))
            return _succeed(ground, state, OrganisationMerged(key, command.into, command.effective_on, command.document))
        case SplitOrganisation():
            _look_at_heirs(key, command.heirs)
            return _succeed(ground, state, OrganisationSplit(key, command.heirs, command.effective_on, command.document))
        case DissolveOrganisation():
            return _succeed(ground, state, OrganisationDissolved(key, command.effective_on, command.document))
        case CorrectOrganisation():
            return _correct(ground, state, command)
    raise TypeError(f"An organisation takes no {type(command).__name__}")


def _say(state: Organisation, made: OrganisationRenamed | OrganisationRecoded | OrganisationRetyped | OrganisationMoved) -> Sequence[Fact]:
    """A change of what changes with the days; nothing where it is so on that day already."""
    _look_at_day(state, made.organisation, made.effective_on)
    holds = all(state.value_on(said.attribute, made.effective_on) == said.value for said in says(made))
    return [] if holds else [made]


def _succeed(ground: Ground, state: Organisation, made: OrganisationMerged | OrganisationSplit | OrganisationDissolved) -> Sequence[Fact]:
    """What others take over, and with it, where nothing is left, the end."""
    key, day, taken_over = made.organisation, made.effective_on, succession_of(made)
    if taken_over in state.successions:
        return []
    _look_at_day(state, key, day)
    if day <= state.life[0]:
        raise BeforeOpening(f"{key} opened on {state.opened_on}; it cannot end or be divided on {day}.", organisation=key, on=str(day))
    if state.ending is not None and taken_over.ends:
        raise _ended(key, state.ending)
    if any(one.on == day for one in state.successions):
        raise AlreadyThere(f"Another succession of {key} is recorded for {day}; correct that one first.", organisation=key)
    _look_at_open_heirs(ground, key, taken_over)
    return [made]


def _correct(ground: Ground, state: Organisation, command: CorrectOrganisation) -> Sequence[Fact]:
    made = OrganisationCorrected(command.organisation, command.attribute, command.held_from, command.value, command.reason)
    if command.attribute is Attribute.OPENED_ON:
        return _correct_opening(state, made)
    if command.attribute is Attribute.SUCCESSION:
        return _correct_succession(ground, state, made)
    if command.value is None and command.attribute in _NEVER_EMPTY:
        message = f"{command.organisation} has a {command.attribute} on every day of its life; say which."
        raise CorrectionConflict(message, organisation=command.organisation, **_at("value", "Missing data for required field."))
    if command.value is not None and command.attribute in CODES:
        _look_at_form(
            command.value, Scheme.STATISTICS if command.attribute is Attribute.STATISTICS_CODE else Scheme.IDENTIFICATION, "value"
        )
    if command.held_from is not None:
        _look_at_day(state, command.organisation, command.held_from, "held_from")
    (said,) = says(made)
    before = [one for one in state.said if (one.attribute, one.from_on) == (said.attribute, said.from_on)]
    # what a later day's statement covers may be corrected too, so that only the very same statement is nothing new
    return [] if before[-1:] == [said] else [made]


def _correct_opening(state: Organisation, made: OrganisationCorrected) -> Sequence[Fact]:
    key, day = made.organisation, _day(made)
    if made.held_from is not None:
        message = f"The opening of {key} is one day; leave out the day from which it held."
        raise CorrectionConflict(message, organisation=key, **_at("held_from", "Leave this empty."))
    if day is not None and any(one.on <= day for one in state.successions):
        message = f"{key} was divided or ended on {min(one.on for one in state.successions)}; it opened before that."
        raise BeforeOpening(message, organisation=key, on=str(day), **_at("value", "Not before its end."))
    return [] if state.opened_on == day else [made]


def _correct_succession(ground: Ground, state: Organisation, made: OrganisationCorrected) -> Sequence[Fact]:
    key, day = made.organisation, _day(made)
    found = next((one for one in state.successions if one.on == made.held_from), None)
    if found is None:
        if made.held_from in state.taken_back if day is None else any(one.on == day for one in state.successions):
            return []
        known = ", ".join(str(one.on) for one in state.successions) or "none"
        message = f"No succession of {key} is recorded for {made.held_from}; recorded are: {known}."
        raise CorrectionConflict(message, organisation=key, **_at("held_from", "Nothing is recorded for this day."))
    if day is None:
        return [made]
    if day == found.on:
        return []
    if any(one.on == day for one in state.successions):
        raise AlreadyThere(f"Another succession of {key} is recorded for {day}.", organisation=key, **_at("value", "Taken by another."))
    without = replace(state, successions=tuple(one for one in state.successions if one is not found))
    _look_at_day(without, key, day, "value")
    if day <= state.life[0]:
        raise BeforeOpening(f"{key} opened on {state.opened_on}; it cannot end or be divided on {day}.", organisation=key, on=str(day))
    _look_at_open_heirs(ground, key, replace(found, on=day))
    return [made]


def _day(made: OrganisationCorrected) -> date | None:
    try:
        return None if made.value is None else date.fromisoformat(made.value)
    except ValueError as error:
        message = f"{made.value!r} is no day; write it as 2025-07-01."
        raise CorrectionConflict(message, organisation=made.organisation, **_at("value", "Not a valid date.")) from error


# What is looked at before anything is recorded


def _look_at_form(code: str, scheme: Scheme | None = None, at: str = "code") -> None:
    found = scheme_of(code)
    if found is None or (scheme is not None and found is not scheme):
        raise CodeMalformed(
            f"{code!r} is no {scheme or 'code of an organisation'}: a code of Decision 20/2020 looks like G09 or H13.41.24, or as it was "
            "before like 000.00.12.H56; one of the statistics office has 2, 3 or 5 digits.",
            value=code,
            **_at(at, "No such code."),
        )


def _look_at_day(state: Organisation, key: str, day: date, at: str = "effective_on") -> None:
    """Whether something may happen to it on this day."""
    if state.ending is not None and day >= state.ending.on:
        raise _ended(key, state.ending, at)
    if state.opened_on is not None and day < state.opened_on:
        message = f"{key} opened on {state.opened_on}; nothing can happen to it on {day}."
        raise BeforeOpening(message, organisation=key, on=str(day), **_at(at, "Before it opened."))


def _ended(key: str, ending: Succession, at: str = "effective_on") -> OrganisationEnded:
    heirs = [heir.organisation for heir in ending.heirs]
    gone_on = f"; {', '.join(heirs)} went on with its work" if heirs else " without an heir"
    return OrganisationEnded(
        f"{key} was {ending.change} on {ending.on}{gone_on}: nothing happens to it from that day on.",
        organisation=key,
        ended_on=str(ending.on),
        heirs=heirs,
        **_at(at, "After its end."),
    )


def _look_at_heirs(key: str, heirs: Sequence[Heir]) -> None:
    names = [heir.organisation for heir in heirs]
    if len(names) < 2:
        raise HeirsConflict(
            f"Name at least two heirs of {key}, itself among them where it goes on; all that goes to one is a merger.",
            organisation=key,
            **_at("heirs", "Name at least two."),
        )
    if len(set(names)) < len(names):
        raise HeirsConflict(f"Name each heir of {key} once.", organisation=key, **_at("heirs", "Name each once."))
    shares = [heir.share for heir in heirs if heir.share is not None]
    if any(not 0 < share <= WHOLE for share in shares) or sum(shares) > WHOLE or (len(shares) == len(names) and sum(shares) != WHOLE):
        raise HeirsConflict(
            f"The shares of {key} cannot be {', '.join(map(str, shares))}: each is above 0, and all together are 1.",
            organisation=key,
            **_at("heirs", "Shares above 0, together 1."),
        )


def _look_at_open_heirs(ground: Ground, key: str, taken_over: Succession) -> None:
    """Heirs other than itself are there on the first day on which they hold."""
    at = "into" if taken_over.change == "merged" else "heirs"
    for heir in taken_over.heirs:
        if heir.organisation != key:
            require_open(ground.organisations, heir.organisation, taken_over.on, at)


def require_open(organisations: Mapping[str, Organisation], key: str, day: date, at: str) -> None:
    """Whether an organisation is there on a day.

    at: the field that names it. Raises NotFound, or NotOpen which says since when it is not, or not yet, and who its heirs are.
    """
    found = organisations.get(key)
    if found is None or found.registered is None:
        raise _unknown(at, key)
    if found.open_on(day):
        return
    if found.ending is not None and day >= found.ending.on:
        heirs = ", ".join(heir.organisation for heir in found.ending.heirs) or "nobody"
        raise NotOpen(
            f"{key} was {found.ending.change} on {found.ending.on}, so that it is not there on {_said(day)}; its heirs: {heirs}.",
            organisation=key,
            on=str(day),
            ended_on=str(found.ending.on),
            **_at(at, "Ended by that day."),
        )
    raise NotOpen(
        f"{key} opened on {found.opened_on}, so that it is not there on {_said(day)}.",
        organisation=key,
        on=str(day),
        opened_on=str(found.opened_on),
        **_at(at, "Not open yet on that day."),
    )


def _look_at_parents(ground: Ground, key: str, before: Organisation, after: Organisation) -> None:
    """Of every new stretch of days under a parent: it is there on the first of them, so never younger, and not below its child on any."""
    for relation in PARENTS:
        for first, until, parent in _new(before, after, relation):
            if parent is None:
                continue
            if parent == key:
                raise ParentCycle(f"{key} cannot be its own parent.", path=[key, key], **_at(relation, "It is the unit itself."))
            # of a child that is there since nobody knows when one can only ask that its parent ever was
            known = ground.organisations.get(parent)
            require_open(ground.organisations, parent, first if first > BEGINNING or known is None else known.life[0], relation)
            _look_at_circle(ground, relation, key, parent, first, until)


def _look_at_circle(ground: Ground, relation: Attribute, key: str, parent: str, first: date, until: date) -> None:
    ways: list[tuple[tuple[str, ...], date, date]] = [((key, parent), first, until)]
    seen: set[tuple[str, date, date]] = set()
    while ways:
        path, start, end = ways.pop()
        if path[-1] == key:
            raise ParentCycle(
                f"{key} would be under itself from {_said(start)}: {' under '.join(path)}.",
                path=list(path),
                on=str(start),
                **_at(relation, "It would be under itself."),
            )
        above = ground.organisations.get(path[-1])
        if above is None or (path[-1], start, end) in seen:
            continue
        seen.add((path[-1], start, end))
        ways += [((*path, higher), day, after) for day, after, higher in above.spans(relation, start, end) if higher is not None]


def _look_at_codes(ground: Ground, key: str, before: Organisation, after: Organisation) -> None:
    """Of every new stretch of days with a code: no other organisation has it on any of them."""
    for attribute in CODES:
        for first, until, code in _new(before, after, attribute):
            if code is None:
                continue
            for holder in ground.holders.get(as_now_written(code), ()):
                if holder == key:
                    continue
                for start, end, held in ground.organisations[holder].spans(attribute, first, until):
                    if held is not None and as_now_written(held) == as_now_written(code):
                        raise CodeTaken(
                            f"Code {code} is that of {holder} from {_said(start)}{'' if end == EVER else f' to {end - ONE_DAY}'}.",
                            value=code,
                            holder=holder,
                            from_on=str(start),
                            until_on=str(end),
                            **_at("code", "Another has this code."),
                        )


def _new(before: Organisation, after: Organisation, attribute: Attribute) -> Iterator[Span]:
    """The spans of an attribute that were not so before."""
    known = set(before.spans(attribute)) if before.registered is not None else set()
    return (span for span in after.spans(attribute) if span not in known)


def _unknown(at: str, key: str) -> NotFound:
    return NotFound(f"There is no organisation {key}; register it first.", organisation=key, **_at(at, "There is none of this name."))


def _said(day: date) -> str:
    return "the beginning" if day == BEGINNING else str(day)


def _at(field: str, message: str) -> dict[str, Any]:
    """Where in what was asked the fault lies, for whoever shows it beside its field."""
    return {"errors": [{"at": str(field), "message": message}]}
