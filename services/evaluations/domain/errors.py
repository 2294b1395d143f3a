"""Why evaluations refuse something."""

from __future__ import annotations

from shared.errors import DomainError


class SheetClosed(DomainError):
    """The sheet takes no scores: its pass is not open, it is not assigned to this scorer, or it has been submitted."""

    code = "evaluations.sheet_closed"


class SheetStale(DomainError):
    """Somebody else saved the sheet since it was read."""

    code = "evaluations.sheet_stale"


class ScoresRefused(DomainError):
    """Some scores break the rubric; none was recorded. `details["errors"]`: {"at": item key, "message"} for each."""

    code = "evaluations.scores_refused"


class SheetIncomplete(DomainError):
    """The pass asks for a score of every content item. `details["missing"]`: their keys."""

    code = "evaluations.sheet_incomplete"


class ItemNotHere(DomainError):
    """The rubric leaves the item to other passes."""

    code = "evaluations.item_not_here"


class ReasonMissing(DomainError):
    """A score differs from the pass before without saying why."""

    code = "evaluations.reason_missing"
