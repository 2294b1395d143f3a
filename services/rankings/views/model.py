"""The read model of rankings; each part of this package adds its tables and folds."""

from __future__ import annotations

from shared import access
from shared.projection import ReadModel

MODEL = ReadModel(name="standings", version=5)
MODEL.include(access.GRANTS)
