"""`commendation evidence`: files in the blob store that are no evidence of anything."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from services.console.site import PRODUCERS, Site, open_site
from shared.bounds import ORPHAN_DAYS_MIN, STORED_FILES_MAX
from shared.calendar import utc_now
from shared.config import load

DAYS = 7
TABLE_WIDTH = 110
"""Columns of the terminal that a line takes: a digest is never cut, so that it can be looked for."""

_DIGEST = re.compile(r"\b[0-9a-f]{64}\b", re.ASCII)


@click.group()
def evidence() -> None:
    """Files of evidence. One is written before its event: where that never came, the file belongs to nothing."""


@evidence.command()
@click.option("--older-than", "days", type=click.IntRange(min=ORPHAN_DAYS_MIN), default=DAYS, show_default=True, help="Days since it came.")
@click.option("--remove", is_flag=True, help="Remove what is listed; without it nothing is changed.")
def sweep(days: int, remove: bool) -> None:
    """List the files that no event names, with age and size, and remove those older than a number of days; the network may run.

    What any event of any service names stays, also what was removed from its sheet. A file that is sent again stays, too.

    \b
        commendation evidence sweep
        commendation evidence sweep --older-than 30 --remove
    """
    now = utc_now()
    before = now - timedelta(days=days)
    with open_site(load()) as site:
        found = list(_stored(site))
        # after the files: what is old by then and named by no event yet is named by none that comes, unless the file is sent again
        named = _named(site) if found else set()
        orphans = [one for one in found if one["sha256"] not in named]
        gone = set(_removed(site, [one["sha256"] for one in orphans if _kept_at(one) < before], before)) if remove else set()
    _show(orphans, now, gone)


def _stored(site: Site) -> Iterator[Mapping[str, Any]]:
    """Everything in the store, in the order of the digests."""
    after = ""
    while files := site.stored(after):
        yield from files
        after = files[-1]["sha256"]


def _named(site: Site) -> set[str]:
    """Every digest that stands anywhere in an event: of evidence, of a letter, of whatever comes to name files."""
    named: set[str] = set()
    for service in PRODUCERS:
        position = 0
        while events := site.feed(service, position):
            for event in events:
                named.update(_DIGEST.findall(json.dumps(event.to_cloudevent()["data"])))
            position = events[-1].position
    return named


def _removed(site: Site, files: list[str], before: datetime) -> Iterator[str]:
    for start in range(0, len(files), STORED_FILES_MAX):
        yield from site.drop_stored(files[start : start + STORED_FILES_MAX], before)


def _kept_at(one: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(one["kept_at"])


def _show(orphans: list[Mapping[str, Any]], now: datetime, gone: Collection[str]) -> None:
    if not orphans:
        click.echo("Every file is named by an event.")
        return
    table = Table("file", "bytes", "days", "", title="Files that no event names")
    for one in sorted(orphans, key=_kept_at):
        age = (now - _kept_at(one)).days
        table.add_row(one["sha256"], f"{one['size']:,}", str(age), "removed" if one["sha256"] in gone else "")
    Console(width=TABLE_WIDTH).print(table)
    size = sum(one["size"] for one in orphans)
    click.echo(f"{len(orphans)} files, {size:,} bytes; removed: {len(gone)}")
