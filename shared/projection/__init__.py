"""Read models: tables folded from the feeds of services, disposable and rebuilt beside the live ones.

Rows and cursor move in one transaction, and the cursor only from where it stood: a page that comes twice, late or out of order changes
nothing, a gap is filled from the producer's feed before anything after it is folded.
"""

from shared.projection.errors import NothingBuilt, RebuildAborted, RebuildParked, RebuildShort, RebuildUnderWay
from shared.projection.folding import Fetch
from shared.projection.model import Fold, ReadModel
from shared.projection.operators import LONG_STEPS, STEPS, Parking, Rebuilding
from shared.projection.parked import Place
from shared.projection.projector import Projector
from shared.projection.reading import Reading
from shared.projection.rows import Rows

__all__ = [
    "LONG_STEPS",
    "STEPS",
    "Fetch",
    "Fold",
    "NothingBuilt",
    "Parking",
    "Place",
    "Projector",
    "ReadModel",
    "Reading",
    "RebuildAborted",
    "RebuildParked",
    "RebuildShort",
    "RebuildUnderWay",
    "Rebuilding",
    "Rows",
]
