"""Publishing a rubric: given, when, then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.campaigns.domain import RUBRIC, PublishRubric, RubricFixed
from shared.rubric import RubricInvalid, RubricUnbalanced, RubricUnreadable, from_data
from tests.services.campaigns import given as the
from tests.shared.rubric.given import a_group, a_rubric, an_item
from tests.support.deciding import decided


def publish(rubric: object) -> PublishRubric:
    return PublishRubric(the.content(rubric))  # type: ignore[arg-type]


def test_a_rubric_is_published_as_it_stands_and_reads_back_the_same() -> None:
    (event,) = decided(RUBRIC, [], publish(the.RUBRIC))
    assert event == the.PUBLISHED
    assert from_data(event.content) == the.RUBRIC


def test_the_same_again_changes_nothing_and_any_other_is_refused() -> None:
    assert decided(RUBRIC, [the.PUBLISHED], publish(the.RUBRIC)) == []
    with pytest.raises(RubricFixed, match="another key"):
        decided(RUBRIC, [the.PUBLISHED], publish(replace(the.RUBRIC, title="Corrected")))


def test_sums_that_do_not_agree_are_refused_with_the_difference() -> None:
    typed = a_group("B", an_item("B1", "30"), an_item("B2", "35"), maximum="70")
    with pytest.raises(RubricUnbalanced) as refused:
        decided(RUBRIC, [], publish(a_rubric(typed)))
    (found,) = refused.value.details["imbalances"]
    assert (found["declared"], found["found"], found["difference"]) == ("70", "65", "-5")


def test_a_rubric_that_cannot_work_or_be_read_is_refused() -> None:
    with pytest.raises(RubricInvalid):
        decided(RUBRIC, [], publish(replace(the.RUBRIC, passes=())))
    with pytest.raises(RubricUnreadable):
        decided(RUBRIC, [], PublishRubric({**the.content(the.RUBRIC), "colour": "red"}))
    with pytest.raises(RubricUnreadable):
        decided(RUBRIC, [], PublishRubric({**the.content(the.RUBRIC), "scale": 0.5}))
