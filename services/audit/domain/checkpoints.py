"""Checkpoints (mốc kiểm chứng): how long the services' logs were at a moment, and the heads of their trees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.audit.domain.errors import EvidenceDiffers, NothingRecorded
from shared.decider import Decider


@dataclass(frozen=True, slots=True)
class Head:
    """The tree of a log at a moment: its first `size` events, and the head over them (RFC 9162) in hexadecimal."""

    site: str
    service: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class TakeCheckpoint:
    """Note down these heads.

    before: the heads of the checkpoint before this one, none for the first; again: what the trees give for the same sizes now.
    """

    checkpoint: str
    heads: tuple[Head, ...]
    before: tuple[Head, ...]
    again: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class CheckpointTaken:
    """The heads of all trees were noted down."""

    checkpoint: str
    heads: tuple[Head, ...]


def note_of(heads: Iterable[Head]) -> str:
    """A checkpoint as text: of each log a line "site service size root", in the order of site and service.

    The heads of two checkpoints are the same if and only if their notes are; the digest of a checkpoint is that of its note.
    """
    ordered = sorted(heads, key=lambda head: (head.site, head.service, head.size, head.root))
    return "".join(f"{head.site} {head.service} {head.size} {head.root}\n" for head in ordered)


def digest_of_heads(heads: Iterable[Head]) -> str:
    """The one line that stands for a checkpoint, in minutes or on a notice board: SHA-256 of its note, in hexadecimal."""
    return hashlib.sha256(note_of(heads).encode("ascii")).hexdigest()


def _decide(state: CheckpointTaken | None, command: TakeCheckpoint) -> Sequence[Any]:
    if state is not None:
        return []
    if not command.heads:
        raise NothingRecorded("The audit has recorded nothing yet that a checkpoint could note down.")
    for noted, given in zip(command.before, command.again, strict=True):
        if noted != given:
            raise EvidenceDiffers(
                f"The first {noted.size} events of {noted.service} do not give the head that was noted down before: the record of the "
                "audit was changed since. No checkpoint is taken; verify, and find out who changed it.",
                service=noted.service,
                size=noted.size,
            )
    if command.heads == command.before:
        return []
    return [CheckpointTaken(command.checkpoint, command.heads)]


CHECKPOINT: Decider[CheckpointTaken | None] = Decider(None, _decide, lambda _state, event: event)
