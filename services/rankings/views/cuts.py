"""What a board leaves out: facts recorded after an instant, or beyond the positions of a freeze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shared.event import Event, instant_text

Mark = dict[str, Any]
"""Where a fact stands: {event, site, position, recorded_at}, as JSON."""


def mark_of(event: Event) -> Mark:
    return {"event": event.id, "site": event.site, "position": event.position, "recorded_at": instant_text(event.recorded_at)}


@dataclass(frozen=True, slots=True)
class Cut:
    """Only what was recorded up to `as_of`, and stands in the logs up to the positions of `frozen` (site, service, position).

    None: no such bound. Positions, for the clocks of two services need not agree.
    """

    as_of: datetime | None = None
    frozen: tuple[tuple[str, str, int], ...] | None = None

    @classmethod
    def of(cls, as_of: datetime | None, frozen: Sequence[Mapping[str, Any]] | None) -> Cut:
        """frozen: as a freeze records it, {site, service, position}."""
        places = None if frozen is None else tuple(sorted((str(at["site"]), str(at["service"]), int(at["position"])) for at in frozen))
        return cls(as_of, places)

    def holds(self, service: str, mark: Mark) -> bool:
        """Whether a fact of this service is on this side of the cut."""
        if self.as_of is not None and datetime.fromisoformat(mark["recorded_at"]) > self.as_of:
            return False
        return self.frozen is None or mark["position"] <= self.reached(service).get(mark["site"], 0)

    def reached(self, service: str) -> dict[str, int]:
        """Of a frozen service: the position up to which its facts hold, by site."""
        return {site: position for site, name, position in self.frozen or () if name == service}

    def within(
        self, service: str, recorded_at: sa.ColumnElement[datetime], site: sa.ColumnElement[str], position: sa.ColumnElement[int]
    ) -> sa.ColumnElement[bool]:
        """The same, of rows that hold these columns."""
        conditions: list[sa.ColumnElement[bool]] = [sa.true()]
        if self.as_of is not None:
            conditions.append(recorded_at <= self.as_of)
        if self.frozen is not None:
            reached = self.reached(service).items()
            conditions.append(sa.or_(sa.false(), *(sa.and_(site == home, position <= last) for home, last in reached)))
        return sa.and_(*conditions)


WHOLE = Cut()
"""Everything that is in the rows."""
