"""Versions of a rubric: what a copy takes over, and in what two versions differ.

A published rubric never changes. A correction and next season's table are rubrics of their own, copied from the one before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from shared.plain import plain
from shared.rubric.model import Group, Item, PassRule, Rubric

_Keyed = TypeVar("_Keyed", PassRule, Group, Item)


class Part(StrEnum):
    """What a difference is about: the rubric's own fields, a whole list of its rules, or one part that has a key."""

    RUBRIC = "rubric"
    PASS = "pass"
    GROUP = "group"
    ITEM = "item"


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, or, where `field` is None, a part that only one of the two has.

    `before` and `after` are plain data, None where that side has no such part or says nothing; of a whole part they are its title. An
    item's group is a field of it. Order: "passes" and "groups" of the rubric and "items" of a group list the keys that both have.
    """

    part: Part
    key: str
    change: Change
    field: str | None
    before: Any
    after: Any


def copied(rubric: Rubric, *, key: str, title: str, season: int, days: tuple[date | None, date | None], based_on: str | None) -> Rubric:
    """The rubric under a key of its own, for another season or to be corrected in the same.

    days: the first and the last in force; based_on: the version before it, None where the copied one was never published.
    """
    first, last = days
    return replace(rubric, key=key, title=title, season=season, in_force_from=first, in_force_until=last, based_on=based_on)


def differences(before: Rubric, after: Rubric) -> tuple[Difference, ...]:
    """Everything in which two rubrics differ, apart from their keys; nothing where they say the same."""
    old, new = _by_key(before.groups), _by_key(after.groups)
    return (
        *_fields(Part.RUBRIC, "", _said(before, "based_on", "passes", "groups"), _said(after, "based_on", "passes", "groups")),
        *_order(Part.RUBRIC, "", "passes", before.passes, after.passes),
        *_parts(Part.PASS, _by_key(before.passes), _by_key(after.passes)),
        *_order(Part.RUBRIC, "", "groups", before.groups, after.groups),
        *_parts(Part.GROUP, old, new, "items"),
        *(one for key in old if key in new for one in _order(Part.GROUP, key, "items", old[key].items, new[key].items)),
        *_parts(Part.ITEM, _placed(before), _placed(after)),
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    """An item with the key of its group."""

    item: Item
    group: str

    @property
    def title(self) -> str:
        return self.item.title


def _placed(rubric: Rubric) -> dict[str, _Placed]:
    return {item.key: _Placed(item, group.key) for group in rubric.groups for item in group.items}


def _by_key(parts: Sequence[_Keyed]) -> dict[str, _Keyed]:
    return {part.key: part for part in parts}


def _said(part: Any, *apart: str) -> dict[str, Any]:
    """The fields of a part but its key and those told apart."""
    if isinstance(part, _Placed):
        return {"group": part.group, **_said(part.item)}
    return {one.name: getattr(part, one.name) for one in fields(part) if one.name not in ("key", *apart)}


def _parts(part: Part, before: Mapping[str, Any], after: Mapping[str, Any], *apart: str) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None:
            yield from _fields(part, key, _said(old, *apart), _said(new, *apart))
        elif old is not None:
            yield Difference(part, key, Change.REMOVED, None, old.title, None)
        elif new is not None:
            yield Difference(part, key, Change.ADDED, None, None, new.title)


def _fields(part: Part, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name, old in before.items():
        if old != after[name]:
            yield Difference(part, key, Change.CHANGED, name, plain(old), plain(after[name]))


def _order(part: Part, key: str, name: str, before: Sequence[_Keyed], after: Sequence[_Keyed]) -> Iterator[Difference]:
    """Whether the parts that both have follow one another otherwise."""
    olds, news = [one.key for one in before], [one.key for one in after]
    kept, moved = [one for one in olds if one in news], [one for one in news if one in olds]
    if kept != moved:
        yield Difference(part, key, Change.CHANGED, name, kept, moved)
