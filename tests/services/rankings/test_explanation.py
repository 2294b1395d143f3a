"""An explanation reaches from the total down to the event behind each score."""

import json
from decimal import Decimal

import pytest

from services.rankings.domain import UnitNotRanked, Use, explain, plain, standings, standings_data
from shared.rubric import Kind, Rounding, Rubric, Statistic, TieBreak, TieBy
from tests.services.rankings.given import a_score, scores_of
from tests.shared.rubric.given import a_group, a_rubric, an_item


@pytest.fixture
def rubric() -> Rubric:
    first = an_item("A.1", weight=Decimal(2), statistic=Statistic.TRIMMED_MEAN, dropped=1, panel_rounding=Rounding(2))
    return a_rubric(
        a_group("A", first, an_item("A.2", kind=Kind.PENALTY)),
        a_group("B", an_item("B.1")),
        tie_breaks=(TieBreak(TieBy.PENALTIES),),
    )


def test_each_score_says_what_became_of_it(rubric: Rubric) -> None:
    scores = [
        a_score("a", "A.1", "9.5", by="a", in_pass="self", minute=1, event="e1"),
        a_score("a", "A.1", "9", by="J1", minute=2, event="e2"),
        a_score("a", "A.1", "8", by="J2", minute=3, event="e3"),
        a_score("a", "A.1", "7", by="J3", minute=4, event="e4"),
        a_score("a", "A.1", "8.5", by="J2", minute=5, event="e5", reason="evidence 12 found"),
        a_score("a", "A.1", "1", by="J4", minute=6, event="e6"),
        a_score("a", "A.1", None, by="J4", minute=7, event="e7", reason="seat J4 stood down"),
    ]
    first = explain(standings(rubric, ["a"], scores), "a").items[0]
    assert [(one.key, one.title, one.counts, str(one.value)) for one in first.passes] == [
        ("self", "Self", False, "None"),  # one score, and a trimmed mean needs three
        ("cluster", "Cluster", True, "17"),
    ]
    assert {one.event: one.use for turn in first.passes for one in turn.scores} == {
        "e1": Use.EARLIER,
        "e2": Use.DROPPED,
        "e3": Use.SUPERSEDED,
        "e4": Use.DROPPED,
        "e5": Use.COUNTED,
        "e6": Use.SUPERSEDED,
        "e7": Use.WITHDRAWAL,
    }
    changed = next(one for one in first.passes[1].scores if one.event == "e5")
    assert (changed.scorer, changed.score, changed.reason) == ("J2", Decimal("8.5"), "evidence 12 found")
    assert (first.group, first.weight) == ("A", Decimal(2))
    assert (str(first.panel), str(first.value)) == ("8.50", "17")


def test_the_totals_the_ties_and_the_place_are_told(rubric: Rubric) -> None:
    scores = [*scores_of("a", B_1="5"), *scores_of("b", B_1="6", A_2="1")]
    one = explain(standings(rubric, ["a", "b", "c"], scores), "b")
    assert (one.rank, one.ranked, one.total, one.content, one.penalty) == (2, 2, Decimal(5), Decimal(6), Decimal(1))
    assert [(group.key, group.value) for group in one.groups] == [("A", Decimal(-1)), ("B", Decimal(6))]
    assert one.tied_with == ("a",)
    assert [(step.by, step.value, step.decided) for step in one.tie_steps] == [(TieBy.PENALTIES, Decimal(1), True)]
    assert one.missing == ("A.1",)


def test_a_unit_outside_the_board_is_not_explained(rubric: Rubric) -> None:
    with pytest.raises(UnitNotRanked, match="they hold a, b"):
        explain(standings(rubric, ["a", "b"], []), "z")


def test_boards_and_explanations_are_json_with_points_as_strings(rubric: Rubric) -> None:
    board = standings(rubric, ["a"], [a_score("a", "B.1", "5.50", event="e1")])
    data = json.loads(json.dumps(standings_data(board)))
    (row,) = data["rows"]
    assert (row["total"], row["groups"], row["complete"]) == ("5.5", {"A": None, "B": "5.5"}, False)
    explained = json.loads(json.dumps(plain(explain(board, "a"))))
    (given,) = explained["items"][2]["passes"][0]["scores"]
    assert given == {
        "scorer": "head",
        "score": "5.50",
        "recorded_at": "2024-12-01T09:00:00Z",
        "reason": None,
        "event": "e1",
        "use": "counted",
    }


def test_plain_refuses_what_json_cannot_hold() -> None:
    with pytest.raises(TypeError, match="float has no place"):
        plain(0.1)
