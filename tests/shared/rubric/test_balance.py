"""A rubric that does not add up, or cannot work, is refused with everything that is wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.errors import CommendationError, DomainError
from shared.plain import plain
from shared.rubric import (
    Cap,
    Document,
    Group,
    Item,
    Kind,
    PassRule,
    Problem,
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
    assert refused.value.message == (
        "Rubric R does not add up: group B (Group B) declares 70 but its items sum to 65, a difference of -5. "
        "Correct the maximums or the declared sums."
    )
    assert (refused.value.details["rubric"], refused.value.details["errors"]) == ("R", [])


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
    assert refused.value.details["imbalances"][2]["title"] == "A rubric"
    assert [(one["at"], one["difference"]) for one in refused.value.details["imbalances"]] == [
        ("group:A", "-20"),
        ("group:B", "-5"),
        ("scale", "-20"),
    ]
    assert "; the scale declares 120 but its groups sum to 100, a difference of -20. " in refused.value.message


def test_what_is_wrong_and_what_does_not_add_up_are_named_together() -> None:
    with pytest.raises(RubricInvalid) as refused:
        check(a_rubric(_table("A", "30", "10"), title=""))
    assert [error["at"] for error in refused.value.details["errors"]] == ["title"]
    assert [one["at"] for one in refused.value.details["imbalances"]] == ["group:A"]
    assert "title: it has no title; group A (Group A) declares 30" in refused.value.message


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
    ("broken", "problem"),
    [
        (_with(groups=()), Problem("groups", "no_groups", "there are none; add at least one group with items")),
        (_with(passes=()), Problem("passes", "no_passes", "there are none; name at least one pass, such as self")),
        (_with(scale=Decimal(0)), Problem("scale", "scale_not_positive", "0 is not above 0; give the sum of the groups", {"scale": "0"})),
        (_with(groups=(a_group("A"),)), Problem("group A", "group_empty", "it has no items; add some or remove the group")),
        (
            _with(groups=(_table("A", "10", "10"), _table("A", "10", "10"))),
            Problem("groups", "repeated", "A stands 2 times; each may stand once", {"key": "A", "times": "2"}),
        ),
        (
            _with(caps=(Cap("group:Z", Decimal(1)),)),
            Problem("cap over group:Z", "cap_unknown", 'unknown; use "bonus", "penalty", "total" or "group:<key of a group>"'),
        ),
        (
            _with(caps=(Cap("content", Decimal(1)),)),
            Problem("cap over content", "cap_unknown", 'unknown; use "bonus", "penalty", "total" or "group:<key of a group>"'),
        ),
        (
            _with(caps=(Cap("A", Decimal(1)),)),
            Problem("cap over A", "cap_unknown", 'unknown; use "bonus", "penalty", "total" or "group:<key of a group>"'),
        ),
        (
            _with(passes=(PassRule("self", "Self"), PassRule("self", "Again"))),
            Problem("passes", "repeated", "self stands 2 times; each may stand once", {"key": "self", "times": "2"}),
        ),
        (_with(groups=(replace(_table("A", "10", "10"), title=" "),)), Problem("group A", "title_missing", "it has no title")),
        (
            _with(caps=(Cap("bonus", Decimal(1)), Cap("bonus", Decimal(2)))),
            Problem("caps", "repeated", "bonus stands 2 times; each may stand once", {"key": "bonus", "times": "2"}),
        ),
        (
            _with(caps=(Cap("bonus", Decimal(-1)),)),
            Problem("cap over bonus", "maximum_negative", "maximum -1 is below 0", {"maximum": "-1"}),
        ),
        (
            _with(groups=(_table("A", "-1", "20"),)),
            Problem("group A", "maximum_negative", "maximum -1 is below 0", {"maximum": "-1"}),
        ),
        (
            _with_item(kind=Kind.PENALTY, threshold=Decimal(1)),
            Problem("item A.1", "threshold_unneeded", "a penalty item has no threshold; use a gate or a content item"),
        ),
        (
            _with_item(threshold=Decimal("-0.5")),
            Problem(
                "item A.1",
                "threshold_range",
                "threshold -0.5 is outside 0 to its maximum 10",
                {"threshold": "-0.5", "maximum": "10"},
            ),
        ),
        (
            _with_item(item_rounding=Rounding(13)),
            Problem("item A.1, item_rounding", "places_range", "places 13 is outside 0 to 12", {"places": "13", "most": "12"}),
        ),
        (
            _with(tie_breaks=(TieBreak(TieBy.GROUP, "Z"),)),
            Problem("tie-break group", "tie_key_unknown", "key Z is none of: A", {"key": "Z", "known": "A"}),
        ),
        (
            _with(tie_breaks=(TieBreak(TieBy.ITEM),)),
            Problem("tie-break item", "tie_key_unknown", "key  is none of: A.1, A.2", {"key": "", "known": "A.1, A.2"}),
        ),
        (
            _with(tie_breaks=(TieBreak(TieBy.CONTENT, "A"),)),
            Problem("tie-break content", "tie_key_unneeded", "it takes no key, but has A", {"key": "A"}),
        ),
        (
            _with(tie_breaks=(TieBreak(TieBy.BONUS), TieBreak(TieBy.BONUS))),
            Problem("tie_breaks", "repeated", "bonus stands 2 times; each may stand once", {"key": "bonus", "times": "2"}),
        ),
        (
            _with(total_rounding=Rounding(13)),
            Problem("total_rounding", "places_range", "places 13 is outside 0 to 12", {"places": "13", "most": "12"}),
        ),
        (_with_item(key="A.2"), Problem("items", "repeated", "A.2 stands 2 times; each may stand once", {"key": "A.2", "times": "2"})),
        (
            _with_item(maximum=Decimal(-1)),
            Problem("item A.1", "maximum_negative", "maximum -1 is below 0; a penalty is given as a positive magnitude", {"maximum": "-1"}),
        ),
        (_with_item(weight=Decimal(0)), Problem("item A.1", "weight_not_positive", "weight 0 is not above 0", {"weight": "0"})),
        (_with_item(places=13), Problem("item A.1", "places_range", "places 13 is outside 0 to 12", {"places": "13", "most": "12"})),
        (
            _with_item(statistic=Statistic.TRIMMED_MEAN),
            Problem("item A.1", "dropped_missing", "trimmed_mean leaves nothing out; set dropped to 1 or more"),
        ),
        (
            _with_item(dropped=1),
            Problem("item A.1", "dropped_unneeded", "dropped 1 applies to trimmed_mean only, not to mean", {"dropped": "1"}),
        ),
        (_with_item(kind=Kind.GATE), Problem("item A.1", "threshold_missing", "a gate needs a threshold below which a unit is not ranked")),
        (
            _with_item(kind=Kind.GATE, threshold=Decimal(11)),
            Problem("item A.1", "threshold_range", "threshold 11 is outside 0 to its maximum 10", {"threshold": "11", "maximum": "10"}),
        ),
        (
            _with_item(kind=Kind.BONUS, threshold=Decimal(1)),
            Problem("item A.1", "threshold_unneeded", "a bonus item has no threshold; use a gate or a content item"),
        ),
        (
            _with_item(panel_rounding=Rounding(-1)),
            Problem("item A.1, panel_rounding", "places_range", "places -1 is outside 0 to 12", {"places": "-1", "most": "12"}),
        ),
        (_with_item(title=" "), Problem("item A.1", "title_missing", "it has no title")),
        (
            _with_item(passes=("self", "province")),
            Problem(
                "item A.1",
                "pass_unknown",
                "key province is none of: self, cluster, central",
                {"key": "province", "known": "self, cluster, central"},
            ),
        ),
        (_with(title=""), Problem("title", "title_missing", "it has no title")),
        (_with(passes=(PassRule("self", ""),)), Problem("pass self", "title_missing", "it has no title")),
        (_with(legal_basis=(Document(""),)), Problem("legal_basis", "title_missing", "it has no title")),
        (
            _with(in_force_from=date(2024, 2, 1), in_force_until=date(2024, 1, 31)),
            Problem(
                "in_force_until",
                "dates_reversed",
                "2024-01-31 is before 2024-02-01, its first day",
                {"start": "2024-02-01", "end": "2024-01-31"},
            ),
        ),
        (_with(based_on="R"), Problem("based_on", "based_on_itself", "it cannot be based on itself; a new version has a key of its own")),
    ],
)
def test_a_rubric_that_cannot_work_is_refused(broken: Callable[[Rubric], Rubric], problem: Problem) -> None:
    sound = a_rubric(_table("A", "20", "10", "10"))
    assert problems(sound) == ()
    with pytest.raises(RubricInvalid, match=r"^Rubric R cannot be used: .*\. Correct these parts\.$") as refused:
        check(broken(sound))
    assert problem in problems(broken(sound))
    assert plain(problem) in refused.value.details["errors"]
    assert str(problem) in refused.value.message
    assert refused.value.details["rubric"] == "R"


@pytest.mark.parametrize(
    "at_its_bounds",
    [
        _with(scale=Decimal("0.5")),
        _with(in_force_from=date(2024, 1, 1)),
        _with(in_force_until=date(2024, 1, 1)),
        _with(total_rounding=Rounding(12)),
        _with(total_rounding=Rounding(0)),
        _with(caps=tuple(Cap(over, Decimal(0)) for over in ("bonus", "penalty", "total", "group:A"))),
        _with(tie_breaks=(TieBreak(TieBy.ITEM, "A.1"), TieBreak(TieBy.ITEM, "A.2"), TieBreak(TieBy.GROUP, "A"))),
        _with(groups=(_table("A", "0", "0"),)),
        _with_item(weight=Decimal("0.5")),
        _with_item(places=0),
        _with_item(places=12),
        _with_item(statistic=Statistic.TRIMMED_MEAN, dropped=1),
        _with_item(kind=Kind.GATE, threshold=Decimal(0)),
        _with_item(threshold=Decimal(10)),
        _with_item(passes=("self", "central")),
    ],
)
def test_what_lies_at_a_bound_works(at_its_bounds: Callable[[Rubric], Rubric]) -> None:
    assert problems(at_its_bounds(a_rubric(_table("A", "20", "10", "10")))) == ()


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
    assert problem == Problem("group B", "beyond_scale_content", "beyond_scale is for bonus only, but the group holds content items")


def test_the_errors_cross_services_with_their_codes() -> None:
    with pytest.raises(RubricUnbalanced) as refused:
        check(a_rubric(_table("A", "30", "10")))
    error = CommendationError.from_data(refused.value.to_data())
    assert isinstance(error, RubricUnbalanced)
    assert isinstance(error, DomainError)
    assert error.details == refused.value.details
