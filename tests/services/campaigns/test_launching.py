"""Launching by itself and under another campaign: kinds, named units, dates within the parent's, criteria added but never dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.campaigns.domain import Audience, CampaignConflict, CampaignKind, CriteriaDropped, NotInAudience, NotReady, Parent
from shared.rubric import Kind, Rubric
from tests.services.campaigns import given as the
from tests.shared.rubric.given import a_group, a_rubric, an_item
from tests.support.deciding import decided

ABOVE = Parent("c0", "Phong trào của Khối", 2024, date(2024, 1, 1), date(2024, 12, 31), False, the.RUBRIC)
UNDER = the.launch(parent="c0", starts_on=date(2024, 2, 1), registration_due_on=date(2024, 2, 28), ends_on=date(2024, 11, 30))


def under(parent: Parent = ABOVE, rubric: Rubric = the.RUBRIC, **changes: Any) -> Any:
    return the.on(parent=parent, rubric=rubric, **changes)


def rubric_of(*items: Any) -> Rubric:
    return a_rubric(a_group("A", *items), passes=the.RUBRIC.passes)


@pytest.mark.parametrize("kind", CampaignKind)
def test_a_campaign_says_its_kind_and_its_plan(kind: CampaignKind) -> None:
    command = the.launch(kind=kind, plan_document="Kế hoạch số 12/KH-TĐKT")
    (launched,) = decided(the.CAMPAIGN, [], command)
    assert (launched.kind, launched.plan_document, launched.organiser) == (kind, "Kế hoạch số 12/KH-TĐKT", "ban-tdkt")


def test_units_may_be_named_in_place_of_the_members() -> None:
    ground = the.on(known=frozenset({"toa-an", "cuc-a"}))
    (launched,) = decided(ground, [], the.launch(units=("cuc-a", "toa-an")))
    assert (launched.audience, launched.audience_is) == (("cuc-a", "toa-an"), Audience.NAMED)
    for wrong in (("toa-an", "bo-cong-an"), ("toa-an", "toa-an")):
        with pytest.raises(NotInAudience, match="Name each unit once"):
            decided(ground, [], the.launch(units=wrong))
    assert decided(the.on(members=(), known=frozenset({"cuc-a"})), [], the.launch(units=("cuc-a",)))


def test_another_office_may_organise_it_and_scores_the_central_pass() -> None:
    with pytest.raises(NotReady, match="no organisation van-phong"):
        decided(the.CAMPAIGN, [], the.launch(organiser="van-phong"))
    (launched,) = decided(the.on(known=frozenset({"van-phong"})), [], the.launch(organiser="van-phong"))
    assert launched.organiser == "van-phong"


def test_said_again_after_the_cluster_found_another_organiser_it_is_the_same_campaign() -> None:
    assert decided(the.on(organiser="van-phong"), [the.launched()], the.launch()) == []
    with pytest.raises(CampaignConflict, match="runs already"):
        decided(the.on(known=frozenset({"van-phong"})), [the.launched()], the.launch(organiser="van-phong"))


# Under another campaign


def test_a_campaign_under_another_keeps_within_its_dates() -> None:
    (launched,) = decided(under(), [], UNDER)
    assert launched.parent == "c0"
    same_dates = replace(UNDER, starts_on=ABOVE.starts_on, ends_on=ABOVE.ends_on)
    assert decided(under(), [], same_dates)
    for outside in (replace(UNDER, starts_on=date(2023, 12, 31)), replace(UNDER, ends_on=date(2025, 1, 1))):
        with pytest.raises(CampaignConflict, match="runs in 2024 from 2024-01-01 to 2024-12-31"):
            decided(under(), [], outside)


def test_nothing_is_launched_under_a_final_campaign() -> None:
    with pytest.raises(CampaignConflict, match="is final"):
        decided(under(replace(ABOVE, final=True)), [], UNDER)


def test_criteria_may_be_added_and_raised() -> None:
    more = rubric_of(an_item("A1", "12"), an_item("A2", "20"), an_item("B1", "5"))
    assert decided(under(rubric=more), [], UNDER)
    weighted = rubric_of(an_item("A1", "10"), replace(an_item("A2", "10"), weight=Decimal(2)))
    assert decided(under(rubric=weighted), [], UNDER)


def test_criteria_that_are_dropped_or_lowered_are_named_one_by_one() -> None:
    less = rubric_of(an_item("A2", "19"), replace(an_item("B1", "5"), kind=Kind.BONUS))
    above = replace(ABOVE, rubric=rubric_of(an_item("A1"), an_item("A2", "20"), an_item("B1", "5")))
    with pytest.raises(CriteriaDropped, match="3 criteria of Phong trào của Khối") as refused:
        decided(under(above, less), [], UNDER)
    assert [(one["at"], one["message"]) for one in refused.value.details["errors"]] == [
        ("A1", f"{the.RUBRIC.item('A1').title} is missing."),
        ("A2", "It gives at most 19 points here, 20 in the parent."),
        ("B1", "It is bonus here, content in the parent."),
    ]


POINTS = st.dictionaries(st.sampled_from(["A1", "A2", "B1", "B2"]), st.integers(1, 30), min_size=1)


@settings(max_examples=80, deadline=None)
@given(above=POINTS, own=POINTS)
def test_a_child_is_launched_exactly_where_it_has_every_criterion_of_its_parent_with_its_points(
    above: dict[str, int], own: dict[str, int]
) -> None:
    of = {
        name: rubric_of(*(an_item(key, str(points)) for key, points in table.items())) for name, table in (("above", above), ("own", own))
    }
    fits = all(own.get(key, 0) >= points for key, points in above.items())
    try:
        launched = decided(under(replace(ABOVE, rubric=of["above"]), of["own"]), [], UNDER)
    except CriteriaDropped:
        launched = []
    assert bool(launched) is fits
