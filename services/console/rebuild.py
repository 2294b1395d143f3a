"""`commendation rebuild`: read models anew, beside the live ones, in one go or step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from services.console.site import MODELLED, Progress, Site, open_site
from shared.config import PRODUCERS, load
from shared.projection.rebuild import untold


class Steps(click.Group):
    """Without a step all are taken: `rebuild` and `rebuild rankings` are `rebuild all` and `rebuild all rankings`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        alone = not args or args[0] in MODELLED or args[0] == "--anyway"
        return super().parse_args(ctx, ["all", *args] if alone else args)


SERVICES = click.argument("services", nargs=-1, type=click.Choice(MODELLED))
SOME_SERVICES = click.argument("services", nargs=-1, required=True, type=click.Choice(MODELLED))
ANYWAY = click.option("--anyway", is_flag=True, help="Switch though the new rows have events parked that the old ones hold.")


@click.group(cls=Steps)
def rebuild() -> None:
    """Build read models anew from the first event on, beside the live ones.

    Readers see the old rows until the switch. Without a step all are taken, for the SERVICES named or for all of them:

    \b
        commendation rebuild rankings

    A rebuild can be taken step by step, and looked at in between:

    \b
        commendation rebuild prepare rankings
        commendation rebuild replay rankings
        commendation rebuild status rankings
        commendation rebuild go-live rankings

    One that was killed goes on where it stood, with the same step or with all; `abort` drops it.
    """


@rebuild.command("all")
@SERVICES
@ANYWAY
def every(services: tuple[str, ...], anyway: bool) -> None:
    """All steps in turn (what `rebuild` without a step does)."""

    def steps(site: Site, service: str, progress: Progress) -> None:
        site.rebuild(service, "prepare", progress)
        site.rebuild(service, "go_live", progress, anyway=anyway)

    _with_bars(services or MODELLED, steps)
    click.echo("Live: " + ", ".join(services or MODELLED))


@rebuild.command()
@SOME_SERVICES
def prepare(services: tuple[str, ...]) -> None:
    """Make the new tables beside the live ones; nothing is folded yet."""
    _at_once(services, "prepare", _prepared)


@rebuild.command()
@SOME_SERVICES
def replay(services: tuple[str, ...]) -> None:
    """Fold the feeds from the first event, or from where it was killed, to their ends."""
    _with_bars(services, lambda site, service, progress: site.rebuild(service, "replay", progress))
    click.echo("Replayed: " + ", ".join(services) + ". Readers see the old rows until you go live.")


@rebuild.command()
@SOME_SERVICES
def catch_up(services: tuple[str, ...]) -> None:
    """Replay until the new rows hold all that the live ones hold."""
    _with_bars(services, lambda site, service, progress: site.rebuild(service, "catch_up", progress))
    click.echo("Caught up: " + ", ".join(services) + ". Readers see the old rows until you go live.")


@rebuild.command()
@SOME_SERVICES
@ANYWAY
def go_live(services: tuple[str, ...], anyway: bool) -> None:
    """Catch up and switch readers to the new rows."""
    _with_bars(services, lambda site, service, progress: site.rebuild(service, "go_live", progress, anyway=anyway))
    click.echo("Live: " + ", ".join(services))


@rebuild.command()
@SOME_SERVICES
def abort(services: tuple[str, ...]) -> None:
    """Drop what is being built; the live rows stay. A process that builds it ends with an error."""
    _at_once(services, "abort", lambda _told: "what was being built is dropped; the live rows stay")


@rebuild.command()
@SOME_SERVICES
def retire(services: tuple[str, ...]) -> None:
    """End the rows of older releases, once no process of such a release is left."""
    _at_once(services, "retire", lambda told: f"version {told['version']} alone is live")


@rebuild.command()
@SERVICES
def status(services: tuple[str, ...]) -> None:
    """Show the generations of each read model: state, how far in each feed, and what is parked."""
    table = Table("service", "model", "generation", "state", "since", "position of head", "parked")
    with open_site(load()) as site:
        heads = _heads(site)
        for service in services or MODELLED:
            told = site.rebuild_status(service)
            for row in told["generations"]:
                working = " (at work)" if row["state"] == "building" and told["under_way"] else ""
                table.add_row(
                    service,
                    f"{told['model']} {row['version']}",
                    str(row["generation"]),
                    row["state"] + working,
                    row["since"] or "-",
                    ", ".join(f"{at['service']} {at['position']}/{heads.get(at['service'], '?')}" for at in row["cursors"]) or "-",
                    str(row["parked"]),
                )
    Console().print(table)


class Bar:
    """How far the rebuild of one service is, of the heads of the feeds that it has reached so far."""

    def __init__(self, bars: Bars, service: str, heads: Mapping[str, int]) -> None:
        self._bars = bars
        self._task = bars.add_task(service, total=None)
        self._heads = heads
        self._reached: dict[str, int] = {}

    def tell(self, producer: str, position: int) -> None:
        self._reached[producer] = position
        total = sum(max(self._heads.get(name, 0), at) for name, at in self._reached.items())
        self._bars.update(self._task, completed=sum(self._reached.values()), total=total)

    def end(self) -> None:
        done = sum(self._reached.values())
        self._bars.update(self._task, completed=done, total=done or 1)


def _with_bars(services: Sequence[str], work: Callable[[Site, str, Progress], Any]) -> None:
    """Work on one service after the other, with a bar for each."""
    with open_site(load()) as site:
        heads = _heads(site)
        with Bars(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as bars:
            for service in services:
                bar = Bar(bars, service, heads)
                work(site, service, bar.tell)
                bar.end()


def _at_once(services: Sequence[str], step: str, words: Callable[[Mapping[str, Any]], str]) -> None:
    """Take a short step of each service and say what came of it."""
    with open_site(load()) as site:
        for service in services:
            click.echo(f"{service}: {words(site.rebuild(service, step, untold))}")


def _prepared(told: Mapping[str, Any]) -> str:
    number = next(row["generation"] for row in told["generations"] if (row["state"], row["version"]) == ("building", told["version"]))
    return f"generation {number} is prepared; replay it"


def _heads(site: Site) -> dict[str, int]:
    return {name: site.health(name)["head"] for name in PRODUCERS}
