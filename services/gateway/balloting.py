"""Voting, for pages and API alike. A vote in a secret ballot is sealed here: behind the gateway only the ballot's box reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.gateway.network import command
from shared.ballot_paper import sealed_paper
from shared.errors import ValidationFailed


def cast_secretly(ballot: Mapping[str, Any], marks: Mapping[str, str]) -> None:
    """Hand in a paper with these marks by choice, "for" or "against". Raises what evaluations refuses it for, and ValidationFailed."""
    if not marks.keys() <= {one["choice"] for one in ballot["choices"]}:
        raise ValidationFailed("Mark what is on the paper.", errors=[{"at": "marks", "message": "Mark what is on the paper."}])
    public_key = ballot["public_key"]
    # who may not vote is told so by whoever keeps the electorate; there is nothing to seal for them
    paper = sealed_paper(public_key, ballot["ballot"], [marks.get(one["choice"], "") for one in ballot["choices"]]) if public_key else "-"
    command("evaluations", "cast_vote", {"ballot": ballot["ballot"], "paper": paper})


def vote_by_name(ballot: str, marks: Mapping[str, str]) -> dict[str, Any]:
    """Vote for all to see. Raises what evaluations refuses it for."""
    given = [{"choice": choice, "mark": mark} for choice, mark in marks.items()]
    return command("evaluations", "vote_by_name", {"ballot": ballot, "marks": given})
