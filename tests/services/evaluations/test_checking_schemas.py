"""Commands on conflicts, adjustments and appeals at their boundary, and their events as they are stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.evaluations import domain, schemas
from services.evaluations.domain import ConflictGround, Outcome
from services.evaluations.schemas import adjustments, appeals, conflicts
from shared.errors import ValidationFailed
from shared.plain import plain
from shared.schema import load
from tests.services.evaluations import given_checking as the
from tests.shared.given import an_event


@pytest.mark.parametrize("fact", the.EVENTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: Any) -> None:
    stored = schemas.EVENTS.encode(fact)
    assert stored.type == f"evaluations.{type(fact).__name__}"
    decoded = schemas.EVENTS.decode(an_event(type=stored.type, schema=stored.schema, data=stored.data))
    assert decoded == fact
    assert plain(decoded) == plain(fact)


def test_there_is_one_of_every_event() -> None:
    classes = {schema.record for part in (conflicts, adjustments, appeals) for schema in part.EVENTS}
    assert {type(fact) for fact in the.EVENTS} == classes


def test_a_fact_that_names_a_day_holds_from_it() -> None:
    days = {type(fact): schemas.EVENTS.encode(fact).effective_on for fact in (the.MADE, the.LODGED, the.ANSWERED, the.DECLARED)}
    assert days == {
        domain.AdjustmentMade: date(2024, 12, 1),
        domain.AppealLodged: the.TODAY,
        domain.AppealAnswered: the.TODAY,
        domain.ConflictDeclared: None,
    }


def test_commands_are_read_as_they_are_meant() -> None:
    assert load(schemas.MakeAdjustment, plain(the.make(points=Decimal("7.50"), title="T"))) == the.make(points=Decimal("7.50"), title="T")
    answer = load(schemas.AnswerAppeal, plain(the.answer()))
    assert (answer, str(answer.scores[0].score)) == (the.answer(), "9.5")
    assert load(schemas.DeclareConflict, plain(the.declare())) == the.declare()
    short = {name: value for name, value in plain(the.make()).items() if value is not None and name != "evidence"}
    assert load(schemas.MakeAdjustment, short) == the.make(evidence=())


ADJUSTMENT, DECLARED, LODGED = plain(the.make()), plain(the.declare()), plain(the.lodge())


@pytest.mark.parametrize(
    ("schema", "data", "at"),
    [
        (schemas.MakeAdjustment, {**ADJUSTMENT, "points": 7.5}, "points"),
        (schemas.MakeAdjustment, {**ADJUSTMENT, "kind": "gift"}, "kind"),
        (schemas.MakeAdjustment, {**ADJUSTMENT, "evidence": ["0" * 63]}, "evidence[0]"),
        (schemas.MakeAdjustment, {**ADJUSTMENT, "reason": " "}, "reason"),
        (schemas.MakeAdjustment, {**ADJUSTMENT, "authority": ""}, "authority"),
        (schemas.MakeAdjustment, {**ADJUSTMENT, "adjustment": "a 1"}, "adjustment"),
        (schemas.DeclareConflict, {**DECLARED, "ground": "envy"}, "ground"),
        (schemas.DeclareConflict, {**DECLARED, "note": "\n"}, "note"),
        (schemas.LodgeAppeal, {**LODGED, "text": ""}, "text"),
        (schemas.AnswerAppeal, {**plain(the.answer()), "outcome": "maybe"}, "outcome"),
        (schemas.RecuseScorer, {**the.CONFLICT, "ground": "interest", "reason": "R"}, "pass_key"),
    ],
)
def test_a_command_that_cannot_be_names_the_place(schema: Any, data: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schema, data)
    assert {error["at"] for error in refused.value.details["errors"]} == {at}


def test_the_gateway_offers_the_grounds_outcomes_and_kinds_of_the_domain() -> None:
    from services.gateway.schemas.adjustments import ADJUSTMENT_KINDS
    from services.gateway.schemas.appeals import OUTCOMES
    from services.gateway.schemas.conflicts import DECLARED as OFFERED
    from services.gateway.schemas.conflicts import GROUNDS

    assert tuple(domain.AdjustmentKind) == ADJUSTMENT_KINDS
    assert tuple(Outcome) == OUTCOMES
    assert (tuple(ConflictGround), domain.DECLARED) == (GROUNDS, OFFERED)
