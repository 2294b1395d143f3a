"""Audit as a nameko service: entrypoints only, and the runs under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import eventlet
from eventlet.event import Event as Green
from nameko.extensions import DependencyProvider
from nameko.timer import timer

from services.audit import domain, schemas, views
from services.audit.verification import FeedPage, Progress, result_of, verify
from shared.access import OPERATOR
from shared.bounds import CHECKPOINT_LOOK_SECONDS, PAGE_EVENTS_MAX
from shared.calendar import utc_now
from shared.config import PRODUCERS
from shared.errors import CommendationError, NotFound
from shared.event import Event
from shared.feed.entrypoint import feed
from shared.feed.page import Page
from shared.ground import configuration
from shared.ids import derived_id
from shared.plain import plain
from shared.projection import Projector, Reading
from shared.rpc import Request, rpc
from shared.schema import load
from shared.service import FactsProvider, Service, ViewsProvider
from shared.telemetry import logger

log = logger(__name__)

VERIFY_WAIT_SECONDS = 10.0
"""Wait for a verification before answering that it runs: half of what a caller waits for an answer."""


@dataclass
class Run:
    """A verification under way in this process."""

    verification: str
    started_at: datetime
    progress: Progress = field(default_factory=lambda: Progress(rest=lambda: eventlet.sleep(0)))
    ended: Green = field(default_factory=Green)
    answer: dict[str, Any] | None = None

    def shown(self) -> dict[str, Any]:
        """The answer, or how far it is."""
        if self.answer is not None:
            return self.answer
        return {
            "verification": self.verification,
            "state": "running",
            "started_at": plain(self.started_at),
            "checked": sum(self.progress.reached.values()),
            "progress": dict(self.progress.reached),
        }


class RunsProvider(DependencyProvider):
    """Injects the latest verification of this process, as a list of at most one: a second asker joins it."""

    def setup(self) -> None:
        self._runs: list[Run] = []

    def get_dependency(self, worker_ctx: Any) -> list[Run]:
        return self._runs


class EvidenceProvider(ViewsProvider):
    """Injects the views over a projector that keeps evidence."""

    @property
    def projector(self) -> Projector:
        if self._projector is None:
            projector = views.Evidence(self.ground.database, self.model, pause=eventlet.sleep)
            projector.prepare()
            self._projector = projector
        return self._projector


class AuditService(Service):
    """Keeps every event of every service, and says what has changed since: when told to verify, and before a checkpoint of its own."""

    name = "audit"
    model = views.MODEL
    facts = FactsProvider(schemas.EVENTS)
    views = EvidenceProvider(views.MODEL)
    runs = RunsProvider()

    @feed
    def follow(self, page: Page) -> None:
        """As every service; and what was made final has its checkpoint as soon as it is recorded."""
        super().follow(page)
        if any(event.type == views.FINALISED for event in page.events):
            self._do_what_is_due()

    @timer(interval=CHECKPOINT_LOOK_SECONDS)
    def look(self) -> None:
        """Do what is due without being told to, in the one process of the service that also publishes its log."""
        if self.ground.relay.state == "active":
            self._do_what_is_due()

    @rpc
    def streams(self, request: Request) -> list[dict[str, Any]]:
        """Per site and service: events recorded, the last position, and the running digest over them."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_logs(reading))

    @rpc
    def entries(self, request: Request) -> list[dict[str, Any]]:
        """What is recorded of a service's log after a position, in its order."""
        self.permit(request)
        asked = load(schemas.Entries, request.data)
        with self.views.reading() as reading:
            return plain(
                views.entries_after(reading, asked["site"] or configuration().site, asked["service"], asked["after"], asked["limit"])
            )

    @rpc
    def place(self, request: Request) -> dict[str, Any]:
        """Where an event stands in the log of its service, with its digest and its neighbours', for who has its id; not what it says."""
        self.permit(request)
        wanted = load(schemas.Placed, request.data)["event"]
        with self.views.reading() as reading:
            found = views.place_of(reading, wanted)
        if found is None:
            raise _unknown(wanted)
        return plain(found)

    @rpc
    def checkpoints(self, request: Request) -> list[dict[str, Any]]:
        """The checkpoints taken, the latest first: of each log the size and head of its tree, and the digest of them all."""
        self.permit(request)
        limit = load(schemas.Checkpoints, request.data)["limit"]
        with self.views.reading() as reading:
            return plain(views.latest_checkpoints(reading, limit))

    @rpc
    def heads(self, request: Request) -> dict[str, Any]:
        """The heads of the logs as they were at given positions, or as they stand, and the digest that a checkpoint of them would have."""
        self.permit(request)
        positions = load(schemas.Heads, request.data)["positions"]
        with self.views.reading() as reading:
            heads = views.heads_now(reading) if positions is None else views.heads_at(reading, positions)
        return plain({"digest": domain.digest_of_heads(heads), "heads": heads})

    @rpc
    def checkpoint(self, request: Request) -> dict[str, Any]:
        """One checkpoint."""
        self.permit(request)
        wanted = load(schemas.Checkpoint, request.data)["checkpoint"]
        with self.views.reading() as reading:
            return plain(_checkpoint(reading, wanted))

    @rpc
    def take_checkpoint(self, request: Request) -> dict[str, Any]:
        """Note down the heads of all trees, which still have to give those of the checkpoint before; nothing where they are the same."""
        self.permit(request)
        return self._take(request)

    @rpc
    def result_checkpoint(self, request: Request) -> dict[str, Any] | None:
        """The first checkpoint that holds the final result of a campaign; None where none does yet, or nothing is final."""
        self.permit(request)
        campaign = load(schemas.Result, request.data)["campaign"]
        with self.views.reading() as reading:
            found: dict[str, Any] | None = plain(views.checkpoint_of_result(reading, campaign))
        return found

    @rpc
    def proof(self, request: Request) -> dict[str, Any]:
        """The proof that an event stands in the log of its service, for who has its id; not what the event says."""
        self.permit(request)
        asked = load(schemas.Proved, request.data)
        with self.views.reading() as reading:
            checkpoint = None if asked["checkpoint"] is None else _checkpoint(reading, asked["checkpoint"])
            found = views.proof_of(reading, asked["event"], checkpoint)
        if found is None:
            raise _unknown(asked["event"])
        return plain(found)

    @rpc
    def consistency(self, request: Request) -> dict[str, Any]:
        """The proof that between two checkpoints, or since one, the logs were only added to."""
        self.permit(request)
        asked = load(schemas.Step, request.data)
        with self.views.reading() as reading:
            before = _checkpoint(reading, asked["before"])
            after = None if asked["after"] is None else _checkpoint(reading, asked["after"])
            return plain(views.consistency_of(reading, before, after))

    @rpc
    def verify(self, request: Request) -> dict[str, Any]:
        """Compare the record with the services' logs, or join the comparison under way; the result, or {"state": "running"}.

        The same request again gives the run that it started.
        """
        self.permit(request)
        recorded, _ = self.facts.load(domain.VERIFICATION, f"verification-{request.id}")
        if recorded is not None:
            return result_of(recorded)
        run = next((run for run in self.runs if run.answer is None or run.verification == request.id), None)
        if run is None:
            run = self._begin(request)
        with eventlet.Timeout(VERIFY_WAIT_SECONDS, False):
            run.ended.wait()
        return run.shown()

    @rpc
    def verification(self, request: Request) -> dict[str, Any]:
        """A verification: how far it is, or what it found."""
        self.permit(request)
        wanted = load(schemas.Verification, request.data)["verification"]
        for run in self.runs:
            if run.verification == wanted:
                return run.shown()
        recorded, _ = self.facts.load(domain.VERIFICATION, f"verification-{wanted}")
        if recorded is None:
            raise NotFound(f"Verification {wanted} is not known here; one that was cut off is to be started anew.", verification=wanted)
        return result_of(recorded)

    @rpc
    def verifications(self, request: Request) -> list[dict[str, Any]]:
        """The verifications run so far, the latest first."""
        self.permit(request)
        limit = load(schemas.Verifications, request.data)["limit"]
        with self.views.reading() as reading:
            return plain(views.all_verifications(reading, limit))

    def _take(self, request: Request) -> dict[str, Any]:
        """Take a checkpoint under the id of the request. Raises EvidenceDiffers, NothingRecorded."""
        with self.views.reading() as reading:
            latest = views.latest_checkpoints(reading, 1)
            before = tuple(latest[0]["heads"]) if latest else ()
            command = domain.TakeCheckpoint(request.id, views.heads_now(reading), before, views.heads_again(reading, before))
        return self.facts.execute(request, domain.CHECKPOINT, f"checkpoint-{request.id}", command)

    def _do_what_is_due(self) -> None:
        """Take the checkpoint that is due, or verify first. Never raises: what cannot be done now is due at the next look as well."""
        now, hours = utc_now(), configuration().checkpoint_hours
        try:
            with self.views.reading() as reading:
                waiting = views.waiting_for_checkpoint(reading)
            step = domain.due(waiting, now, timedelta(hours=hours) if hours else None)
            if step is domain.Due.CHECKPOINT:
                self._take_unasked(waiting, now)
            elif step is domain.Due.VERIFICATION:
                self._verify_unasked(waiting, now)
        except Exception as error:  # the database is away, or the record is being built
            log.warning("nothing_done_of_what_is_due", error=repr(error))

    # The id of what is done unasked is made from what it follows on: who was killed and comes again, and two who look at once, do it once.

    def _take_unasked(self, waiting: domain.Waiting, now: datetime) -> None:
        request = Request(OPERATOR, id=derived_id("audit.checkpoint", f"{configuration().site} {waiting.checkpoint}"))
        try:
            self._take(request)
        except domain.EvidenceDiffers as error:
            log.error("no_checkpoint_taken", reason=error.message)
            self._verify_unasked(waiting, now)
        else:
            log.info("checkpoint_taken", checkpoint=request.id, final=waiting.final)

    def _verify_unasked(self, waiting: domain.Waiting, now: datetime) -> None:
        # one that broke off is not recorded: it is not begun again at every look
        begun = any(now - run.started_at < domain.VERIFIED_FOR for run in self.runs)
        if not begun and domain.verification_lapsed(waiting, now):
            follows = f"{configuration().site} {waiting.checkpoint} {waiting.verification}"
            self._begin(Request(OPERATOR, id=derived_id("audit.verification", follows)))

    def _begin(self, request: Request) -> Run:
        """Begin a verification under the id of the request, in the background."""
        run = Run(request.id, utc_now())
        self.runs[:] = [run]
        eventlet.spawn_n(self._work, run, request)
        return run

    def _work(self, run: Run, request: Request) -> None:
        try:
            command = verify(
                run.verification,
                run.started_at,
                self.views.projector,
                self._feed,
                site=configuration().site,
                producers=PRODUCERS,
                progress=run.progress,
            )
            recording = Request(request.actor, {"verification": run.verification}, request.id, request.correlation)
            self.facts.execute(recording, domain.VERIFICATION, f"verification-{run.verification}", command)
            run.answer = result_of(command)
            log.info("verification_run", verification=run.verification, checked=command.checked, found=command.found)
        except Exception as error:
            log.exception("verification_failed", verification=run.verification)
            said = error.message if isinstance(error, CommendationError) else "The verification broke off; its log says why."
            run.answer = {"verification": run.verification, "state": "failed", "started_at": plain(run.started_at), "error": said}
        finally:
            run.ended.send(None)

    def _feed(self, service: str, after: int) -> FeedPage:
        request = Request(OPERATOR, {"after": after, "limit": PAGE_EVENTS_MAX})
        answer = self.network.ask(service, "read_feed", request)
        return FeedPage([Event.from_cloudevent(item) for item in answer["events"]], int(answer["head"]))


def _checkpoint(reading: Reading, checkpoint: str) -> dict[str, Any]:
    found = views.checkpoint_of(reading, checkpoint)
    if found is None:
        raise NotFound(f"No checkpoint {checkpoint} is known here.", checkpoint=checkpoint)
    return found


def _unknown(event: str) -> NotFound:
    return NotFound(f"The audit has no event {event}, or has not received it yet.", event=event)
