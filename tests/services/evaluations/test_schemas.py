"""Commands of evaluations at their boundary, and their events as they are stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.evaluations import domain, schemas
from services.evaluations.schemas import ratings
from shared.bounds import IMPORT_SHEETS_MAX
from shared.errors import ValidationFailed
from shared.plain import plain
from shared.schema import load
from tests.services.evaluations import given as the
from tests.services.evaluations import given_sheets as sheets
from tests.shared.given import an_event

ROW: dict[str, Any] = {"unit": "toa-an", "scorer": "J1", "scores": [{"item": "A1", "score": "9.50"}]}
YEAR: dict[str, Any] = {"unit": "btp", "year": 65_783_808, "scheme": "nd-335-2025"}
IMPORT: dict[str, Any] = {"campaign": "c1", "pass_key": "self", "sheets": [ROW]}


def test_commands_are_read_digit_for_digit() -> None:
    command = the.enter(the.score("A1", "9.50", "vì"), the.score("A2", None), version=3)
    read = load(schemas.ScoreItems, plain(command))
    assert read == command
    assert str(read.scores[0].score) == "9.50"
    assert load(schemas.SubmitSheet, the.KEY) == the.SUBMIT
    assert load(schemas.ReturnSheet, plain(sheets.give_back("A1"))) == sheets.give_back("A1")
    assert load(schemas.ReturnSheet, {**the.KEY, "reason": "x"}).items == ()
    assert load(schemas.RemoveEvidence, plain(sheets.remove())) == sheets.remove()


def test_an_import_is_read_row_by_row() -> None:
    read = load(schemas.ImportSheets, {**IMPORT, "sheets": [ROW, {**ROW, "scorer": "J2", "handed_in_on": "2024-11-18"}]})
    first, second = read["sheets"]
    assert tuple(first["scores"]) == (domain.ItemScore("A1", Decimal("9.50")),)
    assert (first["handed_in_on"], second["handed_in_on"]) == (None, date(2024, 11, 18))


@pytest.mark.parametrize(
    ("schema", "data", "at"),
    [
        (schemas.ScoreItems, {**the.KEY, "scores": [{"item": "A1", "score": 9.5}]}, "scores[0].score"),
        (schemas.ScoreItems, {**the.KEY, "scores": [{"item": "A1", "score": "9"}, {"item": "A2"}]}, "scores[1].score"),
        (schemas.ScoreItems, {**the.KEY, "scores": [], "version": "1"}, "version"),
        (schemas.CommentItem, {**the.KEY, "item": "A1", "comment": " \n"}, "comment"),
        (schemas.RemoveEvidence, {**the.KEY, "item": "A1", "sha256": "0" * 64, "reason": ""}, "reason"),
        (schemas.AttachEvidence, {**the.KEY, "item": "A1", "sha256": "../etc/passwd", "name": "a.pdf"}, "sha256"),
        (schemas.AttachEvidence, {**the.KEY, "item": "A1", "sha256": "0" * 64, "name": "a\nb.pdf"}, "name"),
        (schemas.Evidence, {**the.KEY, "item": "A1", "sha256": "0" * 63}, "sha256"),
        (schemas.ImportSheets, {**IMPORT, "sheets": []}, "sheets"),
        (schemas.ImportSheets, {**IMPORT, "sheets": [ROW] * (IMPORT_SHEETS_MAX + 1)}, "sheets"),
        (schemas.ImportSheets, {**IMPORT, "sheets": [ROW, {**ROW, "scores": []}]}, "sheets[1].scores"),
        (schemas.ImportSheets, {**IMPORT, "sheets": [{**ROW, "scores": [{"item": "A1", "score": "9,5"}]}]}, "sheets[0].scores[0].score"),
        (schemas.ImportSheets, {**IMPORT, "sheets": [{**ROW, "pass_key": "self"}]}, "sheets[0].pass_key"),
        (schemas.ImportSheets, {**IMPORT, "sheets": [{**ROW, "handed_in_on": "0001-01-01"}]}, "sheets[0].handed_in_on"),
        (ratings.DecideYearGrade, {**YEAR, "subject": "p1", "grade": "HTXS", "reason": "x"}, "year"),
        (ratings.RecogniseYear, {**YEAR, "document": "1/QĐ", "effective_on": "2025-12-31"}, "year"),
    ],
)
def test_a_command_that_cannot_be_names_the_place(schema: Any, data: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schema, data)
    assert {error["at"] for error in refused.value.details["errors"]} == {at}


FACTS = [the.entered(the.score("A1", "9.50", "vì"), the.score("A2", None)), the.submitted(late=True), *sheets.FACTS]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: Any) -> None:
    stored = schemas.EVENTS.encode(fact)
    assert stored.type == f"evaluations.{type(fact).__name__}"
    decoded = schemas.EVENTS.decode(an_event(type=stored.type, schema=stored.schema, data=stored.data))
    assert plain(decoded) == plain(fact)


def test_every_event_of_a_sheet_is_tried() -> None:
    made = {schema.record for part in (schemas.sheets, schemas.evidence, schemas.reviewing) for schema in part.EVENTS}
    assert made == {type(fact) for fact in FACTS}
