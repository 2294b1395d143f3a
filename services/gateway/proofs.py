"""Proofs of the audit as whoever asks may have them, and as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Response

from services.gateway.downloads import attachment
from services.gateway.network import query
from shared.errors import CommendationError, NotSignedIn


def place(event: str, *, checkpoint: str | None = None, with_event: bool = False) -> dict[str, Any]:
    """The proof of where an event stands; with_event: and its canonical bytes, for who may read entries.

    Raises NotFound, NotAllowed.
    """
    proof: dict[str, Any] = query("audit", "proof", event=event, checkpoint=checkpoint)
    if with_event:
        here = {"site": proof["site"], "service": proof["service"], "after": proof["index"]}
        (entry,) = query("audit", "entries", **here, limit=1)
        proof["body"] = entry["body"]
    return proof


def heads(positions: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any] | None:
    """The heads of the logs at these positions, or as they stand; None where the audit is away or behind: a page stands without."""
    try:
        return cast("dict[str, Any]", query("audit", "heads", positions=positions))
    except NotSignedIn:
        raise
    except CommendationError:
        return None


def of_result(campaign: str) -> dict[str, Any] | None:
    """The first checkpoint that holds the final result of a campaign; None where none does yet, or the audit is away."""
    try:
        return cast("dict[str, Any] | None", query("audit", "result_checkpoint", campaign=campaign))
    except NotSignedIn:
        raise
    except CommendationError:
        return None


def file(proof: Mapping[str, Any], name: str) -> Response:
    """A proof or a checkpoint as a file to keep."""
    return attachment(json.dumps(proof, ensure_ascii=False, indent=2) + "\n", f"{name}.json", "application/json")
