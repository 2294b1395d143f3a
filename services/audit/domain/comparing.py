"""How the record of the audit is compared with the logs of the services."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.audit.domain.merkle import Growing, leaf_hash
from shared.event import Event, instant_text

FINDINGS_BYTES_MAX = 40_000
"""Bytes of the findings kept of one run, all of them counted: the event that holds them stays under its bound of 60,000."""

FIELDS_SHOWN_MAX = 8
"""Fields named in one finding."""


class Kind(StrEnum):
    """gap: a position is empty; changed: an event differs; missing: the service no longer has an event that was recorded."""

    GAP = "gap"
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at a position of a log; a gap of several positions is one finding at its first."""

    site: str
    service: str
    position: int
    kind: Kind
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as the audit has recorded it: `place` counts the entries of its site and service in the order of recording."""

    position: int
    place: int
    event: str
    stream: str
    type: str
    recorded_at: datetime
    actor: str
    correlation: str
    digest: str
    body: str


@dataclass(frozen=True, slots=True)
class Noted:
    """The head of a log's tree as it was noted down; `where`: in the audit's own tree, or in which checkpoint."""

    size: int
    root: str
    where: str


@dataclass
class Findings:
    """All findings of a run counted, the first of them kept, up to FINDINGS_BYTES_MAX."""

    found: int = 0
    kept: list[Finding] = field(default_factory=list)
    _bytes: int = 0

    def add(self, finding: Finding) -> None:
        self.found += 1
        # ASCII with escapes is never shorter than the canonical form
        self._bytes += len(json.dumps(asdict(finding)))
        if self._bytes <= FINDINGS_BYTES_MAX:
            self.kept.append(finding)


@dataclass(frozen=True, slots=True)
class Compared:
    """checked: positions held against each other; behind: events that the audit has not received yet, which is no finding."""

    checked: int
    behind: int


def digest_of(body: bytes) -> str:
    """SHA-256 of an event's canonical bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def chained(before: str, digest: str) -> str:
    """The running digest of a log after one more event: SHA-256 over the one before and the event's; "" at the beginning.

    Whoever notes it down can tell later whether anything up to there has changed.
    """
    return hashlib.sha256(f"{before}{digest}".encode("ascii")).hexdigest()


def compare(
    findings: Findings, site: str, service: str, recorded: Iterable[Entry], fed: Iterable[Event], *, cursor: int, head: int
) -> Compared:
    """Hold what the audit recorded against what the service's feed gives now, both in the order of their positions.

    cursor: up to where the audit has received the log; head: the last position by the service's own counter. Every position up to
    the higher of the two must be there.
    """
    checked = behind = 0
    due = 1
    entries, events = iter(recorded), _in_order(findings, site, service, fed)
    entry, event = next(entries, None), next(events, None)

    def found(position: int, kind: Kind, message: str) -> None:
        findings.add(Finding(site, service, position, kind, message))

    def empty(first: int, last: int) -> None:
        where = f"Position {first} is" if first == last else f"Positions {first} to {last} are"
        found(first, Kind.GAP, f"{where} neither in the log of {service} nor in the record of the audit.")

    while entry is not None or event is not None:
        position = min(item.position for item in (entry, event) if item is not None)
        if position > due:
            empty(due, position - 1)
        due = position + 1
        here = entry if entry is not None and entry.position == position else None
        there = event if event is not None and event.position == position else None
        if there is not None and here is None and position > cursor:
            behind += 1
        else:
            checked += 1
        if here is not None and there is not None:
            if here.digest != digest_of(there.canonical()):
                found(position, Kind.CHANGED, f"Event {here.event} differs from what was recorded in: {differences(here.body, there)}.")
        elif here is not None:
            found(position, Kind.MISSING, f"Event {here.event} was recorded, and {service} no longer has it.")
        elif there is not None and position <= cursor:
            found(position, Kind.GAP, f"Event {there.id} is in the log of {service} and not in the record of the audit.")
        if here is not None:
            entry = next(entries, None)
        if there is not None:
            event = next(events, None)
    if due <= max(cursor, head):
        empty(due, max(cursor, head))
    return Compared(checked, behind)


