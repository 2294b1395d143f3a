"""Evaluations as a nameko service: entrypoints only."""

from __future__ import annotations

from services.evaluations.service.sheets import Sheets


class EvaluationsService(Sheets):
    """Score sheets of every pass."""
