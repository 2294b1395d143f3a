"""The rotation flag goes from its holder to the leader designated for the season."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.awards import domain

TODAY = date(2025, 6, 1)


def handover(kind: Any = domain.HandOverFlag, **changes: Any) -> Any:
    said = {
        "handover": "h1",
        "cluster": "noi-chinh",
        "season": 2025,
        "from_unit": "kiem-toan",
        "to_unit": "toa-an",
        "handed_on": date(2025, 1, 20),
        "document": "Biên bản bàn giao 01",
    }
    return kind(**{**said, **changes})


def happened(**changes: Any) -> domain.FlagHandedOver:
    event: domain.FlagHandedOver = handover(domain.FlagHandedOver, **changes)
    return event


def when(command: Any, *events: Any, designated: str | None = "toa-an") -> list[Any]:
    decider = domain.rotation(domain.RotationGround(designated, TODAY))
    return list(decider.decide(decider.fold(events), command))


def test_the_designated_leader_receives_the_flag() -> None:
    assert when(handover()) == [happened()]


def test_the_first_flag_of_a_cluster_comes_from_nobody() -> None:
    assert when(handover(from_unit=None)) == [happened(from_unit=None)]


def test_the_same_again_changes_nothing() -> None:
    assert when(handover(), happened()) == []


def test_an_id_is_used_once() -> None:
    with pytest.raises(domain.HandoverConflict):
        when(handover(document="khác"), happened())


def test_nobody_else_receives_it_and_the_leader_is_named() -> None:
    with pytest.raises(domain.NotDesignated, match="leader of 2025, toa-an, not to bo-cong-an"):
        when(handover(to_unit="bo-cong-an"))


def test_a_season_without_a_leader_has_no_hand_over() -> None:
    with pytest.raises(domain.NotDesignated, match="designate the leader in the registry first"):
        when(handover(), designated=None)


def test_only_the_holder_hands_it_over() -> None:
    before = happened(handover="h0", season=2024, from_unit=None, to_unit="vien-kiem-sat", handed_on=date(2024, 4, 10))
    with pytest.raises(domain.NotHolder, match="vien-kiem-sat has held the flag since 2024-04-10"):
        when(handover(), before)
    with pytest.raises(domain.NotHolder, match="nobody cannot hand it over"):
        when(handover(from_unit=None), before)
    assert when(handover(from_unit="vien-kiem-sat"), before) == [happened(from_unit="vien-kiem-sat")]


def test_a_leader_who_holds_it_keeps_it() -> None:
    before = happened(handover="h0", season=2024, from_unit=None, handed_on=date(2024, 4, 10))
    with pytest.raises(domain.NotHolder, match="holds the flag already"):
        when(handover(from_unit="toa-an"), before)


def test_hand_overs_follow_one_another_in_time() -> None:
    before = happened(handover="h0", from_unit=None, to_unit="kiem-toan", handed_on=date(2025, 1, 21))
    with pytest.raises(domain.DateImpossible, match="handed over on 2025-01-21 last"):
        when(handover(), before)


def test_a_hand_over_of_tomorrow_is_refused() -> None:
    with pytest.raises(domain.DateImpossible, match="after today"):
        when(replace(handover(), handed_on=date(2025, 6, 2)))
