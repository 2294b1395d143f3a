"""One verification: the audit's own record against its digests, then every service's log against the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.audit import views
from services.audit.domain import (
    PROBLEM_MAX,
    Entry,
    EvidenceDiffers,
    Finding,
    Findings,
    Kind,
    Noted,
    RecordVerification,
    ServiceCompared,
    VerificationRun,
    check_record,
    compare,
)
from shared.bounds import PAGE_EVENTS_MAX
from shared.errors import CommendationError
from shared.event import Event
from shared.plain import plain
from shared.projection import Projector, Reading


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What a service answers to `read_feed`: the next events, and the head of its log."""

    events: Sequence[Event]
    head: int


Feed = Callable[[str, int], FeedPage]
"""The next page of a service's log after a position; an empty page is the end."""


@dataclass
class Progress:
    """How far a run is: the position reached in each service's log. `rest` is called after every page, to let others work."""

    rest: Callable[[], None] = lambda: None
    reached: dict[str, int] = field(default_factory=dict)

    def resting(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries as they come; hashing a long log must not hold up a process of greenlets."""
        for count, entry in enumerate(entries, start=1):
            yield entry
            if count % PAGE_EVENTS_MAX == 0:
                self.rest()


def verify(
    verification: str, started_at: datetime, projector: Projector, feed: Feed, *, site: str, producers: Sequence[str], progress: Progress
) -> RecordVerification:
    """Compare the record with the logs of these services of the site; a service that does not answer is named with its problem."""
    findings = Findings()
    _check_own(findings, projector, progress)
    compared = [_compare_service(findings, projector, feed, site, service, progress) for service in producers]
    return RecordVerification(
        verification=verification,
        started_at=started_at,
        checked=sum(service.checked for service in compared),
        found=findings.found,
        services=tuple(compared),
        findings=tuple(findings.kept),
    )


def _check_own(findings: Findings, projector: Projector, progress: Progress) -> None:
    with projector.reading() as reading:
        logs = views.all_logs(reading)
        heads = {(log["site"], log["service"]): _heads(reading, log["site"], log["service"]) for log in logs}
        trees = views.all_trees(reading)
    for log in logs:
        site, service = log["site"], log["service"]
        recorded = progress.resting(views.by_place(projector, site, service, log["events"]))
        check_record(findings, site, service, recorded, count=log["events"], chain=log["digest"], heads=heads[site, service])
    for (site, service), tree in trees.items():
        position = views.first_broken(projector, site, service, tree.size, progress.rest)
        if position is not None:
            words = f"The tree over the audit's record of {service} contradicts itself from event {position} on."
            findings.add(Finding(site, service, position, Kind.CHANGED, words))


def _heads(reading: Reading, site: str, service: str) -> list[Noted]:
    """The heads that the record of a log has to give: of its tree as it stands, and of every checkpoint."""
    noted = [Noted(head["size"], head["root"], f"checkpoint {head['checkpoint']}") for head in views.heads_noted(reading, site, service)]
    tree = views.all_trees(reading).get((site, service))
    if tree is not None:
        try:
            root = tree.head(tree.size)
        except EvidenceDiffers:
            root = ""
        noted.append(Noted(tree.size, root, "the tree over it"))
    return noted


def _compare_service(findings: Findings, projector: Projector, feed: Feed, site: str, service: str, progress: Progress) -> ServiceCompared:
    # The order matters while both go on: what is recorded up to `last` was in the service's log before its feed is read below, and
    # what comes after the cursor is merely not here yet.
    cursor = projector.cursor(site, service)
    last = max(cursor, _last_recorded(projector, site, service))
    try:
        first = feed(service, 0)
        recorded = progress.resting(views.by_position(projector, site, service, last))
        fed = _whole(service, first, feed, progress)
        result = compare(findings, site, service, recorded, fed, cursor=cursor, head=first.head)
    except CommendationError as error:
        return ServiceCompared(service, progress.reached.get(service, 0), 0, error.message[:PROBLEM_MAX])
    return ServiceCompared(service, result.checked, result.behind, None)


def _last_recorded(projector: Projector, site: str, service: str) -> int:
    with projector.reading() as reading:
        return max((log["last"] for log in views.all_logs(reading) if (log["site"], log["service"]) == (site, service)), default=0)


def _whole(service: str, page: FeedPage, feed: Feed, progress: Progress) -> Iterator[Event]:
    while page.events:
        yield from page.events
        reached = page.events[-1].position
        if reached <= progress.reached.get(service, 0):
            return  # a log that gives the same again has no end
        progress.reached[service] = reached
        page = feed(service, reached)


def result_of(run: RecordVerification | VerificationRun) -> dict[str, Any]:
    """A run that has ended: findings counted (`found`) and the first of them, `behind` and `unreached` by service."""
    return {
        "verification": run.verification,
        "state": "done",
        "started_at": plain(run.started_at),
        "checked": run.checked,
        "found": run.found,
        "findings": plain(list(run.findings)),
        "behind": {service.service: service.behind for service in run.services if service.behind},
        "unreached": {service.service: service.problem for service in run.services if service.problem is not None},
    }
