"""Evidence on a sheet: attached, removed, asked for at handing in. Given, when, then."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.evaluations import domain
from services.evaluations.domain import EvidenceMissing, EvidenceUnknown, ItemNotHere, ItemNotReturned, SheetClosed, TooMuchEvidence
from shared.bounds import EVIDENCE_FILES_MAX
from shared.rubric import Evidence, Kind, PassRule
from shared.rubric.errors import ItemUnknown
from tests.services.evaluations import given as the
from tests.services.evaluations import given_sheets as sheets
from tests.shared.rubric.given import a_group, a_rubric, an_item
from tests.support.deciding import decided

ASKING = a_rubric(
    a_group(
        "A",
        an_item("A1", evidence=Evidence.REQUIRED),
        an_item("A2", evidence=Evidence.OPTIONAL),
        an_item("A3", evidence=Evidence.REQUIRED, kind=Kind.BONUS),
        an_item("A4", passes=("central",)),
    ),
    passes=(PassRule("self", "Self", requires_all=False, requires_evidence=True), PassRule("central", "Central")),
)
LENIENT = replace(ASKING, passes=(replace(ASKING.passes[0], requires_evidence=False), ASKING.passes[1]))


def test_a_file_is_attached_and_the_same_bytes_are_no_second_file() -> None:
    assert decided(the.sheet(), [], sheets.attach()) == [sheets.attached()]
    renamed = replace(sheets.REPORT, name="bản khác.pdf")
    assert decided(the.sheet(), [sheets.attached()], sheets.attach(file=renamed)) == []
    assert decided(the.sheet(), [sheets.attached()], sheets.attach("A2")) == [sheets.attached("A2")]


def test_a_file_is_removed_once_and_may_come_back() -> None:
    past: list[Any] = [sheets.attached(), sheets.attached(file=sheets.PHOTO)]
    assert decided(the.sheet(), past, sheets.remove()) == [sheets.removed()]
    past.append(sheets.removed())
    assert [file.name for file in the.sheet().fold(past).evidence["A1"]] == ["ảnh.jpg"]
    assert decided(the.sheet(), past, sheets.remove()) == []
    assert the.sheet().decide(the.sheet().fold(past), sheets.attach()) == [sheets.attached()]
    assert the.sheet().decide(the.sheet().fold([*past, sheets.attached()]), sheets.remove()) == [sheets.removed()]


def test_what_the_item_never_had_is_not_removed() -> None:
    with pytest.raises(EvidenceUnknown, match="has no file 5e5e5e5e5e5e"):
        decided(the.sheet(), [sheets.attached("A2")], sheets.remove())


def test_an_item_takes_so_many_files() -> None:
    full = [sheets.attached(file=replace(sheets.PHOTO, sha256=f"{n:064x}")) for n in range(EVIDENCE_FILES_MAX)]
    with pytest.raises(TooMuchEvidence, match="takes no more"):
        decided(the.sheet(), full, sheets.attach())
    assert decided(the.sheet(), full, sheets.attach(file=replace(sheets.PHOTO, sha256=f"{0:064x}"))) == []
    assert decided(the.sheet(), full[1:], sheets.attach()) == [sheets.attached()]


@pytest.mark.parametrize(
    ("ground", "past", "item", "refusal"),
    [
        ({"open": False}, [], "A1", SheetClosed),
        ({"assigned": False}, [], "A1", SheetClosed),
        ({"final": True}, [], "A1", SheetClosed),
        ({}, sheets.HANDED_IN, "A1", SheetClosed),
        ({"rubric": ASKING}, [], "A4", ItemNotHere),
        ({}, [], "Z9", ItemUnknown),
        ({}, [*sheets.HANDED_IN, sheets.returned("A2")], "A1", ItemNotReturned),
    ],
)
def test_evidence_is_taken_where_scores_are(ground: dict[str, Any], past: Any, item: str, refusal: type[Exception]) -> None:
    for command in (sheets.attach(item), sheets.remove(item)):
        with pytest.raises(refusal):
            decided(the.sheet(**ground), past, command)


def test_a_file_makes_nobodys_scores_stale() -> None:
    state = the.sheet().fold([the.entered(*the.ALL), sheets.attached(), sheets.removed(), sheets.commented("Rõ")])
    assert state.version == 1
    assert the.sheet().decide(state, the.enter(the.score("A2", "19"), version=1)) == [the.entered(the.score("A2", "19"))]


POINTS = [the.entered(the.score("A1", "3"), the.score("A2", "2"), the.score("A3", "1"))]


def test_where_the_pass_asks_for_it_points_without_evidence_are_not_handed_in() -> None:
    with pytest.raises(EvidenceMissing, match="A1, A3") as refused:
        decided(the.sheet(rubric=ASKING), POINTS, the.SUBMIT)
    assert refused.value.details["missing"] == ["A1", "A3"]
    shown = [*POINTS, sheets.attached("A1"), sheets.attached("A3")]
    assert decided(the.sheet(rubric=ASKING), shown, the.SUBMIT) == [the.submitted()]
    with pytest.raises(EvidenceMissing, match="1 items"):
        decided(the.sheet(rubric=ASKING), [*shown, sheets.removed("A3")], the.SUBMIT)


def test_no_points_need_no_evidence() -> None:
    nothing = [the.entered(the.score("A1", "0"), the.score("A3", None), the.score("A2", "2"))]
    assert decided(the.sheet(rubric=ASKING), nothing, the.SUBMIT) == [the.submitted()]


def test_elsewhere_what_is_missing_is_only_said() -> None:
    assert decided(the.sheet(rubric=LENIENT), POINTS, the.SUBMIT) == [the.submitted()]
    assert domain.evidence_missing(LENIENT, the.sheet().fold(POINTS)) == ["A1", "A3"]


def test_a_sheet_of_paper_is_evidenced_by_the_paper() -> None:
    scores = (the.score("A1", "3"),)
    assert decided(the.sheet(rubric=ASKING), [], the.bring(*scores)) == [the.entered(*scores), the.submitted()]


def test_of_a_returned_sheet_evidence_is_asked_where_it_can_be_given() -> None:
    past = [the.entered(the.score("A1", "3"), the.score("A3", "1")), the.submitted()]
    assert decided(the.sheet(rubric=ASKING), [*past, sheets.returned("A2")], the.SUBMIT) == [the.submitted()]
    with pytest.raises(EvidenceMissing, match="1 items have points but no evidence: A1"):
        decided(the.sheet(rubric=ASKING), [*past, sheets.returned("A1")], the.SUBMIT)


def test_points_are_counted_whatever_their_decimals() -> None:
    state = domain.Sheet({"A1": domain.ItemScore("A1", Decimal("0.01"))})
    assert domain.evidence_missing(ASKING, state) == ["A1"]
    assert domain.evidence_missing(ASKING, domain.Sheet({"A1": domain.ItemScore("A1", Decimal("0.00"))})) == []
