"""The checkpoints that were taken, and what is proved by trees and checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.audit.domain import EvidenceDiffers, Head, NoStep, NotInTree, Waiting, digest_of_heads, merkle
from services.audit.views.finals import finals
from services.audit.views.model import MODEL
from services.audit.views.record import entries
from services.audit.views.trees import all_trees
from services.audit.views.verifications import latest_verification
from shared.event import Event
from shared.projection import Reading, Rows
from shared.store.database import Instant

PLACE_FORM = "commendation.place.1"
CONSISTENCY_FORM = "commendation.consistency.1"
"""What a proof says of its own form. Who checks proofs keeps them for years: another form gets another number."""

checkpoints = sa.Table(
    "checkpoints",
    MODEL.metadata,
    sa.Column("checkpoint", sa.String(100), primary_key=True),
    sa.Column("taken_at", Instant, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)
noted = sa.Table(
    "checkpoint_heads",
    MODEL.metadata,
    sa.Column("checkpoint", sa.String(100), primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.String(64), nullable=False),
)


@MODEL.on("audit.CheckpointTaken")
def _taken(rows: Rows, event: Event) -> None:
    checkpoint = event.data["checkpoint"]
    rows.put(checkpoints, checkpoint=checkpoint, taken_at=event.recorded_at, actor=event.actor, position=event.position)
    for head in event.data["heads"]:
        rows.put(noted, checkpoint=checkpoint, **head)


def latest_checkpoints(reading: Reading, limit: int) -> list[dict[str, Any]]:
    """The checkpoints, the latest first: checkpoint, taken_at, actor, `heads` of the logs and their digest."""
    table = reading[checkpoints]
    columns = [table.c.checkpoint, table.c.taken_at, table.c.actor]
    return _with_heads(reading, reading.all(sa.select(*columns).order_by(table.c.taken_at.desc(), table.c.position.desc()).limit(limit)))


def checkpoint_of(reading: Reading, checkpoint: str) -> dict[str, Any] | None:
    table = reading[checkpoints]
    columns = [table.c.checkpoint, table.c.taken_at, table.c.actor]
    found = _with_heads(reading, reading.all(sa.select(*columns).where(table.c.checkpoint == checkpoint)))
    return found[0] if found else None


def checkpoint_of_result(reading: Reading, campaign: str) -> dict[str, Any] | None:
    """The first checkpoint that holds the event by which a campaign's result was made final; None where none does."""
    table, heads, final = reading[checkpoints], reading[noted], reading[finals]
    of_log = (heads.c.site == final.c.site) & (heads.c.service == final.c.service) & (heads.c.size >= final.c.position)
    query = sa.select(table.c.checkpoint).join(heads, heads.c.checkpoint == table.c.checkpoint).join(final, of_log)
    found = reading.one(query.where(final.c.stream == f"campaign-{campaign}").order_by(table.c.taken_at, table.c.position).limit(1))
    return None if found is None else checkpoint_of(reading, found["checkpoint"])


def waiting_for_checkpoint(reading: Reading) -> Waiting:
    """What the trees hold beyond the latest checkpoint, and how the latest verification ended."""
    latest = next(iter(latest_checkpoints(reading, 1)), None)
    sizes = {(head.site, head.service): head.size for head in latest["heads"]} if latest else {}
    grown = {log: (sizes.get(log, 0), tree.size) for log, tree in all_trees(reading).items() if tree.size > sizes.get(log, 0)}
    table, final = reading[entries], reading[finals]
    first = [_place(table, log, table.c.position == held + 1) for log, (held, _) in grown.items()]
    beyond = [_place(final, log, final.c.position.between(held + 1, size)) for log, (held, size) in grown.items()]
    since = reading.one(sa.select(table.c.recorded_at).where(sa.or_(sa.false(), *first)).order_by(table.c.recorded_at).limit(1))
    run = latest_verification(reading)
    return Waiting(
        checkpoint=latest["checkpoint"] if latest else "",
        verification=run["verification"] if run else "",
        final=reading.one(sa.select(final.c.position).where(sa.or_(sa.false(), *beyond)).limit(1)) is not None,
        since=None if since is None else since["recorded_at"],
        verified_at=run["ended_at"] if run else None,
        found=run["found"] if run else 0,
    )


