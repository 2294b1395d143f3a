"""`commendation seals`: final boards made anew from exported events, and compared with the digests that were recorded."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import click

from services.campaigns.schemas import EVENTS
from services.rankings import seals as rankings
from shared.errors import CommendationError, NotFound
from shared.event import Event


@click.command()
@click.argument("events", type=click.File(encoding="utf-8"))
@click.option("--campaign", help="Only this campaign; all that were made final under seal by default.")
def seals(events: TextIO, campaign: str | None) -> None:
    """Make the sealed boards anew from EVENTS, an export (`-` for standard input). Exit code 1 where one is not as it was sealed.

    What operators left out of the rankings by discarding parked events is in an export: such a board differs here.
    """
    log = sorted((Event.from_cloudevent(json.loads(line)) for line in events if line.strip()), key=_place)
    sealed = [event for event in log if event.type == "campaigns.CampaignFinalised" and campaign in (None, event.data["campaign"])]
    found = [row for event in sealed for row in _compared(log, event)]
    if campaign is not None and not found:
        raise NotFound(f"The export has no campaign {campaign} that was made final under seal.", campaign=campaign)
    for row in found:
        click.echo(f"{row['campaign']} {row['board']} {row['digest']} {'as sealed' if row['holds'] else 'DIFFERS: ' + row['anew']}")
    click.echo(f"{len(found)} boards, {sum(not row['holds'] for row in found)} differ from their seals.")
    sys.exit(0 if all(row["holds"] for row in found) else 1)


def _place(event: Event) -> tuple[str, str, int]:
    return event.site, event.service, event.position


def _compared(log: Sequence[Event], finalised: Event) -> list[dict[str, Any]]:
    """Each sealed board of a campaign, with the digest that the events up to the recorded positions give."""
    result = EVENTS.decode(finalised)
    if not result.boards:
        return []
    reached = {(place.site, place.service): place.position for place in result.positions}
    events = [event for event in log if event.position <= reached.get((event.site, event.service), 0)]
    anew: dict[str, str] = {}
    try:
        with rankings.replayed(events, result.campaign) as reading:
            anew = {one["board"]: one["digest"] for one in rankings.digests(reading, result.campaign)}
    except CommendationError as error:
        click.echo(f"{result.campaign}: {error.message}", err=True)
    return [
        {
            "campaign": result.campaign,
            "board": seal.board,
            "digest": seal.digest,
            "anew": anew.get(seal.board, "no such board"),
            "holds": anew.get(seal.board) == seal.digest,
        }
        for seal in result.boards
    ]
