"""Evaluations as a nameko service: entrypoints only."""

from __future__ import annotations

from services.evaluations.service.adjustments import Adjustments
from services.evaluations.service.appeals import Appeals
from services.evaluations.service.ballots import Ballots
from services.evaluations.service.conflicts import Conflicts
from services.evaluations.service.evidence import Evidence
from services.evaluations.service.initiatives import Initiatives
from services.evaluations.service.ratings import Ratings
from services.evaluations.service.reviewing import Reviewing
from services.evaluations.service.sheets import Sheets
from services.evaluations.service.workbooks import Workbooks


class EvaluationsService(Evidence, Reviewing, Workbooks, Sheets, Ratings, Initiatives, Ballots, Conflicts, Adjustments, Appeals):
    """Score sheets of every pass; ratings of people and units, and initiatives."""
