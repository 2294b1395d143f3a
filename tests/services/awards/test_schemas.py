"""What comes in at the boundary, and that every event is stored and read back as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.awards import domain, schemas
from shared.errors import ValidationFailed
from shared.event import Event
from shared.schema import load
from tests.services.awards import given as the

HANDED_OVER = domain.FlagHandedOver("h1", "noi-chinh", 2025, None, "toa-an", date(2025, 1, 20), "Biên bản")
CORRECTED = domain.VoteCorrected(**the.counts(8, 9), threshold=Decimal("80"), basis="x", verified=False, ballot=None, corrects="nhầm")

VOTE = {
    "proposal": "p1",
    "members": 9,
    "in_favour": 8,
    "against": 1,
    "blank": 0,
    "absent": 0,
    "held_on": "2025-02-10",
    "minutes": "Biên bản 12/BB-HĐ",
}
DECIDE = {"proposal": "p1", "number": "1", "decided_on": "2025-03-01", "signatory": "Chủ tịch", "authority": "Bộ Nội vụ"}


@pytest.mark.parametrize(
    ("fact", "effective_on"),
    [
        (the.proposed(), None),
        (domain.UnitNominated("c1", "kiem-toan", the.FORM, "p1"), None),
        (the.voted(), date(2025, 2, 10)),
        (the.voted(ballot=domain.BallotVerdict("b1", True)), date(2025, 2, 10)),
        (CORRECTED, date(2025, 2, 10)),
        (the.issued(), date(2025, 3, 1)),
        (domain.NumberReserved("Bộ Nội vụ", 2025, "1", "p1"), None),
        (HANDED_OVER, date(2025, 1, 20)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_is_read_back_as_it_was_decided(fact: Any, effective_on: date | None) -> None:
    new = schemas.EVENTS.encode(fact)
    assert new.effective_on == effective_on
    now = datetime(2025, 3, 1, tzinfo=UTC)
    stored = Event("e", "vn", "awards", 1, "s", 1, new.type, new.schema, new.data, now, now.date(), "a", "c", "k")
    assert schemas.EVENTS.decode(Event.from_cloudevent(stored.to_cloudevent())) == fact


def test_a_vote_is_read() -> None:
    assert load(schemas.RecordVote, VOTE) == the.vote(8, 9)


@pytest.mark.parametrize("changes", [{"absent": -1}, {"members": 0}, {"in_favour": "8"}, {"members": 1001}, {"threshold": "50"}])
def test_a_vote_that_cannot_be_is_refused_at_its_place(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schemas.RecordVote, {**VOTE, **changes})
    assert [error["at"] for error in refused.value.details["errors"]] == list(changes)


@pytest.mark.parametrize("number", ["", " 1", "a:b", "x" * 61, "1\n2"])
def test_a_number_that_cannot_name_a_decision_is_refused(number: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schemas.Decide, {**DECIDE, "number": number})
    assert {error["at"] for error in refused.value.details["errors"]} == {"number"}


def test_numbers_as_on_documents_are_taken() -> None:
    for number in ("1", "05/QĐ-TTg", "1407 / QĐ-TTg"):
        assert load(schemas.Decide, {**DECIDE, "number": number}).number == number


def test_a_vote_of_the_first_version_was_held_on_paper() -> None:
    data = {**schemas.EVENTS.encode(the.voted()).data}
    del data["ballot"]
    now = datetime(2025, 3, 1, tzinfo=UTC)
    first = Event("e", "vn", "awards", 1, "s", 1, "awards.VoteRecorded", 1, data, now, now.date(), "a", "c", "k")
    assert schemas.EVENTS.decode(first) == the.voted()


def test_a_ballot_is_named_with_its_minutes() -> None:
    taken = {"proposal": "p1", "ballot": "b1", "minutes": "Biên bản kiểm phiếu 3"}
    assert load(schemas.TakeBallot, taken) == the.take()
    with pytest.raises(ValidationFailed) as refused:
        load(schemas.TakeBallot, {**taken, "ballot": "b 1", "minutes": ""})
    assert {error["at"] for error in refused.value.details["errors"]} == {"ballot", "minutes"}
