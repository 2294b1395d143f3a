"""Rubrics and their drafts: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.campaigns.domain import (
    DRAFT,
    RUBRIC,
    CampaignConflict,
    DiscardDraft,
    DraftClosed,
    DraftRubric,
    DraftStale,
    PublishDraft,
    PublishRubric,
    RubricDraftDiscarded,
    RubricDrafted,
    RubricDraftPublished,
    RubricFixed,
    RubricGone,
    RubricGround,
    RubricInUse,
    RubricPublished,
    RubricWithdrawn,
    WithdrawRubric,
    rubric,
)
from shared.errors import NotFound
from shared.rubric import RubricInvalid, RubricUnbalanced, RubricUnreadable, from_data
from tests.services.campaigns import given as the
from tests.shared.rubric.given import a_group, a_rubric, an_item
from tests.support.deciding import decided

ALONE = rubric(RubricGround())
WITHDRAWN = RubricWithdrawn("R", "Ghi sai điểm")


def publish(table: object) -> PublishRubric:
    return PublishRubric(the.content(table))  # type: ignore[arg-type]


def test_a_rubric_is_published_as_it_stands_and_reads_back_the_same() -> None:
    (event,) = decided(ALONE, [], publish(the.RUBRIC))
    assert event == the.PUBLISHED
    assert from_data(event.content) == the.RUBRIC


def test_the_same_again_changes_nothing_and_any_other_is_refused() -> None:
    assert decided(ALONE, [the.PUBLISHED], publish(the.RUBRIC)) == []
    with pytest.raises(RubricFixed, match="another key"):
        decided(ALONE, [the.PUBLISHED], publish(replace(the.RUBRIC, title="Corrected")))


def test_what_an_earlier_release_published_is_the_same_rubric_in_fewer_words() -> None:
    later = ("in_force_from", "in_force_until", "based_on")
    content = {name: value for name, value in the.PUBLISHED.content.items() if name not in later} | {"legal_basis": ""}
    assert decided(ALONE, [RubricPublished("R", content)], publish(the.RUBRIC)) == []


def test_sums_that_do_not_agree_are_refused_with_the_difference() -> None:
    typed = a_group("B", an_item("B1", "30"), an_item("B2", "35"), maximum="70")
    with pytest.raises(RubricUnbalanced) as refused:
        decided(ALONE, [], publish(a_rubric(typed)))
    (found,) = refused.value.details["imbalances"]
    assert (found["declared"], found["found"], found["difference"]) == ("70", "65", "-5")


def test_a_rubric_that_cannot_work_or_be_read_is_refused() -> None:
    with pytest.raises(RubricInvalid):
        decided(ALONE, [], publish(replace(the.RUBRIC, passes=())))
    with pytest.raises(RubricUnreadable):
        decided(ALONE, [], PublishRubric({**the.content(the.RUBRIC), "colour": "red"}))
    with pytest.raises(RubricUnreadable):
        decided(ALONE, [], PublishRubric({**the.content(the.RUBRIC), "scale": 0.5}))


def test_it_holds_from_its_first_day_in_force() -> None:
    (event,) = decided(ALONE, [], publish(replace(the.RUBRIC, in_force_from=date(2024, 4, 1))))
    assert event.effective_on == date(2024, 4, 1)
    assert the.PUBLISHED.effective_on is None


def test_a_version_is_based_on_a_rubric_that_is_published() -> None:
    second = replace(the.RUBRIC, key="R2", based_on="R")
    (event,) = decided(rubric(RubricGround(published=frozenset({"R"}))), [], publish(second))
    assert event.content["based_on"] == "R"
    with pytest.raises(NotFound, match="no rubric R on which R2 could be based"):
        decided(ALONE, [], publish(second))


# Withdrawal


def test_a_rubric_that_no_campaign_uses_is_withdrawn_once() -> None:
    command = WithdrawRubric("R", "Ghi sai điểm")
    assert decided(ALONE, [the.PUBLISHED], command) == [WITHDRAWN]
    assert decided(ALONE, [the.PUBLISHED, WITHDRAWN], command) == []
    with pytest.raises(RubricGone, match="withdrawn already: Ghi sai điểm"):
        decided(ALONE, [the.PUBLISHED, WITHDRAWN], replace(command, reason="Another"))


def test_what_was_not_published_is_not_withdrawn() -> None:
    with pytest.raises(NotFound):
        decided(ALONE, [], WithdrawRubric("R", "Ghi sai điểm"))


def test_a_rubric_in_use_stays() -> None:
    used = rubric(RubricGround(campaigns=("c1", "c2")))
    with pytest.raises(RubricInUse, match="used by c1, c2"):
        decided(used, [the.PUBLISHED], WithdrawRubric("R", "Ghi sai điểm"))
    assert decided(used, [the.PUBLISHED, WITHDRAWN], WithdrawRubric("R", "Ghi sai điểm")) == []


def test_a_withdrawn_rubric_is_neither_published_again_nor_taken_for_a_campaign_but_still_read() -> None:
    with pytest.raises(RubricFixed, match="was withdrawn"):
        decided(ALONE, [the.PUBLISHED, WITHDRAWN], publish(the.RUBRIC))
    state = RUBRIC.fold([the.PUBLISHED, WITHDRAWN])
    assert state.table("R") == the.RUBRIC
    with pytest.raises(RubricGone, match="Choose another"):
        state.in_use("R")
    assert RUBRIC.fold([the.PUBLISHED]).in_use("R") == the.RUBRIC
    with pytest.raises(NotFound, match="publish it first"):
        RUBRIC.initial.in_use("R")


@pytest.mark.parametrize(
    ("first", "last", "taken"),
    [
        (date(2024, 12, 31), None, True),
        (None, date(2024, 1, 1), True),
        (date(2024, 4, 1), date(2024, 4, 30), True),
        (date(2025, 1, 1), None, False),
        (None, date(2023, 12, 31), False),
    ],
)
def test_a_campaign_takes_a_rubric_that_is_in_force_on_one_of_its_days(first: date | None, last: date | None, taken: bool) -> None:
    campaign = the.on(rubric=replace(the.RUBRIC, in_force_from=first, in_force_until=last))
    if taken:
        assert len(decided(campaign, [], the.launch())) == 1
    else:
        with pytest.raises(CampaignConflict, match="in force on no day"):
            decided(campaign, [], the.launch())


# Drafts

HALF: dict[str, Any] = {"key": "R2", "title": "", "scale": "one hundred", "groups": [{"items": [{}]}]}
WHOLE = the.content(the.RUBRIC)
DRAFTED = RubricDrafted("d1", HALF)
CLOSED = [RubricDraftDiscarded("d1"), RubricDraftPublished("d1", "R")]


def test_a_draft_may_be_as_wrong_as_it_likes_and_is_saved_edition_after_edition() -> None:
    assert decided(DRAFT, [], DraftRubric("d1", HALF)) == [DRAFTED]
    assert decided(DRAFT, [DRAFTED], DraftRubric("d1", WHOLE, 1)) == [RubricDrafted("d1", WHOLE)]


def test_the_same_draft_is_no_new_edition_however_it_is_written() -> None:
    shorter = {name: value for name, value in WHOLE.items() if name not in ("caps", "legal_basis")} | {"season": "2024"}
    assert decided(DRAFT, [DRAFTED, RubricDrafted("d1", WHOLE)], DraftRubric("d1", shorter, 1)) == []
    assert decided(DRAFT, [DRAFTED], DraftRubric("d1", HALF, 7)) == []


@pytest.mark.parametrize("edition", [0, 1, 3])
def test_a_draft_that_somebody_else_saved_meanwhile_is_not_overwritten(edition: int) -> None:
    past = [DRAFTED, RubricDrafted("d1", {**HALF, "title": "Theirs"})]
    for command in (DraftRubric("d1", WHOLE, edition), DiscardDraft("d1", edition), PublishDraft("d1", edition)):
        with pytest.raises(DraftStale) as refused:
            decided(DRAFT, past, command)
        assert refused.value.details["edition"] == 2


def test_a_draft_is_given_up_or_published_once() -> None:
    past = [DRAFTED, RubricDrafted("d1", WHOLE)]
    discarded, published = CLOSED
    assert decided(DRAFT, past, DiscardDraft("d1", 2)) == [discarded]
    assert decided(DRAFT, past, PublishDraft("d1", 2)) == [published]
    assert decided(DRAFT, [*past, discarded], DiscardDraft("d1", 2)) == []
    assert decided(DRAFT, [*past, published], PublishDraft("d1", 2)) == []


def test_a_draft_that_cannot_be_read_is_not_published() -> None:
    with pytest.raises(RubricUnreadable):
        decided(DRAFT, [DRAFTED], PublishDraft("d1", 1))


@pytest.mark.parametrize("closed", CLOSED)
def test_nothing_changes_in_a_closed_draft(closed: Any) -> None:
    past = [RubricDrafted("d1", WHOLE), closed]
    others = [DiscardDraft("d1", 1)] if isinstance(closed, RubricDraftPublished) else [PublishDraft("d1", 1)]
    for command in (DraftRubric("d1", HALF, 1), DraftRubric("d1", WHOLE, 1), *others):
        with pytest.raises(DraftClosed):
            decided(DRAFT, past, command)


@pytest.mark.parametrize("command", [DiscardDraft("d1", 0), PublishDraft("d1", 0)])
def test_a_draft_that_was_never_saved_is_not_there(command: Any) -> None:
    with pytest.raises(NotFound, match="no draft d1"):
        decided(DRAFT, [], command)


@pytest.mark.parametrize("decider", [ALONE, DRAFT])
def test_a_command_of_another_aggregate_is_a_mistake(decider: Any) -> None:
    with pytest.raises(TypeError):
        decider.decide(decider.initial, object())
