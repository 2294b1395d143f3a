"""The other services as the web part asks them: who asks, in what course, and under which command id, taken from the HTTP request."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any, Protocol, cast

from flask import current_app, g, request

from shared.access import ANONYMOUS
from shared.bounds import FREEZE_SECONDS_MAX, RPC_SECONDS_MAX
from shared.errors import CommendationError, Unavailable, ValidationFailed
from shared.ids import new_id
from shared.telemetry import UNLOGGED

EXTENSION = "commendation.network"
CHANGED = "commendation.changed"
IDEMPOTENCY = "Idempotency-Key"
SETTLE_SECONDS = 2.0
"""Wait for the views after a command before a page is shown: they follow in milliseconds, and nobody looks at a page for longer."""

UNLOGGED_ENDPOINTS = frozenset({"ballots.paper", "ballots.vote", "Ballots.SecretVote"})
"""Where one votes in secret: of these requests, and of whatever they ask of services, no line is logged that would say who voted when."""

LONG_COMMANDS = {("campaigns", "freeze"): FREEZE_SECONDS_MAX, ("campaigns", "finalise"): FREEZE_SECONDS_MAX}
"""Commands that ask others a lot before they record anything."""

HEALTH_SECONDS = 3.0
"""Wait for a service's health: longer than that is not well."""


class Network(Protocol):
    """Reaches the services of this site."""

    def ask(self, service: str, method: str, data: dict[str, Any], *, actor: str, command: str, correlation: str, seconds: float) -> Any:
        """The service's answer as plain JSON data. Raises its CommendationError, or Unavailable when there is none in time."""


def network() -> Network:
    return cast("Network", current_app.extensions[EXTENSION])


def correlation() -> str:
    """The one id for everything that this HTTP request sets off."""
    if "correlation" not in g:
        given = request.headers.get("X-Correlation-ID", "")
        fits = re.fullmatch(r"[A-Za-z0-9._-]{1,100}", given) and given != UNLOGGED
        g.correlation = UNLOGGED if request.endpoint in UNLOGGED_ENDPOINTS else given if fits else new_id()
    return cast("str", g.correlation)


def command_id() -> str:
    """The id of the command: the caller's Idempotency-Key, or the one that the form was shown with, so that sent twice is done once.

    Raises ValidationFailed for a key that is not 1 to 80 of A-Z, a-z, 0-9, '.', '_', ':', '-'.
    """
    if "command" not in g:
        given = request.headers.get(IDEMPOTENCY) or (request.form.get("command") if request.mimetype != "application/json" else None)
        if given is not None and not re.fullmatch(r"[A-Za-z0-9._:-]{1,80}", given):
            message = "Use 1 to 80 of A-Z, a-z, 0-9, '.', '_', ':', '-'."
            raise ValidationFailed(f"{IDEMPOTENCY} cannot be taken: {message}", errors=[{"at": IDEMPOTENCY, "message": message}])
        g.command = given or new_id()
    return cast("str", g.command)


def query(service: str, method: str, /, *, seconds: float = RPC_SECONDS_MAX, **data: Any) -> Any:
    """Ask a service in the name of whoever is signed in."""
    return network().ask(service, method, data, actor=actor(), command=new_id(), correlation=correlation(), seconds=seconds)


def command(service: str, method: str, data: dict[str, Any], *, step: str = "") -> dict[str, Any]:
    """Give a service a command under this request's command id; `step` tells several commands of one request apart.

    Waits as long as the command may take (LONG_COMMANDS).
    """
    told = f"{command_id()}:{step}" if step else command_id()
    try:
        seconds = LONG_COMMANDS.get((service, method), RPC_SECONDS_MAX)
        answer = network().ask(service, method, data, actor=actor(), command=told, correlation=correlation(), seconds=seconds)
    finally:
        _note_change()
    return cast("dict[str, Any]", answer)


def changed_at() -> float:
    """When something was last changed through this gateway, by the monotonic clock: answers from before it may be out of date."""
    return cast("float", current_app.extensions.get(CHANGED, 0.0))


def _note_change() -> None:
    current_app.extensions[CHANGED] = time.monotonic()


def actor() -> str:
    """The account that asks."""
    visitor = g.get("visitor")
    return ANONYMOUS if visitor is None else cast("str", visitor.account)


def settle(service: str, position: int, readers: Iterable[str]) -> bool:
    """Wait until the views of these services hold a producer's feed up to a position; False when they take too long.

    A page shown after a command then shows what the command did.
    """
    deadline = time.monotonic() + SETTLE_SECONDS
    waiting = list(readers)
    pause = 0.01
    while waiting:
        waiting = [reader for reader in waiting if not _holds(reader, service, position)]
        if not waiting:
            _note_change()  # what was asked while the views followed may not show it
            break
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 2, 0.2)
    return True


def _holds(reader: str, service: str, position: int) -> bool:
    try:
        cursors = query(reader, "health", seconds=HEALTH_SECONDS)["cursors"]
    except Unavailable:
        return False
    return any(row["service"] == service and int(row["position"]) >= position for row in cursors)


def health_of(service: str) -> dict[str, Any] | None:
    """A service's health, None when it does not answer."""
    try:
        return cast("dict[str, Any]", query(service, "health", seconds=HEALTH_SECONDS))
    except CommendationError:
        return None
