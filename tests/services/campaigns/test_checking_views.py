"""Kin, last year's pairs, inspections and what is owed, folded from the feeds of three services on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.campaigns import domain, views
from services.campaigns.schemas import EVENTS
from services.evaluations.domain import ConflictGround, RecusalWithdrawn, ScorerRecused, SheetReturned, SheetSubmitted
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.registry.domain import Attribute, OrganisationCorrected, OrganisationMoved, OrganisationRegistered
from services.registry.schemas import EVENTS as REGISTRY
from shared.projection import Projector
from shared.store import Database
from tests.services.campaigns import given as the
from tests.services.campaigns import test_inspections as the_inspection
from tests.services.campaigns import test_urging as the_reminder
from tests.support.feeds import Feeds


@pytest.fixture
def feeds(database: Database) -> Feeds:
    projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
    projector.prepare()
    return Feeds(projector, {"campaigns": EVENTS, "registry": REGISTRY, "evaluations": EVALUATIONS})


def registered(key: str, parent: str | None = None, sector_parent: str | None = None) -> OrganisationRegistered:
    return OrganisationRegistered(key, f"Tên {key}", "Trung ương", None, None, parent, None, sector_parent)


def test_kin_are_parents_and_children_of_a_day_by_either_relation(feeds: Feeds) -> None:
    feeds.tell("registry", registered("so-y-te", "tinh", "bo-y-te"), registered("tinh"), registered("bo-y-te"), registered("huyen", "tinh"))
    feeds.tell("registry", OrganisationMoved("huyen", "so-y-te", None, date(2025, 7, 1), "NQ 1"))
    among = ("tinh", "bo-y-te", "so-y-te", "huyen")
    with feeds.projector.reading() as reading:
        before, after = (views.kin_on(reading, among, day) for day in (date(2025, 6, 30), date(2025, 7, 1)))
        assert views.kin_on(reading, ("tinh", "bo-y-te"), date(2025, 7, 1)) == []
        assert [views.is_unit(reading, key) for key in ("tinh", "nobody")] == [True, False]
    assert before == [("huyen", "tinh"), ("so-y-te", "bo-y-te"), ("so-y-te", "tinh")]
    assert after == [("huyen", "so-y-te"), ("so-y-te", "bo-y-te"), ("so-y-te", "tinh")]


def test_a_corrected_parent_was_the_parent_until_the_next_move(feeds: Feeds) -> None:
    feeds.tell("registry", registered("a", "x"), OrganisationMoved("a", "y", None, date(2025, 7, 1), "NQ 1"))
    feeds.tell("registry", OrganisationCorrected("a", Attribute.PARENT, None, "z", "ghi nhầm"))
    feeds.tell("registry", OrganisationCorrected("a", Attribute.NAME, None, "Tên", "ghi nhầm"))
    with feeds.projector.reading() as reading:
        found = [views.kin_on(reading, ("a", "x", "y", "z"), day) for day in (date(2024, 1, 1), date(2025, 7, 2))]
    assert found == [[("a", "z")], [("a", "y")]]


def test_who_checked_whom_last_year_is_of_this_cluster_season_and_pass(feeds: Feeds) -> None:
    for campaign, season, cluster in [("c0", 2023, "noi-chinh"), ("c1", 2024, "noi-chinh"), ("c2", 2023, "kinh-te")]:
        feeds.tell("campaigns", the.launched(campaign=campaign, season=season, cluster=cluster))
        for pass_key in ("self", "cross_check"):
            assigned = (domain.Assignment("toa-an", (f"{campaign}-{pass_key}", "kiem-toan")),)
            feeds.tell("campaigns", domain.PassOpened(campaign, pass_key, the.DUE, assigned))
    with feeds.projector.reading() as reading:
        found = views.checked_in(reading, "noi-chinh", 2023, "cross_check")
    assert found == [("toa-an", "c0-cross_check"), ("toa-an", "kiem-toan")]


def test_an_inspection_is_shown_with_its_findings_and_what_was_done(feeds: Feeds) -> None:
    second = domain.FindingRecorded("kt-1", "0", "Lưu ý", domain.Severity.REMARK, None)
    feeds.tell("campaigns", the_inspection.PLANNED, the_inspection.HELD, the_inspection.FINDING, second, stream="inspection-kt-1")
    with feeds.projector.reading() as reading:
        (row,) = views.all_inspections(reading, unit="toa-an", campaign="c1")
        assert views.all_inspections(reading, unit="kiem-toan") == views.all_inspections(reading, campaign="c2") == []
        assert views.inspection_of(reading, "kt-2") is None
    assert (row["state"], row["held_on"], row["findings"], row["open"]) == ("held", the_inspection.HELD_ON, 2, 1)
    followed = domain.FindingFollowedUp("kt-1", "1", "Đã lập sổ", date(2024, 10, 19))
    feeds.tell("campaigns", followed, the_inspection.CONCLUDED, stream="inspection-kt-1")
    with feeds.projector.reading() as reading:
        found = views.inspection_of(reading, "kt-1")
    assert found is not None
    assert (found["state"], found["conclusion_document"], found["concluded_on"]) == ("concluded", "KL 3/KL-BTĐKT", date(2024, 10, 18))
    assert [(one["finding"], one["open"], one["follow_ups"]) for one in found["findings"]] == [
        ("1", False, [{"on": "2024-10-19", "text": "Đã lập sổ"}]),
        ("0", False, []),
    ]


def owed(feeds: Feeds) -> list[tuple[Any, ...]]:
    with feeds.projector.reading() as reading:
        return [(row["unit"], row["about"], row["subject"], row["due_on"]) for row in views.owed(reading)]


def test_what_is_owed_follows_from_what_was_done(feeds: Feeds) -> None:
    registration = date(2024, 2, 28)
    feeds.tell("campaigns", the.PUBLISHED, the.launched())
    assert owed(feeds) == [(unit, "registration", None, registration) for unit in the.UNITS]
    feeds.tell("campaigns", the.registered("toa-an"), the.registered("kiem-toan"), the.signed("kiem-toan"))
    assert owed(feeds) == [("toa-an", "compact", None, registration), ("vien-kiem-sat", "registration", None, registration)]
    # a sheet that comes before its pass is known here counts all the same
    feeds.tell("evaluations", SheetSubmitted("c1", "toa-an", "self", "toa-an", the.TODAY, late=False, within_grace=False))
    feeds.tell("campaigns", the.signed("toa-an"), the.opened("self"))
    assert owed(feeds) == [(unit, "sheet", f"self/{unit}", the.DUE) for unit in ("kiem-toan", "vien-kiem-sat")]
    feeds.tell("campaigns", domain.GraceGiven("c1", "self", date(2024, 12, 5), ("kiem-toan",), "Sáp nhập"))
    assert {row[0]: row[3] for row in owed(feeds)} == {"vien-kiem-sat": the.DUE, "kiem-toan": date(2024, 12, 5)}
    feeds.tell("campaigns", the.closed("self"), the.opened("cross_check", the.assigned(toa_an="kiem-toan")))
    assert owed(feeds) == [("kiem-toan", "sheet", "cross_check/toa-an", the.DUE)], "who scores owes the sheet"
    feeds.tell("campaigns", the.closed("cross_check"), the.FINAL[-1])
    assert owed(feeds) == []


def test_a_sheet_that_was_given_back_is_owed_by_the_day_that_it_is_due_back_on(feeds: Feeds) -> None:
    key, back_on = ("c1", "toa-an", "self", "toa-an"), date(2024, 12, 9)
    handed_in = SheetSubmitted(*key, the.TODAY, late=False, within_grace=False)
    feeds.tell("campaigns", the.PUBLISHED, the.launched(), the.opened("self", the.assigned(toa_an="toa-an")))
    feeds.tell("evaluations", handed_in, SheetReturned(*key, "Thiếu số liệu quý IV.", (), back_on))
    wanted = [row for row in owed(feeds) if row[1] == "sheet"]
    assert wanted == [("toa-an", "sheet", "self/toa-an", back_on)]
    feeds.tell("campaigns", the.closed("self"))
    assert [row for row in owed(feeds) if row[1] == "sheet"] == wanted, "also when its pass has closed meanwhile"
    feeds.tell("evaluations", handed_in)
    assert [row for row in owed(feeds) if row[1] == "sheet"] == []


def test_a_sheet_of_a_recused_scorer_is_owed_no_more(feeds: Feeds) -> None:
    feeds.tell("campaigns", the.PUBLISHED, the.launched(), the.opened("cluster", the.assigned(toa_an="kiem-toan", kiem_toan="ban-tdkt")))
    handed_in = SheetSubmitted("c1", "kiem-toan", "cluster", "ban-tdkt", the.TODAY, late=False, within_grace=False)
    back = SheetReturned("c1", "kiem-toan", "cluster", "ban-tdkt", "Thiếu số liệu quý IV.", (), the.DUE)
    feeds.tell("evaluations", handed_in, back)
    assert [row[0] for row in owed(feeds) if row[1] == "sheet"] == ["ban-tdkt", "kiem-toan"]
    feeds.tell("evaluations", ScorerRecused("c1", "toa-an", "cluster", "kiem-toan", ConflictGround.INTEREST, "Cùng một đề án"))
    assert [row[0] for row in owed(feeds) if row[1] == "sheet"] == ["ban-tdkt"]
    feeds.tell("evaluations", ScorerRecused("c1", "kiem-toan", "cluster", "ban-tdkt", ConflictGround.INTEREST, "Cùng một đề án"))
    assert [row[0] for row in owed(feeds) if row[1] == "sheet"] == [], "given back or not"
    for unit, scorer in (("toa-an", "kiem-toan"), ("kiem-toan", "ban-tdkt")):
        feeds.tell("evaluations", RecusalWithdrawn("c1", unit, "cluster", scorer, "Đề án đã kết thúc"))
    assert [row[0] for row in owed(feeds) if row[1] == "sheet"] == ["ban-tdkt", "kiem-toan"], "as it was before"


def test_a_finding_is_owed_until_it_is_followed_up(feeds: Feeds) -> None:
    feeds.tell("campaigns", the_inspection.PLANNED, the_inspection.HELD, the_inspection.FINDING, stream="inspection-kt-1")
    assert owed(feeds) == [("toa-an", "follow_up", "kt-1/1", date(2024, 11, 15))]
    feeds.tell("campaigns", domain.FindingFollowedUp("kt-1", "1", "Xong", date(2024, 10, 19)), stream="inspection-kt-1")
    assert owed(feeds) == []


def test_what_a_unit_was_reminded_of_stands_beside_it(feeds: Feeds) -> None:
    feeds.tell("campaigns", the.PUBLISHED, the.launched(), the.opened("self"))
    again = domain.UnitReminded(**{**vars_of(the_reminder.REMINDED), "text": "Lần hai", "effective_on": date(2024, 12, 3)})
    feeds.tell("campaigns", the_reminder.REMINDED, again, stream="reminders-toa-an")
    with feeds.projector.reading() as reading:
        found = {row["unit"]: row["reminded"] for row in views.owed(reading)}
    assert found == {
        "toa-an": {"times": 2, "last_on": date(2024, 12, 3), "text": "Lần hai", "channel": "page"},
        "kiem-toan": None,
        "vien-kiem-sat": None,
    }


def vars_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def test_mailboxes_are_those_that_were_named_and_not_taken_away(feeds: Feeds) -> None:
    feeds.tell("campaigns", the_reminder.MAILBOX, domain.UnitMailboxSet("kiem-toan", "a@b.vn"), domain.UnitMailboxSet("kiem-toan", None))
    with feeds.projector.reading() as reading:
        assert views.all_mailboxes(reading) == [{"unit": "toa-an", "address": "vanthu@toaan.example.vn"}]
