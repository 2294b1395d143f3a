"""What was typed into a sheet beside what it holds: whose a row is, whatever the order in which people save."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway import filling
from services.gateway.filling import Outcome
from tests.services.gateway.world import item, sheet

SCORES = st.sampled_from(["", "5", "5,0", "5.00", "6", "7,25", "mười"])
REASONS = st.sampled_from(["", "có", "rõ\nhai dòng"])
ROWS = st.tuples(SCORES, REASONS)


def holding(score: str | None, reason: str | None) -> dict[str, Any]:
    found = sheet()
    found["groups"][0]["items"] = [item("I.1", score=score, reason=reason)]
    return found


def typed(score: str, reason: str = "", **more: str) -> dict[str, str]:
    return {"score:I.1": score, "reason:I.1": reason, **{f"{name}:I.1": value for name, value in more.items()}}


@pytest.mark.parametrize(
    ("seen", "held", "mine", "whose"),
    [
        ("5|", "5|", "5|", Outcome.HELD),
        ("5|", "5|", "6|", Outcome.MINE),
        ("5|", "6|", "5|", Outcome.HELD),
        ("5|", "6|", "6|", Outcome.HELD),
        ("5|", "6|", "7|", Outcome.BOTH),
        ("5|", "5|có", "6|", Outcome.BOTH),
    ],
)
def test_whoever_alone_changed_a_row_has_it(seen: str, held: str, mine: str, whose: Outcome) -> None:
    assert filling.outcome(seen, held, mine) is whose


@pytest.mark.parametrize("written", ["7,5", "7.5", " 7,50 ", "7.500000000"])
def test_the_same_score_has_one_mark(written: str) -> None:
    assert filling.mark(written, "a\r\nb ") == "7,5|a\nb"


@given(ROWS, ROWS, ROWS)
def test_no_row_is_lost(seen: tuple[str, str], theirs: tuple[str, str], mine: tuple[str, str]) -> None:
    """What was typed and is not what the sheet holds is saved, or stands in its field with a word why not."""
    score = theirs[0].replace(",", ".") if theirs[0] not in ("", "mười") else None
    now = holding(score, theirs[1] or None)
    held = filling.held(now).rows["I.1"].seen
    filled = filling.read(now, typed(*mine, seen=filling.mark(*seen)))
    row = filled.rows["I.1"]
    if filling.mark(*mine) in (held, filling.mark(*seen)):
        assert filled.changes() == []
        assert filling.mark(row.score, row.reason) == held
        assert row.unseen == (filling.mark(*mine) != held)
        return
    assert (row.score, row.reason) == mine
    if row.error:
        assert filled.changes() == []
        assert (row.theirs is not None) == (filling.mark(*seen) != held)
    else:
        assert [one["item"] for one in filled.changes()] == ["I.1"]
        assert filling.mark(*seen) == held


def test_a_choice_counts_only_beside_what_was_shown() -> None:
    now = holding("6", None)
    kept = filling.read(now, typed("7", seen="5|", theirs="6|", choice="mine"))
    assert kept.changes() == [{"item": "I.1", "score": 7, "reason": None}]
    taken = filling.read(now, typed("7", seen="5|", theirs="6|", choice="theirs")).rows["I.1"]
    assert (taken.score, taken.taken, taken.unseen) == ("6", True, False)
    for form in (typed("7", seen="5|", theirs="5,5|", choice="mine"), typed("7", seen="5|", theirs="6|", choice="?")):
        filled = filling.read(now, form)
        assert filled.contested
        assert filled.changes() == []
        assert filled.rows["I.1"].seen == "5|"


def test_once_chosen_a_row_that_is_refused_is_not_contested_again() -> None:
    now = holding("6", None)
    row = filling.read(now, typed("99", seen="5|", theirs="6|", choice="mine")).rows["I.1"]
    assert filling.read(now, typed("9", seen=row.seen)).changes() == [{"item": "I.1", "score": 9, "reason": None}]


@pytest.mark.parametrize(("items", "open_rows"), [([], ["I.1", "I.2"]), (["I.2"], ["I.2"]), (["I.3"], [])])
def test_after_a_return_only_what_it_is_for_is_filled(items: list[str], open_rows: list[str]) -> None:
    now = sheet(returned={"reason": "…", "items": items})
    now["groups"][0]["items"] = [item("I.1"), item("I.2"), item("I.3", scored_here=False)]
    assert [row["key"] for row in filling.items_of(now) if filling.takes(now, row)] == open_rows
    now["editable"] = False
    assert not any(filling.takes(now, row) for row in filling.items_of(now))
