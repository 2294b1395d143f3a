"""Evidence (minh chứng) for an item of a sheet: files by their digest; the files themselves lie in the blob store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.evaluations.domain.errors import EvidenceUnknown, TooMuchEvidence
from shared.bounds import EVIDENCE_FILES_MAX


@dataclass(frozen=True, slots=True)
class File:
    """A file as its bytes say what it is: SHA-256 in hexadecimal, media type by content, size in bytes. `name` is what it was called."""

    sha256: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class AttachEvidence:
    """Show a file for an item of an open sheet."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    item: str
    file: File


@dataclass(frozen=True, slots=True)
class RemoveEvidence:
    """Take a file back from an item of an open sheet."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    item: str
    sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceAttached:
    """A file was shown for an item; its bytes are in the blob store under `sha256`. Size in bytes."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    item: str
    sha256: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class EvidenceRemoved:
    """A file is no longer shown for an item. Its bytes stay: the log speaks of them."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    item: str
    sha256: str
    reason: str


def attach(command: AttachEvidence, held: Sequence[File]) -> Sequence[EvidenceAttached]:
    """held: the files that the item has. The same bytes once more are no second file, whatever they are called."""
    file = command.file
    if any(one.sha256 == file.sha256 for one in held):
        return []
    if len(held) >= EVIDENCE_FILES_MAX:
        raise TooMuchEvidence(
            f"Item {command.item} has {len(held)} files already, and takes no more; remove one, or put several pages into one file.",
            item=command.item,
            most=EVIDENCE_FILES_MAX,
        )
    at = (command.campaign, command.unit, command.pass_key, command.scorer, command.item)
    return [EvidenceAttached(*at, file.sha256, file.name, file.media_type, file.size)]


def remove(command: RemoveEvidence, held: Sequence[File], gone: Sequence[str]) -> Sequence[EvidenceRemoved]:
    """held: the files that the item has; gone: digests of those that it had and were removed, which are not removed twice."""
    at = (command.campaign, command.unit, command.pass_key, command.scorer, command.item)
    if any(one.sha256 == command.sha256 for one in held):
        return [EvidenceRemoved(*at, command.sha256, command.reason)]
    if command.sha256 in gone:
        return []
    raise EvidenceUnknown(f"Item {command.item} has no file {command.sha256[:12]}….", item=command.item, sha256=command.sha256)
