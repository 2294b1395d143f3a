"""An aggregate's state is what its events make of it, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shared.decider import Decider


def _decide(state: tuple[str, ...], command: str) -> Sequence[str]:
    return [] if command in state else [command]


NOTES: Decider[tuple[str, ...]] = Decider((), _decide, lambda state, event: (*state, event))


def test_without_events_the_state_is_the_initial_one() -> None:
    assert NOTES.fold([]) == ()


@given(st.lists(st.text()), st.lists(st.text()))
def test_folding_goes_on_where_it_stood(before: list[str], after: list[str]) -> None:
    state = NOTES.fold(before)
    for event in after:
        state = NOTES.evolve(state, event)
    assert state == NOTES.fold(iter([*before, *after])) == (*before, *after)


@given(st.lists(st.text()), st.text())
def test_what_was_decided_once_is_not_decided_again(before: list[str], command: str) -> None:
    then = NOTES.fold([*before, *NOTES.decide(NOTES.fold(before), command)])
    assert NOTES.decide(then, command) == []
