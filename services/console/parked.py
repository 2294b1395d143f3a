"""`commendation parked`: events that could not be folded."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from services.console.site import MODELLED, open_site
from shared.config import load


@click.command()
@click.option("--retry", is_flag=True, help="Try them again, stream by stream in order.")
def parked(retry: bool) -> None:
    """List the parked events of every service with attempts and error; later events of their streams wait behind them."""
    with open_site(load()) as site:
        table = Table("service", "producer", "position", "stream", "attempts", "error")
        found = 0
        for service in MODELLED:
            if retry:
                told = site.retry_parked(service)
                click.echo(f"{service}: {told['freed']} folded, {told['left']} still parked")
            for row in site.health(service)["parked"]:
                found += 1
                table.add_row(service, row["service"], str(row["position"]), row["stream"], str(row["attempts"]), row["error"])
        if found:
            Console().print(table)
        else:
            click.echo("Nothing is parked.")
