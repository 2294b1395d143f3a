"""Who scored a unit for itself does not hand in the sheet by which it is checked, and who gives a sheet back does not correct it."""

from __future__ import annotations

import pytest

from shared.permissions import OwnWork
from shared.store import Database
from tests.services.evaluations.given_sheets import REASON
from tests.services.evaluations.serving import SCORES, Evaluations


@pytest.fixture
def evaluations(database: Database) -> Evaluations:
    return Evaluations(database)


def test_who_scored_the_unit_for_itself_does_not_hand_in_the_check(evaluations: Evaluations) -> None:
    for method, more in (("score_items", {"scores": SCORES}), ("submit_sheet", {})):
        evaluations.tell("leader", method, "self", "kiem-toan", **more)
    evaluations.open("cross_check", "toa-an")
    evaluations.tell("leader", "score_items", "cross_check", "toa-an", scores=SCORES)
    with pytest.raises(OwnWork, match="another account"):
        evaluations.tell("leader", "submit_sheet", "cross_check", "toa-an")
    evaluations.tell("deputy", "submit_sheet", "cross_check", "toa-an")
    evaluations.open("cluster", "toa-an")
    evaluations.tell("deputy", "score_items", "cluster", "toa-an", scores=SCORES)
    evaluations.tell("deputy", "submit_sheet", "cluster", "toa-an")


def test_who_gives_a_sheet_back_neither_filled_it_nor_corrects_it(evaluations: Evaluations) -> None:
    own = {"pass_key": "self", "scorer": "kiem-toan"}
    for office in ("office", "other-office"):
        evaluations.grant(office, "office", "*")
    evaluations.tell("office", "score_items", **own, scores=SCORES)
    evaluations.tell("office", "submit_sheet", **own)
    with pytest.raises(OwnWork):
        evaluations.tell("office", "return_sheet", **own, reason=REASON)
    evaluations.tell("other-office", "return_sheet", **own, reason=REASON)
    corrected = [{"item": "A1", "score": "4"}]
    with pytest.raises(OwnWork):
        evaluations.tell("other-office", "score_items", **own, scores=corrected)
    evaluations.tell("office", "score_items", **own, scores=corrected)
