"""Conflicts of interest, adjustments and appeals that their tests start from: one of every event, and a ground to decide on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.evaluations import domain
from services.evaluations.domain import AdjustmentKind, ConflictGround, Outcome
from services.evaluations.rules.checking import ADJUSTMENTS, CONFLICTS
from shared.decider import Decider
from tests.services.evaluations import given as the

TODAY = date(2024, 12, 20)
LONG = "Đã kiểm tra hồ sơ, không có quan hệ như khai báo."

CONFLICT = {"campaign": "c1", "unit": "toa-an", "scorer": "kiem-toan"}
DECLARED = domain.ConflictDeclared(**CONFLICT, ground=ConflictGround.INTEREST, note="Cùng thực hiện một đề án", declared_by="kiem-toan")
WITHDRAWN = domain.ConflictWithdrawn(**CONFLICT, ground=ConflictGround.INTEREST, reason="Đề án đã kết thúc")
DENIED = domain.ConflictDenied(**CONFLICT, ground=ConflictGround.INTEREST, reason=LONG)
RECUSED = domain.ScorerRecused(**CONFLICT, pass_key="cluster", ground=ConflictGround.INTEREST, reason="Cùng thực hiện một đề án")
RESUMED = domain.RecusalWithdrawn(**CONFLICT, pass_key="cluster", reason="Đề án đã kết thúc")
CASE = domain.ConflictCase(
    CONFLICTS, TODAY, found={"cluster": ()}, handed_in=frozenset(), open=frozenset({"cluster"}), speaks_for=frozenset({"kiem-toan"})
)

MADE = domain.AdjustmentMade(
    adjustment="a1",
    campaign="c1",
    unit="toa-an",
    rule="flag-government",
    kind=AdjustmentKind.BONUS,
    points=Decimal(15),
    title="Được tặng Cờ thi đua của Chính phủ",
    reason="Dẫn đầu phong trào thi đua",
    authority="Cơ quan thường trực",
    document="12/QĐ-TTg",
    evidence=("0" * 64,),
    effective_on=date(2024, 12, 1),
    expires_on=None,
)
REVERSED = domain.AdjustmentReversed("a1", "c1", "toa-an", "Quyết định đã bị huỷ", "Cơ quan thường trực")
ADJUSTING = domain.AdjustmentGround(ADJUSTMENTS, ("toa-an", "kiem-toan"), Decimal(100), 2, final=False, today=TODAY)

LODGED = domain.AppealLodged("k1", "c1", "toa-an", ("A1", "B1"), "Chưa tính hai chỉ tiêu vượt mức.", TODAY, date(2024, 12, 25))
APPEAL_WITHDRAWN = domain.AppealWithdrawn("k1", "c1", "toa-an", "Đã thống nhất với cơ quan thẩm định")
ANSWERED = domain.AppealAnswered(
    "k1",
    "c1",
    "toa-an",
    Outcome.PARTLY,
    "Chấp nhận chỉ tiêu thứ nhất, chỉ tiêu thứ hai chưa đủ minh chứng.",
    (the.score("A1", "9.5", "đủ minh chứng"),),
    TODAY,
)
APPEALING = domain.AppealGround(the.RUBRIC, ("toa-an", "kiem-toan"), date(2024, 12, 25), (), final=False, today=TODAY)

EVENTS = (DECLARED, WITHDRAWN, DENIED, RECUSED, RESUMED, MADE, REVERSED, LODGED, APPEAL_WITHDRAWN, ANSWERED)


def conflict(**changes: Any) -> Decider[domain.Conflicts]:
    return domain.conflict(replace(CASE, **changes))


def adjustment(**changes: Any) -> Decider[domain.Adjustments]:
    return domain.adjustment(replace(ADJUSTING, **changes))


def appeal(**changes: Any) -> Decider[domain.Appeals]:
    return domain.appeal(replace(APPEALING, **changes))


def declare(**changes: Any) -> domain.DeclareConflict:
    return domain.DeclareConflict(**{**CONFLICT, "ground": ConflictGround.INTEREST, "note": DECLARED.note, **changes})


def make(**changes: Any) -> domain.MakeAdjustment:
    """The command that makes MADE, by its rule."""
    said = {name: getattr(MADE, name) for name in domain.MakeAdjustment.__slots__}
    return domain.MakeAdjustment(**{**said, "kind": None, "points": None, "title": None, **changes})


REVERSE = domain.ReverseAdjustment("a1", "c1", "toa-an", REVERSED.reason, REVERSED.authority)


def lodge(**changes: Any) -> domain.LodgeAppeal:
    return domain.LodgeAppeal(**{"appeal": "k1", "campaign": "c1", "unit": "toa-an", "items": LODGED.items, "text": LODGED.text, **changes})


def answer(**changes: Any) -> domain.AnswerAppeal:
    said = {name: getattr(ANSWERED, name) for name in domain.AnswerAppeal.__slots__}
    return domain.AnswerAppeal(**{**said, **changes})


WITHDRAW_APPEAL = domain.WithdrawAppeal("k1", "c1", "toa-an", APPEAL_WITHDRAWN.reason)
