"""The second opinion: it agrees with the engine to the last digit, and says so where a board is another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rankings import domain
from services.rankings.second import Difference, differences, figures, observed
from shared.rubric import Cap, Kind, Rounding, RoundingMode, Rubric, TieBreak, TieBy, from_data
from shared.rubric import panel as engine
from tests.services.rankings.given import START, a_score, scores_of
from tests.services.rankings.given_second import UNITS, Season, Told, adjustment, disagreements, seasons, told
from tests.shared.rubric.given import a_group, a_rubric, an_item, unhurried
from tests.support import skating

TABLE = a_rubric(
    a_group("A", an_item("A.1"), an_item("A.2", "20")),
    a_group("B", an_item("B.1", kind=Kind.BONUS), an_item("B.2", kind=Kind.PENALTY)),
    total_rounding=Rounding(1),
)


@settings(unhurried, max_examples=300)
@given(seasons())
def test_both_evaluators_say_the_same_of_any_rubric_and_scores(season: Season) -> None:
    rubric, scores, votes, adjustments = season
    assert disagreements(rubric, scores, votes, UNITS, adjustments) == []


@unhurried
@given(st.fractions(-1000, 1000), st.none() | st.builds(Rounding, st.integers(0, 6), st.sampled_from(RoundingMode)))
def test_both_write_a_figure_alike(value: Fraction, rounding: Rounding | None) -> None:
    rule = None if rounding is None else {"places": rounding.places, "mode": rounding.mode.value}
    assert figures.written(value, rule) == format(engine.as_decimal(value, rounding), "f")
    assert figures.rounded(value, rule) == engine.rounded(value, rounding)


def _programs() -> list[tuple[skating.Program, Rubric, list[domain.Score]]]:
    skating.require()
    found = []
    for program in skating.programs():
        lines = [(unit, item, pass_key, by, Decimal(score)) for unit, item, pass_key, by, score in skating.score_lines(program)]
        found.append((program, from_data(program.rubric), [domain.Score(*line, recorded_at=START) for line in lines]))
    return found


def test_the_published_results_of_figure_skating_come_out_of_the_second_opinion_too() -> None:
    compared = 0
    for program, rubric, scores in _programs():
        standings = told(rubric, scores, units=program.units).opinion()["standings"]
        for unit, published in program.published.items():
            said = standings[unit]
            assert (said["rank"], said["total"], said["groups"]["components"]) == (
                published.rank,
                format(published.total, "f"),
                format(published.components.normalize(), "f"),
            )
            compared += 1
    assert compared == 250


def test_with_any_one_judge_left_out_both_come_to_the_same_changed_ranks() -> None:
    moved = left_out = 0
    for place, (program, rubric, scores) in enumerate(_programs()):
        judges = sorted({score.scorer for score in scores} - {skating.TECH})
        for judge in judges[place % 3 :: 3]:  # each third, others in the next program: each of the nine seats is left out several times
            without = [score for score in scores if score.scorer != judge]
            assert disagreements(rubric, without, None, program.units) == [], (program.title, judge)
            board = domain.standings(rubric, program.units, without)
            moved += any(row.rank != program.published[row.unit].rank for row in board.rows)
            left_out += 1
    assert left_out == 16 * 3
    assert moved > left_out / 4  # that a judge is left out is no small thing: otherwise this test would compare nothing


def test_a_draft_does_not_count_and_a_returned_sheet_only_when_it_is_handed_in_again() -> None:
    season = Told(TABLE)
    sheet = ("u1", "self", "u1")
    season.score(a_score("u1", "A.1", "8", by="u1", in_pass="self"))
    assert season.opinion()["standings"]["u1"]["status"] == "no_scores"
    season.submit(sheet)
    assert season.opinion()["standings"]["u1"]["total"] == "8.0"
    season.tell("evaluations.SheetReturned", unit="u1", pass_key="self", scorer="u1", reason="Thiếu minh chứng", items=["A.2"])
    season.score(a_score("u1", "A.2", "11", by="u1", in_pass="self"))
    assert season.opinion()["standings"]["u1"]["total"] is None
    season.submit(sheet)
    assert season.opinion()["standings"]["u1"]["total"] == "19.0"


def test_the_answer_to_an_appeal_comes_after_every_pass_for_the_items_it_names() -> None:
    season = told(TABLE, scores_of("u1", "central", A_1="5", A_2="10"))
    answer = {"appeal": "a1", "unit": "u1", "outcome": "partly", "answer": "…", "answered_on": "2024-12-20"}
    season.tell("evaluations.AppealAnswered", **answer, scores=[{"item": "A.1", "score": "7.25", "reason": "Bổ sung"}])
    assert season.opinion()["standings"]["u1"]["content"] == "17.25"


def test_an_adjustment_counts_until_it_is_reversed_or_has_expired() -> None:
    season = told(TABLE, scores_of("u1", A_1="5"))
    bonus = adjustment("a1", "u1", domain.AdjustmentKind.BONUS, Decimal(10), until=date(2024, 12, 20))
    season.tell("evaluations.AdjustmentMade", **domain.plain(bonus))
    assert [season.opinion(date(2024, 12, day))["standings"]["u1"]["total"] for day in (19, 20, 21)] == ["15.0", "15.0", "5.0"]
    season.tell("evaluations.AdjustmentMade", **domain.plain(adjustment("a2", "u1", domain.AdjustmentKind.GATE, None)))
    assert season.opinion()["standings"]["u1"]["status"] == "disqualified"
    season.tell("evaluations.AdjustmentReversed", adjustment="a2", unit="u1", reason="Nhầm", authority="Bộ")
    assert season.opinion()["standings"]["u1"]["status"] == "ranked"


def test_what_was_frozen_or_made_final_says_the_same_on_every_later_day() -> None:
    season = told(TABLE, scores_of("u1", A_1="5"))
    bonus = adjustment("a1", "u1", domain.AdjustmentKind.BONUS, Decimal(10), until=START.date())
    season.tell("evaluations.AdjustmentMade", **domain.plain(bonus))
    later = date(2025, 3, 1)
    assert season.opinion(later)["standings"]["u1"]["total"] == "5.0"
    season.tell("campaigns.CampaignFinalised", boards=[], positions=[])
    assert season.opinion(later)["standings"]["u1"]["total"] == "15.0"


def test_a_scorer_who_recused_is_absent_and_not_zero() -> None:
    scores = [a_score("u1", "A.1", "8", by="J1"), a_score("u1", "A.1", "4", by="J2")]
    season = told(TABLE, scores)
    assert season.opinion()["standings"]["u1"]["total"] == "6.0"
    season.tell("evaluations.ScorerRecused", unit="u1", pass_key="cluster", scorer="J2", ground="own", reason="…")
    assert season.opinion()["standings"]["u1"]["total"] == "8.0"
    season.tell("evaluations.RecusalWithdrawn", unit="u1", pass_key="cluster", scorer="J2", reason="…")
    assert season.opinion()["standings"]["u1"]["total"] == "6.0"


def test_while_a_campaign_is_frozen_what_came_after_does_not_count() -> None:
    season = told(TABLE, scores_of("u1", A_1="5"))
    reached = [{"site": "vn", "service": name, "position": count} for name, count in season.positions.items()]
    season.tell("campaigns.CampaignFrozen", reason="Chờ", positions=reached)
    season.score(a_score("u2", "A.1", "9"))
    season.submit(("u2", "cluster", "head"))
    assert [season.opinion()["standings"][unit]["rank"] for unit in ("u1", "u2")] == [1, None]
    season.tell("campaigns.CampaignThawed", reason="Xong")
    assert [season.opinion()["standings"][unit]["rank"] for unit in ("u1", "u2")] == [2, 1]


def _entered(*units: str) -> Told:
    """These units registered, their covenants signed, every item scored; the first is the best."""
    season = Told(TABLE)
    for place, unit in enumerate(units):
        season.tell("campaigns.UnitRegistered", unit=unit)
        season.tell("campaigns.CovenantSigned", unit=unit)
        for score in scores_of(unit, A_1="9", A_2=str(18 - place)):
            season.score(score)
        season.submit((unit, "cluster", "head"))
    return season


def _candidates(season: Told) -> list[str]:
    return [unit for unit, said in season.opinion()["flag"].items() if said["candidate"]]


def test_the_flag_goes_to_the_best_of_those_who_may_have_it() -> None:
    assert _candidates(_entered("u1", "u2")) == ["u1"]
    assert _candidates(_entered()) == []


@pytest.mark.parametrize(("ended_on", "candidate"), [("2024-12-31", "u2"), ("2025-01-01", "u2"), ("2025-01-02", "u1")])
def test_a_unit_that_was_there_to_the_end_of_the_season_may_have_the_flag(ended_on: str, candidate: str) -> None:
    season = _entered("u1", "u2")
    season.tell("registry.OrganisationMerged", organisation="u1", heirs=[{"organisation": "u9"}], effective_on=ended_on)
    assert _candidates(season) == [candidate]
    season.tell("registry.OrganisationCorrected", organisation="u1", attribute="succession", held_from=ended_on, value=None)
    assert _candidates(season) == ["u1"]


def test_a_figure_that_is_another_is_named_with_both_values() -> None:
    scores = scores_of("u1", A_1="5", A_2="10")
    shown = domain.standings_data(domain.standings(TABLE, UNITS, scores))
    second = told(TABLE, scores).opinion()["standings"]
    assert differences(shown, second) == []
    forged = {**shown, "rows": [{**shown["rows"][0], "total": "15.1", "groups": {"A": "15", "B": "0.1"}}, *shown["rows"][1:]]}
    assert differences(forged, second) == [Difference("u1", "total", "15.1", "15.0"), Difference("u1", "groups.B", "0.1", None)]
    fewer = {**shown, "rows": shown["rows"][:-1]}
    assert differences(fewer, second) == [Difference("u4", "unit", None, "u4")]


def test_a_cap_over_a_group_takes_from_its_bonus_first() -> None:
    table = a_rubric(a_group("A", an_item("A.1"), an_item("A.2", kind=Kind.BONUS)), caps=(Cap("group:A", Decimal(12)),))
    said = told(table, scores_of("u1", A_1="9", A_2="8")).opinion()["standings"]["u1"]
    assert (said["content"], said["bonus"], said["total"]) == ("9", "3", "12")


def test_a_vote_on_another_tie_separates_nobody() -> None:
    table = a_rubric(a_group("A", an_item("A.1")), tie_breaks=(TieBreak(TieBy.VOTE),))
    scores = [score for unit in ("u1", "u2", "u3") for score in scores_of(unit, A_1="9")]
    assert {unit: said["rank"] for unit, said in told(table, scores, {"u1": 3, "u2": 1}).opinion()["standings"].items()} == {
        "u1": 1,
        "u2": 1,
        "u3": 1,
        "u4": None,
    }


@pytest.mark.parametrize(
    ("step", "first", "second", "ahead"),
    [
        (TieBreak(TieBy.ITEM, "B.2"), {"A_1": "9", "B_2": "1"}, {"A_1": "8", "B_2": "0"}, "u2"),  # fewer deducted
        (TieBreak(TieBy.ITEM, "B.1"), {"A_1": "9", "B_1": "1"}, {"A_1": "8", "B_1": "2"}, "u2"),
        (TieBreak(TieBy.PENALTIES), {"A_1": "9", "B_2": "1"}, {"A_1": "8", "B_2": "0"}, "u2"),
        # the marks of content alone: two nines come before any five, and a ten of bonus is none of them
        (TieBreak(TieBy.COUNT_HIGHEST), {"A_1": "5", "A_2": "5", "B_1": "10"}, {"A_1": "9", "A_2": "9", "B_1": "2"}, "u2"),
        (TieBreak(TieBy.GROUP, "B"), {"A_1": "5"}, {"A_1": "6", "B_2": "1"}, "u2"),  # nothing to compare comes last, below a minus
    ],
    ids=lambda value: str(value.by) if isinstance(value, TieBreak) else "",
)
def test_a_step_of_the_chain_separates_equals_alike_in_both(step: TieBreak, first: Any, second: Any, ahead: str) -> None:
    table = replace(TABLE, tie_breaks=(step,))
    scores = [*scores_of("u1", **first), *scores_of("u2", **second)]
    said = told(table, scores).opinion()["standings"]
    assert said["u1"]["total"] == said["u2"]["total"]
    assert [unit for unit, figures_of in said.items() if figures_of["rank"] == 1] == [ahead]
    assert disagreements(table, scores, None, UNITS) == []


def test_of_a_campaign_that_the_events_do_not_launch_there_is_no_opinion() -> None:
    assert observed(Told(TABLE).events, "c2", date(2024, 12, 15)) is None
