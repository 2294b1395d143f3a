"""Several sheets of one scorer at once: what would be refused is told beforehand, and all is recorded or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from services.campaigns import domain as campaigns
from shared.errors import CommendationError
from shared.permissions import OwnWork
from shared.rpc import Request
from shared.store import Database
from tests.services.evaluations.given_sheets import REASON
from tests.services.evaluations.serving import DUE, SCORES, Evaluations

UNITS = ("kiem-toan", "vien-kiem-sat")
GOOD = {"item": "A1", "score": "5", "reason": "đã kiểm tra"}
TOO_MUCH = {"item": "A2", "score": "20.5", "reason": "đã kiểm tra"}


class Sheets(Evaluations):
    """Toà án checks two units as the leader of the cluster."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        assigned = tuple(campaigns.Assignment(unit, ("toa-an",)) for unit in UNITS)
        self.feeds.tell("campaigns", campaigns.PassOpened("c1", "cluster", DUE, assigned))

    def ask(self, method: str, *scores: dict[str, Any], actor: str = "leader", versions: tuple[int, ...] = (0, 0)) -> Any:
        """Scores in turn on the sheet of each unit."""
        asked = [
            {"unit": unit, "version": version, "scores": [score]} for unit, version, score in zip(UNITS, versions, scores, strict=False)
        ]
        data = {"campaign": "c1", "pass_key": "cluster", "scorer": "toa-an", "sheets": asked}
        answer = getattr(self.service, method)(Request(actor, data).to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]

    @property
    def versions(self) -> list[int]:
        streams = [f"sheet-c1:{unit}:cluster:toa-an" for unit in UNITS]
        return [len(list(self.service.facts.store.stream(stream))) for stream in streams]


@pytest.fixture
def sheets(database: Database) -> Sheets:
    return Sheets(database)


def test_what_a_workbook_brings_is_recorded_as_a_whole_or_not_at_all(sheets: Sheets) -> None:
    refused = sheets.ask("rehearse_sheets", GOOD, TOO_MUCH)["refused"]
    assert [(row["unit"], row["error"]["code"]) for row in refused] == [("vien-kiem-sat", "evaluations.scores_refused")]
    assert [place["at"] for place in refused[0]["error"]["details"]["errors"]] == ["A2"]
    with pytest.raises(CommendationError, match="A2"):
        sheets.ask("score_sheets", GOOD, TOO_MUCH)
    assert sheets.versions == [0, 0]
    assert sheets.ask("rehearse_sheets", GOOD, GOOD) == {"refused": []}
    assert sheets.versions == [0, 0]
    answer = sheets.ask("score_sheets", GOOD, GOOD)
    assert (answer["events"], answer["repeated"], sheets.versions) == (2, False, [1, 1])
    with pytest.raises(CommendationError, match="since you opened it"):
        sheets.ask("score_sheets", {**GOOD, "score": "6"}, {**GOOD, "score": "6"}, versions=(1, 0))
    assert sheets.versions == [1, 1]
    with pytest.raises(CommendationError, match="needs the role"):
        sheets.ask("score_sheets", GOOD, actor="nobody")


def test_who_gave_a_sheet_back_does_not_correct_it_by_workbook(sheets: Sheets) -> None:
    at = {"pass_key": "cluster", "scorer": "toa-an"}
    sheets.grant("office", "office", "*")
    sheets.tell("leader", "score_items", **at, scores=SCORES)
    sheets.tell("leader", "submit_sheet", **at)
    sheets.tell("office", "return_sheet", **at, reason=REASON)
    corrected, now = {**GOOD, "score": "6"}, (sheets.versions[0],)
    with pytest.raises(OwnWork):
        sheets.ask("score_sheets", corrected, actor="office", versions=now)
    sheets.ask("score_sheets", corrected, versions=now)
