"""`commendation seals`: final boards made anew from exported events, and compared with the digests that were recorded."""

from __future__ import annotations

import sys
from typing import Any, TextIO

import click

from services.console.exported import Log
from services.rankings import replay
from services.rankings import seals as rankings
from shared.errors import CommendationError, NotFound


@click.command()
@click.argument("events", type=click.File(encoding="utf-8"))
@click.option("--campaign", help="Only this campaign; all that were made final under seal by default.")
def seals(events: TextIO, campaign: str | None) -> None:
    """Make the sealed boards anew from EVENTS, an export (`-` for standard input). Exit code 1 where one is not as it was sealed.

    What operators left out of the rankings by discarding parked events is in an export: such a board differs here.
    """
    log = Log.read(events)
    found = [row for key in log.campaigns() if campaign in (None, key) for row in _compared(log, key)]
    if campaign is not None and not found:
        raise NotFound(f"The export has no campaign {campaign} that was made final under seal.", campaign=campaign)
    for row in found:
        click.echo(f"{row['campaign']} {row['board']} {row['digest']} {'as sealed' if row['holds'] else 'DIFFERS: ' + row['anew']}")
    click.echo(f"{len(found)} boards, {sum(not row['holds'] for row in found)} differ from their seals.")
    sys.exit(0 if all(row["holds"] for row in found) else 1)


def _compared(log: Log, campaign: str) -> list[dict[str, Any]]:
    """Each sealed board of a campaign, with the digest that the events up to the recorded positions give; none without a seal."""
    final = log.final(campaign)
    if final is None or not final.result.boards:
        return []
    anew: dict[str, str] = {}
    try:
        with replay.replayed(log.resting_on(final), campaign) as reading:
            (made,) = rankings.digests(rankings.Sealing(reading, campaign, log.day(final)))
            anew = {one["board"]: one["digest"] for one in made}
    except CommendationError as error:
        click.echo(f"{campaign}: {error.message}", err=True)
    return [
        {
            "campaign": campaign,
            "board": seal.board,
            "digest": seal.digest,
            "anew": anew.get(seal.board, "no such board"),
            "holds": anew.get(seal.board) == seal.digest,
        }
        for seal in final.result.boards
    ]
