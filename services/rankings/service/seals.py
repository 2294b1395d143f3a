"""Entrypoints for seals: how far the boards are, their digests, and the same boards made from the logs anew."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import eventlet
from eventlet.semaphore import Semaphore

from services.rankings import boards, replay, seals, second
from services.rankings.service.base import Part
from shared.bounds import RECOMPUTE_SECONDS_MAX, STRETCH_SECONDS
from shared.calendar import legal_date, utc_now
from shared.errors import Unavailable
from shared.event import Event
from shared.ground import configuration
from shared.plain import plain
from shared.projection import Reading
from shared.rpc import Request, rpc
from shared.store import Sieve

_turn = Semaphore()
"""One campaign at a time is made anew in a process: two would take twice the memory, and none would end earlier."""


class Seals(Part):
    """What a final result is compared with before it is sealed."""

    @rpc
    def reached(self, request: Request) -> dict[str, Any]:
        """Where the boards of a campaign stand that a result consists of: {positions: [{site, service, position}], pending: sheets that
        a freeze keeps from them}."""
        self.permit(request)
        with self.views.reading() as reading:
            return _standing(reading, str(request.data["campaign"]))

    @rpc
    def recompute(self, request: Request) -> dict[str, Any]:
        """As `reached`, and the boards as they are shown: `boards` [{board, digest}]; the same made from the logs anew, up to the same
        positions: `recomputed`; and `second`, where the second opinion on these differs: {board, count, differences: the first of them}.

        Raises Unavailable where this takes longer than anybody waits.
        """
        self.permit(request)
        breath = Breath(RECOMPUTE_SECONDS_MAX)
        if not _turn.acquire(timeout=RECOMPUTE_SECONDS_MAX):
            raise breath.spent()
        try:
            return self._recomputed(str(request.data["campaign"]), breath)
        finally:
            _turn.release()

    def _recomputed(self, campaign: str, breath: Breath) -> dict[str, Any]:
        with self.views.reading() as reading:
            found = boards.campaign_or_refusal(reading, campaign)
            begun = seals.reached(reading, configuration().site)
        sieves = seals.sieves(campaign, found["rubric"])
        left_out = {(row["site"], row["service"], row["position"]) for row in self.views.projector.discarded()}
        notes, today = second.Notes(campaign), legal_date(utc_now())
        with replay.replaying(campaign, left_out) as anew:

            def take(after: Sequence[Mapping[str, Any]], until: Sequence[Mapping[str, Any]]) -> None:
                for event in self._events(after, until, sieves):
                    anew.take(event)
                    if (event.site, event.service, event.position) not in left_out:
                        notes.take(event.to_cloudevent())
                    breath.draw()

            take((), begun)
            # the log is long, and read before a transaction is opened; what came since is little
            with self.views.reading() as reading:
                told = _standing(reading, campaign)
                take(begun, told["positions"])
                shown = seals.Sealing(reading, campaign, today, breath.draw)
                made = seals.Sealing(anew.reading(), campaign, today, breath.draw)
                digests, recomputed = seals.digests(shown, made, breathe=breath.draw)
            differing = second.compared(made.figures(), notes.record(today, breath.draw), breath.draw)
        return {**told, "boards": digests, "recomputed": recomputed, "second": plain([one for one in differing if one.count])}

    def _events(
        self, after: Sequence[Mapping[str, Any]], until: Sequence[Mapping[str, Any]], sieves: Mapping[str, Sieve]
    ) -> Iterator[Event]:
        """What the boards of a campaign rest on, of these feeds between these positions, from the producers."""
        begun = {(place["site"], place["service"]): place["position"] for place in after}
        for place in until:
            first, last = begun.get((place["site"], place["service"]), 0), place["position"]
            for page in self._pages(place["service"], first, last, sieves[place["service"]]) if first < last else ():
                yield from (event for event in page if event.position <= last)

    def _pages(self, service: str, after: int, until: int, sieve: Sieve) -> Iterator[Sequence[Event]]:
        """Each page is asked for while the one before it is worked on: the producer has a processor of its own."""
        coming = eventlet.spawn(self.fetch, service, after, sieve)
        try:
            while page := coming.wait():
                after = page[-1].position
                if after < until:
                    coming = eventlet.spawn(self.fetch, service, after, sieve)
                yield page
                if after >= until:
                    return
        finally:
            coming.kill()


def _standing(reading: Reading, campaign: str) -> dict[str, Any]:
    return {"positions": seals.reached(reading, configuration().site), "pending": boards.pending(reading, campaign)}


class Breath:
    """Lets the process answer others and its broker between two stretches of work, and says when it is late."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._drawn = time.monotonic()
        self._until = self._drawn + seconds

    def draw(self) -> None:
        """Asked often; raises Unavailable past the end."""
        now = time.monotonic()
        if now > self._until:
            raise self.spent()
        if now - self._drawn >= STRETCH_SECONDS:
            eventlet.sleep(0)
            self._drawn = time.monotonic()

    def spent(self) -> Unavailable:
        return Unavailable(f"The boards could not be made anew from the logs within {self._seconds:g} seconds.")
