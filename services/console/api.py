"""The HTTP API of a running network as the console uses it, in the name of an account: what is recorded says whose work it was."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from shared.bounds import RPC_SECONDS_MAX
from shared.errors import CommendationError, Unavailable

SECONDS = RPC_SECONDS_MAX + 10
"""Wait for an answer: the gateway gives up on a service before."""


class Refused(CommendationError):
    """The network refused a request; the message is its own, `details` what it said of the places."""

    code = "refused"


class Client:
    """A session at a network's HTTP API."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._token: str | None = None

    def sign_in(self, login: str, password: str) -> None:
        """Raises Refused, Unavailable."""
        self._token = str(self.ask("POST", "/sessions", {"login": login, "password": password})["token"])

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """The answer to a request under /api/v1; `key` makes a command that is sent again the same command.

        Raises Refused for what the network refuses, Unavailable when it does not answer.
        """
        request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
            f"{self._url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        if self._token is not None:
            request.add_header("Authorization", f"Bearer {self._token}")
        if key is not None:
            request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise self._error(error) from error
        except (OSError, ValueError) as error:
            raise Unavailable(f"The network at {self._url} does not answer ({error}); is it running there?") from error

    def _error(self, error: urllib.error.HTTPError) -> CommendationError:
        try:
            problem = json.load(error)
        except ValueError:
            problem = {}
        words = str(problem.get("detail") or problem.get("title") or error.reason)
        if error.code in (502, 503, 504):
            return Unavailable(words)
        return Refused(f"{self._url} refused: {words}", status=error.code, problem=problem)
