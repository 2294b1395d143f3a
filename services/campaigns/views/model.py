"""The read model of the campaigns service, to which the other modules add their tables and folds."""

from __future__ import annotations

from shared import access
from shared.projection import ReadModel

MODEL = ReadModel(name="campaigns", version=3)
MODEL.include(access.GRANTS)
