"""Who checked whom the year before, as a draw asks for it."""

from __future__ import annotations

import sqlalchemy as sa

from services.campaigns.views.campaigns import campaigns, passes
from shared.projection import Reading


def checked_in(reading: Reading, cluster: str, season: int, pass_key: str) -> list[tuple[str, str]]:
    """Unit and scorer in this pass, over all campaigns of a cluster in a season."""
    run, opened = reading[campaigns], reading[passes]
    found = reading.all(
        sa.select(opened.c.assignments)
        .join(run, run.c.campaign == opened.c.campaign)
        .where(run.c.cluster == cluster, run.c.season == season, opened.c.pass_key == pass_key)
    )
    return sorted({(one["unit"], scorer) for row in found for one in row["assignments"] for scorer in one["scorers"]})
