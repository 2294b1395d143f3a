"""Pairing, inspections and urging at their boundary, and their events as they are stored."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.campaigns import domain, schemas
from services.campaigns.schemas import inspections, pairing, urging
from shared.errors import ValidationFailed
from shared.plain import plain
from shared.schema import load
from tests.services.campaigns import test_inspections as the_inspection
from tests.services.campaigns import test_pairing as the_pairing
from tests.services.campaigns import test_urging as the_reminder
from tests.shared.given import an_event

FACTS = [
    the_pairing.drawn(kin=(domain.Checked("toa-an", ("kiem-toan",)),), reason="Lại"),
    domain.PairCorrected("c1", "cross_check", "toa-an", ("kiem-toan",), "Vì"),
    the_inspection.PLANNED,
    the_inspection.HELD,
    the_inspection.FINDING,
    domain.FindingFollowedUp("kt-1", "1", "Đã lập sổ", date(2024, 10, 19)),
    the_inspection.CONCLUDED,
    the_inspection.CANCELLED,
    the_reminder.REMINDED,
    the_reminder.MAILBOX,
    domain.UnitMailboxSet("toa-an", None),
]
COMMANDS = [
    (schemas.DrawPairing, the_pairing.DRAW),
    (schemas.CorrectPair, domain.CorrectPair("c1", "cross_check", "toa-an", ("kiem-toan",), "Vì")),
    (schemas.PlanInspection, the_inspection.PLAN),
    (schemas.HoldInspection, the_inspection.HOLD),
    (schemas.RecordFinding, the_inspection.RECORD),
    (schemas.FollowUpFinding, the_inspection.FOLLOW_UP),
    (schemas.ConcludeInspection, the_inspection.CONCLUDE),
    (schemas.CancelInspection, the_inspection.CANCEL),
    (schemas.RemindUnit, the_reminder.REMIND),
    (schemas.SetUnitMailbox, domain.SetUnitMailbox("toa-an", "vanthu@toaan.example.vn")),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: Any) -> None:
    stored = schemas.EVENTS.encode(fact)
    assert stored.effective_on == getattr(fact, "effective_on", None)
    assert schemas.EVENTS.decode(an_event(type=stored.type, schema=stored.schema, data=stored.data)) == fact


def test_every_event_was_tried() -> None:
    assert {schema.record for schema in (*pairing.EVENTS, *inspections.EVENTS, *urging.EVENTS)} == {type(fact) for fact in FACTS}


@pytest.mark.parametrize(("schema", "command"), COMMANDS, ids=lambda one: type(one).__name__)
def test_commands_are_read(schema: Any, command: Any) -> None:
    assert load(schema, plain(command)) == command


@pytest.mark.parametrize(
    ("schema", "data", "at"),
    [
        (schemas.DrawPairing, {**plain(the_pairing.DRAW), "seed": "1" * 32}, "seed"),  # nobody chooses it
        (schemas.DrawPairing, {**plain(the_pairing.DRAW), "rules": ["even_load"]}, "rules[0]"),
        (schemas.PlanInspection, {**plain(the_inspection.PLAN), "team": ["Vụ trưởng", ""]}, "team[1]"),
        (schemas.RecordFinding, {**plain(the_inspection.RECORD), "text": " \n"}, "text"),
        (schemas.RecordFinding, {**plain(the_inspection.RECORD), "severity": "grave"}, "severity"),
        (schemas.RemindUnit, {**plain(the_reminder.REMIND), "text": "\n"}, "text"),
        (schemas.RemindUnit, {**plain(the_reminder.REMIND), "cluster": "noi-chinh"}, "cluster"),
        (schemas.SetUnitMailbox, {"unit": "u"}, "address"),
        (schemas.SetUnitMailbox, {"unit": "u", "address": "a@b.vn, c@d.vn"}, "address"),
        (schemas.SetUnitMailbox, {"unit": "u", "address": "a@b.vn\nBcc: c@d.vn"}, "address"),
        (schemas.AskWorkingDays, {"first": "2025-01-01", "last": "2225-01-01"}, "last"),
        (schemas.AskWorkingDays, {"first": "9999-12-30", "count": 5}, "first"),
        (schemas.AskWorkingDays, {"first": "2025-01-01", "count": 3000}, "count"),
    ],
)
def test_what_cannot_be_names_the_place(schema: Any, data: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schema, data)
    assert {error["at"] for error in refused.value.details["errors"]} == {at}
