"""Organisations: given, when, then; what a change rests on besides is in the ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.registry import domain
from services.registry.domain import ORGANISATION, AlreadyThere, Attribute, Heir, OrganisationRegistered, RegisterOrganisation
from services.registry.domain.codes import as_now_written
from services.registry.domain.lineage import Ground, organisation
from shared.errors import DomainError, NotFound
from tests.support.deciding import decided

REGISTER = RegisterOrganisation("toa-an", "Toà án nhân dân tối cao", "trung ương", date(1945, 9, 13), "G01", "quoc-hoi")
REGISTERED = OrganisationRegistered("toa-an", "Toà án nhân dân tối cao", "trung ương", date(1945, 9, 13), "G01", "quoc-hoi", None, None)
ASSEMBLY = OrganisationRegistered("quoc-hoi", "Quốc hội", "trung ương", None, None, None, None, None)
DAY = date(2025, 7, 1)
PAPER = "NQ 1"


def registered(key: str, **said: Any) -> OrganisationRegistered:
    return OrganisationRegistered(
        **{**dict.fromkeys(OrganisationRegistered.__slots__), "name": key, "level": "xã", **said, "organisation": key}
    )


def ground(*others: Sequence[Any]) -> Ground:
    """Other organisations, each by its events."""
    known = {events[0].organisation: ORGANISATION.fold(events) for events in others}
    holders: dict[str, list[str]] = {}
    for key, state in known.items():
        for said in state.said:
            if said.attribute in (Attribute.CODE, Attribute.STATISTICS_CODE) and said.value:
                holders.setdefault(as_now_written(said.value), []).append(key)
    return Ground(known, holders)


TOP = organisation(ground([ASSEMBLY]))
ALONE = organisation(ground())


def refused(decider: Any, given: Sequence[Any], command: Any, kind: type[DomainError], match: str | None, at: str) -> Mapping[str, Any]:
    """The details of a refusal, which names the field."""
    with pytest.raises(kind, match=match) as found:
        decided(decider, given, command)
    assert [error["at"] for error in found.value.details["errors"]] == [at]
    return found.value.details


# Registered


def test_an_organisation_is_registered() -> None:
    assert decided(TOP, [], REGISTER) == [REGISTERED]


def test_what_is_not_known_stays_open() -> None:
    command = RegisterOrganisation("toa-an", "Toà án", "trung ương")
    assert decided(ALONE, [], command) == [registered("toa-an", name="Toà án", level="trung ương")]


def test_the_same_again_changes_nothing() -> None:
    assert decided(TOP, [REGISTERED], REGISTER) == []


@pytest.mark.parametrize(
    "change", [{"name": "Another"}, {"level": "tỉnh"}, {"parent": None}, {"opened_on": None}, {"code": "G02"}, {"kind": "toà"}]
)
def test_the_same_key_with_other_particulars_is_refused(change: dict[str, str | None]) -> None:
    with pytest.raises(AlreadyThere, match="registered as 'Toà án nhân dân tối cao'"):
        decided(TOP, [REGISTERED], replace(REGISTER, **change))  # type: ignore[arg-type]


def test_nothing_is_its_own_parent() -> None:
    refused(TOP, [], replace(REGISTER, parent="toa-an"), domain.ParentCycle, "own parent", "parent")


@pytest.mark.parametrize("relation", ["parent", "sector_parent"])
def test_a_parent_is_there_and_not_younger(relation: str) -> None:
    command = RegisterOrganisation("xa", "Xã", "xã", date(2000, 1, 1), **{relation: "huyen"})
    refused(ALONE, [], command, NotFound, "no organisation huyen", relation)
    younger = organisation(ground([registered("huyen", opened_on=date(2000, 1, 2))]))
    refused(younger, [], command, domain.NotOpen, "huyen opened on 2000-01-02", relation)
    ended = organisation(ground([registered("huyen"), domain.OrganisationDissolved("huyen", date(2000, 1, 1), PAPER)]))
    refused(ended, [], command, domain.NotOpen, "dissolved on 2000-01-01", relation)
    there = organisation(ground([registered("huyen", opened_on=date(2000, 1, 1))]))
    assert decided(there, [], command) == [registered("xa", name="Xã", opened_on=date(2000, 1, 1), **{relation: "huyen"})]


def test_a_code_has_the_form_of_one() -> None:
    refused(ALONE, [], RegisterOrganisation("xa", "Xã", "xã", code="Sở 1"), domain.CodeMalformed, "H13.41.24", "code")


# Changes with the days


CHANGES = [
    (domain.RenameOrganisation("xa", "Phường", DAY, PAPER), domain.OrganisationRenamed("xa", "Phường", DAY, PAPER)),
    (domain.RecodeOrganisation("xa", "H13.1", DAY, PAPER), domain.OrganisationRecoded("xa", "H13.1", DAY, PAPER)),
    (domain.RetypeOrganisation("xa", "phường", "xã", DAY, PAPER), domain.OrganisationRetyped("xa", "phường", "xã", DAY, PAPER)),
    (domain.MoveOrganisation("xa", "tinh", None, DAY, PAPER), domain.OrganisationMoved("xa", "tinh", None, DAY, PAPER)),
    (domain.MergeOrganisation("xa", "tinh", DAY, PAPER), domain.OrganisationMerged("xa", "tinh", DAY, PAPER)),
    (
        domain.SplitOrganisation("xa", (Heir("xa"), Heir("tinh")), DAY, PAPER),
        domain.OrganisationSplit("xa", (Heir("xa"), Heir("tinh")), DAY, PAPER),
    ),
    (domain.DissolveOrganisation("xa", DAY, PAPER), domain.OrganisationDissolved("xa", DAY, PAPER)),
]
WITH_PROVINCE = organisation(ground([registered("tinh", opened_on=date(1990, 1, 1))]))
XA = registered("xa", opened_on=date(2000, 1, 1), code="00004")


@pytest.mark.parametrize(("command", "event"), CHANGES, ids=[type(command).__name__ for command, _ in CHANGES])
def test_a_change_holds_from_a_day(command: Any, event: Any) -> None:
    assert decided(WITH_PROVINCE, [XA], command) == [event]


@pytest.mark.parametrize("command", [command for command, _ in CHANGES], ids=[type(command).__name__ for command, _ in CHANGES])
def test_nothing_happens_before_the_opening_nor_after_the_end_nor_to_what_is_not_there(command: Any) -> None:
    refused(WITH_PROVINCE, [], command, NotFound, "no organisation xa", "organisation")
    early = replace(command, effective_on=date(1999, 12, 31))
    refused(WITH_PROVINCE, [XA], early, domain.BeforeOpening, "opened on 2000-01-01", "effective_on")
    merged = domain.OrganisationMerged("xa", "tinh", date(2020, 1, 1), PAPER)
    late = replace(command, effective_on=date(2020, 1, 1))
    if late == domain.MergeOrganisation("xa", "tinh", date(2020, 1, 1), PAPER):
        late = replace(late, into="khac")
    details = refused(WITH_PROVINCE, [XA, merged], late, domain.OrganisationEnded, "merged on 2020-01-01; tinh", "effective_on")
    assert (details["ended_on"], details["heirs"]) == ("2020-01-01", ["tinh"])


def test_what_holds_already_is_nothing_new() -> None:
    past = [XA, domain.OrganisationRenamed("xa", "Phường", DAY, PAPER)]
    assert decided(WITH_PROVINCE, past, domain.RenameOrganisation("xa", "Phường", DAY + timedelta(days=30), "NQ 2")) == []
    assert decided(WITH_PROVINCE, past, domain.RenameOrganisation("xa", "xa", date(2010, 1, 1), PAPER)) == []
    assert decided(WITH_PROVINCE, past, domain.MoveOrganisation("xa", None, None, DAY, PAPER)) == []


def test_what_is_recorded_late_leaves_later_days_as_they_are() -> None:
    past = [
        XA,
        domain.OrganisationRenamed("xa", "Phường", DAY, PAPER),
        domain.OrganisationRenamed("xa", "Thị trấn", date(2010, 1, 1), PAPER),
    ]
    state = ORGANISATION.fold(past)
    days = (date(2000, 1, 1), date(2009, 12, 31), date(2010, 1, 1), DAY - timedelta(days=1), DAY)
    assert [state.value_on(Attribute.NAME, day) for day in days] == ["xa", "xa", "Thị trấn", "Thị trấn", "Phường"]
    assert [(period.from_on, period.until_on, period.name) for period in state.periods()] == [
        (date(2000, 1, 1), date(2010, 1, 1), "xa"),
        (date(2010, 1, 1), DAY, "Thị trấn"),
        (DAY, date.max, "Phường"),
    ]


def test_codes_of_both_schemes_stand_side_by_side() -> None:
    past = [
        XA,
        domain.OrganisationRecoded("xa", "000.00.12.H13", date(2010, 1, 1), PAPER),
        domain.OrganisationRecoded("xa", "H13.12", DAY, PAPER),
    ]
    state = ORGANISATION.fold(past)
    assert [list(state.spans(attribute)) for attribute in (Attribute.STATISTICS_CODE, Attribute.CODE)] == [
        [(date(2000, 1, 1), date.max, "00004")],
        [(date(2000, 1, 1), date(2010, 1, 1), None), (date(2010, 1, 1), DAY, "000.00.12.H13"), (DAY, date.max, "H13.12")],
    ]


# Codes pass on


def test_two_that_are_open_never_share_a_code_and_the_holder_is_named() -> None:
    holder = organisation(ground([registered("cu", opened_on=date(1990, 1, 1), code="00004")]))
    command = RegisterOrganisation("moi", "Mới", "xã", date(2000, 1, 1), "00004")
    details = refused(holder, [], command, domain.CodeTaken, "that of cu from 2000-01-01", "code")
    assert details["holder"] == "cu"
    written_otherwise = organisation(ground([registered("cu", code="000.00.12.H56")]))
    refused(written_otherwise, [], replace(command, code="H56.12"), domain.CodeTaken, "that of cu", "code")


@pytest.mark.parametrize(
    "gone",
    [domain.OrganisationDissolved("cu", DAY, PAPER), domain.OrganisationRecoded("cu", "00007", DAY, PAPER)],
    ids=["ended", "recoded"],
)
def test_a_code_passes_on_the_day_after_its_holder_had_it(gone: Any) -> None:
    holder = organisation(ground([registered("cu", code="00004"), gone]))
    command = RegisterOrganisation("moi", "Mới", "xã", DAY, "00004")
    assert len(decided(holder, [], command)) == 1
    early = replace(command, opened_on=DAY - timedelta(days=1))
    refused(holder, [], early, domain.CodeTaken, f"from {DAY - timedelta(days=1)} to {DAY - timedelta(days=1)}", "code")


def test_an_end_is_not_taken_back_when_the_code_has_passed_on() -> None:
    heir = organisation(ground([registered("moi", opened_on=DAY, code="00004")]))
    past = [registered("cu", code="00004"), domain.OrganisationDissolved("cu", DAY, PAPER)]
    command = domain.CorrectOrganisation("cu", Attribute.SUCCESSION, DAY, None, "chưa giải thể")
    refused(heir, past, command, domain.CodeTaken, "that of moi", "code")


# Parents


def chain(*keys: str) -> list[list[Any]]:
    """Each under the next, the last under nobody."""
    return [[registered(key, parent=above)] for key, above in zip(keys, (*keys[1:], None), strict=True)]


def test_a_circle_of_parents_is_refused_on_whichever_day_it_would_close() -> None:
    command = domain.MoveOrganisation("tinh", "xa", None, DAY, PAPER)
    details = refused(
        organisation(ground(*chain("xa", "huyen", "tinh"))), [registered("tinh")], command, domain.ParentCycle, "tinh under xa", "parent"
    )
    assert (details["path"], details["on"]) == (["tinh", "xa", "huyen", "tinh"], "2025-07-01")
    before = [registered("huyen", parent="tinh"), domain.OrganisationMoved("huyen", None, None, DAY, PAPER)]
    assert len(decided(organisation(ground([registered("xa", parent="huyen")], before)), [registered("tinh")], command)) == 1
    later = [registered("huyen"), domain.OrganisationMoved("huyen", "tinh", None, date(2027, 1, 1), PAPER)]
    details = refused(
        organisation(ground([registered("xa", parent="huyen")], later)), [registered("tinh")], command, domain.ParentCycle, "2027", "parent"
    )
    assert details["on"] == "2027-01-01"


def test_the_two_relations_are_looked_at_each_for_itself() -> None:
    sector = organisation(ground([registered("so", sector_parent="bo")], [registered("bo")]))
    assert len(decided(sector, [registered("bo")], domain.MoveOrganisation("bo", "so", None, DAY, PAPER))) == 1
    refused(
        sector,
        [registered("bo")],
        domain.MoveOrganisation("bo", None, "so", DAY, PAPER),
        domain.ParentCycle,
        "so under bo",
        "sector_parent",
    )


def test_a_change_of_other_things_is_not_held_up_by_a_parent_that_has_ended() -> None:
    gone = organisation(ground([registered("huyen"), domain.OrganisationDissolved("huyen", date(2020, 1, 1), PAPER)]))
    past = [registered("xa", parent="huyen", opened_on=date(2000, 1, 1))]
    assert len(decided(gone, past, domain.RenameOrganisation("xa", "Phường", DAY, PAPER))) == 1


# Heirs


def split(*heirs: Heir, on: date = DAY) -> domain.SplitOrganisation:
    return domain.SplitOrganisation("xa", heirs, on, PAPER)


HEIRS = organisation(ground([registered("a")], [registered("b")], [registered("tre", opened_on=DAY + timedelta(days=1))]))


def test_a_unit_that_is_divided_ends_unless_it_goes_on_with_a_part() -> None:
    ended = ORGANISATION.fold([XA, *decided(HEIRS, [XA], split(Heir("a", Decimal("0.6")), Heir("b", Decimal("0.4"), "3 thôn")))])
    assert (ended.open_on(DAY - timedelta(days=1)), ended.open_on(DAY)) == (True, False)
    divided = [XA, *decided(HEIRS, [XA], split(Heir("a"), Heir("xa")))]
    assert ORGANISATION.fold(divided).open_on(DAY)
    assert len(decided(HEIRS, divided, replace(split(Heir("a"), Heir("b")), effective_on=date(2026, 1, 1)))) == 1


@pytest.mark.parametrize(
    ("heirs", "match"),
    [
        ((), "at least two"),
        ((Heir("a"),), "at least two"),
        ((Heir("a"), Heir("a")), "each heir of xa once"),
        ((Heir("a", Decimal("0.7")), Heir("b", Decimal("0.4"))), "0.7, 0.4"),
        ((Heir("a", Decimal("0.5")), Heir("b", Decimal("0.4"))), "0.5, 0.4"),
        ((Heir("a", Decimal(0)), Heir("b")), "above 0"),
    ],
)
def test_heirs_are_several_each_once_and_their_shares_add_up(heirs: tuple[Heir, ...], match: str) -> None:
    refused(HEIRS, [XA], split(*heirs), domain.HeirsConflict, match, "heirs")


def test_heirs_are_there_on_their_first_day() -> None:
    refused(HEIRS, [XA], split(Heir("a"), Heir("ai")), NotFound, "no organisation ai", "heirs")
    refused(HEIRS, [XA], split(Heir("a"), Heir("tre")), domain.NotOpen, "tre opened on 2025-07-02", "heirs")
    refused(HEIRS, [XA], domain.MergeOrganisation("xa", "tre", DAY, PAPER), domain.NotOpen, "tre opened", "into")
    refused(HEIRS, [XA], domain.MergeOrganisation("xa", "xa", DAY, PAPER), domain.HeirsConflict, "into itself", "into")
    gone = organisation(ground([registered("a"), domain.OrganisationMerged("a", "b", DAY, PAPER)]))
    details = refused(gone, [XA], domain.MergeOrganisation("xa", "a", DAY, PAPER), domain.NotOpen, "its heirs: b", "into")
    assert details["ended_on"] == "2025-07-01"


def test_an_end_comes_after_the_first_day_and_once() -> None:
    refused_early = domain.DissolveOrganisation("xa", date(2000, 1, 1), PAPER)
    with pytest.raises(domain.BeforeOpening):
        decided(HEIRS, [XA], refused_early)
    past = [XA, domain.OrganisationDissolved("xa", DAY, PAPER)]
    assert decided(HEIRS, past, domain.DissolveOrganisation("xa", DAY, "said by another paper")) == []
    refused(HEIRS, past, domain.DissolveOrganisation("xa", date(2020, 1, 1), PAPER), domain.OrganisationEnded, "2025-07-01", "effective_on")


# Corrections


def correct(attribute: Attribute, value: str | None, held_from: date | None = None) -> domain.CorrectOrganisation:
    return domain.CorrectOrganisation("xa", attribute, held_from, value, "ghi nhầm")


def test_a_correction_holds_until_the_next_recorded_change() -> None:
    past = [XA, domain.OrganisationRenamed("xa", "Phường", DAY, PAPER)]
    state = ORGANISATION.fold([*past, *decided(HEIRS, past, correct(Attribute.NAME, "Xã X"))])
    assert [state.value_on(Attribute.NAME, day) for day in (date(2000, 1, 1), DAY)] == ["Xã X", "Phường"]
    state = ORGANISATION.fold([*past, *decided(HEIRS, past, correct(Attribute.NAME, "Phường Y", DAY))])
    assert [state.value_on(Attribute.NAME, day) for day in (date(2000, 1, 1), DAY)] == ["xa", "Phường Y"]


@pytest.mark.parametrize("first", [0, 1])
def test_a_change_that_came_later_than_recorded_is_put_right_by_two_corrections_in_any_order(first: int) -> None:
    past: list[Any] = [XA, domain.OrganisationRenamed("xa", "Phường", date(2018, 1, 1), PAPER)]
    both = [correct(Attribute.NAME, "xa", date(2018, 1, 1)), correct(Attribute.NAME, "Phường", date(2020, 1, 1))]
    for command in (both[first], both[1 - first]):
        past += decided(HEIRS, past, command)
    assert [period.name for period in ORGANISATION.fold(past).periods()] == ["xa", "Phường"]
    assert ORGANISATION.fold(past).periods()[1].from_on == date(2020, 1, 1)


def test_opening_and_end_are_corrected_as_the_days_they_are() -> None:
    past = [XA, domain.OrganisationMerged("xa", "a", DAY, PAPER)]
    state = ORGANISATION.fold([*past, *decided(HEIRS, past, correct(Attribute.OPENED_ON, "1999-05-01"))])
    assert state.life == (date(1999, 5, 1), DAY)
    assert state.value_on(Attribute.NAME, date(1999, 5, 1)) == "xa"
    state = ORGANISATION.fold([*past, *decided(HEIRS, past, correct(Attribute.SUCCESSION, "2025-03-01", DAY))])
    assert state.life[1] == date(2025, 3, 1)
    taken_back = [*past, *decided(HEIRS, past, correct(Attribute.SUCCESSION, None, DAY))]
    assert ORGANISATION.fold(taken_back).open_on(DAY)
    assert len(decided(HEIRS, taken_back, domain.MergeOrganisation("xa", "b", DAY, PAPER))) == 1


@pytest.mark.parametrize(
    ("command", "kind", "at"),
    [
        (correct(Attribute.NAME, None), domain.CorrectionConflict, "value"),
        (correct(Attribute.CODE, "00004"), domain.CodeMalformed, "value"),
        (correct(Attribute.STATISTICS_CODE, "G09"), domain.CodeMalformed, "value"),
        (correct(Attribute.PARENT, "ai"), NotFound, "parent"),
        (correct(Attribute.PARENT, "xa"), domain.ParentCycle, "parent"),
        (correct(Attribute.NAME, "X", date(1999, 1, 1)), domain.BeforeOpening, "held_from"),
        (correct(Attribute.NAME, "X", DAY), domain.OrganisationEnded, "held_from"),
        (correct(Attribute.OPENED_ON, "2000-01-01", DAY), domain.CorrectionConflict, "held_from"),
        (correct(Attribute.OPENED_ON, "01/01/2000"), domain.CorrectionConflict, "value"),
        (correct(Attribute.OPENED_ON, "2025-07-01"), domain.BeforeOpening, "value"),
        (correct(Attribute.SUCCESSION, None, date(2020, 1, 1)), domain.CorrectionConflict, "held_from"),
    ],
)
def test_a_correction_says_what_can_be(command: Any, kind: type[DomainError], at: str) -> None:
    past = [XA, domain.OrganisationMerged("xa", "a", DAY, PAPER)]
    refused(HEIRS, past, command, kind, None, at)


def test_an_organisation_takes_no_other_command() -> None:
    with pytest.raises(TypeError):
        decided(HEIRS, [XA], object.__new__(type("Command", (), {"organisation": "xa"})))
