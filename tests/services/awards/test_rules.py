"""The rulebook that is shipped, and how one is read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.awards.domain import Kind
from services.awards.rules import RULEBOOK, read
from shared.errors import ConfigurationError

TITLE = "Chiến sĩ thi đua toàn quốc"


def test_titles_need_ninety_percent_by_the_decree_in_force() -> None:
    rule = RULEBOOK.at(TITLE, date(2020, 1, 1))
    assert rule is not None
    assert (rule.percent, rule.verified, rule.basis) == (Decimal(90), True, "Nghị định 91/2017/NĐ-CP, Điều 45 khoản 8")


def test_a_figure_whose_decree_is_replaced_is_no_longer_verified() -> None:
    rule = RULEBOOK.at(TITLE, date(2024, 1, 1))
    assert rule is not None
    assert not rule.verified


def test_the_rule_of_the_day_holds() -> None:
    before, after = RULEBOOK.at(TITLE, date(2023, 12, 31)), RULEBOOK.at(TITLE, date(2024, 1, 1))
    assert before is not None
    assert after is not None
    assert (before.verified, after.verified) == (True, False)


def test_every_flag_has_a_threshold_on_any_day() -> None:
    assert "Cờ thi đua" in RULEBOOK.forms(Kind.FLAG)
    for form in RULEBOOK.forms(Kind.FLAG):
        assert RULEBOOK.at(form, date(1990, 1, 1)) is not None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('{form: A, kind: flag, percent: "101", basis: x, verified: true}', "Rule 1.*percent"),
        ('{form: A, kind: flag, percent: "0", basis: x, verified: true}', "Rule 1.*percent"),
        ('{form: A, kind: medal, percent: "80", basis: x, verified: true}', "Rule 1.*kind"),
        ('{form: A, kind: flag, percent: "80", verified: true}', "Rule 1.*basis"),
    ],
)
def test_a_rule_that_cannot_be_is_named(entry: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read(f"- {entry}")


def test_two_rules_of_a_form_do_not_begin_on_one_day() -> None:
    rule = '- {form: A, kind: flag, percent: "80", from_on: 2020-01-01, basis: x, verified: true}\n'
    with pytest.raises(ConfigurationError, match=r"Rule 2.*A has a rule from 2020-01-01 already"):
        read(rule + rule.replace("80", "90"))
