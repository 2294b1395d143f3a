"""The read model of evaluations, to which the other modules add their tables and folds."""

from __future__ import annotations

from shared import access
from shared.projection import ReadModel

MODEL = ReadModel(name="evaluations", version=5)
MODEL.include(access.GRANTS)
