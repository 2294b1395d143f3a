"""`commendation parked`: events that could not be folded, and what an operator does about them."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from services.console.site import MODELLED, open_site
from shared.config import Config, load
from shared.errors import CommendationError, ConfigurationError
from shared.projection import Place

SERVICE = click.argument("service", type=click.Choice(MODELLED))
PRODUCER = click.argument("producer")
POSITION = click.argument("position", type=click.IntRange(min=1))
SITE = click.option("--site", help="The site that recorded the event; this one by default.")


@click.group(invoke_without_command=True)
@click.pass_context
def parked(context: click.Context) -> None:
    """Events that could not be folded: list them (what it does by itself), show one, retry, or discard one with a reason.

    Later events of their streams wait behind them. An event is named by the SERVICE that could not fold it, the PRODUCER that recorded
    it and its POSITION there, as the list shows them.
    """
    if context.invoked_subcommand is None:
        context.invoke(listed)


@parked.command("list")
def listed() -> None:
    """List the parked events of every service with attempts and last error, and those that were discarded."""
    waiting = Table("service", "producer", "position", "stream", "attempts", "last error", "parked at", "last tried", title="Parked")
    gone = Table("service", "producer", "position", "stream", "reason", "by", "at", title="Discarded")
    with open_site(load()) as site:
        for service in MODELLED:
            told = site.parked(service)
            for row in told["parked"]:
                said = row["last_error"] or "waits behind another of its stream"
                at = (row["service"], str(row["position"]), row["stream"], str(row["attempts"]))
                waiting.add_row(service, *at, said, row["parked_at"], row["tried_at"] or "-")
            for row in told["discarded"]:
                gone.add_row(service, row["service"], str(row["position"]), row["stream"], row["reason"], row["actor"], row["discarded_at"])
    if waiting.row_count:
        Console().print(waiting)
    else:
        click.echo("Nothing is parked.")
    if gone.row_count:
        Console().print(gone)


@parked.command()
@SERVICE
@PRODUCER
@POSITION
@SITE
def show(service: str, producer: str, position: int, site: str | None) -> None:
    """Show one parked event as JSON: its data, first and last error, and the trace of each."""
    config = load()
    with open_site(config) as opened:
        click.echo(json.dumps(opened.parked_event(service, _place(config, site, producer, position)), ensure_ascii=False, indent=2))


@parked.command()
@click.argument("service", type=click.Choice(MODELLED), required=False)
@click.argument("producer", required=False)
@click.argument("position", type=click.IntRange(min=1), required=False)
@SITE
def retry(service: str | None, producer: str | None, position: int | None, site: str | None) -> None:
    """Fold them again, in order: all, those of one SERVICE, or the stream of one event."""
    if producer is not None and position is None:
        raise click.UsageError("Give the POSITION, too.")
    config = load()
    unreached = []
    with open_site(config) as opened:
        for one in [service] if service else MODELLED:
            place = None if producer is None or position is None else _place(config, site, producer, position)
            try:
                told = opened.retry_parked(one, place)
            except CommendationError as error:
                if place is not None:
                    raise
                unreached.append(f"{one}: {error.message}")
            else:
                click.echo(f"{one}: {told['freed']} folded, {told['left']} still parked")
    if unreached:
        raise ConfigurationError("; ".join(unreached))


@parked.command()
@SERVICE
@PRODUCER
@POSITION
@SITE
@click.option("--reason", required=True, help="Why; it is recorded.")
def discard(service: str, producer: str, position: int, site: str | None, reason: str) -> None:
    """Leave one parked event out of the SERVICE's read model for good, rebuilds too, and fold what waited behind it. The log keeps it."""
    config = load()
    with open_site(config) as opened:
        told = opened.discard_parked(service, _place(config, site, producer, position), reason)
    done = "was discarded before" if told["repeated"] else "discarded"
    click.echo(f"{service}: {producer} {position} {done}; {told['freed']} folded, {told['left']} still parked")


def _place(config: Config, site: str | None, producer: str, position: int) -> Place:
    return Place(site or config.site, producer, position)
