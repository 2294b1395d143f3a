"""Verifications: that a comparison was run, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.audit.domain.comparing import Finding
from shared.decider import Decider

PROBLEM_MAX = 500
"""Letters of the reason why a service could not be compared."""


@dataclass(frozen=True, slots=True)
class ServiceCompared:
    """One service in a run; `problem` says why it could not be compared to the end."""

    service: str
    checked: int
    behind: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class RecordVerification:
    """Record a run that has ended."""

    verification: str
    started_at: datetime
    checked: int
    found: int
    services: tuple[ServiceCompared, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class VerificationRun:
    """A verification has been run: positions checked, findings counted, the first of them kept."""

    verification: str
    started_at: datetime
    checked: int
    found: int
    services: tuple[ServiceCompared, ...]
    findings: tuple[Finding, ...]


def _decide(state: VerificationRun | None, command: RecordVerification) -> Sequence[Any]:
    if state is not None:
        return []
    return [VerificationRun(command.verification, command.started_at, command.checked, command.found, command.services, command.findings)]


VERIFICATION: Decider[VerificationRun | None] = Decider(None, _decide, lambda _state, event: event)
