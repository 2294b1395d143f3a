"""A rubric that does not add up, or cannot work, is refused with everything that is wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.errors import CommendationError, DomainError
from shared.rubric import (
    Cap,
    Document,
    Group,
    Item,
    Kind,
    PassRule,
    Rounding,
    Rubric,
    RubricInvalid,
    RubricUnbalanced,
    Statistic,
    TieBreak,
    TieBy,
    check,
    imbalances,
    problems,
)
from tests.shared.rubric.given import a_group, a_rubric, an_item


def _table(key: str, declared: str, *maximums: str) -> Group:
    return a_group(key, *(an_item(f"{key}.{n}", m) for n, m in enumerate(maximums, 1)), maximum=declared)


def test_a_balanced_rubric_passes() -> None:
    check(a_rubric(_table("A", "30", "10", "20"), _table("B", "70", "70"), scale="100"))


def test_a_table_in_use_that_declares_70_over_items_of_65_is_refused_with_the_difference() -> None:
    results = _table("B", "70", "10", "10", "15", "10", "10", "10")
    with pytest.raises(RubricUnbalanced) as refused:
        check(a_rubric(_table("A", "30", "30"), results, scale="100"))
    assert refused.value.details["imbalances"] == [
        {"at": "group:B", "title": "Group B", "declared": "70", "found": "65", "difference": "-5"}
    ]
    assert "group B (Group B) declares 70 but its items sum to 65, a difference of -5" in refused.value.message


def test_a_table_in_use_that_declares_30_over_items_of_30_and_a_half_is_refused_with_the_difference() -> None:
    conduct = ("0.75", "0.5", "0.5", "0.75", "0.75", "0.75", "0.5", "0.5")
    discipline = ("1", "1", "1", "2")
    skills = ("1", "0.5", "0.5", "0.5", "0.5")
    attitude = ("1.5", "1", "1.5", "1", "1.5", "1")
    innovation = ("2.5", "2.5", "2.5", "2.5")
    general = _table("A", "30", *conduct, *discipline, *skills, *attitude, *innovation)
    (found,) = imbalances(a_rubric(general, _table("B", "70", "70"), scale="100"))
    assert (found.at, found.declared, found.found, found.difference) == (
        "group:A",
        Decimal(30),
        Decimal("30.5"),
        Decimal("0.5"),
    )


def test_all_differences_are_named_at_once() -> None:
    with pytest.raises(RubricUnbalanced) as refused:
        check(a_rubric(_table("A", "30", "10"), _table("B", "70", "65"), scale="120"))
    assert [(one["at"], one["difference"]) for one in refused.value.details["imbalances"]] == [
        ("group:A", "-20"),
        ("group:B", "-5"),
        ("scale", "-20"),
    ]


def test_weight_counts_and_penalties_and_gates_do_not() -> None:
    check(
        a_rubric(
            a_group(
                "A",
                an_item("A.1", "10", weight=Decimal("0.8")),
                an_item("A.2", "2", kind=Kind.BONUS),
                an_item("A.3", "8", kind=Kind.PENALTY),
                an_item("A.4", "1", kind=Kind.GATE, threshold=Decimal(1)),
                maximum="10",
            ),
            scale="10",
        )
    )


def test_bonus_beyond_the_scale_is_not_part_of_it() -> None:
    flags = a_group("F", an_item("F.1", "10", kind=Kind.BONUS), an_item("F.2", "15", kind=Kind.BONUS), beyond_scale=True)
    check(a_rubric(_table("A", "100", "100"), flags, scale="100"))


def test_a_capped_group_may_list_more_bonuses_than_can_be_earned() -> None:
    bonus = a_group("B", an_item("B.1", "30", kind=Kind.BONUS), an_item("B.2", "40", kind=Kind.BONUS), maximum="50")
    check(a_rubric(bonus, scale="50", caps=(Cap("group:B", Decimal(50)),)))
    assert [one.at for one in imbalances(a_rubric(bonus, scale="50"))] == ["group:B"]


def _with_item(**changes: object) -> Callable[[Rubric], Rubric]:
    def change(rubric: Rubric) -> Rubric:
        group = rubric.groups[0]
        items: tuple[Item, ...] = (replace(group.items[0], **changes), *group.items[1:])  # type: ignore[arg-type]
        return replace(rubric, groups=(replace(group, items=items), *rubric.groups[1:]))

    return change


def _with(**changes: object) -> Callable[[Rubric], Rubric]:
    return lambda rubric: replace(rubric, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("broken", "at"),
    [
        (_with(groups=()), "groups"),
        (_with(passes=()), "passes"),
        (_with(scale=Decimal(0)), "scale"),
        (_with(groups=(a_group("A"),)), "group A"),
        (_with(groups=(_table("A", "10", "10"), _table("A", "10", "10"))), "groups"),
        (_with(caps=(Cap("group:Z", Decimal(1)),)), "cap over group:Z"),
        (_with(caps=(Cap("content", Decimal(1)),)), "cap over content"),
        (_with(caps=(Cap("bonus", Decimal(1)), Cap("bonus", Decimal(2)))), "caps"),
        (_with(caps=(Cap("bonus", Decimal(-1)),)), "cap over bonus"),
        (_with(tie_breaks=(TieBreak(TieBy.GROUP, "Z"),)), "tie-break group"),
        (_with(tie_breaks=(TieBreak(TieBy.ITEM),)), "tie-break item"),
        (_with(tie_breaks=(TieBreak(TieBy.CONTENT, "A"),)), "tie-break content"),
        (_with(tie_breaks=(TieBreak(TieBy.BONUS), TieBreak(TieBy.BONUS))), "tie_breaks"),
        (_with(total_rounding=Rounding(13)), "total_rounding"),
        (_with_item(key="A.2"), "items"),
        (_with_item(maximum=Decimal(-1)), "item A.1"),
        (_with_item(weight=Decimal(0)), "item A.1"),
        (_with_item(places=13), "item A.1"),
        (_with_item(statistic=Statistic.TRIMMED_MEAN), "item A.1"),
        (_with_item(dropped=1), "item A.1"),
        (_with_item(kind=Kind.GATE), "item A.1"),
        (_with_item(kind=Kind.GATE, threshold=Decimal(11)), "item A.1"),
        (_with_item(kind=Kind.BONUS, threshold=Decimal(1)), "item A.1"),
        (_with_item(panel_rounding=Rounding(-1)), "item A.1, panel_rounding"),
        (_with_item(title=" "), "item A.1"),
        (_with_item(passes=("self", "province")), "item A.1"),
        (_with(title=""), "title"),
        (_with(passes=(PassRule("self", ""),)), "pass self"),
        (_with(legal_basis=(Document(""),)), "legal_basis"),
        (_with(in_force_from=date(2024, 2, 1), in_force_until=date(2024, 1, 31)), "in_force_until"),
        (_with(based_on="R"), "based_on"),
    ],
)
def test_a_rubric_that_cannot_work_is_refused(broken: Callable[[Rubric], Rubric], at: str) -> None:
    sound = a_rubric(_table("A", "20", "10", "10"))
    assert problems(sound) == ()
    with pytest.raises(RubricInvalid) as refused:
        check(broken(sound))
    assert at in [error["at"] for error in refused.value.details["errors"]]


def test_a_rubric_is_in_force_from_its_first_to_its_last_day() -> None:
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
    bounded = a_rubric(in_force_from=days[1], in_force_until=days[2])
    check(a_rubric(_table("A", "20", "10", "10"), in_force_from=days[1], in_force_until=days[1]))
    assert [bounded.in_force(day) for day in days] == [False, True, True, False]
    assert [replace(bounded, in_force_from=None).in_force(day) for day in days] == [True, True, True, False]
    assert [replace(bounded, in_force_until=None).in_force(day) for day in days] == [False, True, True, True]


def test_an_item_is_scored_in_every_pass_unless_it_names_some() -> None:
    assert an_item("A").scored_in("self")
    assert an_item("A", passes=("central",)).scored_in("central")
    assert not an_item("A", passes=("central",)).scored_in("self")


def test_content_beyond_the_scale_is_refused() -> None:
    (problem,) = problems(a_rubric(_table("A", "10", "10"), a_group("B", an_item("B.1"), beyond_scale=True)))
    assert problem.at == "group B"


def test_the_errors_cross_services_with_their_codes() -> None:
    with pytest.raises(RubricUnbalanced) as refused:
        check(a_rubric(_table("A", "30", "10")))
    error = CommendationError.from_data(refused.value.to_data())
    assert isinstance(error, RubricUnbalanced)
    assert isinstance(error, DomainError)
    assert error.details == refused.value.details
