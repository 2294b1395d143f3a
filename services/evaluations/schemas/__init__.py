"""Commands and events of evaluations at their boundary."""

from services.evaluations.schemas import adjustments, appeals, ballots, conflicts, evidence, initiatives, ratings, reviewing, sheets
from services.evaluations.schemas.adjustments import AdjustmentEvidence, MakeAdjustment, ReverseAdjustment
from services.evaluations.schemas.appeals import AnswerAppeal, LodgeAppeal, WithdrawAppeal
from services.evaluations.schemas.ballots import (
    CancelBallot,
    CastVote,
    CloseBallot,
    CorrectLetter,
    OpenBallot,
    RecordLetter,
    VoteByName,
    WithdrawLetter,
)
from services.evaluations.schemas.conflicts import DeclareConflict, DenyConflict, RecuseScorer, WithdrawConflict, WithdrawRecusal
from services.evaluations.schemas.evidence import AttachEvidence, DropEvidence, Evidence, RemoveEvidence
from services.evaluations.schemas.reviewing import CommentItem, ReturnSheet, ReviewItem
from services.evaluations.schemas.sheets import ImportSheets, ScoreItems, SubmitSheet
from services.evaluations.schemas.workbooks import ScoreSheets
from shared.schema import Catalogue

EVENTS = Catalogue(
    "evaluations",
    *sheets.EVENTS,
    *evidence.EVENTS,
    *reviewing.EVENTS,
    *conflicts.EVENTS,
    *adjustments.EVENTS,
    *appeals.EVENTS,
    *ballots.EVENTS,
    *initiatives.EVENTS,
    *ratings.EVENTS,
    upcasters=sheets.UPCASTERS,
)

__all__ = [
    "EVENTS",
    "AdjustmentEvidence",
    "AnswerAppeal",
    "AttachEvidence",
    "CancelBallot",
    "CastVote",
    "CloseBallot",
    "CommentItem",
    "CorrectLetter",
    "DeclareConflict",
    "DenyConflict",
    "DropEvidence",
    "Evidence",
    "ImportSheets",
    "LodgeAppeal",
    "MakeAdjustment",
    "OpenBallot",
    "RecordLetter",
    "RecuseScorer",
    "RemoveEvidence",
    "ReturnSheet",
    "ReverseAdjustment",
    "ReviewItem",
    "ScoreItems",
    "ScoreSheets",
    "SubmitSheet",
    "VoteByName",
    "WithdrawAppeal",
    "WithdrawConflict",
    "WithdrawLetter",
    "WithdrawRecusal",
]
