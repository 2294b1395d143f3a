"""Ratings of a period and of a year: entered, put before others, approved, corrected, recognised. Given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.evaluations.domain import ratings, year_ratings
from services.evaluations.domain.errors import (
    DocumentMissing,
    PeriodUnknown,
    QuotaExceeded,
    RatingsClosed,
    RatingsRefused,
    RatingsStale,
    ReasonMissing,
)
from services.evaluations.domain.periods import PeriodKind
from services.evaluations.rules.ratings import SCHEMES
from services.evaluations.schemas import EVENTS
from services.evaluations.schemas.ratings import FIGURES_MAX, GROUP_MAX, REASON_MAX, ROWS_MAX, EnterRatings
from shared.bounds import EVENT_BYTES_MAX
from shared.errors import NotFound, ValidationFailed
from shared.plain import plain
from shared.schema import load
from tests.services.evaluations import given_ratings as the
from tests.shared.given import an_event
from tests.support.deciding import decided

END = date(2026, 12, 31)


@pytest.mark.parametrize("fact", the.EVENTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: Any) -> None:
    stored = EVENTS.encode(fact)
    told = an_event(type=stored.type, schema=stored.schema, data=stored.data)
    assert plain(EVENTS.decode(told)) == plain(EVENTS.recall("s", stored.type, stored.schema, stored.data)) == plain(fact)
    assert EVENTS.recall("s", stored.type, stored.schema, stored.data) == fact


ROW: dict[str, Any] = plain(the.a_row())


@pytest.mark.parametrize(
    ("row", "at"),
    [
        ({**ROW, "figures": {"general": 28.5}}, "rows[0].figures.general.value"),
        ({**ROW, "figures": {"general": "28,5"}}, "rows[0].figures.general.value"),
        ({**ROW, "figures": {f"f{number}": "1" for number in range(FIGURES_MAX + 1)}}, "rows[0].figures"),
        ({**ROW, "subject": "p:1"}, "rows[0].subject"),
        ({**ROW, "group": "đ" * (GROUP_MAX + 1)}, "rows[0].group"),
        ({**ROW, "because": "đ" * (REASON_MAX + 1)}, "rows[0].because"),
        ({**ROW, "unrated": ""}, "rows[0].unrated"),
        ({**ROW, "name": "Nguyễn Văn Mẫu"}, "rows[0].name"),
    ],
)
def test_a_row_that_cannot_be_read_names_the_place(row: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(EnterRatings, {**the.AT, "rows": [row]})
    assert {error["at"] for error in refused.value.details["errors"]} == {at}


def test_rows_are_read_digit_for_digit_and_bounded() -> None:
    read = load(EnterRatings, {**the.AT, "rows": [{**ROW, "figures": {**ROW["figures"], "general": "28.50"}}]})
    assert str(read.rows[0].figures["general"]) == "28.50"
    with pytest.raises(ValidationFailed):
        load(EnterRatings, {**the.AT, "rows": [ROW] * (ROWS_MAX + 1)})


# A period


def test_rows_are_entered_and_only_what_differs_is_recorded() -> None:
    rows = (the.a_row("p1"), the.a_row("p2"))
    assert decided(the.the_ratings(), [], the.enter(*rows)) == [the.entered(*rows)]
    changed = the.a_row("p2", delays=1)
    assert decided(the.the_ratings(), [the.entered(*rows)], the.enter(rows[0], changed)) == [the.entered(changed)]


def test_many_rows_are_several_events_each_within_the_bound() -> None:
    longest = {"because": "đ" * 200, "decided": "KHT", "facts": ("disciplined", "degradation", "corruption_in_unit")}
    rows = [the.a_row(f"{number:036d}", leads=True, group="đ" * 60, more=longest) for number in range(45)]
    events = decided(the.the_ratings(), [], the.enter(*rows))
    assert [len(event.rows) for event in events] == [20, 20, 5]
    assert all(len(an_event(data=EVENTS.encode(event).data).canonical()) < EVENT_BYTES_MAX for event in events)


def test_a_subject_is_taken_out() -> None:
    past = [the.entered(the.a_row("p1"), the.a_row("p2"))]
    removed = ratings.RatingsRemoved(**the.AT, subjects=("p2",))
    assert decided(the.the_ratings(), past, the.enter(removed=("p2", "p3"))) == [removed]
    assert list(the.the_ratings().fold([*past, removed]).rows) == ["p1"]


def test_all_faulty_rows_are_named_at_once_and_none_is_recorded() -> None:
    faulty = (the.a_row("p1", general=31), the.a_row("p2", completed=11), the.a_row("p3"), the.a_row("p3", delays=1))
    with pytest.raises(RatingsRefused, match="None of the 4 rows") as refused:
        decided(the.the_ratings(), [], the.enter(*faulty))
    found = {(error["at"], error["code"]) for error in refused.value.details["errors"]}
    assert found == {("p1.general", "above_maximum"), ("p2.completed", "above_other"), ("p3.subject", "twice")}


@pytest.mark.parametrize("period", ["2026-05", "2026-Q3"])
def test_a_period_to_come_is_not_rated(period: str) -> None:
    with pytest.raises(PeriodUnknown):
        decided(the.the_ratings(), [], replace(the.enter(the.a_row()), period=period))


def test_a_scheme_of_months_rates_no_quarter() -> None:
    with pytest.raises(PeriodUnknown):
        decided(the.the_ratings(the.TREASURY), [], replace(the.enter(the.a_month("A")), period="2026-Q1"))


def test_who_reads_an_old_version_does_not_overwrite() -> None:
    past = [the.entered(the.a_row("p1")), the.entered(the.a_row("p2"))]
    with pytest.raises(RatingsStale) as refused:
        decided(the.the_ratings(), past, the.enter(the.a_row("p1", delays=1), version=1))
    assert refused.value.details == {"version": 2, "expected": 1}
    assert decided(the.the_ratings(), past, the.enter(the.a_row("p1", delays=1), version=2))


def test_a_period_is_rated_from_its_first_day_on() -> None:
    assert decided(the.the_ratings(today=date(2026, 3, 1)), [], the.enter(the.a_row()))
    with pytest.raises(PeriodUnknown):
        decided(the.the_ratings(today=date(2026, 2, 28)), [], the.enter(the.a_row()))


def test_submitted_ratings_take_no_rows_until_they_are_returned() -> None:
    past = [the.entered(the.a_row()), the.SUBMITTED]
    with pytest.raises(RatingsClosed):
        decided(the.the_ratings(), past, the.enter(the.a_row(delays=1)))
    assert decided(the.the_ratings(), past, the.enter(the.a_row())) == [], "it holds that already"
    returned = ratings.ReturnRatings(**the.AT, reason=the.RETURNED.reason)
    assert decided(the.the_ratings(), past, returned) == [the.RETURNED]
    assert decided(the.the_ratings(), [*past, the.RETURNED], the.enter(the.a_row(delays=1))) == [the.entered(the.a_row(delays=1))]
    with pytest.raises(ReasonMissing):
        decided(the.the_ratings(), past, replace(returned, reason=" "))
    with pytest.raises(RatingsClosed, match="approved"):
        decided(the.the_ratings(), [*past, the.APPROVED], returned)


def test_nothing_is_not_submitted_nor_returned() -> None:
    with pytest.raises(RatingsClosed):
        decided(the.the_ratings(), [], ratings.ReturnRatings(**the.AT, reason="Thiếu"))
    assert decided(the.the_ratings(), [the.entered(the.a_row())], ratings.ReturnRatings(**the.AT, reason="Thiếu")) == []
    with pytest.raises(RatingsClosed, match="Nothing is entered"):
        decided(the.the_ratings(), [], the.SUBMIT)
    assert decided(the.the_ratings(), [the.entered(the.a_row())], the.SUBMIT) == [the.SUBMITTED]


def test_what_is_submitted_is_approved_and_then_corrected_with_a_reason() -> None:
    past: list[Any] = [the.entered(the.a_row()), the.SUBMITTED]
    assert decided(the.the_ratings(), past, the.APPROVE) == [the.APPROVED]
    with pytest.raises(RatingsClosed):
        decided(the.the_ratings(), past, the.CORRECT)
    past.append(the.APPROVED)
    assert decided(the.the_ratings(), past, the.CORRECT) == [the.CORRECTED]
    with pytest.raises(ReasonMissing):
        decided(the.the_ratings(), past, replace(the.CORRECT, reason=""))
    with pytest.raises(RatingsRefused, match="None of the 1 rows"):
        decided(the.the_ratings(), past, replace(the.CORRECT, row=the.a_row(general=31)))
    again = the.the_ratings().fold([*past, the.CORRECTED])
    assert (again.state, again.rows["p1"].figures["delays"]) == (ratings.RatingState.SUBMITTED, Decimal(1))


@pytest.mark.parametrize(
    ("past", "command"),
    [
        ([], the.APPROVE),
        ([the.entered(the.a_row())], the.APPROVE),
        ([the.entered(the.a_row()), the.SUBMITTED], replace(the.APPROVE, effective_on=date(2026, 4, 3))),
    ],
)
def test_what_is_not_submitted_or_dated_ahead_is_not_approved(past: list[Any], command: Any) -> None:
    with pytest.raises(RatingsClosed):
        decided(the.the_ratings(), past, command)


def _monthly() -> Any:
    quota = replace(the.DECREE.quotas[0], on=(PeriodKind.MONTH,))
    higher = replace(the.DECREE.quotas[1], on=(PeriodKind.MONTH,))
    return replace(the.DECREE, quotas=(quota, higher))


def test_more_excellent_than_the_quota_allows_is_not_approved() -> None:
    rows = [the.a_row_of("95", f"x{number}") for number in range(2)] + [the.a_row_of("80", f"g{number}") for number in range(8)]
    past = [the.entered(*rows), the.SUBMITTED]
    with pytest.raises(QuotaExceeded, match=r"20 % of 8 = 1.6 allow 1") as refused:
        decided(the.the_ratings(_monthly()), past, the.APPROVE)
    assert [(line["group"], line["left"]) for line in refused.value.details["lines"]] == [(None, -1), ("Chuyên viên", -1)]
    higher = replace(the.APPROVE, variant="excellent_outstanding")
    (approved,) = decided(the.the_ratings(_monthly()), past, higher)
    assert approved.variant == "excellent_outstanding"
    with pytest.raises(DocumentMissing):
        decided(the.the_ratings(_monthly()), past, replace(higher, document=None))
    with pytest.raises(RatingsRefused):
        decided(the.the_ratings(_monthly()), past, replace(higher, variant="excellent"))
    with pytest.raises(RatingsRefused, match="for a month"):
        decided(the.the_ratings(), past, higher)  # the decree allows it for the year


def test_somebody_graded_lower_makes_room_and_widens_the_base() -> None:
    rows = [the.a_row_of("95", "x0"), the.a_row_of("95", "x1", decided="HTT", because="Hết chỉ tiêu")]
    rows += [the.a_row_of("80", f"g{number}") for number in range(4)]
    assert decided(the.the_ratings(_monthly()), [the.entered(*rows), the.SUBMITTED], the.APPROVE) == [the.APPROVED]


# A year


def _period(*rows: Any, approved: bool = True) -> ratings.Ratings:
    past = [the.entered(*rows), the.SUBMITTED, *([the.APPROVED] if approved else [])]
    return the.the_ratings().fold(past)


def _ground(**periods: ratings.Ratings) -> year_ratings.YearGround:
    told = {f"2026-{key[1:]}": period for key, period in periods.items()}
    return year_ratings.year_ground(SCHEMES, "nd-335-2025", 2026, told, END)


def _good(number: int) -> list[Any]:
    return [the.a_row_of("80", f"g{one}") for one in range(number)]


def test_a_year_follows_from_its_approved_periods_only() -> None:
    ground = _ground(m01=_period(the.a_row_of("95")), m02=_period(the.a_row_of("85")), m03=_period(the.a_row_of("10"), approved=False))
    group, points = ground.subjects["p1"]
    assert (group, points.mean, points.grade, ground.waiting) == ("Chuyên viên", Decimal("90.00"), "HTXS", ("2026-03",))


def test_a_grade_is_decided_lower_with_a_reason_and_taken_back() -> None:
    ground = _ground(m01=_period(the.a_row()))
    decider = year_ratings.year_ratings(ground)
    assert decided(decider, [], the.DECIDE) == [the.DECIDED]
    back = replace(the.DECIDED, grade=None, reason="Có người thôi việc")
    assert decided(decider, [the.DECIDED], replace(the.DECIDE, grade=None, reason=back.reason)) == [back]
    stands = [year_ratings.standings(ground, decider.fold(past))[0] for past in ([the.DECIDED], [the.DECIDED, back])]
    assert [(one.grade, one.because) for one in stands] == [("HTT", the.DECIDED.reason), ("HTXS", None)]


def test_a_decision_that_changes_nothing_is_none_and_one_that_confirms_is_one() -> None:
    decider = year_ratings.year_ratings(_ground(m01=_period(the.a_row())))
    assert decided(decider, [the.DECIDED], the.DECIDE) == []
    assert decided(decider, [], replace(the.DECIDE, grade=None)) == [], "nothing to take back"
    assert decided(decider, [], replace(the.DECIDE, grade="HTXS")), "as the periods have it"


def test_who_has_no_grade_from_the_periods_has_none_by_decision() -> None:
    ground = _ground(m01=_period(the.a_row(more={"unrated": "Nghỉ thai sản"})))
    decider = year_ratings.year_ratings(ground)
    assert decided(decider, [], the.DECIDE) == [the.DECIDED]
    assert [one.grade for one in year_ratings.standings(ground, decider.fold([the.DECIDED]))] == [None]


def test_a_period_in_which_nobody_is_rated_is_not_waited_for() -> None:
    emptied = the.the_ratings().fold([the.entered(the.a_row()), ratings.RatingsRemoved(**the.AT, subjects=("p1",))])
    assert _ground(m01=_period(the.a_row()), m02=emptied).waiting == ()


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (replace(the.DECIDE, subject="p9"), NotFound),
        (replace(the.DECIDE, reason=" "), ReasonMissing),
        (replace(the.DECIDE, grade="A"), RatingsRefused),
    ],
)
def test_a_decision_that_cannot_be(command: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        decided(year_ratings.year_ratings(_ground(m01=_period(the.a_row()))), [], command)


def test_nobody_is_graded_higher_than_the_periods_say() -> None:
    decider = year_ratings.year_ratings(_ground(m01=_period(the.a_row_of("60"))))
    with pytest.raises(RatingsRefused) as refused:
        decided(decider, [], the.DECIDE)
    (error,) = refused.value.details["errors"]
    assert (error["code"], error["values"]) == ("grade_raised", {"given": "HTT", "derived": "HT"})


def test_the_year_is_recognised_whole_with_every_grade() -> None:
    rows = [the.a_row_of("95"), *_good(5), the.a_row_of("40", "k1")]
    decider = year_ratings.year_ratings(_ground(m01=_period(*rows)))
    (event,) = decided(decider, [], the.RECOGNISE)
    assert {one.subject: one.grade for one in event.grades} == {"p1": "HTXS", **{f"g{one}": "HTT" for one in range(5)}, "k1": "KHT"}
    with pytest.raises(RatingsClosed):
        decided(decider, [event], replace(the.RECOGNISE, document="100/QĐ-BTP"))
    with pytest.raises(RatingsClosed):
        decided(decider, [event], the.DECIDE)


def test_a_year_over_its_quota_is_not_recognised() -> None:
    rows = [the.a_row_of("95", "x0"), the.a_row_of("95"), *_good(8)]
    decider = year_ratings.year_ratings(_ground(m01=_period(*rows)))
    with pytest.raises(QuotaExceeded):
        decided(decider, [], the.RECOGNISE)
    (event,) = decided(decider, [the.DECIDED], the.RECOGNISE)
    assert [one.grade for one in event.grades if one.subject in ("p1", "x0")] == ["HTT", "HTXS"]
    (higher,) = decided(decider, [], replace(the.RECOGNISE, variant="excellent_outstanding"))
    assert higher.variant == "excellent_outstanding"
    with pytest.raises(RatingsRefused, match="no quota excellent for"):
        decided(decider, [], replace(the.RECOGNISE, variant="excellent"))


@pytest.mark.parametrize(
    ("periods", "command", "said"),
    [
        ({}, the.RECOGNISE, "Nobody"),
        ({"m01": _period(the.a_row(), approved=False)}, the.RECOGNISE, "wait for approval: 2026-01"),
        ({"m01": _period(*_good(1))}, replace(the.RECOGNISE, effective_on=date(2027, 1, 1)), "still to come"),
    ],
)
def test_a_year_that_is_not_ready_is_not_recognised(periods: dict[str, Any], command: Any, said: str) -> None:
    with pytest.raises(RatingsClosed, match=said):
        decided(year_ratings.year_ratings(_ground(**periods)), [], command)


def test_five_hundred_people_are_recognised_in_events_within_the_bound() -> None:
    rows = [the.a_row_of("80", f"{number:036d}", "đ" * 60) for number in range(500)]
    decider = year_ratings.year_ratings(_ground(m01=_period(*rows)))
    events = decided(decider, [], the.RECOGNISE)
    assert [len(event.grades) for event in events] == [100] * 5
    assert all(len(an_event(data=EVENTS.encode(event).data).canonical()) < EVENT_BYTES_MAX for event in events)
