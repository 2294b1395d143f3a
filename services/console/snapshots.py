"""`commendation snapshots`: what services keep so as to load long streams faster."""

from __future__ import annotations

import click

from services.console.site import PRODUCERS, open_site
from shared.config import load


@click.group()
def snapshots() -> None:
    """Snapshots spare a service the beginning of a long stream. They are a cache, which services fill by themselves."""


@snapshots.command()
@click.argument("services", nargs=-1, type=click.Choice(PRODUCERS))
def drop(services: tuple[str, ...]) -> None:
    """Delete the snapshots of the SERVICES named, or of all; it costs time only, and the network may run.

    For when a state is doubted: the next command on a stream is then decided on all of its events.

    \b
        commendation snapshots drop evaluations
    """
    with open_site(load()) as site:
        for service in services or PRODUCERS:
            click.echo(f"{service}: {site.drop_snapshots(service)} dropped")
