"""Taking commands: load an aggregate from its stream, decide, append."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.bounds import DECIDE_RETRIES_MAX, SNAPSHOT_EVENTS
from shared.decider import Decider
from shared.errors import DomainError, StaleVersion
from shared.plain import UNREADABLE
from shared.rpc import Request
from shared.schema import Catalogue
from shared.store import Append, EventStore
from shared.store.events import digest_of
from shared.store.snapshots import Snapshot, Snapshots, form_of
from shared.telemetry import logger

log = logger(__name__)
State = TypeVar("State")
Decision = tuple[Decider[Any], str, Any]
"""What decides, the stream on which, and the command."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An aggregate as its stream says it is; folded: how many events were folded to get there, those since its snapshot."""

    state: Any
    version: int
    folded: int


class Facts:
    """Takes commands: load the stream, decide, append; the same command twice gives the first answer."""

    def __init__(self, store: EventStore, catalogue: Catalogue, pause: Callable[[float], object] = time.sleep) -> None:
        self.store = store
        self.catalogue = catalogue
        self.snapshots = Snapshots(store.database)
        self._pause = pause

    def load(self, decider: Decider[State], stream: str) -> tuple[State, int]:
        """The state of an aggregate and the version of its stream."""
        loaded = self._load(decider, stream)
        return loaded.state, loaded.version

    def execute(self, request: Request, decider: Decider[Any], stream: str, command: Any) -> dict[str, Any]:
        """Decide a command on a stream and record what follows.

        Raises what `decide` raises, StaleVersion when other writers were faster DECIDE_RETRIES_MAX times.
        """
        return self.execute_all(request, [(decider, stream, command)])[0]

    def execute_all(self, request: Request, decisions: Sequence[Decision]) -> list[dict[str, Any]]:
        """Like `execute`, for several streams: all are recorded or none."""
        digest = digest_of(request.actor, request.data, *[[stream, type(command).__name__] for _, stream, command in decisions])
        for attempt in range(DECIDE_RETRIES_MAX):
            loaded = [self._load(decider, stream) for decider, stream, _ in decisions]
            try:
                writes = [self._decide(decision, at) for decision, at in zip(decisions, loaded, strict=True)]
            except DomainError:
                # a command that was done before may well be refused for what it did: then the first answer is the answer
                if (first := self.store.answer(request.id, digest)) is not None:
                    return [answer.to_data() for answer in first]
                raise
            try:
                answers = self.store.append_all(writes, request.context, command=request.id, digest=digest)
            except StaleVersion:
                if attempt + 1 == DECIDE_RETRIES_MAX:
                    raise
                self._pause(0)
            else:
                self._keep_long(decisions, loaded)
                return [answer.to_data() for answer in answers]
        raise AssertionError("unreachable: the loop returns or raises")

    def _decide(self, decision: Decision, loaded: Loaded) -> Append:
        decider, stream, command = decision
        return Append(stream, loaded.version, [self.catalogue.encode(event) for event in decider.decide(loaded.state, command)])

    def _load(self, decider: Decider[Any], stream: str) -> Loaded:
        form = form_of(decider, self.catalogue)
        snapshot, tail = self.snapshots.read(stream, None if form is None else form.fingerprint)
        state, version = decider.initial, 0
        if form is not None and snapshot is not None:
            try:
                state, version = form.read(snapshot.state), snapshot.version
            except UNREADABLE as error:
                log.warning("snapshot_unreadable", stream=stream, version=snapshot.version, error=repr(error))
                _, tail = self.snapshots.read(stream, None)
        contents = json.loads(f"[{','.join(data for _, _, _, data in tail)}]")  # at once: half the time of one by one
        for (_, alias, schema, _), data in zip(tail, contents, strict=True):
            state = decider.evolve(state, self.catalogue.recall(stream, alias, schema, data))
        return Loaded(state, tail[-1][0] if tail else version, len(tail))

    def _keep_long(self, decisions: Sequence[Decision], loaded: Sequence[Loaded]) -> None:
        """Take snapshots of what took long to load: as it was loaded from the log, without what has been decided on it since."""
        for (decider, stream, _), at in zip(decisions, loaded, strict=True):
            if at.folded < SNAPSHOT_EVENTS or (form := form_of(decider, self.catalogue)) is None:
                continue
            try:
                self.snapshots.keep(stream, form.fingerprint, Snapshot(at.version, form.write(at.state)))
            except Exception as error:  # the command is recorded: what goes wrong from here on is no fault of it
                log.warning("snapshot_not_kept", stream=stream, version=at.version, error=repr(error))
