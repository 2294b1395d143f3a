"""The office that freezes a large campaign and makes it final, as a process: `python -m tests.benchmarks.sides.seal_office PID`.

Broker and site are those of COMMENDATION_*; PID is the process of rankings, of which it asks the health all the while. It waits until every
service is at rest, and prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from services.console.process import patch, running

ASKED_EVERY_SECONDS = 0.1
REST_SECONDS_MAX = 1_200.0


class Listener:
    """Asks for the health of rankings again and again; longest: seconds that it had to wait for an answer."""

    def __init__(self, network: Any) -> None:
        import eventlet

        self.longest = 0.0
        self._network = network
        self._thread = eventlet.spawn(self._listen)

    def _listen(self) -> None:
        import eventlet

        while True:
            begun = time.monotonic()
            ask(self._network, "rankings", "health")
            took = time.monotonic() - begun
            self.longest = max(self.longest, took)
            eventlet.sleep(max(0.0, ASKED_EVERY_SECONDS - took))

    def end(self) -> None:
        self._thread.kill()


def ask(network: Any, service: str, method: str, actor: str = "system", **data: Any) -> Any:
    from shared.bounds import FREEZE_SECONDS_MAX
    from shared.rpc import Request

    return network.ask(service, method, Request(actor, data), seconds=FREEZE_SECONDS_MAX)


def wait_for_rest(network: Any) -> None:
    """Until every service has folded all that is recorded. Raises TimeoutError."""
    import eventlet

    from shared.config import PRODUCERS, SERVICES
    from shared.errors import Unavailable

    until = time.monotonic() + REST_SECONDS_MAX
    while time.monotonic() < until:
        try:
            health = {service: ask(network, service, "health") for service in SERVICES if service != "gateway"}
        except Unavailable:
            health = {}
        if parked := {service: told["parked"][:1] for service, told in health.items() if told["parked"]}:
            raise AssertionError(f"Events were parked: {parked}")
        answered = bool(health) and all(told["database"]["state"] == "ok" for told in health.values())
        cursors = [row for told in health.values() for row in told["cursors"] if row["service"] in PRODUCERS]
        if answered and all(row["position"] == health[row["service"]]["head"] for row in cursors):
            return
        eventlet.sleep(1.0)
    raise TimeoutError(f"The services were not at rest within {REST_SECONDS_MAX:.0f} s.")


def timed(network: Any, method: str, **data: Any) -> float:
    from tests.benchmarks.sides.large_campaign import CAMPAIGN
    from tests.benchmarks.sides.sealed_campaign import OFFICE

    begun = time.monotonic()
    ask(network, "campaigns", method, OFFICE, campaign=CAMPAIGN, **data)
    return time.monotonic() - begun


def main() -> None:
    patch()
    from shared.config import load

    process = Path("/proc") / sys.argv[1]
    with running(load(), []) as site:
        network = site.network
        wait_for_rest(network)
        (process / "clear_refs").write_text("5", encoding="ascii")  # the most that it had in memory counts from here on
        memory, worked = _memory(process), _worked(process)
        listener = Listener(network)
        freezing = timed(network, "freeze", reason="Chốt số liệu")
        sealing = timed(network, "finalise")
        listener.end()
        figures = {"freeze": freezing, "finalise": sealing, "worked": _worked(process) - worked, "silence": listener.longest}
        print(json.dumps({**figures, "peak": _memory(process), "added": _memory(process) - memory}), flush=True)
        site.wait()


def _memory(process: Path) -> float:
    """The most of it that was in memory, in MB of 1,000,000 bytes."""
    (line,) = (line for line in (process / "status").read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1_024 / 1_000_000


def _worked(process: Path) -> float:
    """Seconds for which it has held a processor, which other processes of the machine do not make longer."""
    user, system = (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
