"""Adjustments: made by rule or beside it, counted once, reversed. Given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.evaluations import domain
from services.evaluations.domain import AdjustmentKind as Kind
from services.evaluations.rules.checking import ADJUSTMENTS, read_adjustments
from shared.errors import ConfigurationError, DomainError
from tests.services.evaluations import given_checking as the
from tests.support.deciding import decided


def test_a_rule_gives_kind_points_and_title() -> None:
    assert decided(the.adjustment(), [], the.make()) == [the.MADE]
    assert decided(the.adjustment(), [], the.make(points=Decimal(15), kind=Kind.BONUS)) == [the.MADE]


def test_beside_the_rulebook_all_is_given() -> None:
    (made,) = decided(the.adjustment(), [], the.make(rule=None, kind=Kind.PENALTY, points=Decimal("2.5"), title="Báo cáo chậm"))
    assert (made.rule, made.kind, made.points, made.title) == (None, Kind.PENALTY, Decimal("2.5"), "Báo cáo chậm")
    (gate,) = decided(the.adjustment(), [], the.make(rule=None, kind=Kind.GATE, title="Không xét"))
    assert gate.points is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rule": "khong-co"}, "adjustment_rule_unknown"),
        ({"rule": "dissolved"}, "adjustment_rule_unknown"),  # in force from a later day
        ({"kind": Kind.PENALTY}, "adjustment_rule_unknown"),
        ({"rule": None}, "adjustment_rule_unknown"),
        ({"rule": None, "kind": Kind.BONUS}, "adjustment_rule_unknown"),
        ({"rule": None, "title": "X", "points": Decimal(1)}, "adjustment_rule_unknown"),
        ({"points": Decimal(10)}, "adjustment_points"),
        ({"rule": "false-report", "points": Decimal(1)}, "adjustment_points"),
        ({"rule": None, "kind": Kind.BONUS, "title": "X"}, "adjustment_points"),
        ({"rule": None, "kind": Kind.BONUS, "title": "X", "points": Decimal(0)}, "adjustment_points"),
        ({"rule": None, "kind": Kind.PENALTY, "title": "X", "points": Decimal("100.01")}, "adjustment_points"),
        ({"rule": None, "kind": Kind.PENALTY, "title": "X", "points": Decimal("0.005")}, "adjustment_points"),
        ({"rule": None, "kind": Kind.GATE, "title": "X", "points": Decimal(1)}, "adjustment_points"),
        ({"effective_on": date(2024, 12, 21)}, "adjustment_dates"),
        ({"expires_on": date(2024, 11, 30)}, "adjustment_dates"),
        ({"unit": "bo-cong-an"}, "not_taking_part"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        decided(the.adjustment(), [], the.make(**changes))
    assert refused.value.code == f"evaluations.{code}"


def test_the_bounds_themselves_are_taken() -> None:
    for points in ("100", "0.01"):
        assert decided(the.adjustment(), [], the.make(rule=None, kind=Kind.BONUS, title="X", points=Decimal(points)))
    assert decided(the.adjustment(), [], the.make(effective_on=the.TODAY, expires_on=the.TODAY))


def test_a_penalty_of_a_rule_that_is_not_fixed_is_at_most_so_much() -> None:
    rules = domain.AdjustmentRules(
        (domain.AdjustmentRule("late", Kind.PENALTY, "Chậm", "B", verified=False, points=Decimal(5), fixed=False),)
    )
    for points in (Decimal(3), Decimal(5)):
        (made,) = decided(the.adjustment(rules=rules), [], the.make(rule="late", points=points))
        assert made.points == points
    with pytest.raises(DomainError, match="at most 5"):
        decided(the.adjustment(rules=rules), [], the.make(rule="late", points=Decimal("5.5")))


@pytest.mark.parametrize(
    "again",
    [
        the.make(adjustment="a2", document="13/QĐ-TTg"),
        the.make(adjustment="a2", rule="flag-ministry", document="13/QĐ-TTg"),
        the.make(adjustment="a2", rule=None, kind=Kind.BONUS, title="Cờ", points=Decimal(3), document=" 12/qđ-ttg"),
    ],
    ids=["rule", "family", "document"],
)
def test_one_award_counts_once(again: domain.MakeAdjustment) -> None:
    with pytest.raises(domain.AdjustmentTwice, match="counts for toa-an already, as a1"):
        decided(the.adjustment(), [the.MADE], again)
    assert len(decided(the.adjustment(), [the.MADE, the.REVERSED], again)) == 1


def test_other_awards_count_besides_by_rules_of_no_family_or_by_none() -> None:
    beside = the.make(adjustment="a2", rule=None, kind=Kind.BONUS, title="Bằng khen", points=Decimal(3), document="13/QĐ-TTg")
    (first,) = decided(the.adjustment(), [the.MADE], beside)
    another = replace(beside, adjustment="a3", title="Giấy khen", document="14/QĐ")
    assert decided(the.adjustment(), [the.MADE, first], another)
    (penalty,) = decided(the.adjustment(), [], the.make(adjustment="a4", rule="no-launch", document="15/BB"))
    assert decided(the.adjustment(), [penalty], the.make(adjustment="a5", rule="false-report", document="16/BB"))


def test_an_award_and_a_penalty_may_rest_on_one_document() -> None:
    assert decided(the.adjustment(), [the.MADE], the.make(adjustment="a2", rule="no-launch"))


def test_another_adjustment_of_the_same_id_is_refused() -> None:
    with pytest.raises(DomainError, match="other particulars"):
        decided(the.adjustment(), [the.MADE], the.make(reason="Khác"))
    with pytest.raises(DomainError, match="another unit's"):
        decided(the.adjustment(elsewhere=True), [], the.make())


def test_an_adjustment_is_reversed_once() -> None:
    assert decided(the.adjustment(), [the.MADE], the.REVERSE) == [the.REVERSED]
    assert decided(the.adjustment(), [the.MADE, the.REVERSED], replace(the.REVERSE, reason="Khác")) == []
    with pytest.raises(DomainError, match="has no adjustment a1"):
        decided(the.adjustment(), [], the.REVERSE)


def test_a_final_result_is_adjusted_no_more() -> None:
    for past, command in (([], the.make()), ([the.MADE], the.REVERSE)):
        with pytest.raises(domain.ResultFinal):
            decided(the.adjustment(final=True), past, command)
    assert decided(the.adjustment(final=True), [the.MADE], the.make()) == []


RULE = "- {rule: r, kind: %s, title: T, basis: B, verified: false%s}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE % ("bonus", ""), "Rule 1 .*needs points"),
        (RULE % ("gate", ', points: "1"'), "Rule 1 .*needs points unless"),
        (RULE % ("gate", "") * 2, "Rule 2 .*twice on one day"),
        (RULE % ("gate", ", until_on: 2025-01-01") + RULE % ("gate", ", from_on: 2025-01-01"), "Rule 2 .*twice on one day"),
        (RULE % ("bonus", ', points: "-1"'), "Rule 1 .*points"),
    ],
)
def test_rules_that_cannot_be_say_so(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_adjustments(text)


def test_a_rule_follows_another_of_its_key() -> None:
    rules = read_adjustments(RULE % ("gate", ", until_on: 2024-12-31") + RULE.replace("T,", "T2,") % ("gate", ", from_on: 2025-01-01"))
    found = [rules.at("r", day) for day in (date(2024, 12, 31), date(2025, 1, 1))]
    assert [rule and rule.title for rule in found] == ["T", "T2"]


def test_the_figures_of_the_rulebook_are_those_of_their_sources() -> None:
    assert {rule.rule: rule.points for rule in ADJUSTMENTS.rules if rule.points} == {
        "flag-ministry": 10,
        "flag-government": 15,
        "no-launch": 8,
    }
