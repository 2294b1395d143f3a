"""Versions of a rubric: what a copy takes over, and everything in which two differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from shared.rubric import Change, Difference, Document, Evidence, Group, Part, PassRule, Rubric, copied, differences
from tests.shared.rubric.given import a_group, a_rubric, an_item, rubrics, unhurried

OLD = a_rubric(a_group("A", an_item("A1"), an_item("A2")), a_group("B", an_item("B1")))


def keyed(rubric: Rubric) -> bool:
    """Whether every part is known by a key of its own, as in every rubric that passes its checks."""
    keys = [[group.key for group in rubric.groups], [item.key for item in rubric.items()], list(rubric.pass_keys())]
    return all(len(set(one)) == len(one) for one in keys)


def alike(rubric: Rubric) -> Rubric:
    """The rubric without what two versions may always have of their own."""
    return replace(rubric, key="R", based_on=None)


@unhurried
@given(rubrics)
def test_a_rubric_does_not_differ_from_itself_nor_from_its_copy(rubric: Rubric) -> None:
    days = (rubric.in_force_from, rubric.in_force_until)
    copy = copied(rubric, key="copy", title=rubric.title, season=rubric.season, days=days, based_on=rubric.key)
    assert differences(rubric, copy) == ()
    assert (copy.key, copy.based_on) == ("copy", rubric.key)


def test_a_copy_for_another_season_has_its_own_title_and_days_and_the_same_rules() -> None:
    days = (date(2025, 2, 1), date(2025, 11, 30))
    copy = copied(OLD, key="next", title="Bảng 2025", season=2025, days=days, based_on=None)
    assert copy == replace(OLD, key="next", title="Bảng 2025", season=2025, in_force_from=days[0], in_force_until=days[1], based_on=None)


@unhurried
@given(rubrics.filter(keyed), rubrics.filter(keyed))
def test_two_rubrics_are_alike_where_nothing_differs_and_only_there(one: Rubric, other: Rubric) -> None:
    assert (differences(one, other) == ()) == (alike(one) == alike(other))


TURNED = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED, Change.CHANGED: Change.CHANGED}


@unhurried
@given(rubrics, rubrics)
def test_seen_from_the_other_side_every_difference_is_turned_round(one: Rubric, other: Rubric) -> None:
    def comparable(found: tuple[Difference, ...]) -> list[str]:
        return sorted(map(repr, found))

    turned = tuple(replace(found, change=TURNED[found.change], before=found.after, after=found.before) for found in differences(one, other))
    assert comparable(turned) == comparable(differences(other, one))


def _item(**changes: Any) -> Callable[[Rubric], Rubric]:
    def change(rubric: Rubric) -> Rubric:
        first, *others = rubric.groups
        return replace(rubric, groups=(replace(first, items=(replace(first.items[0], **changes), *first.items[1:])), *others))

    return change


def _groups(*groups: Group) -> Callable[[Rubric], Rubric]:
    return lambda rubric: replace(rubric, groups=groups)


A, B = OLD.groups


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda rubric: replace(rubric, season=2025), (Part.RUBRIC, "", Change.CHANGED, "season", 2024, 2025)),
        (
            lambda rubric: replace(rubric, in_force_until=date(2025, 1, 31)),
            (Part.RUBRIC, "", Change.CHANGED, "in_force_until", None, "2025-01-31"),
        ),
        (
            lambda rubric: replace(rubric, legal_basis=(Document("HD", "804/HD-SNV"),)),
            (Part.RUBRIC, "", Change.CHANGED, "legal_basis", [], [{"title": "HD", "number": "804/HD-SNV", "issued_on": None}]),
        ),
        (
            lambda rubric: replace(rubric, passes=(replace(rubric.passes[0], requires_all=False), *rubric.passes[1:])),
            (Part.PASS, "self", Change.CHANGED, "requires_all", True, False),
        ),
        (
            lambda rubric: replace(rubric, passes=(*rubric.passes, PassRule("ballot", "Bỏ phiếu"))),
            (Part.PASS, "ballot", Change.ADDED, None, None, "Bỏ phiếu"),
        ),
        (
            lambda rubric: replace(rubric, passes=rubric.passes[::-1]),
            (Part.RUBRIC, "", Change.CHANGED, "passes", ["self", "cluster", "central"], ["central", "cluster", "self"]),
        ),
        (_groups(replace(A, maximum=Decimal(25)), B), (Part.GROUP, "A", Change.CHANGED, "maximum", "20", "25")),
        (_groups(B, A), (Part.RUBRIC, "", Change.CHANGED, "groups", ["A", "B"], ["B", "A"])),
        (_groups(replace(A, items=A.items[::-1]), B), (Part.GROUP, "A", Change.CHANGED, "items", ["A1", "A2"], ["A2", "A1"])),
        (_groups(replace(A, items=A.items[:1]), B), (Part.ITEM, "A2", Change.REMOVED, None, "Item A2", None)),
        (
            _groups(replace(A, items=A.items[:1]), replace(B, items=(*B.items, A.items[1]))),
            (Part.ITEM, "A2", Change.CHANGED, "group", "A", "B"),
        ),
        (_item(evidence=Evidence.REQUIRED), (Part.ITEM, "A1", Change.CHANGED, "evidence", "none", "required")),
        (_item(passes=("central",)), (Part.ITEM, "A1", Change.CHANGED, "passes", [], ["central"])),
    ],
)
def test_each_difference_is_named_with_both_sides(change: Callable[[Rubric], Rubric], found: tuple[Any, ...]) -> None:
    assert differences(OLD, change(OLD)) == (Difference(*found),)


def test_a_number_written_otherwise_is_no_difference() -> None:
    assert differences(OLD, replace(OLD, scale=Decimal("30.00"))) == ()
