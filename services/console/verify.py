"""`commendation verify`: the audit's record against the services' logs, event by event."""

from __future__ import annotations

import json
import sys

import click
from rich.console import Console
from rich.progress import Progress

from services.console.site import open_site
from shared.config import PRODUCERS, load


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def verify(form: str) -> None:
    """Report every gap, changed or missing event. Exit code 1 when something is wrong, 3 when a service could not be compared."""
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
