"""`commendation status`: where every service stands, and what is late."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.table import Table

from services.console.site import MODELLED, open_site
from shared.config import SERVICES, load
from shared.errors import Unavailable


@click.command()
@click.option("--ready", type=click.Choice(SERVICES), help="Only say whether this service is ready; exit code 1 when not.")
def status(ready: str | None) -> None:
    """Show each service's log, how far its read model is behind, and what is parked."""
    config = load()
    with open_site(config) as site:
        if ready is not None:
            try:
                site.health(ready)
            except Unavailable as error:
                click.echo(f"{ready}: {error.message}", err=True)
                sys.exit(1)
            click.echo(f"{ready}: ready")
            return
        table = Table("service", "events", "reads", "behind", "parked", title=f"site {config.site}")
        heads: dict[str, int] = {}
        told = {}
        late = False
        for service in MODELLED:
            try:
                told[service] = site.health(service)
                heads[service] = told[service]["head"]
            except Unavailable as error:
                told[service] = {"error": error.message}
        for service in MODELLED:
            health = told[service]
            if "error" in health:
                late = True
                table.add_row(service, "-", "-", "does not answer", "-")
                continue
            behind = {row["service"]: heads.get(row["service"], 0) - row["position"] for row in health["cursors"]}
            late = late or any(behind.values()) or bool(health["parked"])
            table.add_row(
                service,
                str(health["head"]),
                ", ".join(row["service"] for row in health["cursors"]) or "-",
                ", ".join(f"{name} {count}" for name, count in behind.items() if count) or "0",
                str(len(health["parked"])),
            )
        Console().print(table)
        sys.exit(1 if late else 0)
