"""How much longer than usual those tests try that draw by chance or race: COMMENDATION_TEST_LONGER=20 for a night's worth."""

from __future__ import annotations

import os

LONGER = int(os.environ.get("COMMENDATION_TEST_LONGER", "1"))
