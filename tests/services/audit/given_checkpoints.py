"""A checkpoint as the audit takes it: of the logs of two services."""

from __future__ import annotations

from services.audit.domain import CheckpointTaken, Head

BEFORE = (Head("vn", "registry", 4, "4e" * 32),)
HEADS = (Head("vn", "campaigns", 2, "2c" * 32), Head("vn", "registry", 7, "7e" * 32))
TAKEN = CheckpointTaken("k2", HEADS)
