"""Who checks whom: drawn under rules, the same again from the same seed, and corrected by hand with a reason."""

from __future__ import annotations

import itertools
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.campaigns.domain import (
    CampaignConflict,
    Checked,
    Circumstances,
    CorrectPair,
    DrawPairing,
    NotInAudience,
    PairCorrected,
    PairingDrawn,
    PairingImpossible,
    PairingStands,
    PassOrder,
    Rule,
)
from services.campaigns.domain.pairing import Pairing, breaches, draw, reproduces
from shared.errors import NotFound
from tests.services.campaigns import given as the
from tests.support.deciding import decided

SEED = "0f" * 16
UNITS = tuple("abcdef")
DRAW = DrawPairing("c1", "cross_check")


def on(seed: str = SEED, kin: tuple[Checked, ...] = (), last_year: tuple[Checked, ...] = ()) -> Any:
    return the.on(circumstances=Circumstances(seed, kin, last_year))


def drawn(**changes: Any) -> PairingDrawn:
    (event,) = decided(on(), [the.launched()], DRAW)
    assert isinstance(event, PairingDrawn)
    return replace(event, **changes)


@st.composite
def circumstances(make: Any) -> tuple[tuple[str, ...], dict[str, set[str]]]:
    """Some units, and for each those that may not check it."""
    units = UNITS[: make(st.integers(2, 6))]
    return units, {unit: make(st.sets(st.sampled_from(units))) for unit in units}


