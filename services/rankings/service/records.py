"""Entrypoint for what exports are made of: every score record of some units, each with what became of it."""

from __future__ import annotations

from typing import Any

from services.rankings import boards, domain, views
from services.rankings.service.base import Part, as_of
from shared import rubric as rubrics
from shared.bounds import RECORD_UNITS_MAX
from shared.errors import ValidationFailed
from shared.plain import plain
from shared.rpc import Request, rpc


class Records(Part):
    """Items, passes and scores of units, as the board that is shown has them."""

    @rpc
    def records(self, request: Request) -> list[dict[str, Any]]:
        """Of each of these `units` its items as `explain` has them: {unit, name, items, names of the scorers}."""
        self.permit(request)
        units = [str(unit) for unit in request.data["units"]]
        if len(units) > RECORD_UNITS_MAX:
            raise ValidationFailed(f"The records of {len(units)} units were asked for; ask for {RECORD_UNITS_MAX} at a time.")
        at = as_of(request)
        with self.views.reading() as reading:
            found = boards.campaign_or_refusal(reading, str(request.data["campaign"]))
            known = [unit for unit in units if unit in found["audience"]]
            counted = views.Counted(reading, found["campaign"], boards.cut_of(found, at), known).whole()
            names = views.names_of(reading, {*known, *(sheet.scorer for sheets in counted.values() for sheet in sheets)})
        scores = views.scores_of(sheet for sheets in counted.values() for sheet in sheets)
        # of these units alone: what became of a record hangs on no other unit
        of_these = domain.standings(rubrics.from_data(found["content"]), known, scores, as_of=at)
        return plain([_told(domain.explain(of_these, unit), names) for unit in known])


def _told(why: domain.Explanation, names: dict[str, str]) -> dict[str, Any]:
    scorers = {score.scorer for item in why.items for one in item.passes for score in one.scores}
    return {
        "unit": why.unit,
        "name": names.get(why.unit, why.unit),
        "items": why.items,
        "names": {key: names.get(key, key) for key in sorted(scorers)},
    }
