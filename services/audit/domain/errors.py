"""Why the audit refuses."""

from __future__ import annotations

from shared.errors import DomainError


class EvidenceDiffers(DomainError):
    """A service no longer gives what the audit has recorded, or the record what was noted of it; to go on would destroy the proof."""

    code = "audit.evidence_differs"


class NothingRecorded(DomainError):
    """There is no log yet."""

    code = "audit.nothing_recorded"


class NotInTree(DomainError):
    """The event is recorded, and not in the tree that is asked about: it came later, or stands behind a gap."""

    code = "audit.not_in_tree"


class NoStep(DomainError):
    """Of two checkpoints the first does not come before the second."""

    code = "audit.no_step"
