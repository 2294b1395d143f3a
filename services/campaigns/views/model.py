"""The read model of the campaigns service, to which the other modules add their tables and folds."""

from __future__ import annotations

from shared import access, ballot_results
from shared.projection import ReadModel

MODEL = ReadModel(name="campaigns", version=4)
MODEL.include(access.GRANTS)
MODEL.include(ballot_results.BALLOTS)
