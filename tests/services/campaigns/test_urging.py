"""Reminders and mailboxes: at most once a day, and only of what is owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.campaigns.domain import (
    About,
    Channel,
    NoMailbox,
    NothingDue,
    RemindUnit,
    SetUnitMailbox,
    UnitMailboxSet,
    UnitReminded,
    UrgingGround,
    reminders,
)
from shared.errors import NotFound
from tests.support.deciding import decided

DUE_ON = date(2024, 11, 30)
TODAY = date(2024, 12, 2)
MAILBOX = UnitMailboxSet("toa-an", "vanthu@toaan.example.vn")
REMIND = RemindUnit("toa-an", About.SHEET, "Đề nghị nộp phiếu.", "c1", "self/toa-an")
REMINDED = UnitReminded("toa-an", About.SHEET, "c1", "self/toa-an", DUE_ON, "Đề nghị nộp phiếu.", Channel.PAGE, None, TODAY)


def on(**changes: Any) -> Any:
    return reminders(UrgingGround(**{"due_on": DUE_ON, "today": TODAY, **changes}))


def test_a_unit_is_reminded_of_what_it_owes() -> None:
    assert decided(on(), [MAILBOX], REMIND) == [REMINDED]


def test_by_mail_to_the_mailbox_that_it_has_then() -> None:
    by_mail = replace(REMIND, channel=Channel.MAIL)
    (event,) = decided(on(), [UnitMailboxSet("toa-an", "cu@toaan.example.vn"), MAILBOX], by_mail)
    assert (event.channel, event.address) == (Channel.MAIL, "vanthu@toaan.example.vn")
    for given in ([], [MAILBOX, UnitMailboxSet("toa-an", None)]):
        with pytest.raises(NoMailbox):
            decided(on(), given, by_mail)


def test_once_a_day_of_the_same_and_again_the_next_day() -> None:
    assert decided(on(due_on=None), [REMINDED], replace(REMIND, text="Lần hai")) == []
    (other,) = decided(on(), [REMINDED], replace(REMIND, subject="cross_check/kiem-toan"))
    assert other.subject == "cross_check/kiem-toan"
    (again,) = decided(on(today=date(2024, 12, 3)), [REMINDED, other], REMIND)
    assert again.effective_on == date(2024, 12, 3)


def test_nobody_is_reminded_of_what_is_done() -> None:
    with pytest.raises(NothingDue):
        decided(on(due_on=None), [], REMIND)


def test_a_mailbox_is_named_changed_and_taken_away() -> None:
    assert decided(on(), [], SetUnitMailbox("toa-an", MAILBOX.address)) == [MAILBOX]
    assert decided(on(), [MAILBOX], SetUnitMailbox("toa-an", None)) == [UnitMailboxSet("toa-an", None)]
    assert decided(on(), [], SetUnitMailbox("toa-an", None)) == []
    with pytest.raises(NotFound):
        decided(on(unit_known=False), [], SetUnitMailbox("nobody", MAILBOX.address))