@given(circumstances(), st.sampled_from([1, 2]), st.text("0123456789abcdef", min_size=4, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_draw_keeps_its_rules_and_is_found_where_there_is_one(
    asked: tuple[tuple[str, ...], dict[str, set[str]]], checks_each: int, seed: str
) -> None:
    units, barred = asked
    if not possible(units, barred, checks_each):
        with pytest.raises(PairingImpossible) as refused:
            draw(units, barred, checks_each, seed)
        competing = refused.value.details["units"]
        left = {one for unit in competing for one in units if one != unit and one not in barred[unit]}
        assert competing
        assert set(refused.value.details["checkers"]) == left
        return
    pairs = draw(units, barred, checks_each, seed)
    assert [pair.unit for pair in pairs] == list(units)
    assert all(len(pair.by) == checks_each and pair.unit not in pair.by and not barred[pair.unit] & set(pair.by) for pair in pairs)
    checked = [checker for pair in pairs for checker in pair.by]
    assert {unit: checked.count(unit) for unit in units} == dict.fromkeys(units, checks_each)
    assert draw(tuple(reversed(units)), barred, checks_each, seed) == pairs


def possible(units: tuple[str, ...], barred: dict[str, set[str]], checks_each: int) -> bool:
    """Whether any choice of checkers keeps the rules: all of them are tried."""
    choices = [
        list(itertools.combinations([one for one in units if one != unit and one not in barred[unit]], checks_each)) for unit in units
    ]

    def fits(at: int, left: dict[str, int]) -> bool:
        if at == len(units):
            return True
        return any(
            all(left[one] for one in choice) and fits(at + 1, {one: count - (one in choice) for one, count in left.items()})
            for choice in choices[at]
        )

    return fits(0, dict.fromkeys(units, checks_each))


def test_the_draw_is_the_same_in_every_release() -> None:
    """What SHA-256 says of this seed: to find other pairs would make recorded draws look forged."""
    pairs = draw(UNITS, {"a": {"b"}}, 2, "seed")
    assert {pair.unit: "".join(pair.by) for pair in pairs} == PAIRS_OF_SEED


def test_another_seed_makes_another_draw() -> None:
    assert len({draw(UNITS, {}, 1, str(seed)) for seed in range(30)}) > 20


def test_a_hundred_units_that_are_hard_to_pair() -> None:
    """Each but two of them may only be checked by its neighbours: every greedy draw has to be taken back."""
    units = tuple(f"{at:03}" for at in range(100))
    near = {unit: {units[(at + step) % 100] for step in (1, 2, 3)} for at, unit in enumerate(units)}
    barred = {unit: set(units) - near[unit] for unit in units}
    for checks_each in (1, 2, 3):
        pairs = draw(units, barred, checks_each, SEED)
        assert all(set(pair.by) <= near[pair.unit] for pair in pairs)


def test_a_long_way_round_does_not_end_in_a_recursion() -> None:
    """A chain in which to give the last unit a checker changes that of every other."""
    units = tuple(f"{at:04}" for at in range(400))
    allowed = {unit: {units[at - 1], units[(at + 1) % 400]} for at, unit in enumerate(units)}
    barred = {unit: set(units) - allowed[unit] for unit in units}
    limit = sys.getrecursionlimit()
    assert len(draw(units, barred, 1, SEED)) == 400
    assert sys.getrecursionlimit() == limit


def test_who_checks_whom_is_drawn_with_all_that_it_rests_on() -> None:
    kin = (Checked("toa-an", ("bo-khac",)), Checked("kiem-toan", ("vien-kiem-sat", "toa-an")))
    command = replace(DRAW, rules=(Rule.NOT_LAST_YEAR,))
    (event,) = decided(on(kin=kin, last_year=(Checked("toa-an", ("J1",)),)), [the.launched()], command)
    assert event == PairingDrawn(
        "c1",
        "cross_check",
        SEED,
        1,
        (Rule.NOT_LAST_YEAR,),
        the.UNITS,
        (Checked("kiem-toan", ("toa-an", "vien-kiem-sat")),),  # of those outside the campaign nothing is said
        (),
        event.pairs,
        None,
    )
    assert reproduces(event)


@pytest.mark.parametrize(
    "forged",
    [
        {"seed": "1" * 32},
        {"checks_each": 2},
        {"kin": (Checked("kiem-toan", ("toa-an", "vien-kiem-sat")),)},
        {"units": ("kiem-toan", "toa-an", "vien-kiem-sat", "bo-cong-an")},
        {"pairs": ()},
    ],
)
def test_a_draw_whose_seed_does_not_give_its_pairs_is_found_out(forged: dict[str, Any]) -> None:
    one_way, other_way = ({draw(the.UNITS, {}, 1, seed) for seed in seeds} for seeds in ([SEED], ["1" * 32]))
    assert one_way != other_way, "with these two seeds the first case would show nothing"
    assert reproduces(drawn())
    assert not reproduces(drawn(**forged))


def test_rules_that_cannot_hold_are_named() -> None:
    """Of three units each pair met last year; of two, one is the other's parent; one alone has nobody."""
    met = tuple(Checked(unit, tuple(set(the.UNITS) - {unit})) for unit in the.UNITS)
    related = (Checked("toa-an", ("kiem-toan", "vien-kiem-sat")),)
    for found, rules in [
        (on(last_year=met), ["not_last_year"]),
        (on(kin=related), ["not_kin"]),
        (on(kin=related, last_year=met), ["not_last_year", "not_kin"]),
    ]:
        with pytest.raises(PairingImpossible) as refused:
            decided(found, [the.launched()], DRAW)
        assert refused.value.details["rules"] == rules
        assert refused.value.details["units"]
    with pytest.raises(PairingImpossible, match="too few") as refused:
        decided(on(), [the.launched()], replace(DRAW, checks_each=3))
    assert refused.value.details["rules"] == ["even_load"]


def test_a_rule_that_was_left_out_binds_nobody() -> None:
    related = tuple(Checked(unit, tuple(set(the.UNITS) - {unit})) for unit in the.UNITS)
    (event,) = decided(on(kin=related), [the.launched()], replace(DRAW, rules=(Rule.NOT_LAST_YEAR,)))
    assert reproduces(event)
    assert breaches(Pairing(event)) == []


def test_drawn_once_it_stands_until_a_reason_is_given() -> None:
    given = [the.launched(), drawn()]
    assert decided(on(seed="2" * 32), given, DRAW) == []
    with pytest.raises(PairingStands):
        decided(on(), given, replace(DRAW, checks_each=2))
    (again,) = decided(on(seed="2" * 32), given, replace(DRAW, checks_each=2, reason="Thêm một đơn vị chấm"))
    assert (again.seed, again.checks_each, again.reason) == ("2" * 32, 2, "Thêm một đơn vị chấm")


def test_a_pair_is_corrected_by_hand_and_the_pass_opens_with_it() -> None:
    given = [the.launched(), drawn()]
    correct = CorrectPair("c1", "cross_check", "toa-an", ("kiem-toan", "vien-kiem-sat"), "Vừa thanh tra chung")
    (corrected,) = decided(on(), given, correct)
    assert corrected == PairCorrected("c1", "cross_check", "toa-an", ("kiem-toan", "vien-kiem-sat"), "Vừa thanh tra chung")
    before = [*given, corrected, the.opened("self"), the.closed("self")]
    (opened,) = decided(on(), before, the.open_pass("cross_check"))
    scorers = {assignment.unit: assignment.scorers for assignment in opened.assignments}
    assert scorers == {**{pair.unit: pair.by for pair in drawn().pairs}, "toa-an": ("kiem-toan", "vien-kiem-sat")}
    again = (*before, opened)
    for late in (replace(correct, checkers=("kiem-toan",)), replace(DRAW, reason="Lại")):
        with pytest.raises(PassOrder):
            decided(on(), again, late)


def test_a_new_draw_takes_the_corrections_back() -> None:
    given = [the.launched(), drawn(), PairCorrected("c1", "cross_check", "toa-an", ("kiem-toan", "vien-kiem-sat"), "vì")]
    (again,) = decided(on(), given, replace(DRAW, reason="Bốc thăm lại"))
    pairing = the.CAMPAIGN.fold([*given, again]).pairing_of("cross_check")
    assert pairing is not None
    assert pairing.pairs == again.pairs
    corrected = PairCorrected("c1", "cross_check", "toa-an", ("kiem-toan", "vien-kiem-sat"), "vì")
    assert decided(on(), [*given, again], replace(DRAW, reason="Bốc thăm lại")) == []
    assert decided(on(), [*given, again, corrected], replace(DRAW, reason="Bốc thăm lại")) != [], "the same words, of another draw"


@pytest.mark.parametrize(
    ("unit", "checkers", "error"),
    [
        ("toa-an", ("toa-an",), CampaignConflict),
        ("toa-an", (), CampaignConflict),
        ("toa-an", ("kiem-toan", "kiem-toan"), CampaignConflict),
        ("toa-an", ("bo-cong-an",), NotInAudience),
        ("bo-cong-an", ("toa-an",), NotInAudience),
    ],
)
def test_a_correction_that_cannot_be(unit: str, checkers: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        decided(on(), [the.launched(), drawn()], CorrectPair("c1", "cross_check", unit, checkers, "vì"))


def test_a_correction_needs_a_reason_and_a_draw() -> None:
    correct = CorrectPair("c1", "cross_check", "toa-an", ("kiem-toan",), " ")
    with pytest.raises(CampaignConflict, match="why"):
        decided(on(), [the.launched(), drawn()], correct)
    with pytest.raises(NotFound):
        decided(on(), [the.launched()], replace(correct, reason="vì"))


@pytest.mark.parametrize("pass_key", ["self", "unknown"])
def test_where_each_scores_itself_or_nobody_does_nothing_is_drawn(pass_key: str) -> None:
    with pytest.raises(NotFound):
        decided(on(), [the.launched()], replace(DRAW, pass_key=pass_key))


@pytest.mark.parametrize("checks_each", [0, 4])
def test_each_unit_checks_one_to_three_others(checks_each: int) -> None:
    with pytest.raises(CampaignConflict):
        decided(on(), [the.launched()], replace(DRAW, checks_each=checks_each))


def test_a_rule_that_a_correction_leaves_is_said() -> None:
    kin = (Checked("toa-an", ("kiem-toan",)),)
    pairing = Pairing(drawn(kin=kin), (PairCorrected("c1", "cross_check", "kiem-toan", ("toa-an",), "vì"),))
    assert ("kiem-toan", "toa-an", "not_kin") in breaches(pairing)


PAIRS_OF_SEED = {"a": "cd", "b": "df", "c": "af", "d": "be", "e": "bc", "f": "ae"}
