"""What operators do with events that a read model could not fold, as plain data: list, show, retry, discard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.errors import ValidationFailed
from shared.plain import plain
from shared.projection import Place, Projector

LISTED = ("site", "service", "position", "stream", "attempts", "error", "parked_at")
DISCARDED = ("site", "service", "position", "stream", "event", "reason", "actor", "discarded_at")


class Parking:
    """The parked events of one read model. A place is named by `producer`, `position` and, for another than the home site, `site`."""

    def __init__(self, projector: Projector, home: str) -> None:
        self._projector = projector
        self._home = home

    def list(self) -> dict[str, Any]:
        """What waits and what was discarded: {"parked": [...], "discarded": [...]}."""
        parked = [{name: row[name] for name in LISTED} for row in self._projector.parked()]
        discarded = [{name: row[name] for name in DISCARDED} for row in self._projector.discarded()]
        return {"parked": plain(parked), "discarded": plain(discarded)}

    def show(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """One parked event with its CloudEvent, error and trace. Raises NotFound, ValidationFailed."""
        row = self._projector.show(self._place(data))
        shown: dict[str, Any] = plain({name: row[name] for name in (*LISTED, "event", "trace")})
        return shown

    def retry(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Fold them again, all or those of one place's stream: {"freed": int, "left": int}. Raises NotFound, ValidationFailed."""
        freed = self._projector.retry_parked(self._place(data) if "position" in data else None)
        return {"freed": freed, "left": len(self._projector.parked())}

    def discard(self, data: Mapping[str, Any], actor: str) -> dict[str, Any]:
        """Leave one out for good with a `reason`, and fold what waited behind it: {"freed", "left", "repeated"}.

        Raises NotFound, ValidationFailed.
        """
        told = self._projector.discard(self._place(data), reason=str(data.get("reason", "")), actor=actor)
        return {**told, "left": len(self._projector.parked())}

    def _place(self, data: Mapping[str, Any]) -> Place:
        try:
            return Place(str(data.get("site") or self._home), str(data["producer"]), int(data["position"]))
        except (KeyError, ValueError) as error:
            message = "Say which event: the service that recorded it (producer) and its position."
            raise ValidationFailed(message, errors=[{"at": "position", "message": message}]) from error
