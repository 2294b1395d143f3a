"""`commendation verify`: the audit's record against the services' logs, event by event; boards by two evaluators; proofs of the audit."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import Progress

from services.audit import offline
from services.console.exported import Log
from services.console.site import open_site
from services.rankings import replay, seals, second
from shared.config import PRODUCERS, load
from shared.errors import CommendationError, NotFound, ValidationFailed


@click.group(invoke_without_command=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def verify(context: click.Context, form: str) -> None:
    """Report every gap, changed or missing event. Exit code 1 when something is wrong, 3 when a service could not be compared."""
    if context.invoked_subcommand is None:
        _logs(form)


def _logs(form: str) -> None:
    with open_site(load()) as site:
        heads = {service: site.health(service)["head"] for service in PRODUCERS}
        with Progress(console=Console(stderr=True), disable=form == "json") as shown:
            tasks = {service: shown.add_task(service, total=head or 1) for service, head in heads.items()}
            told = site.verify(lambda service, position: shown.update(tasks[service], completed=position))
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{told['checked']} events checked, {told['found']} findings.")
        for finding in told["findings"]:
            click.echo(f"{finding['service']} {finding['position']} {finding['kind']}: {finding['message']}")
        if told["found"] > len(told["findings"]):
            click.echo(f"... and {told['found'] - len(told['findings'])} more")
        for service, count in told["behind"].items():
            click.echo(f"{service}: {count} events have not reached the audit yet")
        for service, problem in told["unreached"].items():
            click.echo(f"{service} could not be compared: {problem}")
    sys.exit(1 if told["found"] else 3 if told["unreached"] else 0)


@verify.command("board")
@click.argument("events", type=click.File(encoding="utf-8"))
@click.option("--campaign", help="Only this campaign; all of the export by default.")
def board(events: TextIO, campaign: str | None) -> None:
    """Make the boards of EVENTS, an export (`-` for standard input), by the engine and by the second opinion, and compare both.

    Of a campaign that was made final also its seal. Every figure that differs is printed by unit; exit code 1 where one does.
    """
    log = Log.read(events)
    wanted = [key for key in log.campaigns() if campaign in (None, key)]
    if not wanted:
        raise NotFound(f"The export has no campaign {campaign}." if campaign else "The export has no campaign.", campaign=campaign)
    told = [one for key in wanted for one in _compared(log, key)]
    for _, lines in told:
        click.echo("\n".join(lines))
    differing = sum(not agrees for agrees, _ in told)
    click.echo(f"{len(told)} boards, {differing} differ.")
    sys.exit(1 if differing else 0)


def _compared(log: Log, campaign: str) -> Iterator[tuple[bool, list[str]]]:
    """Of each board of a campaign, whether engine, second opinion and seal agree, and what to print."""
    final = log.final(campaign)
    events, today = log.resting_on(final), log.day(final)
    sealed = {seal.board: seal.digest for seal in final.result.boards} if final else {}
    try:
        with replay.replayed(events, campaign) as reading:
            sealing = seals.Sealing(reading, campaign, today)
            (made,) = seals.digests(sealing)
    except CommendationError as error:
        yield False, [f"{campaign} CANNOT BE MADE: {error.message}"]
        return
    digests = {one["board"]: one["digest"] for one in made}
    record = second.observed((event.to_cloudevent() for event in events), campaign, today)
    for found in second.compared(sealing.figures(), record):
        digest = digests[found.board]
        broken = sealed.get(found.board, digest) != digest
        seal = "NOT AS SEALED" if broken else "as sealed" if found.board in sealed else "not sealed"
        opinion = f"{found.count} FIGURES DIFFER" if found.count else "second opinion agrees"
        more = found.count - len(found.differences)
        figures = [*map(_line, found.differences), *([f"  ... and {more} more"] if more else [])]
        yield not broken and not found.count, [f"{campaign} {found.board} {digest} {seal}, {opinion}", *figures]


def _line(one: second.Difference) -> str:
    return f"  {one.unit} {one.figure}: engine {one.board}, second opinion {one.second}"


@verify.command("place")
@click.argument("proof", metavar="FILE", type=click.File(encoding="utf-8"))
@click.argument("events", metavar="[EXPORT]", type=click.File(encoding="utf-8"), required=False)
def place(proof: TextIO, events: TextIO | None) -> None:
    """Check a proof of place, a FILE as the audit gives it, with nothing but hashes: no network, no database.

    The event is in FILE or in EXPORT (`-` for standard input); an export that holds the whole log also gives the root anew. Exit code 1
    where something does not hold, 2 where it cannot be checked. Hold the root, or the checkpoint's digest, against what was published.
    """
    _report(lambda: offline.check_place(_json(proof), events))


@verify.command("consistency")
@click.argument("old", type=click.File(encoding="utf-8"))
@click.argument("proof", type=click.File(encoding="utf-8"))
def consistency(old: TextIO, proof: TextIO) -> None:
    """Check by PROOF that the logs still begin as in the checkpoint of OLD: a checkpoint, or a proof that was kept.

    Exit code 1 where something does not hold, 2 where it cannot be checked.
    """
    _report(lambda: offline.check_consistency(_json(old), _json(proof)))


def _json(file: TextIO) -> Any:
    try:
        return json.load(file)
    except ValueError as error:
        raise offline.NotCheckable(f"{file.name} is no JSON: {error}.") from error


def _report(check: Callable[[], Sequence[offline.Check]]) -> None:
    try:
        checks = check()
    except offline.NotCheckable as error:
        raise ValidationFailed(str(error)) from error
    for one in checks:
        click.echo(f"{'holds' if one.holds else 'DOES NOT HOLD'}: {one.words}")
    broken = sum(not one.holds for one in checks)
    click.echo(f"{len(checks)} checked, {broken} do not hold.")
    sys.exit(1 if broken else 0)
