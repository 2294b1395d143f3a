"""`commendation export`: the event log as CloudEvents, or a board."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import Progress

from services.console.site import Site, open_site
from shared.config import PRODUCERS, load

ILLUSTRATIVE = "Số liệu minh hoạ, không phải kết quả chính thức (illustrative scores)"


@click.command()
@click.option("--service", "services", multiple=True, type=click.Choice(PRODUCERS), help="Only this service's events (repeatable).")
@click.option("--board", "campaign", metavar="CAMPAIGN", help="A campaign's board in place of events.")
@click.option("--name", type=click.Choice(["standings", "flag", "leader"]), default="standings", show_default=True, help="Which board.")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True, help="Form of a board.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output by default.")
def export(services: tuple[str, ...], campaign: str | None, name: str, form: str, out: Path | None) -> None:
    """Write every event as one CloudEvents JSON a line, or a board with its state and as-of."""
    with open_site(load()) as site, _target(out) as target:
        if campaign is not None:
            _board(site.ask("rankings", "board", {"campaign": campaign, "board": name}), form, target)
        else:
            _events(site, services or PRODUCERS, target, shown=out is not None)


@contextmanager
def _target(out: Path | None) -> Iterator[TextIO]:
    """The file under its name only when it is whole: a broken export leaves the old one."""
    if out is None:
        yield sys.stdout
        return
    part = out.with_name(out.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as handle:
        yield handle
    part.replace(out)


def _events(site: Site, services: tuple[str, ...], target: TextIO, *, shown: bool) -> None:
    with Progress(disable=not shown, console=Console(stderr=True)) as progress:
        for service in services:
            task = progress.add_task(service, total=site.health(service)["head"])
            position = 0
            while events := site.feed(service, position):
                for event in events:
                    target.write(json.dumps(event.to_cloudevent(), ensure_ascii=False) + "\n")
                position = events[-1].position
                progress.update(task, completed=position)


def _board(board: dict[str, Any], form: str, target: TextIO) -> None:
    if form == "json":
        json.dump(board, target, ensure_ascii=False, indent=2)
        target.write("\n")
        return
    columns = [column for column in board["rows"][0] if not isinstance(board["rows"][0][column], list | dict)] if board["rows"] else []
    writer = csv.writer(target)
    writer.writerow([*columns, "board", "campaign", "season", "state", "note"])
    note = ILLUSTRATIVE if board["illustrative"] else ""
    for row in board["rows"]:
        writer.writerow([*(row[column] for column in columns), board["board"], board["campaign"], board["season"], board["state"], note])
