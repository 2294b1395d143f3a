"""`commendation rebuild`: read models anew, beside the live ones."""

from __future__ import annotations

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.console.site import MODELLED, open_site
from shared.config import PRODUCERS, load


@click.command()
@click.argument("services", nargs=-1, type=click.Choice(MODELLED))
def rebuild(services: tuple[str, ...]) -> None:
    """Rebuild the read models of SERVICES (all by default) from the first event on; readers see the old rows until the switch."""
    with open_site(load()) as site:
        heads = {name: site.health(name)["head"] for name in PRODUCERS}
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns) as shown:
            for service in services or MODELLED:
                task = shown.add_task(service, total=None)
                reached: dict[str, int] = {}

                def tell(producer: str, position: int, task: int = task, reached: dict[str, int] = reached) -> None:
                    reached[producer] = position
                    known = {**heads, **{name: max(heads.get(name, 0), at) for name, at in reached.items()}}
                    shown.update(task, completed=sum(reached.values()), total=sum(known[name] for name in reached))  # type: ignore[arg-type]

                site.rebuild(service, tell)
                shown.update(task, completed=sum(reached.values()), total=sum(reached.values()) or 1)
        click.echo("Live: " + ", ".join(services or MODELLED))
