"""What operators do with a read model, as plain data: parked events listed, shown, retried and discarded; a rebuild taken step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.errors import ValidationFailed
from shared.plain import plain
from shared.projection.folding import Fetch
from shared.projection.parked import Place
from shared.projection.projector import Projector
from shared.projection.rebuild import Progress, untold

LISTED = ("site", "service", "position", "stream", "attempts", "first_error", "last_error", "parked_at", "tried_at")
DISCARDED = ("site", "service", "position", "stream", "event", "reason", "actor", "discarded_at")

STEPS = ("prepare", "replay", "catch_up", "go_live", "abort", "retire")
"""The steps of a rebuild, by the names of the methods that take them."""

LONG_STEPS = ("replay", "catch_up", "go_live")
"""Those that read feeds from their beginning."""


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
        """One parked event with its CloudEvent, first and last error and the trace of each. Raises NotFound, ValidationFailed."""
        row = self._projector.show(self._place(data))
        shown: dict[str, Any] = plain({name: row[name] for name in (*LISTED, "event", "first_trace", "last_trace")})
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


class Rebuilding:
    """The steps of a rebuild of one read model, from the feeds of its home site."""

    def __init__(self, projector: Projector, home: str, fetch: Fetch) -> None:
        self._rebuilds = projector.rebuilds
        self._home = home
        self._fetch = fetch

    def take(self, step: str, *, anyway: bool = False, progress: Progress = untold) -> dict[str, Any]:
        """Take one of STEPS; what there is afterwards, as `status` says it. anyway: go live though less was folded.

        Raises what the step raises, ValidationFailed for a step that there is not.
        """
        if step == "go_live":
            self._rebuilds.go_live(self._home, self._fetch, progress, anyway=anyway)
        elif step == "replay":
            self._rebuilds.replay(self._home, self._fetch, progress)
        elif step == "catch_up":
            self._rebuilds.catch_up(self._home, self._fetch, progress)
        elif step in ("prepare", "abort", "retire"):
            getattr(self._rebuilds, step)()
        else:
            message = f"There is no step {step!r} of a rebuild; there are {', '.join(STEPS)}."
            raise ValidationFailed(message, errors=[{"at": "step", "message": message}])
        return self.status()

    def prepared(self) -> int:
        """The generation that is being built, which a long step goes on with. Raises NothingBuilt."""
        return self._rebuilds.prepared()

    def status(self) -> dict[str, Any]:
        """What Rebuild.status says, with instants as text."""
        shown: dict[str, Any] = plain(self._rebuilds.status(self._home))
        return shown
