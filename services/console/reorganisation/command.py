"""`commendation reorganisation`: record the reorganisation of 1 July 2025 from the official tables."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.console.api import Client, Refused
from services.console.reorganisation.plan import Change, plan
from services.console.reorganisation.tables import january, july
from services.console.reorganisation.understanding import Finding, Understanding, Weight, understand
from shared.errors import CommendationError, DomainError, Unavailable

BATCH = 500
"""Changes that are recorded at once: some tenths of a second each, so that progress is seen and a stop is soon."""

TRIES_MAX = 10
"""Tries of one batch while the network does not answer, PAUSE_SECONDS apart: a service that restarts is back by then."""

PAUSE_SECONDS = 3.0
SHOWN_MAX = 12


class PlanRefused(CommendationError):
    """The registry would refuse what the tables say; nothing was recorded."""

    code = "reorganisation.refused"


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the running network.")
@click.option("--login", help="An account of the standing office or the administrator.")
@click.option("--password", envvar="COMMENDATION_PASSWORD", help="Its password; asked for where it is not given.")
@click.option("--check", is_flag=True, help="Read, understand and try the tables, and record nothing.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write every finding, a line each, to this file.")
def reorganisation(folder: Path, url: str, login: str | None, password: str | None, check: bool, report: Path | None) -> None:
    """Record the reorganisation of 1 July 2025 from the two official tables in FOLDER.

    Stopped half-way, it goes on where it was when it is started again; done once, it changes nothing the second time.
    """
    tables = understand(january(folder), july(folder))
    _tell(tables, report)
    changes = plan(tables)
    rehearse(changes)
    count = Counter(change["change"] for change in changes)
    click.echo(f"{len(changes):,} changes: {', '.join(f'{n:,} {what}' for what, n in count.most_common())}")
    if check:
        click.echo("The registry would take them all. Nothing was recorded.")
        return
    client = Client(url)
    login = login or click.prompt("Sign-in name")
    client.sign_in(login, password or click.prompt("Password", hide_input=True))
    look_around(changes, client.ask("GET", "/organisations"))
    _record(client, changes)


def rehearse(changes: Sequence[Change]) -> None:
    """Decide all changes in memory, as the registry will, so that nothing is refused half-way.

    Raises PlanRefused, which names the change.
    """
    from services.registry.domain.lineage import Ground, record
    from services.registry.schemas import load_changes

    loaded = [one for batch in _batches(changes) for one in load_changes({"changes": batch})]
    try:
        record(Ground({}, {}), loaded)
    except DomainError as error:
        said = json.dumps(changes[error.details["change"]], ensure_ascii=False)
        raise PlanRefused(f"{error.message} That is what the tables say of: {said}. Nothing was recorded.") from error


def look_around(changes: Sequence[Change], there: Iterable[Mapping[str, Any]]) -> None:
    """See that nothing that the network holds already stands in the way: a code of the tables, or a key that the plan gives.

    there: the organisations of today, as the API answers them; those of this import, stopped half-way, are in nobody's way.
    Raises PlanRefused, which names them.
    """
    named: dict[str, set[str]] = {}
    codes: set[str] = set()
    for change in changes:
        if "name" in change:
            named.setdefault(change["organisation"], set()).add(change["name"])
        if change.get("code"):
            codes.add(change["code"])
    in_the_way = [
        f"{row['name']} ({row['organisation']})"
        for row in there
        if (row["name"] not in named[row["organisation"]] if row["organisation"] in named else row.get("statistics_code") in codes)
    ]
    if in_the_way:
        more = f" and {len(in_the_way) - SHOWN_MAX} more" if len(in_the_way) > SHOWN_MAX else ""
        raise PlanRefused(
            f"The network holds organisations with a code or key of the tables: {', '.join(in_the_way[:SHOWN_MAX])}{more}. Recode or "
            f"rename them first; nothing was recorded."
        )


def _record(client: Client, changes: Sequence[Change]) -> None:
    batches = list(_batches(changes))
    recorded = repeated = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("Changes", total=len(changes))
        for number, batch in enumerate(batches):
            try:
                answer = _sent(client, number, batch)
            except Refused as error:
                done = sum(map(len, batches[:number]))
                raise PlanRefused(
                    f"{error.message} {done:,} changes before it stand, those of this batch do not. Put right what stands in the way "
                    f"and start the same command again: it goes on from here."
                ) from error
            recorded += 0 if answer["repeated"] else answer["events"]
            repeated += len(batch) if answer["repeated"] else 0
            shown.advance(task, len(batch))
    click.echo(f"{recorded:,} facts recorded." if recorded else "Nothing changed: all of it was recorded before.")
    if recorded and repeated:
        click.echo(f"{repeated:,} changes had been recorded before.")


def _sent(client: Client, number: int, batch: list[Change]) -> dict[str, int]:
    """The same batch has the same key at every start, so that it is recorded once."""
    said = json.dumps(batch, ensure_ascii=False, sort_keys=True).encode()
    key = f"reorganisation-{number}-{hashlib.sha256(said).hexdigest()[:32]}"
    for attempt in range(TRIES_MAX):
        try:
            answer: dict[str, int] = client.ask("POST", "/organisations/changes", {"changes": batch}, key=key)
            return answer
        except Unavailable:
            if attempt + 1 == TRIES_MAX:
                raise
            time.sleep(PAUSE_SECONDS)
    raise AssertionError("unreachable: the loop returns or raises")


def _batches(changes: Sequence[Change]) -> Iterator[list[Change]]:
    for start in range(0, len(changes), BATCH):
        yield list(changes[start : start + BATCH])


def _tell(tables: Understanding, report: Path | None) -> None:
    """What was read in spite of errors, what is left open, and what stops the import.

    Raises PlanRefused for lines that say nothing known.
    """
    click.echo(
        f"Before: {len(tables.provinces)} provinces, {len(tables.districts)} districts, {len(tables.standing):,} communes on 30 June 2025 "
        f"({len(tables.communes):,} on 4 January). After: {len(tables.provinces_after)} provinces, {len(tables.heirs):,} communes."
    )
    by_weight: dict[Weight, list[Finding]] = {weight: [] for weight in Weight}
    for finding in tables.findings:
        by_weight[finding.weight].append(finding)
    if report is not None:
        lines = [f"{finding.weight}\t{finding}" for finding in tables.findings]
        report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    where = f"; all in {report}" if report is not None else "; --report FILE writes them all"
    for weight, words in ((Weight.UNDERSTOOD, "understood in spite of an error"), (Weight.OPEN, "left open by the tables")):
        found = by_weight[weight]
        if found:
            click.echo(f"{len(found)} lines {words}{where}:", err=True)
            for finding in found[:SHOWN_MAX]:
                click.echo(f"  {finding}", err=True)
    if unreadable := by_weight[Weight.UNREADABLE]:
        lines = [f"  {finding}" for finding in unreadable]
        raise PlanRefused("Some lines cannot be understood; nothing was recorded.\n" + "\n".join(lines))
