"""The second opinion: every board worked out once more, straight from exported events, by code of its own.

It shares nothing with the engine, the read model or the rubric's reader: what it knows of rules it reads from the published rubric as
`shared/rubric/README.md` describes it. Where both say the same to the last digit, one and the same mistake would have to stand in both.
"""

from __future__ import annotations

from services.rankings.second.comparison import Compared, Difference, compared, differences
from services.rankings.second.opinion import opinion
from services.rankings.second.record import Notes, observed

__all__ = ["Compared", "Difference", "Notes", "compared", "differences", "observed", "opinion"]
