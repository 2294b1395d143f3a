"""Appeals: lodged within the term, answered with reasons and scores, withdrawn. Given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.evaluations import domain
from services.evaluations.domain import Outcome, ScoresRefused
from services.evaluations.domain.appeals import APPEALS_MAX
from services.evaluations.rules.checking import read_appeals
from shared import rubric as rubrics
from shared.errors import CommendationError, ConfigurationError, DomainError
from tests.services.evaluations import given as sheets
from tests.services.evaluations import given_checking as the
from tests.shared.rubric.given import a_group, a_rubric, an_item
from tests.support.deciding import decided


def test_an_appeal_is_lodged_with_the_last_day_on_which_it_could() -> None:
    assert decided(the.appeal(), [], the.lodge()) == [the.LODGED]
    last = the.APPEALING.due_on
    (lodged,) = decided(the.appeal(today=last), [], the.lodge())
    assert lodged.lodged_on == last


@pytest.mark.parametrize(
    ("ground", "changes", "code"),
    [
        ({"today": date(2024, 12, 26)}, {}, "appeal_late"),
        ({"due_on": None}, {}, "appeal_early"),
        ({"final": True}, {}, "result_final"),
        ({}, {"unit": "bo-cong-an"}, "not_taking_part"),
        ({}, {"items": ()}, "appeal_conflict"),
        ({}, {"items": ("A1", "A1")}, "appeal_conflict"),
    ],
)
def test_what_cannot_be_lodged(ground: dict[str, Any], changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        decided(the.appeal(**ground), [], the.lodge(**changes))
    assert refused.value.code == f"evaluations.{code}"


def test_a_late_appeal_is_told_the_day() -> None:
    with pytest.raises(domain.AppealLate, match="until 2024-12-25") as refused:
        decided(the.appeal(today=date(2024, 12, 26)), [], the.lodge())
    assert refused.value.details["due_on"] == "2024-12-25"


def test_an_item_that_the_rubric_lacks_is_refused() -> None:
    with pytest.raises(CommendationError, match="no item 'C9'"):
        decided(the.appeal(), [], the.lodge(items=("C9",)))


def test_an_item_is_appealed_against_again_only_after_the_answer() -> None:
    again = the.lodge(appeal="k2", items=("B1",))
    with pytest.raises(domain.AppealPending, match="against B1 waits"):
        decided(the.appeal(), [the.LODGED], again)
    for settled in (the.ANSWERED, the.APPEAL_WITHDRAWN):
        assert decided(the.appeal(), [the.LODGED, settled], again)
    assert decided(the.appeal(), [the.LODGED], the.lodge(appeal="k2", items=("A2",)))


def test_an_id_stands_for_one_appeal_and_a_unit_lodges_so_many() -> None:
    with pytest.raises(DomainError, match="other words"):
        decided(the.appeal(), [the.LODGED], the.lodge(text="Khác"))
    past: list[Any] = []
    for n in range(APPEALS_MAX):
        past += [replace(the.LODGED, appeal=f"x{n}"), replace(the.APPEAL_WITHDRAWN, appeal=f"x{n}")]
    assert decided(the.appeal(), past[:-2], the.lodge())
    with pytest.raises(DomainError, match="no more are taken"):
        decided(the.appeal(), past, the.lodge())


def test_an_appeal_is_answered_with_scores_of_its_items() -> None:
    assert decided(the.appeal(), [the.LODGED], the.answer()) == [the.ANSWERED]
    rejected = the.answer(outcome=Outcome.REJECTED, scores=())
    (answered,) = decided(the.appeal(), [the.LODGED], rejected)
    assert (answered.outcome, answered.scores) == (Outcome.REJECTED, ())


@pytest.mark.parametrize(
    ("ground", "changes", "code"),
    [
        ({}, {"answer": "Không chấp nhận."}, "reason_too_short"),
        ({}, {"outcome": Outcome.REJECTED}, "appeal_outcome"),
        ({}, {"scores": ()}, "appeal_outcome"),
        ({"unfinished": ("central",)}, {}, "passes_open"),
        ({"final": True}, {}, "result_final"),
        ({}, {"appeal": "k9"}, None),
    ],
)
def test_an_answer_that_cannot_be(ground: dict[str, Any], changes: dict[str, Any], code: str | None) -> None:
    with pytest.raises(DomainError) as refused:
        decided(the.appeal(**ground), [the.LODGED], the.answer(**changes))
    assert refused.value.code == (f"evaluations.{code}" if code else "not_found")


@pytest.mark.parametrize(("letters", "taken"), [(19, False), (20, True)])
def test_an_answer_has_so_many_letters_or_more(letters: int, taken: bool) -> None:
    given = the.answer(answer=f" {'x' * letters} ")
    if taken:
        assert decided(the.appeal(), [the.LODGED], given)
    else:
        with pytest.raises(domain.ReasonTooShort):
            decided(the.appeal(), [the.LODGED], given)


def test_a_rejection_needs_no_pass_to_be_closed() -> None:
    assert decided(the.appeal(unfinished=("central",)), [the.LODGED], the.answer(outcome=Outcome.REJECTED, scores=()))


@pytest.mark.parametrize(
    ("scores", "faults"),
    [
        ((sheets.score("A1", "10.01", "r"),), [("A1", "rubric.score_out_of_range")]),
        ((sheets.score("A1", "9.555", "r"),), [("A1", "rubric.score_too_precise")]),
        ((sheets.score("A2", "5", "r"),), [("A2", "evaluations.appeal_outcome")]),
        ((sheets.score("A1", "5", None),), [("A1", "evaluations.appeal_outcome")]),
        (
            (sheets.score("A1", "5", " "), sheets.score("B1", None, "r")),
            [("A1", "evaluations.appeal_outcome"), ("B1", "evaluations.appeal_outcome")],
        ),
        ((sheets.score("A1", "5", "r"), sheets.score("A1", "6", "r")), [("A1", "evaluations.appeal_outcome")]),
    ],
)
def test_faulty_scores_are_all_named_and_none_is_taken(scores: tuple[domain.ItemScore, ...], faults: list[tuple[str, str]]) -> None:
    with pytest.raises(ScoresRefused) as refused:
        decided(the.appeal(), [the.LODGED], the.answer(scores=scores))
    assert [(error["at"], error["code"]) for error in refused.value.details["errors"]] == faults


def test_an_appeal_is_settled_once() -> None:
    with pytest.raises(domain.AppealSettled, match="answered on"):
        decided(the.appeal(), [the.LODGED, the.ANSWERED], the.answer(answer="Một câu trả lời khác, cũng đủ dài."))
    with pytest.raises(domain.AppealSettled, match="answered on"):
        decided(the.appeal(), [the.LODGED, the.ANSWERED], the.WITHDRAW_APPEAL)
    with pytest.raises(domain.AppealSettled, match="withdrawn"):
        decided(the.appeal(), [the.LODGED, the.APPEAL_WITHDRAWN], the.answer())


def test_an_appeal_is_withdrawn_as_long_as_it_waits() -> None:
    assert decided(the.appeal(), [the.LODGED], the.WITHDRAW_APPEAL) == [the.APPEAL_WITHDRAWN]
    with pytest.raises(DomainError, match="no appeal k1"):
        decided(the.appeal(), [], the.WITHDRAW_APPEAL)


def test_a_rubric_has_no_pass_of_this_name() -> None:
    rubric = a_rubric(a_group("A", an_item("A1")), passes=(rubrics.PassRule("self", "S"), rubrics.PassRule(rubrics.APPEAL, "P")))
    (problem,) = rubrics.problems(rubric)
    assert (problem.at, problem.code) == ("pass appeal", "pass_reserved")


RULE = "- {working_days: %s, basis: B, verified: false%s}\n"


def test_the_term_is_that_of_the_rule_that_began_last() -> None:
    rules = read_appeals(RULE % (5, "") + RULE % (7, ", from_on: 2025-01-01"))
    assert [rules.at(day).working_days for day in (date(2024, 12, 31), date(2025, 1, 1))] == [5, 7]


@pytest.mark.parametrize(
    ("text", "said"), [(RULE % (0, ""), "Rule 1 of the appeals"), (RULE % (5, ", from_on: 2025-01-01"), "from ever on")]
)
def test_rules_that_cannot_be_say_so(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_appeals(text)
