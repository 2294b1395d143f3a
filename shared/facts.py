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
from shared.store.snapshots import Snapshot, Snapshots, Told, form_of
from shared.telemetry import logger

log = logger(__name__)
State = TypeVar("State")
Decision = tuple[Decider[Any], str, Any]
"""What decides, the stream on which, and the command."""

MANY_STREAMS = 20
"""Streams of one command from which on they are read together: one by one, each is a round trip to the database."""


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

    def load_many(self, decider: Decider[State], streams: Sequence[str]) -> dict[str, State]:
        """The states of many aggregates of a kind, by stream; of a stream without events the state before anything happened."""
        return {stream: at.state for stream, at in zip(streams, self._load_all([(decider, one) for one in streams]), strict=True)}

    def execute(
        self, request: Request, decider: Decider[Any], stream: str, command: Any, *, resting_on: Sequence[Decision] = ()
    ) -> dict[str, Any]:
        """Decide a command on a stream and record what follows.

        resting_on: questions to other streams, which refuse or give no event: what they found still holds when this is recorded.
        Raises what `decide` raises, StaleVersion when other writers were faster DECIDE_RETRIES_MAX times.
        """
        return self.execute_all(request, [(decider, stream, command)], resting_on=resting_on)[0]

    def execute_all(self, request: Request, decisions: Sequence[Decision], *, resting_on: Sequence[Decision] = ()) -> list[dict[str, Any]]:
        """Like `execute`, for several streams: all are recorded or none."""
        commands = [command for _, _, command in (*decisions, *resting_on)]
        streams = [(decider, stream, type(command).__name__) for decider, stream, command in decisions]
        streams += [(decider, stream, "") for decider, stream, _ in resting_on]

        def decide(states: Sequence[Any]) -> list[Sequence[Any]]:
            return [decider.decide(state, command) for (decider, _, _), state, command in zip(streams, states, commands, strict=True)]

        return self.execute_jointly(request, streams, decide)[: len(decisions)]

    def execute_jointly(
        self,
        request: Request,
        streams: Sequence[tuple[Decider[Any], str, str]],
        decide: Callable[[Sequence[Any]], Sequence[Sequence[Any]]],
    ) -> list[dict[str, Any]]:
        """Like `execute_all`, for streams whose events hang on one another.

        streams: each with what folds it, its name, and the name of what is asked of it, none of one that the others only rest on;
        decide: given their states, the events of each. It is asked anew when another writer was faster.
        """
        # what a command rests on may be another stream when it comes again
        digest = digest_of(request.actor, request.data, *[[stream, asked] for _, stream, asked in streams if asked])
        for attempt in range(DECIDE_RETRIES_MAX):
            loaded = self._load_all([(decider, stream) for decider, stream, _ in streams])
            try:
                decided = decide([at.state for at in loaded])
            except DomainError:
                # a command that was done before may well be refused for what it did: then the first answer is the answer
                if (first := self.store.answer(request.id, digest)) is not None:
                    return [answer.to_data() for answer in first]
                raise
            writes = [
                Append(stream, at.version, [self.catalogue.encode(event) for event in events])
                for (_, stream, _), at, events in zip(streams, loaded, decided, strict=True)
            ]
            try:
                answers = self.store.append_all(writes, request.context, command=request.id, digest=digest)
            except StaleVersion:
                if attempt + 1 == DECIDE_RETRIES_MAX:
                    raise
                self._pause(0)
            else:
                self._keep_long(streams, loaded)
                return [answer.to_data() for answer in answers]
        raise AssertionError("unreachable: the loop returns or raises")

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
        return self._folded(decider, stream, state, version, tail)

    def _load_all(self, streams: Sequence[tuple[Decider[Any], str]]) -> list[Loaded]:
        """Few streams each by itself, from its snapshot if there is one; many together and whole."""
        if len(streams) < MANY_STREAMS:
            return [self._load(decider, stream) for decider, stream in streams]
        told = self.snapshots.read_whole([stream for _, stream in streams])
        return [self._folded(decider, stream, decider.initial, 0, told.get(stream, ())) for decider, stream in streams]

    def _folded(self, decider: Decider[Any], stream: str, state: Any, version: int, tail: Sequence[Told]) -> Loaded:
        contents = json.loads(f"[{','.join(data for _, _, _, data in tail)}]")  # at once: half the time of one by one
        for (_, alias, schema, _), data in zip(tail, contents, strict=True):
            state = decider.evolve(state, self.catalogue.recall(stream, alias, schema, data))
        return Loaded(state, tail[-1][0] if tail else version, len(tail))

    def _keep_long(self, streams: Sequence[tuple[Decider[Any], str, str]], loaded: Sequence[Loaded]) -> None:
        """Take snapshots of what took long to load: as it was loaded from the log, without what has been decided on it since."""
        for (decider, stream, _), at in zip(streams, loaded, strict=True):
            if at.folded < SNAPSHOT_EVENTS or (form := form_of(decider, self.catalogue)) is None:
                continue
            try:
                self.snapshots.keep(stream, form.fingerprint, Snapshot(at.version, form.write(at.state)))
            except Exception as error:  # the command is recorded: what goes wrong from here on is no fault of it
                log.warning("snapshot_not_kept", stream=stream, version=at.version, error=repr(error))
