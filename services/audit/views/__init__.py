"""What the audit keeps: the record of every event, the trees over it, checkpoints, and the verifications that were run."""

from services.audit.views.checkpoints import (
    checkpoint_of,
    checkpoint_of_result,
    consistency_of,
    heads_again,
    heads_at,
    heads_noted,
    heads_now,
    latest_checkpoints,
    proof_of,
    waiting_for_checkpoint,
)
from services.audit.views.evidence import Evidence
from services.audit.views.finals import FINALISED
from services.audit.views.model import MODEL
from services.audit.views.record import all_logs, by_place, by_position, entries_after, place_of
from services.audit.views.trees import all_trees, first_broken
from services.audit.views.verifications import all_verifications, latest_verification, verification_of

__all__ = [
    "FINALISED",
    "MODEL",
    "Evidence",
    "all_logs",
    "all_trees",
    "all_verifications",
    "by_place",
    "by_position",
    "checkpoint_of",
    "checkpoint_of_result",
    "consistency_of",
    "entries_after",
    "first_broken",
    "heads_again",
    "heads_at",
    "heads_noted",
    "heads_now",
    "latest_checkpoints",
    "latest_verification",
    "place_of",
    "proof_of",
    "verification_of",
    "waiting_for_checkpoint",
]
