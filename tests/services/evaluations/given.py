"""Facts that the tests of sheets start from: a rubric, a ground to decide on, scores, sheets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.evaluations import domain
from shared.decider import Decider
from shared.rubric import Kind, PassRule, Rounding, Statistic
from tests.shared.rubric.given import a_group, a_rubric, an_item

TODAY, DUE = date(2024, 11, 20), date(2024, 11, 30)
RUBRIC = a_rubric(
    a_group("A", an_item("A1"), an_item("A2", "20", places=0)),
    a_group("B", an_item("B1", "5", kind=Kind.BONUS), an_item("B2", "8", kind=Kind.PENALTY)),
    passes=(PassRule("self", "Self"), PassRule("cluster", "Cluster"), PassRule("central", "Central", requires_all=False)),
)
GROUND = domain.Ground(RUBRIC, "self", open=True, assigned=True, due_on=DUE, today=TODAY, baseline={})


def sheet(**changes: Any) -> Decider[domain.Sheet]:
    """The sheet deciding on a ground that differs in this."""
    return domain.sheet(replace(GROUND, **changes))


def score(item: str, value: str | None, reason: str | None = None) -> domain.ItemScore:
    return domain.ItemScore(item, None if value is None else Decimal(value), reason)


KEY: dict[str, Any] = {"campaign": "c1", "unit": "toa-an", "pass_key": "self", "scorer": "toa-an"}
ALL = (score("A1", "9.50"), score("A2", "20"))


def enter(*scores: domain.ItemScore, version: int | None = None) -> domain.ScoreItems:
    return domain.ScoreItems(**KEY, scores=scores, version=version)


def entered(*scores: domain.ItemScore) -> domain.ItemsScored:
    return domain.ItemsScored(**KEY, scores=scores)


def bring(*scores: domain.ItemScore, handed_in_on: date | None = None) -> domain.ImportSheet:
    return domain.ImportSheet(**KEY, scores=scores, handed_in_on=handed_in_on)


SUBMIT = domain.SubmitSheet(**KEY)


def submitted(on: date = TODAY, *, late: bool = False, within_grace: bool = False) -> domain.SheetSubmitted:
    return domain.SheetSubmitted(**KEY, handed_in_on=on, late=late, within_grace=within_grace)


def a_sheet(*scores: domain.ItemScore, handed_in: bool = True) -> domain.Sheet:
    return domain.Sheet({one.item: one for one in scores}, handed_in, 1)


PANEL = a_rubric(
    a_group(
        "P",
        an_item("mean", panel_rounding=Rounding(2)),
        an_item("trimmed", statistic=Statistic.TRIMMED_MEAN, dropped=1, panel_rounding=Rounding(2)),
        an_item("median", statistic=Statistic.MEDIAN),
    )
)