def _in_order(findings: Findings, site: str, service: str, fed: Iterable[Event]) -> Iterator[Event]:
    last = 0
    for event in fed:
        if event.position <= last:
            message = f"Event {event.id} is given for position {event.position}, after position {last}."
            findings.add(Finding(site, service, event.position, Kind.CHANGED, message))
            continue
        last = event.position
        yield event


def check_record(
    findings: Findings, site: str, service: str, recorded: Iterable[Entry], *, count: int, chain: str, heads: Iterable[Noted] = ()
) -> None:
    """Hold the audit's own entries of a log, in the order of their recording, against their digests, the running digest and the heads
    that were noted down."""
    running, due, position, whole = "", 1, 0, True
    tree = _Tree(heads)

    def found(kind: Kind, message: str) -> None:
        findings.add(Finding(site, service, position, kind, message))

    for entry in recorded:
        position = entry.position
        if entry.place != due:
            whole = False
            found(Kind.GAP, f"The record of the audit lacks entries {due} to {entry.place - 1} of {service}.")
        due = entry.place + 1
        running = chained(running, entry.digest)
        if digest_of(entry.body.encode()) != entry.digest:
            found(Kind.CHANGED, f"The audit's own record of event {entry.event} does not match its digest.")
        elif not _agrees(entry):
            found(Kind.CHANGED, f"The audit's own record of event {entry.event} contradicts the event that it holds.")
        tree.take(entry)
    if due != count + 1:
        found(Kind.GAP, f"The record of the audit holds {due - 1} entries of {service}, and {count} were counted.")
    elif whole and running != chain:
        found(Kind.CHANGED, f"The running digest over the audit's record of {service} does not match the one kept.")
    if whole and (other := tree.other()) is not None:
        position = other.size
        found(
            Kind.CHANGED, f"The first {other.size} events of {service} in the audit's record do not give the head noted in {other.where}."
        )


class _Tree:
    """The tree over entries as they come, and whether it has the heads that were noted down."""

    def __init__(self, heads: Iterable[Noted]) -> None:
        self._growing = Growing()
        self._heads = sorted(heads, key=lambda head: head.size)
        self._early: dict[int, bytes] = {}  # leaves whose turn has not come: before them one was recorded late

    def take(self, entry: Entry) -> None:
        if not self._heads:
            return
        self._early[entry.position] = leaf_hash(entry.body.encode())
        while self._heads and (leaf := self._early.pop(self._growing.size + 1, None)) is not None:
            self._growing.add(leaf)
            while self._heads and self._heads[0].size == self._growing.size and self._heads[0].root == self._growing.head().hex():
                del self._heads[0]

    def other(self) -> Noted | None:
        """The shortest tree whose head is not the one noted, also where there are fewer entries; once it has failed all do."""
        return self._heads[0] if self._heads else None


def _agrees(entry: Entry) -> bool:
    told = json.loads(entry.body)
    columns = (str(entry.position), entry.event, entry.stream, entry.type, instant_text(entry.recorded_at), entry.actor, entry.correlation)
    return columns == tuple(told.get(name) for name in ("position", "id", "subject", "type", "time", "actor", "correlation"))


def differences(body: str, event: Event) -> str:
    """Which attributes and data fields of an event differ from its recorded body; their values stay out of reports."""
    try:
        before = _flat(json.loads(body))
    except ValueError:
        return "all (the audit's own record cannot be read)"
    after = _flat(event.to_cloudevent())
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    more = f" and {len(names) - FIELDS_SHOWN_MAX} more" if len(names) > FIELDS_SHOWN_MAX else ""
    return ", ".join(name[:60] for name in names[:FIELDS_SHOWN_MAX]) + more


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    outer = {name: value for name, value in document.items() if name != "data"}
    return outer | {f"data.{name}": [value] for name, value in document.get("data", {}).items()}
