"""The audit's own rules: what is compared, what a tree proves, what of both is recorded."""

from services.audit.domain import merkle
from services.audit.domain.checkpoints import CHECKPOINT, CheckpointTaken, Head, TakeCheckpoint, digest_of_heads, note_of
from services.audit.domain.comparing import (
    FINDINGS_BYTES_MAX,
    Compared,
    Entry,
    Finding,
    Findings,
    Kind,
    Noted,
    chained,
    check_record,
    compare,
    digest_of,
)
from services.audit.domain.due import VERIFIED_FOR, Due, Waiting, due, verification_lapsed
from services.audit.domain.errors import EvidenceDiffers, NoStep, NothingRecorded, NotInTree
from services.audit.domain.verifications import PROBLEM_MAX, VERIFICATION, RecordVerification, ServiceCompared, VerificationRun

__all__ = [
    "CHECKPOINT",
    "FINDINGS_BYTES_MAX",
    "PROBLEM_MAX",
    "VERIFICATION",
    "VERIFIED_FOR",
    "CheckpointTaken",
    "Compared",
    "Due",
    "Entry",
    "EvidenceDiffers",
    "Finding",
    "Findings",
    "Head",
    "Kind",
    "NoStep",
    "NotInTree",
    "Noted",
    "NothingRecorded",
    "RecordVerification",
    "ServiceCompared",
    "TakeCheckpoint",
    "VerificationRun",
    "Waiting",
    "chained",
    "check_record",
    "compare",
    "digest_of",
    "digest_of_heads",
    "due",
    "merkle",
    "note_of",
    "verification_lapsed",
]
