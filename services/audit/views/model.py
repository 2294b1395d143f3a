"""The read model of the audit; each part of this package adds its tables and folds.

Unlike other read models this one is evidence: `Evidence` refuses to read it anew from a service that gives something else now. For the
same reason the model's version is raised only with a migration that carries the entries over. What is derived from the entries may change
without: `Evidence.prepare` makes roles and trees from the entries where their tables are not there yet.
"""

from __future__ import annotations

from shared import access
from shared.projection import ReadModel

MODEL = ReadModel(name="audit", version=1, evidence=True)
MODEL.include(access.GRANTS)