def _place(table: sa.Table, log: tuple[str, str], where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    site, service = log
    return (table.c.site == site) & (table.c.service == service) & where


def heads_noted(reading: Reading, site: str, service: str) -> list[dict[str, Any]]:
    """The heads of a log in all checkpoints: checkpoint, size, root."""
    table = reading[noted]
    columns = [table.c.checkpoint, table.c.size, table.c.root]
    return reading.all(sa.select(*columns).where(table.c.site == site, table.c.service == service).order_by(table.c.size))


def _with_heads(reading: Reading, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    table = reading[noted]
    query = sa.select(table).where(table.c.checkpoint.in_([row["checkpoint"] for row in found]))
    by_checkpoint: dict[str, list[Head]] = {}
    for row in reading.all(query.order_by(table.c.site, table.c.service)):
        by_checkpoint.setdefault(row.pop("checkpoint"), []).append(Head(**row))
    told = []
    for row in found:
        heads = by_checkpoint.get(row["checkpoint"], [])
        told.append({**row, "digest": digest_of_heads(heads), "heads": heads})
    return told


def heads_now(reading: Reading) -> tuple[Head, ...]:
    """The heads of all trees as they stand."""
    return tuple(Head(tree.site, tree.service, tree.size, tree.head(tree.size)) for tree in all_trees(reading).values())


def heads_again(reading: Reading, heads: Sequence[Head]) -> tuple[Head, ...]:
    """What the trees give now for the logs and sizes of these heads; without a root where a tree is shorter, or not there."""
    trees = all_trees(reading)
    told = []
    for head in heads:
        tree = trees.get((head.site, head.service))
        root = tree.head(head.size) if tree is not None and head.size <= tree.size else ""
        told.append(Head(head.site, head.service, head.size, root))
    return tuple(told)


def heads_at(reading: Reading, positions: Sequence[dict[str, Any]]) -> tuple[Head, ...]:
    """The heads of the logs as they were at these positions (site, service, position): what a result that names them rests on.

    A log of which nothing is named has no head. Raises NotInTree where the audit has not received as much yet.
    """
    wanted = [Head(place["site"], place["service"], place["position"], "") for place in positions if place["position"]]
    found = heads_again(reading, sorted(wanted, key=lambda head: (head.site, head.service)))
    for head in found:
        if not head.root:
            raise NotInTree(f"The audit has not received position {head.size} of {head.service} yet.", service=head.service)
    return found


def proof_of(reading: Reading, event: str, checkpoint: dict[str, Any] | None) -> dict[str, Any] | None:
    """That an event stands in the log of its service at its position: `index`, `size` and `root` of the tree, the hash of the `leaf`, and
    the `path` from it to the root, all hashes in hexadecimal.

    Proved is the place in the tree of this checkpoint, or, without one, of the latest that holds the event, or of the tree as it stands
    where none does yet. None for an id that is in no log. Raises NotInTree, and EvidenceDiffers where the record no longer proves it.
    """
    table = reading[entries]
    columns = [table.c[name] for name in ("event", "site", "service", "position", "body")]
    found = reading.one(sa.select(*columns).where(table.c.event == event).order_by(table.c.site, table.c.service, table.c.position))
    if found is None:
        return None
    position, leaf = found["position"], merkle.leaf_hash(found.pop("body").encode())
    tree = all_trees(reading).get((found["site"], found["service"]))
    if tree is None or position > tree.size:
        raise NotInTree(f"Event {event} is recorded, and stands behind a gap in what the audit has received.", event=event)
    if checkpoint is None:
        checkpoint = _latest_with(reading, found["site"], found["service"], position)
    head = Head(tree.site, tree.service, tree.size, tree.head(tree.size)) if checkpoint is None else _head_in(checkpoint, found)
    if head is None or position > head.size:
        raise NotInTree(f"Event {event} was recorded after this checkpoint.", event=event)
    path = tree.inclusion(position - 1, head.size) if head.size <= tree.size else []
    if head.size > tree.size or merkle.head_by(leaf, position - 1, head.size, path).hex() != head.root:
        raise EvidenceDiffers(
            f"What the audit holds of {tree.service} no longer proves the place of event {event}: the record was changed. Verify.",
            service=tree.service,
            position=position,
        )
    return {
        "form": PLACE_FORM,
        **found,
        "index": position - 1,
        "leaf": leaf.hex(),
        "size": head.size,
        "root": head.root,
        "path": [one.hex() for one in path],
        "checkpoint": checkpoint,
    }


def _head_in(checkpoint: dict[str, Any], log: dict[str, Any]) -> Head | None:
    here = (log["site"], log["service"])
    return next((head for head in checkpoint["heads"] if (head.site, head.service) == here), None)


def _latest_with(reading: Reading, site: str, service: str, position: int) -> dict[str, Any] | None:
    table, heads = reading[checkpoints], reading[noted]
    holds = (heads.c.site == site) & (heads.c.service == service) & (heads.c.size >= position)
    query = sa.select(table.c.checkpoint).join(heads, heads.c.checkpoint == table.c.checkpoint).where(holds)
    found = reading.one(query.order_by(table.c.taken_at.desc(), table.c.position.desc()))
    return None if found is None else checkpoint_of(reading, found["checkpoint"])


def consistency_of(reading: Reading, before: dict[str, Any], after: dict[str, Any] | None) -> dict[str, Any]:
    """That every log of a checkpoint goes on in a later one, or in the trees as they stand, with nothing before changed.

    `paths`: of each log of the first site, service and the hashes that lead from its head to both. Raises NoStep where a log is shorter
    in the second, EvidenceDiffers where the record no longer has the heads that were noted.
    """
    trees = all_trees(reading)
    if after is None:
        heads = heads_now(reading)
        after = {"checkpoint": None, "taken_at": None, "actor": None, "digest": digest_of_heads(heads), "heads": heads}
    later = {(head.site, head.service): head for head in after["heads"]}
    for one in (before, after):
        for head, again in zip(one["heads"], heads_again(reading, one["heads"]), strict=True):
            if head != again:
                raise EvidenceDiffers(
                    f"The first {head.size} events of {head.service} no longer give the head that was noted down: the record was changed. "
                    "Verify.",
                    service=head.service,
                    size=head.size,
                )
    paths = []
    for head in before["heads"]:
        beyond = later.get((head.site, head.service))
        if beyond is None or beyond.size < head.size:
            raise NoStep("The first of the two checkpoints has to be the earlier one.", service=head.service)
        path = trees[head.site, head.service].consistency(head.size, beyond.size)
        paths.append({"site": head.site, "service": head.service, "path": [one.hex() for one in path]})
    return {"form": CONSISTENCY_FORM, "before": before, "after": after, "paths": paths}
